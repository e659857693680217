"""What does a repository cost, from its address to confirmed traces, step by step?

Counted are core-seconds, those of sandboxes included, so that a busy machine changes little. Each package
starts with an empty cache. `benchmarks/cluster_simulation.py` draws from what this writes down:

    python -m benchmarks costs [--count N] [--out FILE] [PACKAGE ...]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rpsdg.corpora import SourceSettings
from rpsdg.corpora.dataset import Dataset
from rpsdg.runs.bugs import BugRun, ExhaustedError, run_bugs
from rpsdg.runs.progress import PlainReporter
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.keeping import on_shelf
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import RpsdgError

from .figure import Figure, compare, machine

__all__ = ["BATCH", "RESULTS", "TRACES", "Drawn", "command", "draw", "run"]

RESULTS = Path(__file__).with_name("results") / "costs.json"
PACKAGES = Path(__file__).with_name("environment_packages.txt")
BATCH = 8
"""Candidates that are simulated as one piece of work."""
TRACES = 50
"""Wanted of each repository."""
TAIL = 1.0
"""Spread (of logarithms) by which a drawn repository differs from the measured one: a few packages do not
hold the long tail of ten thousand. In `results/sandbox.json` a confirmed bug takes 1.9, 4.1 and 38 s."""
SEED = 7
_STEPS = {"fetching": "fetch", "looking": "places", "resolving": "environment", "installing": "environment"}
_STEPS |= {"running the untouched": "calibration", "checking that": "calibration"}
"""Which step a stage of a run belongs to, by how it begins; the search for a recipe runs tests, too."""


@dataclass(frozen=True)
class Drawn:
    """What one repository takes: seconds of one core, and bytes over the network."""

    prepare: float
    """Fetching, environment and calibration, once."""
    rebuild: float
    """The environment again, on another node."""
    download: float
    """Bytes of an environment, on each node that makes it."""
    candidate: float
    pieces: int
    """Of BATCH candidates; none where it cannot be used."""
    publish: float
    """Bytes of its traces."""


class _Timed(PlainReporter):
    """Knows how many core-seconds each step took."""

    def __init__(self, total: int) -> None:
        super().__init__(total, "traces")
        self.seconds: dict[str, float] = {}
        self._step, self._since = "", _core_seconds()

    def stage(self, text: str) -> None:
        step = next((step for begins, step in _STEPS.items() if text.startswith(begins)), "environment")
        self._enter(step)

    def begin(self, earlier: int) -> None:
        super().begin(earlier)
        self._enter("candidates")

    def note(self, text: str) -> None:
        """Keep quiet."""

    def end(self) -> None:
        self._enter("")

    def _enter(self, step: str) -> None:
        now = _core_seconds()
        self.seconds[self._step] = self.seconds.get(self._step, 0.0) + now - self._since
        self._step, self._since = step, now


def draw(number: int, seed: int = SEED, measured: Path = RESULTS) -> list[Drawn]:
    """Return repositories like those that were measured."""
    rng, known = random.Random(seed), json.loads(measured.read_text())["repositories"]
    found = []
    for _ in range(number):
        one, longer = rng.choice(known), rng.lognormvariate(0.0, TAIL)
        took = {step: longer * seconds for step, seconds in one["seconds"].items()}
        tried = TRACES * one["candidates"] / one["traces"] if one["traces"] else 0.0
        found.append(
            Drawn(
                sum(took.get(step, 0.0) for step in ("fetch", "places", "environment", "calibration")),
                took.get("environment", 0.0),
                longer * one["environment_bytes"],
                took.get("candidates", 0.0) / max(1, one["candidates"]),
                -int(-tried // BATCH),
                one["trace_bytes"] / max(1, one["traces"]) * TRACES,
            )
        )
    return found


def run(quick: bool) -> Iterator[Figure]:
    """Measure a few packages, and yield what a trace costs beside what a repository costs once."""
    found = [_measured(name, 3) for name in _packages(1 if quick else 4)]
    good = [one for one in found if one["traces"]]
    for one in good:
        once = sum(
            one["seconds"].get(step, 0.0) for step in ("fetch", "places", "environment", "calibration")
        )
        yield compare(
            f"{one['package']}: a candidate (peer: the repository, once)",
            one["seconds"]["candidates"] / one["candidates"],
            once,
            unit="s",
            better="neither",
            versions={"rpsdg": VERSION},
        )


def command(arguments: Sequence[str]) -> int:
    """Measure packages and keep what was measured."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks costs", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help="by default all sixty of the list")
    parser.add_argument("--count", type=int, default=8, help="traces of each")
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="FILE")
    options = parser.parse_args(arguments)
    found: list[dict[str, Any]] = []
    for name in options.packages or _packages(60):
        found.append(_measured(name, options.count))
        print(json.dumps(found[-1]), flush=True)
        about: dict[str, Any] = {
            "command": "python -m benchmarks costs",
            "rpsdg": VERSION,
            "sandbox": "local",
        }
        about |= {"machine": machine(), "jobs": 1}
        options.out.write_text(json.dumps({**about, "repositories": found}, indent=1) + "\n")
    return 0


def _packages(number: int) -> list[str]:
    lines = [line for line in PACKAGES.read_text().splitlines() if line and not line.startswith("#")]
    step = max(1, len(lines) // number)
    return lines[::step][:number]


def _core_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _measured(package: str, count: int) -> dict[str, Any]:
    """Make a few traces of a package with nothing in the cache, one candidate at a time."""
    report = _Timed(count)
    with tempfile.TemporaryDirectory(prefix="rpsdg-costs-") as folder:
        settings = replace(Settings.from_environment(), cache=Path(folder) / "cache")
        sources = SourceSettings(index_url=settings.index_url, ca_bundle=settings.ca_bundle)
        out, failed = Path(folder) / "out", ""
        plan = BugRun(f"pypi:{package}", out, count, seed=1, jobs=1, timeout=120)
        with closing(LocalSandbox(settings)) as sandbox:
            try:
                run_bugs(plan, settings, sources, lambda: sandbox, report)
            except ExhaustedError:
                pass
            except RpsdgError as error:
                failed = type(error).__name__
        report.end()
        kept = [one.about for one in on_shelf(settings)]
        traces = candidates = size = source = 0
        if not failed:
            data = Dataset(out)
            traces, candidates, size = data.count(), sum(1 for _ in data.decisions()), data.size()
            source = sum(path.stat().st_size for path in (out / "trees").iterdir())
    return {
        "package": package,
        "failed": failed,
        "seconds": {step: round(took, 3) for step, took in report.seconds.items() if step},
        "environment_bytes": max((about.size for about in kept), default=0),
        "tree_bytes": source,
        "traces": traces,
        "candidates": candidates,
        "trace_bytes": size,
    }


if __name__ == "__main__":
    raise SystemExit(command(()))
