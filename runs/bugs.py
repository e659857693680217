"""A run over one source: fetch, make the environment, calibrate the judge, try candidates, keep traces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rpsdg.corpora import Source, SourceSettings, fetch
from rpsdg.corpora.dataset import Dataset, DatasetWriter, Decision, Plan
from rpsdg.mutators.judge import Baseline, TestBench
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.rules import all_mutators
from rpsdg.mutators.sampling import candidates
from rpsdg.mutators.scope import mutable_files
from rpsdg.mutators.solution import Origin, confirm, project_name
from rpsdg.sandbox.contract import Sandbox, SandboxBrokeError
from rpsdg.sandbox.environments import Environment, prepare
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.kernel import Reason, Stopped
from rpsdg.traces.record import Trace

from .executor import in_order, side_by_side
from .progress import Reporter
from .version import VERSION

__all__ = ["BugRun", "ExhaustedError", "NothingToMutateError", "Preview", "Summary", "preview", "run_bugs"]


class NothingToMutateError(RpsdgError):
    """The source has no place where any mutator applies."""

    code = ExitCode.SOURCE


class ExhaustedError(RpsdgError):
    """Every candidate was tried and too few were confirmed."""

    code = ExitCode.EXHAUSTED


@dataclass(frozen=True)
class BugRun:
    """What a run is asked for."""

    source: str
    """As the user wrote it: `pypi:NAME==VERSION`, a folder, or a git address with an optional ref."""
    out: Path
    count: int
    """How many confirmed traces the folder shall hold in the end."""
    seed: int = 0
    jobs: int = 1
    """Candidates worked on at once."""
    timeout: float = 300.0
    """Seconds one run of the untouched tests may take."""


@dataclass(frozen=True)
class Summary:
    """What a run did."""

    traces: int
    """Confirmed traces in the folder, those of earlier runs included."""
    outcomes: dict[str, int]
    """Candidates by outcome, those of earlier runs included."""
    out: Path


@dataclass(frozen=True)
class Preview:
    """What a run would work on, found without a sandbox."""

    source: Source
    files: int
    """Files that may be mutated."""
    sites: dict[str, int]
    """Places by mutator."""
    first: tuple[Mutator, ...]
    """The candidates that would be tried first."""


def preview(run: BugRun, settings: Settings, sources: SourceSettings) -> Preview:
    """Fetch the source and enumerate its candidates; nothing is built, run or written but the cache."""
    source = _fetched(run, settings, sources)
    moves = _candidates(source, run.seed)
    sites = dict.fromkeys(all_mutators(), 0) | Counter(move.rule for move in moves)
    return Preview(source, len(list(mutable_files(source.tree))), sites, tuple(moves[: run.count]))


def run_bugs(
    run: BugRun,
    settings: Settings,
    sources: SourceSettings,
    sandbox: Callable[[], Sandbox],
    report: Reporter,
) -> Summary:
    """Fill `run.out` with confirmed bug-fix traces, going on where an earlier run of the same plan stopped.

    Candidate *i* is the *i*-th of an order that depends on the source and the seed alone, and candidates are
    accepted in that order, so the number of jobs and the kind of sandbox change nothing.

    Raises:
        RpsdgError: the source, its environment, its baseline or the folder is not usable; each kind has its
            own subclass and exit code.
        ExhaustedError: every candidate was tried and fewer than `run.count` were confirmed.
    """
    writer = DatasetWriter(run.out)  # first: a folder that cannot be written costs nothing yet
    try:
        report.stage("fetching the source")
        source = _fetched(run, settings, sources)
        for note in source.notes:
            report.note(note)
        report.stage("looking for places to put bugs")
        moves = _candidates(source, run.seed)
        box = sandbox()
        bench = _bench(run, source, box, settings, writer, report)
        plan = Plan(
            generator=VERSION,
            source=source.provenance(),
            tree=source.tree.digest,
            seed=run.seed,
            mutators=tuple(all_mutators()),
            environment=bench.environment.id,
            baseline=bench.baseline.id,
        )
        records = {
            f"environments/{bench.environment.id}": bench.environment,
            f"baselines/{bench.baseline.id}": bench.baseline,
        }
        decided = writer.begin(plan, source.tree, records)
        return _fill(run, source, bench, moves, decided, writer, report)
    finally:
        writer.close()


def _fetched(run: BugRun, settings: Settings, sources: SourceSettings) -> Source:
    # `rpsdg bugs . --out data`: what is written is no part of what is read.
    sources = replace(sources, leave_out=(run.out.absolute(),))
    return fetch(run.source, sources, cache=settings.cache / "sources")


def _candidates(source: Source, seed: int) -> list[Mutator]:
    moves = candidates(source.tree, seed)
    if not moves:
        files = len(list(mutable_files(source.tree)))
        raise NothingToMutateError(
            f"no mutator applies anywhere in {source.name}: {files} Python files are its own",
            hint="Is this the right folder or release?",
        )
    return moves


def _bench(
    run: BugRun, source: Source, box: Sandbox, settings: Settings, earlier: Dataset, report: Reporter
) -> TestBench:
    plan = earlier.plan()
    goes_on = plan is not None and plan.tree == source.tree.digest
    environment, place = prepare(
        source.tree,
        box,
        settings,
        version=source.version,
        recorded=earlier.record("environments", plan.environment, Environment) if plan and goes_on else None,
        progress=report.stage,
    )
    bench = TestBench.calibrated(
        box,
        place,
        environment,
        source.tree,
        settings.limits,
        timeout=run.timeout,
        run_all=partial(side_by_side, jobs=run.jobs, stopping=box.aborting),
        progress=report.stage,
    )
    # What a folder was begun with stays what its traces are judged by, whatever was released since.
    return (
        bench.relying_on(earlier.record("baselines", plan.baseline, Baseline)) if plan and goes_on else bench
    )


def _fill(
    run: BugRun,
    source: Source,
    bench: TestBench,
    moves: list[Mutator],
    decided: int,
    writer: DatasetWriter,
    report: Reporter,
) -> Summary:
    earlier = list(writer.decisions())
    outcomes = Counter(decision.outcome for decision in earlier)
    traces = outcomes["confirmed"]
    report.begin(min(traces, run.count))
    origin = Origin(VERSION, run.seed, project_name(source.name, source.version), source.provenance())

    def work(item: tuple[int, Mutator]) -> Trace | Stopped:
        return _patiently(bench, lambda: confirm(bench, item[1], item[0], origin))

    if traces < run.count:
        todo = list(enumerate(moves))[decided:]
        with closing(in_order(work, todo, run.jobs, bench.sandbox.aborting)) as results:
            for (index, move), result in results:
                decision = _decision(bench, index, move, result)
                trace = result if isinstance(result, Trace) else None
                writer.decide(decision, trace)
                outcomes[decision.outcome] += 1
                traces += trace is not None
                about = {"index": index, "rule": move.rule, "path": move.path, "detail": decision.detail}
                about["trace"] = decision.trace
                report.outcome(decision.outcome, counts=trace is not None, about=about)
                if traces >= run.count:
                    break
    if traces < run.count:
        raise ExhaustedError(
            f"all {len(moves)} candidates were tried: {traces} of the {run.count} traces asked for were "
            f"confirmed, and are kept in `{run.out}`",
            hint="Ask for fewer, or take a larger or better tested source.",
        )
    return Summary(traces, dict(outcomes), run.out)


def _patiently(bench: TestBench, attempt: Callable[[], Trace | Stopped]) -> Trace | Stopped:
    """Try a candidate whose sandbox broke once more; then find out which of the two is to blame.

    Raises:
        SandboxBrokeError: the sandbox does not work any more, whatever runs in it.
    """
    try:
        return attempt()
    except SandboxBrokeError:
        try:
            return attempt()
        except SandboxBrokeError as error:
            with bench.sandbox.open(bench.place, bench.limits) as session:
                session.execute(["true"], timeout=30)
            return Stopped(Reason.SANDBOX_FAILED, str(error))


def _decision(bench: TestBench, index: int, move: Mutator, result: Trace | Stopped) -> Decision:
    line = bench.tree[move.path].data.count(b"\n", 0, move.start) + 1
    if isinstance(result, Stopped):
        return Decision(index, move.rule, move.path, line, result.reason.value, result.detail)
    return Decision(index, move.rule, move.path, line, "confirmed", trace=result.id)
