"""A run over one source: fetch, make the environment, calibrate the judge, try candidates, keep traces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

import msgspec

from rpsdg.corpora import Source, SourceSettings, fetch
from rpsdg.corpora.dataset import Dataset, DatasetWriter, Decision, Plan
from rpsdg.mutators.baseline import Baseline
from rpsdg.mutators.confirming import FULL, Confirming
from rpsdg.mutators.difficulty import DEFAULT_CUTS
from rpsdg.mutators.judge import TRIES, TestBench
from rpsdg.mutators.mix import Mix
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.rules import all_mutators
from rpsdg.mutators.sampling import LAG, Draw, candidates
from rpsdg.mutators.scope import mutable_files
from rpsdg.mutators.siblings import Neighbourhood
from rpsdg.mutators.solution import Origin, Tried, confirm, project_name
from rpsdg.mutators.statements.rewrite import Endpoint
from rpsdg.mutators.triage import TriagePool
from rpsdg.mutators.walks import Single, WalkDraw
from rpsdg.sandbox.contract import Sandbox, SandboxBrokeError
from rpsdg.sandbox.environments import Environment, prepare
from rpsdg.sandbox.metadata import read_recipe
from rpsdg.sandbox.pythons import fitting
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.kernel import Reason, Stopped
from rpsdg.traces.levels import Cuts, level_of
from rpsdg.traces.record import Trace

from .agreement import Agreement
from .card import write_card
from .executor import in_order, side_by_side
from .levels import Levels
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
    """How many confirmed traces of one bug the folder shall hold in the end."""
    walks: int = 0
    """How many confirmed traces of two to four bugs it shall hold besides."""
    mix: str = "realistic"
    """The mixture of mutators: a name, or the path of a TOML file."""
    levels: Levels = field(default_factory=Levels)
    cuts: Cuts = DEFAULT_CUTS
    confirming: Confirming = FULL
    """Which tests confirm a candidate."""
    endpoint: Endpoint | None = None
    """Who rewrites statements, if anyone."""
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
    agreement: Agreement
    """Of triage, covering tests and the complete suite."""


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
    moves = _candidates(source)
    sites = dict.fromkeys(all_mutators(), 0) | Counter(move.rule for move in moves)
    draw = Draw(source.tree, moves, run.seed, Mix.load(run.mix), [True] * len(moves))
    return Preview(source, len(list(mutable_files(source.tree))), sites, tuple(islice(draw, run.count)))


def run_bugs(
    run: BugRun,
    settings: Settings,
    sources: SourceSettings,
    sandbox: Callable[[], Sandbox],
    report: Reporter,
) -> Summary:
    """Fill `run.out` with confirmed bug-fix traces, going on where an earlier run of the same plan stopped.

    Candidate *i* depends on the source, the seed, the mixture and what became of the candidates well before
    it; candidates are accepted in order. So the number of jobs and the kind of sandbox change nothing.

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
        mix = Mix.load(run.mix)
        moves = _candidates(source)
        box = fitting(sandbox(), read_recipe(source.tree), settings)
        bench = _bench(run, source, box, settings, writer, report)
        plan = Plan(
            generator=VERSION,
            source=source.provenance(),
            tree=source.tree.digest,
            seed=run.seed,
            mutators=tuple(all_mutators()),
            mix=mix.describe(),
            levels=run.levels.describe(run.count),
            rewriter=run.endpoint.model if run.endpoint else None,
            confirm=str(run.confirming),
            cuts=run.cuts,
            environment=bench.environment.id,
            baseline=bench.baseline.id,
        )
        records = {
            f"environments/{bench.environment.id}": bench.environment,
            f"baselines/{bench.baseline.id}": bench.baseline,
        }
        writer.begin(plan, source.tree, records)
        with closing(TriagePool(bench, report.note)) as triage:
            filling = _Filling(run, source, bench, mix, moves, triage, writer, report)
            try:
                summary = filling.fill()
            except ExhaustedError:
                _finish(writer)
                raise
            _finish(writer)
            return summary
    finally:
        writer.close()


def _finish(writer: DatasetWriter) -> None:
    writer.finish()
    write_card(writer.folder)


def _fetched(run: BugRun, settings: Settings, sources: SourceSettings) -> Source:
    # `rpsdg bugs . --out data`: what is written is no part of what is read.
    sources = replace(sources, leave_out=(run.out.absolute(),))
    return fetch(run.source, sources, cache=settings.cache / "sources")


def _candidates(source: Source) -> list[Mutator]:
    moves = candidates(source.tree)
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
        released=source.released,
        source=run.source,
        timeout=run.timeout,
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
    for note in bench.baseline.notes:
        report.note(note)
    if bench.baseline.quarantined:
        kinds = ", ".join(f"{count} {kind}" for kind, count in bench.baseline.kinds().items())
        report.note(f"tests that take no part: {kinds}")
    # What a folder was begun with stays what its traces are judged by, whatever was released since.
    return (
        bench.relying_on(earlier.record("baselines", plan.baseline, Baseline)) if plan and goes_on else bench
    )


class _Filling:
    """A folder that is being filled: first with single bugs, then with walks over those."""

    def __init__(
        self,
        run: BugRun,
        source: Source,
        bench: TestBench,
        mix: Mix,
        moves: list[Mutator],
        triage: TriagePool,
        writer: DatasetWriter,
        report: Reporter,
    ) -> None:
        self.run, self.bench, self.writer, self.report = run, bench, writer, report
        self.triage = triage
        self.mix, self.moves = mix, moves
        self.origin = Origin(
            VERSION,
            run.seed,
            project_name(source.name, source.version),
            source.provenance(),
            run.endpoint,
        )
        self.neighbourhood = Neighbourhood(source.tree, moves)
        earlier = list(writer.decisions())
        self.outcomes = Counter(decision.outcome for decision in earlier)
        self.singles = [decision for decision in earlier if not decision.bugs]
        self.walks = [decision for decision in earlier if decision.bugs]

    def fill(self) -> Summary:
        """Work until the folder holds what is asked for, or there are no more candidates."""
        self.report.begin(
            min(_confirmed(self.singles), self.run.count) + min(_confirmed(self.walks), self.run.walks)
        )
        accepted = [decision.outcome == "confirmed" for decision in self.singles]
        draw = Draw(self.bench.tree, self.moves, self.run.seed, self.mix, accepted)
        todo = ((move,) for move in islice(draw, len(self.singles), None))  # drawn: later ones depend on them
        self._work((_Candidate(moves) for moves in todo), self.singles, accepted, self.run.count)
        walks = self._walk()
        if _confirmed(self.singles) < self.run.count:
            raise ExhaustedError(
                f"all {draw.total} candidates were tried: {_confirmed(self.singles)} of the {self.run.count} "
                f"traces asked for were confirmed, and are kept in `{self.run.out}`",
                hint="Ask for fewer, or take a larger or better tested source.",
            )
        if _confirmed(self.walks) < self.run.walks:
            raise ExhaustedError(
                f"{len(self.walks)} walks over {walks} confirmed bugs were tried: {_confirmed(self.walks)} "
                f"of the {self.run.walks} asked for were confirmed, and are kept in `{self.run.out}`",
                hint="Ask for fewer walks, or for more single bugs with `--count`.",
            )
        total = _confirmed(self.singles) + _confirmed(self.walks)
        agreement = Agreement.of([*self.singles, *self.walks])
        return Summary(total, dict(self.outcomes), self.run.out, agreement)

    def _walk(self) -> int:
        """Try walks over the single bugs there are; returns how many those are."""
        if _confirmed(self.walks) >= self.run.walks:
            return 0
        pool = list(self._confirmed_singles())
        draw = WalkDraw(self.bench.tree, pool, self.run.seed, [decision.bugs for decision in self.walks])
        candidates = (_Candidate(tuple(s.move for s in walk), tuple(s.id for s in walk)) for walk in draw)
        self._work(candidates, self.walks, [], self.run.walks)
        return len(pool)

    def _work(
        self,
        todo: Iterable[_Candidate],
        decided: list[Decision],
        accepted: list[bool],
        wanted: int,
    ) -> None:
        """Try candidates of one kind until as many as wanted are confirmed."""

        def attempt(item: tuple[int, _Candidate]) -> Tried:
            index, candidate = item
            return _patiently(
                self.bench,
                lambda: confirm(
                    self.bench,
                    candidate.moves,
                    index,
                    self.origin,
                    self.neighbourhood,
                    self.triage,
                    self.run.confirming,
                ),
            )

        have = Counter(d.level for d in decided if d.level is not None and d.outcome == "confirmed")
        missing = wanted - _confirmed(decided)
        if missing <= 0:
            return
        numbered = enumerate(todo, len(decided))
        with closing(in_order(attempt, numbered, self.run.jobs, self.bench.sandbox.aborting, LAG)) as results:
            for (index, candidate), tried in results:
                decision, trace = self._decided(index, candidate, tried, have, wanted)
                self.writer.decide(decision, trace)
                decided.append(decision)
                accepted.append(trace is not None)
                self.outcomes[decision.outcome] += 1
                about = {"index": index, "rule": decision.rule, "path": decision.path}
                about |= {"detail": decision.detail, "trace": decision.trace, "level": decision.level}
                self.report.outcome(decision.outcome, counts=trace is not None, about=about)
                missing -= trace is not None
                if not missing:
                    break

    def _decided(
        self,
        index: int,
        candidate: _Candidate,
        tried: Tried,
        have: Counter[int],
        wanted: int,
    ) -> tuple[Decision, Trace | None]:
        move = candidate.moves[0]
        line = self.bench.tree[move.path].data.count(b"\n", 0, move.start) + 1
        result = tried.result
        about = Decision(
            index,
            move.rule,
            move.path,
            line,
            "",
            bugs=candidate.bugs,
            triage=tried.triage,
            judged=tried.judged,
            outside=tried.outside,
        )
        if isinstance(result, Trace):
            level = level_of(result.score or 0.0, self.run.cuts)
            # Walks are harder than any of their bugs: to choose among them by level would choose none.
            refused = None if candidate.bugs else self.run.levels.refuses(level, have, wanted)
            if refused is None:
                have[level] += 1
                return msgspec.structs.replace(
                    about, outcome="confirmed", trace=result.id, level=level
                ), result
            result = Stopped(Reason.OTHER_LEVEL, refused)
        return msgspec.structs.replace(about, outcome=result.reason.value, detail=result.detail), None

    def _confirmed_singles(self) -> Iterator[Single]:
        for trace in self.writer.traces():
            if len(trace.steps) == 1 and trace.checks is not None:
                (step,) = trace.steps
                move = all_mutators()[step.rule].aimed(step.aim)
                yield Single(trace.id, move, frozenset(trace.checks.fail_to_pass))


@dataclass(frozen=True)
class _Candidate:
    """What is tried: a bug, or a walk of several."""

    moves: tuple[Mutator, ...]
    bugs: tuple[str, ...] = ()
    """Of a walk: ids of the traces of its bugs."""


def _confirmed(decisions: Sequence[Decision]) -> int:
    return sum(decision.outcome == "confirmed" for decision in decisions)


def _patiently(bench: TestBench, attempt: Callable[[], Tried]) -> Tried:
    """Try a candidate whose sandbox broke again; then find out which of the two is to blame.

    Raises:
        SandboxBrokeError: the sandbox does not work any more, whatever runs in it.
    """
    for _ in range(TRIES - 1):
        try:
            return attempt()
        except SandboxBrokeError:
            pass  # an engine that is restarted, or whoever ends containers, says nothing of the candidate
    try:
        return attempt()
    except SandboxBrokeError as error:
        with bench.sandbox.open(bench.place, bench.limits) as session:
            session.execute(["true"], timeout=30)
        return Tried(Stopped(Reason.SANDBOX_FAILED, str(error)))
