"""Do levels of difficulty grow with what a repair search without a model costs, on held-out packages?

`ours` is the mean cost of a level and `peer` that of the level before it, so a ratio below 1 is a violation.
The cost is that of `repair_search`: patches tried until the tests pass, and patches up to the one that
restores the untouched program. Traces of several bugs take no part: the search writes one place.

By default, data sets of some packages are made first. With arguments it is a command of its own, for data
that exist already; results are kept trace by trace in a file, and the same command goes on with them:

    python -m benchmarks levels --data DIR... [--traces N] [--cap N] [--cuts FILE] [--results FILE]
        [--out FILE]
    python -m benchmarks levels --cut DIR... --out mutators/measuring/levels.json

`--out benchmarks/results/levels.json` and `make docs` put the result into docs/difficulty.md.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import get_args

import msgspec

from rpsdg.corpora import SourceSettings
from rpsdg.corpora.dataset import Dataset, DatasetError
from rpsdg.mutators.diffs import apply_diff
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.measuring.difficulty import DEFAULT_CUTS
from rpsdg.mutators.solution import project_name
from rpsdg.runs.bugs import BugRun, run_bugs
from rpsdg.runs.executor import in_order
from rpsdg.runs.progress import PlainReporter
from rpsdg.runs.verify import BenchKey, bench_again, bench_key
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.choose import SandboxName, choose_sandbox
from rpsdg.sandbox.contract import Sandbox, SandboxBrokeError
from rpsdg.sandbox.settings import Settings
from rpsdg.traces import jsonl
from rpsdg.traces.errors import ExitCode, UsageError
from rpsdg.traces.identity import digest
from rpsdg.traces.levels import LEVELS, Cuts, cut, level_of
from rpsdg.traces.record import Trace

from .difficulty_page import as_table
from .figure import Figure, compare
from .kept import read_kept
from .levels_statistics import Curve, Measured, Report, report_of
from .repair_search import CAP, HORIZON, SEARCH, executed, place_of, repair

__all__ = ["chosen", "command", "cuts_of", "measure", "run"]

PACKAGES = (
    "pypi:tabulate==0.9.0",
    "pypi:humanize==4.10.0",
    "pypi:itsdangerous==2.2.0",
    "pypi:jmespath==1.0.1",
)
"""None of those that the cuts were taken from (`harvest.PACKAGES`)."""
COUNT, QUICK_COUNT = 100, 6
TRACES, QUICK_CAP = 40, 40
ORDERS = 3
"""In how many random orders the patch that restores the untouched program is looked for."""
TIMEOUT = 300.0

_log = logging.getLogger(__name__)


def run(quick: bool) -> Iterator[Figure]:
    """Make data sets, measure them, and yield a figure for each pair of neighbouring levels."""
    settings = Settings.from_environment()
    with (
        closing(choose_sandbox("local", settings)) as sandbox,
        tempfile.TemporaryDirectory(prefix="rpsdg-levels-") as folder,
    ):
        made: list[Dataset] = []
        for package in PACKAGES[:1] if quick else PACKAGES:
            out = Path(folder) / str(len(made))
            count = QUICK_COUNT if quick else COUNT
            plan = BugRun(package, out, count, seed=11, jobs=os.cpu_count() or 1)
            report = PlainReporter(count, f"traces of {package}")
            run_bugs(plan, settings, SourceSettings(), partial(_same, sandbox), report)
            made.append(Dataset(out))
        results = Path(folder) / "results.jsonl"
        cap = QUICK_CAP if quick else CAP
        measured = measure(made, results, settings, sandbox, cap=cap, jobs=os.cpu_count() or 1)
    yield from _figures(report_of(measured, DEFAULT_CUTS, _versions(sandbox)))


def command(arguments: Sequence[str]) -> int:
    """Run the command that takes arguments, and return its exit status.

    Raises:
        RpsdgError: data that are missing or damaged, or a program whose tests cannot be run again.
    """
    options = _parser().parse_args(arguments)
    if options.cut:
        if options.out is None:
            raise UsageError("where shall the cuts be written?", hint="Name a file with `--out`.")
        cuts = cuts_of(options.cut, options.out)
        options.out.write_bytes(msgspec.json.encode(cuts) + b"\n")
        print(f"{options.out}: {', '.join(f'{value:g}' for value in cuts.cuts)}; {cuts.origin}")
        return ExitCode.OK
    cuts = _read_cuts(options.cuts) if options.cuts else DEFAULT_CUTS
    settings = Settings.from_environment()
    with closing(choose_sandbox(options.sandbox, settings)) as sandbox:
        measured = measure(
            [Dataset(folder) for folder in options.data],
            options.results,
            settings,
            sandbox,
            cuts=cuts,
            cap=options.cap,
            traces=options.traces,
            seed=options.seed,
            jobs=options.jobs,
        )
        report = report_of(measured, cuts, _versions(sandbox))
    if options.out is not None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    print(msgspec.json.encode(report).decode() if options.json else as_table(report))
    return ExitCode.OK


def measure(
    folders: Sequence[Dataset],
    results: Path,
    settings: Settings,
    sandbox: Sandbox,
    *,
    cuts: Cuts = DEFAULT_CUTS,
    cap: int = CAP,
    traces: int = TRACES,
    seed: int = 0,
    jobs: int = 1,
) -> list[Measured]:
    """Search for repairs of traces of all levels, and return how that went.

    What is in the file of results with the same seed, cap and search is not done again.

    Args:
        folders: data sets.
        results: JSON lines, one for each trace that was measured; added to.
        settings, sandbox: where the tests run.
        cuts: what makes levels of scores.
        cap: how many patches are tried on a trace.
        traces: how many are taken of each level, at most.
        seed: chooses the traces and the order of patches.
        jobs: how many traces are worked on at once.

    Raises:
        UsageError: there is no trace to measure.
        DatasetError: a folder or the file of results is damaged.
    """
    wanted = chosen(folders, cuts, traces, seed)
    setting = (SEARCH, seed, cap, HORIZON)
    known = {
        m.trace: m for m in read_kept(results, Measured) if (m.search, m.seed, m.cap, m.horizon) == setting
    }
    places: dict[tuple[int, BenchKey], list[Trace]] = defaultdict(list)
    for number, trace in wanted:
        if trace.id not in known:
            places[number, bench_key(trace)].append(trace)
    _log.info(f"{len(wanted)} traces, {sum(map(len, places.values()))} of them to be measured")
    results.parent.mkdir(parents=True, exist_ok=True)
    with results.open("ab") as file:
        for (number, key), left in places.items():
            report = PlainReporter(len(left), f"traces of {package_of(left[0])}")
            bench = bench_again(folders[number], key, sandbox, settings, jobs, TIMEOUT, report)
            work = partial(_measured, bench, cap, seed)
            with closing(in_order(work, left, jobs, sandbox.aborting)) as done:
                for trace, one in done:
                    if one is None:
                        continue
                    known[trace.id] = one
                    file.write(jsonl.encode(one))
                    file.flush()
                    level = level_of(one.score, cuts)
                    what = f"repaired by {one.template}" if one.repaired else "not repaired"
                    _log.info(
                        f"{one.package} {trace.id[:12]}, level {level}: {what}, {one.tried} patches, "
                        f"{one.seconds:.0f} s"
                    )
    return [known[trace.id] for _, trace in wanted if trace.id in known]


def chosen(folders: Sequence[Dataset], cuts: Cuts, count: int, seed: int) -> list[tuple[int, Trace]]:
    """Return some traces of each level, with the number of their data set: packages take turns.

    Raises:
        UsageError: there is none of one bug.
    """
    piles: dict[int, dict[str, list[tuple[int, Trace]]]] = {n: defaultdict(list) for n in LEVELS}
    seen: set[str] = set()
    for number, data in enumerate(folders):
        for trace in data.traces():
            if trace.score is not None and len(trace.steps) == 1 and trace.id not in seen:
                seen.add(trace.id)
                piles[level_of(trace.score, cuts)][package_of(trace)].append((number, trace))
    found: list[tuple[int, Trace]] = []
    for of_level in piles.values():
        for pile in of_level.values():
            pile.sort(key=lambda pair: digest([seed, pair[1].id]))
        turns = sorted(
            (place, package, pair) for package, pile in of_level.items() for place, pair in _numbered(pile)
        )
        found += [pair for _, _, pair in turns[:count]]
    if not found:
        raise UsageError("there is no trace of a single bug with a score", hint="Name other data sets.")
    return sorted(found, key=lambda pair: pair[0])


def cuts_of(folders: Sequence[Path], out: Path) -> Cuts:
    """Return the cuts that make levels equally frequent among the single-bug traces of some data sets.

    Raises:
        UsageError: too few different scores, or a run that was told which levels to keep.
        DatasetError: a folder is missing or damaged.
    """
    scores: list[float] = []
    counts: dict[str, int] = {}
    for folder in folders:
        data = Dataset(folder)
        plan = data.plan()
        if plan is not None and plan.levels is not None:
            raise UsageError(
                f"the run in `{folder}` was told which levels to keep, so its scores say nothing",
                hint="Make the data set without `--level` and `--level-mix`.",
            )
        for trace in data.traces():
            if trace.score is not None and len(trace.steps) == 1:
                scores.append(trace.score)
                counts[package_of(trace)] = counts.get(package_of(trace), 0) + 1
    listed = ", ".join(f"{name} ({count})" for name, count in sorted(counts.items()))
    command = f"python -m benchmarks levels --cut {' '.join(f.name for f in folders)} --out {out}"
    return cut(scores, f"quintiles of {len(scores)} traces of one bug: {listed}; `{command}`")


def package_of(trace: Trace) -> str:
    """Return name and version of the package that a trace is of."""
    source = trace.provenance.source
    return project_name(str(source.get("name")), source.get("version"))


def _measured(bench: TestBench, cap: int, seed: int, trace: Trace) -> Measured | None:
    """Search for a repair of one trace; None when the sandbox does not hold, which says nothing."""
    assert trace.checks is not None
    assert trace.score is not None
    begin = time.perf_counter()
    failing = trace.checks.fail_to_pass
    order = f"{seed}/{trace.id}"
    try:
        buggy = apply_diff(bench.tree, str(trace.problem.state.get("diff", "")))
        with bench.sandbox.open(bench.place, bench.limits) as session:
            session.load(buggy)
            spectrum, telling = executed(bench, session, failing)
        found = repair(bench, buggy, failing, spectrum, telling, seed=order, cap=cap)
    except SandboxBrokeError as error:
        _log.warning(f"{trace.id[:12]} is left out: {error}")
        return None
    return Measured(
        trace=trace.id,
        package=package_of(trace),
        score=trace.score,
        search=SEARCH,
        seed=seed,
        cap=cap,
        horizon=HORIZON,
        tried=found.tried,
        repaired=found.patch is not None,
        template=None if found.patch is None else found.patch.template,
        places=(
            place_of(buggy, bench.tree, spectrum, order),
            *(place_of(buggy, bench.tree, spectrum, f"{order}/{n}") for n in range(1, ORDERS)),
        ),
        seconds=round(time.perf_counter() - begin, 2),
        broke=found.broke,
    )


def _numbered(pile: list[tuple[int, Trace]]) -> Iterator[tuple[int, tuple[int, Trace]]]:
    yield from enumerate(pile)


def _figures(report: Report) -> Iterator[Figure]:
    curves: tuple[tuple[str, Curve], ...] = (
        ("patches tried", report.cost),
        ("patches up to the true fix", report.place),
    )
    for what, curve in curves:
        for one, other in pairwise(curve.levels):
            yield compare(
                f"{what}, at most {curve.limit}: level {other.level} ({other.traces} traces) beside level "
                f"{one.level} ({one.traces})",
                other.mean,
                one.mean,
                unit="patches",
                better="more",
                versions=report.versions,
            )


def _read_cuts(path: Path) -> Cuts:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Cuts)
    except (OSError, msgspec.DecodeError) as error:
        raise DatasetError(f"`{path}` holds no cuts: {error}") from error


def _versions(sandbox: Sandbox) -> dict[str, str]:
    return {"rpsdg": VERSION, "python": ".".join(map(str, sys.version_info[:3])), "sandbox": sandbox.name}


def _same(sandbox: Sandbox) -> Sandbox:
    return sandbox


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks levels", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--data", type=Path, nargs="+", metavar="DIR", help="measure these data sets")
    what.add_argument("--cut", type=Path, nargs="+", metavar="DIR", help="cut levels from these data sets")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the result is written, as JSON")
    parser.add_argument(
        "--cuts", type=Path, metavar="FILE", help="cuts other than mutators/measuring/levels.json"
    )
    parser.add_argument("--cap", type=int, default=CAP, help=f"patches tried on a trace ({CAP})")
    parser.add_argument(
        "--traces", type=int, default=TRACES, help=f"traces of each level, at most ({TRACES})"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the sample and of the searches (0)")
    parser.add_argument("--jobs", type=int, default=1, help="traces worked on at once (1)")
    parser.add_argument("--sandbox", choices=get_args(SandboxName), default="local", help="(local)")
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FILE",
        default=Path("levels.jsonl"),
        help="what is known of each trace; added to, and not measured again (levels.jsonl)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    return parser
