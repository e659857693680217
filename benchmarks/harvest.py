"""Of how many bugs do the tests of six real packages see what they should, and what are these bugs like?

The peer's figures are published ones: SWE-smith's procedural bugs, of which 40.2 % were confirmed, and the
fixes of BugsInPy. The packages are fixed, every candidate counts, and the same command goes on where it
stopped:

    python -m benchmarks harvest --data DIR [--jobs N] [--sandbox docker|local] [--share PERCENT]
        [--out FILE]

`--out benchmarks/results/harvest.json` keeps what was measured; `rpsdg catalogue --observe DIR/toolz …
--figures mutators/observed.json` and `make docs` take it into the catalogue.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import get_args

from rpsdg.corpora import SourceSettings
from rpsdg.corpora.dataset import Dataset
from rpsdg.runs.bugs import BugRun, ExhaustedError, run_bugs
from rpsdg.runs.progress import PlainReporter
from rpsdg.runs.stats import BUGSINPY, REALISTIC, Stats, measure
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.choose import SandboxName, choose_sandbox
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode
from rpsdg.traces.kernel import Reason

from .figure import Figure, compare, machine

__all__ = ["PACKAGES", "command", "run"]

PACKAGES = {
    "toolz==1.0.0": 180,
    "cachetools==5.5.0": 90,
    "mistune==3.0.2": 190,
    "sqlparse==0.5.1": 190,
    "click==8.1.7": 190,
    "boltons==25.0.0": 190,
}
"""Traces of one bug wanted of each."""
WALKS = 27
"""Traces of several bugs wanted of each."""
QUICK = 6
SEED = 11
SWE_SMITH_YIELD = 40.2
"""Per cent of SWE-smith's procedural candidates that were confirmed (Yang et al., 2025)."""

_log = logging.getLogger(__name__)


def run(quick: bool) -> Iterator[Figure]:
    """Make data sets and yield what they come to."""
    settings = Settings.from_environment()
    with (
        closing(choose_sandbox("local", settings)) as sandbox,
        tempfile.TemporaryDirectory(prefix="rpsdg-harvest-") as folder,
    ):
        wanted = dict([next(iter(PACKAGES.items()))]) if quick else PACKAGES
        share = QUICK / max(wanted.values()) if quick else 1.0
        stats = measure(_made(Path(folder), wanted, share, 2, sandbox, settings))
        yield from _figures(stats)


def command(arguments: Sequence[str]) -> int:
    """Make or go on with data sets in a folder that stays, print what they come to, and keep it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks harvest", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the data sets")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="candidates at once")
    parser.add_argument("--sandbox", choices=get_args(SandboxName), default="auto")
    parser.add_argument("--share", type=float, default=100.0, metavar="PERCENT", help="of the full counts")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the results are kept")
    options = parser.parse_args(arguments)
    settings = Settings.from_environment()
    started = time.time()
    with closing(choose_sandbox(options.sandbox, settings)) as sandbox:
        share = options.share / 100
        stats = measure(_made(options.data, PACKAGES, share, options.jobs, sandbox, settings))
        name = sandbox.name
    for figure in _figures(stats):
        print(f"{figure.figure}: {figure.ours:.4g} {figure.unit} (beside {figure.peer:.4g})")
    if options.out is not None:
        results = {
            "command": "python -m benchmarks harvest",
            "rpsdg": VERSION,
            "sandbox": name,
            "machine": machine(),
            "packages": list(PACKAGES),
            "last_part_took_seconds": round(time.time() - started),
            "figures": {figure.figure: [figure.ours, figure.peer] for figure in _figures(stats)},
            "stats": {k: v for k, v in stats.describe().items() if k != "folders"},  # whose names say nothing
        }
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(results, indent=1) + "\n")
    return ExitCode.OK


def _made(
    folder: Path, wanted: dict[str, int], share: float, jobs: int, sandbox: Sandbox, settings: Settings
) -> Iterator[Dataset]:
    sources = SourceSettings(index_url=settings.index_url, ca_bundle=settings.ca_bundle)
    for package, number in wanted.items():
        count, walks = max(1, round(number * share)), round(WALKS * share)
        out = folder / package.partition("==")[0]
        report = PlainReporter(count + walks, f"traces of {package}")
        plan = BugRun(f"pypi:{package}", out, count, walks, REALISTIC, seed=SEED, jobs=jobs)
        with suppress(ExhaustedError):  # what there is counts
            run_bugs(plan, settings, sources, lambda: sandbox, report)
        _log.info(f"{package}: {sum(1 for _ in Dataset(out).decisions())} candidates")
        yield Dataset(out)


def _figures(stats: Stats) -> Iterator[Figure]:
    versions = {"rpsdg": VERSION}
    single = [of for of in stats.rules.values() if of.candidates]
    confirmed, tried = sum(of.confirmed for of in single), sum(of.candidates for of in single)
    uncovered = sum(of.uncovered for of in single)
    walks = sum(number for bugs, number in stats.steps.items() if bugs > 1)
    yield compare(
        "confirmed candidates on covered lines",
        100 * confirmed / max(1, tried - uncovered),
        SWE_SMITH_YIELD,
        unit="%",
        better="more",
        versions=versions,
    )
    yield compare(
        "confirmed candidates",
        100 * confirmed / max(1, tried),
        SWE_SMITH_YIELD,
        unit="%",
        better="more",
        versions=versions,
    )
    yield compare("traces of one bug", stats.steps[1], 1000, unit="", better="neither", versions=versions)
    yield compare("walks", walks, 150, unit="", better="neither", versions=versions)
    masked = stats.outcomes[Reason.MASKED]
    yield compare(
        "walks refused because a bug is masked", masked, 0, unit="", better="neither", versions=versions
    )
    for distance in stats.divergences():
        yield compare(
            f"Jensen-Shannon divergence from `{distance.mix}` (peer: by chance alone)",
            distance.value,
            distance.expected,
            unit="bits",
            better="less",
            versions=versions,
        )
    for name, value in stats.edits().items():
        yield compare(
            f"edit size: {name}", value, BUGSINPY[name], unit="", better="neither", versions=versions
        )
