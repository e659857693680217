"""Does a first look in a warm process say what clean runs of the complete suite say?

Each candidate on covered lines is looked at in a zygote and judged, whatever came out, by the complete suite
in a fresh sandbox. They disagree where one of them sees a test fail and the other sees none, or where the
look would have dismissed as hanging or too hungry what the suite ends with a verdict. `ours` is how many
candidates both see alike and `peer` how many there are: a ratio below 1 is a disagreement, named in the log.

    python -m benchmarks triage --data DIR [--candidates N] [--sandbox docker|local] [--jobs N] [--out FILE]

The same command goes on where it stopped: DIR has one file a package, a line a candidate. With
`--clean-from` the clean verdicts of an earlier folder are taken over, and only the looks are made anew:
for a change to triage alone. Candidates are drawn in turn from eight packages that were fixed beforehand, in
the realistic mixture; a small package leaves its share to the others.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, get_args

import msgspec

from rpsdg.mutators.judging.judge import TestBench, TestVerdict
from rpsdg.mutators.judging.triage import TriagePool
from rpsdg.mutators.mutator import Mutator
from rpsdg.runs.executor import in_order
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.choose import SandboxName, choose_sandbox
from rpsdg.sandbox.contract import Sandbox, SandboxBrokeError
from rpsdg.sandbox.settings import Settings
from rpsdg.traces import jsonl
from rpsdg.traces.errors import ExitCode
from rpsdg.traces.kernel import Judged

from .figure import Figure, compare, machine
from .kept import read_kept
from .on_bench import put_on_bench

__all__ = ["Seen", "command", "run"]

PACKAGES = (
    "pypi:toolz==1.0.0",
    "pypi:cachetools==5.5.0",
    "pypi:mistune==3.0.2",
    "pypi:sqlparse==0.5.1",
    "pypi:tabulate==0.9.0",
    "pypi:humanize==4.10.0",
    "pypi:jmespath==1.0.1",
    "pypi:itsdangerous==2.2.0",
)
CANDIDATES, QUICK_CANDIDATES = 5_200, 20
SEED = 23

_log = logging.getLogger(__name__)


class Seen(msgspec.Struct, frozen=True):
    """What two ways of looking at one candidate saw."""

    package: str
    index: int
    """Among the candidates of the package that tests reach and that change byte code."""
    rule: str
    path: str
    line: int
    look: str | None
    """What triage saw; None where it could not look, and every candidate gets a clean run."""
    how: str | None
    """`swap` or `import`."""
    look_cpu: float
    """Seconds of processor that the look took, in the fork."""
    clean: str
    """`red`, `green`, or why the complete suite gave no verdict."""
    failing: int
    outside: int
    """Of the failing tests, those that by their coverage do not reach the edit."""
    clean_seconds: float

    @property
    def disagrees(self) -> bool:
        """Whether the look would have decided otherwise than the clean run."""
        if self.look in {"red", "green"}:
            return self.clean in {"red", "green"} and self.clean != self.look
        return self.look in {"hang", "memory"} and self.clean in {"red", "green"}


def run(quick: bool) -> Iterator[Figure]:
    """Measure all packages and yield the candidates that both saw alike."""
    settings = Settings.from_environment()
    with (
        closing(choose_sandbox("local", settings)) as sandbox,
        tempfile.TemporaryDirectory(prefix="rpsdg-triage-") as folder,
    ):
        packages = PACKAGES[:1] if quick else PACKAGES
        count = QUICK_CANDIDATES if quick else CANDIDATES
        measured = measure(packages, Path(folder), count, sandbox, settings, os.cpu_count() or 1)
        found = [one for one in measured if one.look is not None and one.clean in {"red", "green"}]
        wrong = sum(one.disagrees for one in found)
        yield compare(
            "candidates that triage and clean runs see alike",
            len(found) - wrong,
            len(found),
            unit="candidates",
            better="more",
            versions={"rpsdg": VERSION},
        )


def command(arguments: Sequence[str]) -> int:
    """Measure, or go on with it, print what it comes to, and keep it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks triage", description=__doc__, allow_abbrev=False
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="where results are kept")
    parser.add_argument("--candidates", type=int, default=CANDIDATES, help=f"of all packages ({CANDIDATES})")
    parser.add_argument("--sandbox", choices=get_args(SandboxName), default="local", help="(local)")
    parser.add_argument("--jobs", type=int, default=1, help="candidates at once (1)")
    parser.add_argument("--clean-from", type=Path, metavar="DIR", help="an earlier folder of results")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the summary is kept")
    options = parser.parse_args(arguments)
    settings = Settings.from_environment()
    with closing(choose_sandbox(options.sandbox, settings)) as sandbox:
        found = measure(
            PACKAGES,
            options.data,
            options.candidates,
            sandbox,
            settings,
            options.jobs,
            options.clean_from,
        )
        summary = {
            "command": f"python -m benchmarks triage --candidates {options.candidates}",
            "rpsdg": VERSION,
            "sandbox": sandbox.name,
            "machine": machine(),
            **summed(found),
        }
    text = json.dumps(summary, indent=1)
    print(text)
    if options.out is not None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text + "\n")
    return ExitCode.OK


def summed(found: Sequence[Seen]) -> dict[str, object]:
    """Return the figures of some candidates as JSON."""
    looked = [one for one in found if one.look is not None]
    by_route = {how: [one.look_cpu for one in looked if one.how == how] for how in ("swap", "import")}
    return {
        "candidates": len(found),
        "packages": dict(Counter(one.package for one in found)),
        "pairs": {
            f"{look} / {clean}": n
            for (look, clean), n in Counter((o.look or "no look", o.clean) for o in found).most_common()
        },
        "disagreements": [msgspec.to_builtins(one) for one in found if one.disagrees],
        "disagreement_share": sum(one.disagrees for one in found) / max(1, len(looked)),
        "red_with_failures_outside_coverage": sum(one.clean == "red" and one.outside > 0 for one in found),
        "red_with_all_failures_outside_coverage": sum(0 < one.failing == one.outside for one in found),
        "look_cpu_ms": {
            how: {
                "candidates": len(times),
                "median": 1e3 * statistics.median(times),
                "mean": 1e3 * statistics.mean(times),
            }
            for how, times in by_route.items()
            if times
        },
        "clean_seconds_mean": statistics.mean(one.clean_seconds for one in found) if found else None,
    }


def measure(
    packages: Sequence[str],
    folder: Path,
    count: int,
    sandbox: Sandbox,
    settings: Settings,
    jobs: int,
    clean_from: Path | None = None,
) -> list[Seen]:
    """Return what was seen of so many candidates, from the files of the folder as far as they go.

    Args:
        packages: sources.
        folder: where results are kept.
        count: how many candidates, of all packages together.
        sandbox, settings: where they are judged.
        jobs: candidates at once.
        clean_from: a folder whose clean verdicts are taken over.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found: list[Seen] = []
    # The small ones come first, so that what they cannot give is known when the large ones are asked.
    for number, package in enumerate(reversed(packages)):
        share = (count - len(found)) // (len(packages) - number)
        found += _package(package, folder, share, sandbox, settings, jobs, clean_from)
    return found


def _package(
    package: str,
    folder: Path,
    count: int,
    sandbox: Sandbox,
    settings: Settings,
    jobs: int,
    clean_from: Path | None,
) -> list[Seen]:
    name = f"{package.partition(':')[2].replace('==', '-')}.jsonl"
    path = folder / name
    known = read_kept(path, Seen)
    earlier = {} if clean_from is None else {one.index: one for one in read_kept(clean_from / name, Seen)}
    if len(known) >= count:
        return known[:count]
    project = put_on_bench(package, sandbox, settings)
    bench = project.bench
    todo = islice(enumerate(project.drawn(SEED)), known[-1].index + 1 if known else 0, None)
    began = time.monotonic()
    with closing(TriagePool(bench, _log.warning)) as triage, path.open("ab") as file:

        def work(item: tuple[int, Mutator]) -> Seen | None:
            try:
                return _seen(package, bench, triage, *item, earlier.get(item[0]))
            except SandboxBrokeError as error:
                _log.warning("%s, candidate %d: %s", package, item[0], error)
                return None

        with closing(in_order(work, todo, jobs, sandbox.aborting)) as results:
            for _, seen in results:
                if seen is None:
                    continue
                known.append(seen)
                file.write(jsonl.encode(seen))
                file.flush()
                if seen.disagrees:
                    _log.warning("disagreement: %s", seen)
                if len(known) >= count:
                    break
                if len(known) % 50 == 0:
                    _log.info("%s: %d of %d, %.0f s", package, len(known), count, time.monotonic() - began)
    return known


def _seen(
    package: str, bench: TestBench, triage: TriagePool, index: int, move: Mutator, earlier: Seen | None
) -> Seen:
    look = triage.look([move])
    seen: dict[str, Any] = {
        "look": None if look is None else look.outcome,
        "how": None if look is None else look.how,
        "look_cpu": 0.0 if look is None else round(look.cpu, 4),
    }
    line = bench.tree[move.path].data.count(b"\n", 0, move.start) + 1
    if earlier is not None and (earlier.rule, earlier.path, earlier.line) == (move.rule, move.path, line):
        return msgspec.structs.replace(earlier, **seen)
    began = time.monotonic()
    outcome = bench.judge(move.apply(bench.tree))
    seconds = time.monotonic() - began
    failing: frozenset[str] = frozenset()
    if isinstance(outcome, Judged):
        assert isinstance(outcome.verdict, TestVerdict)
        failing = outcome.verdict.failing
        clean = "red" if failing else "green"
    else:
        clean = str(outcome.reason)
    return Seen(
        package=package.partition(":")[2],
        index=index,
        rule=move.rule,
        path=move.path,
        line=line,
        **seen,
        clean=clean,
        failing=len(failing),
        outside=len(failing - bench.reaching(move.edits)),
        clean_seconds=round(seconds, 3),
    )
