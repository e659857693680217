"""A run over one source: fetch, make the environment, calibrate the judge, try candidates, keep traces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from rpsdg.corpora import Source, SourceSettings
from rpsdg.corpora.dataset import DatasetWriter, Decision
from rpsdg.mutators.mix import Mix
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.rules import all_mutators
from rpsdg.mutators.sampling import Draw
from rpsdg.mutators.scope import mutable_files
from rpsdg.mutators.walks import WalkDraw
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.metadata import read_recipe
from rpsdg.sandbox.pythons import fitting
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.kernel import Reason

from .agreement import Agreement
from .bug_run import (
    BugRun,
    ExhaustedError,
    NothingToMutateError,
    Summary,
    begin,
    bench_for,
    fetched,
    finish,
    places,
)
from .filling import Candidate, Filling, confirmed, kind_of
from .ledger import Decided, Ledger, Recorded, Request, State, tell_parked
from .progress import Reporter
from .trying import LocalTrier, Manner, Triers

__all__ = [
    "BugRun",
    "ExhaustedError",
    "NothingToMutateError",
    "Preview",
    "Summary",
    "preview",
    "reconcile",
    "run_bugs",
]


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
    source = fetched(run, settings, sources)
    moves = places(source)
    sites = dict.fromkeys(all_mutators(), 0) | Counter(move.rule for move in moves)
    draw = Draw(source.tree, moves, run.seed, Mix.load(run.mix), [True] * len(moves))
    return Preview(source, len(list(mutable_files(source.tree))), sites, tuple(islice(draw, run.count)))


def run_bugs(
    run: BugRun,
    settings: Settings,
    sources: SourceSettings,
    sandbox: Callable[[], Sandbox],
    report: Reporter,
    triers: Triers = LocalTrier,
    request: Request | None = None,
) -> Summary:
    """Fill `run.out` with confirmed bug-fix traces, going on where an earlier run of the same plan stopped.

    Candidate *i* depends on the source, the seed, the mixture and what became of the candidates well before
    it; candidates are accepted in order. So the number of jobs, the kind of sandbox and who tries the
    candidates change nothing.

    Args:
        run: what is asked for.
        settings: of environments and sandboxes.
        sources: of fetching.
        sandbox: opens the sandbox.
        report: told what happens.
        triers: makes who tries the candidates.
        request: the command that asked for it, for the ledger.

    Raises:
        RpsdgError: the source, its environment, its baseline or the folder is not usable; each kind has its
            own subclass and exit code.
        ExhaustedError: every candidate was tried and fewer than `run.count` were confirmed.
    """
    with (
        # First: a folder that cannot be written costs nothing yet.
        closing(DatasetWriter(run.out)) as writer,
        Ledger(writer.claim, request, report.note) as ledger,
    ):
        report = Recorded(report, ledger)
        report.stage("fetching the source")
        source = fetched(run, settings, sources)
        for note in source.notes:
            report.note(note)
        report.stage("looking for places to put bugs")
        mix = Mix.load(run.mix)
        moves = places(source)
        box = fitting(sandbox(), read_recipe(source.tree), settings)
        bench = bench_for(run, source, box, settings, writer, report)
        begin(writer, run, source, bench, mix)
        with closing(triers(bench, Manner.of(run, source, moves), report.note)) as trier:
            filling = Filling(run, bench, trier, writer, report)
            reconcile(ledger, [*filling.singles, *filling.walks, *filling.retried])
            try:
                summary = _fill(filling, mix, moves)
            except ExhaustedError:
                _end(filling)
                raise
            _end(filling)
            return summary


def _end(filling: Filling) -> None:
    finish(filling.writer)
    tell_parked(filling.parked, filling.run.out, filling.report.note)


def reconcile(ledger: Ledger, decisions: Iterable[Decision]) -> None:
    """Bring what a ledger knows of candidates into agreement with what became of them; later ones count."""
    found: dict[str, list[Decided]] = {"candidate": [], "walk": []}
    for one in decisions:
        state = State.PARKED if one.outcome == Reason.PARKED else State.DONE
        found[kind_of(one.bugs)].append(Decided(str(one.index), state, one.outcome, one.trace, one.detail))
    for kind, decided in found.items():
        ledger.reconcile(kind, decided)


def _fill(filling: Filling, mix: Mix, moves: list[Mutator]) -> Summary:
    """Fill a folder with single bugs, then with walks over those, until it holds what is asked for.

    Raises:
        ExhaustedError: there are no more candidates.
    """
    run, singles, walks = filling.run, filling.singles, filling.walks
    filling.report.begin(min(confirmed(singles), run.count) + min(confirmed(walks), run.walks))
    accepted = [decision.outcome == "confirmed" for decision in singles]
    draw = Draw(filling.bench.tree, moves, run.seed, mix, accepted)
    drawn = [Candidate((move,)) for move in islice(draw, len(singles))]  # also as later ones depend on them
    if run.retry_parked:
        filling.again([(one.index, drawn[one.index]) for one in filling.parked_of(singles)], run.count)
        filling.again(list(_parked_walks(filling)), run.walks)
    filling.work((Candidate((move,)) for move in draw), singles, accepted, run.count)
    pool = _walk(filling)
    if confirmed(singles) < run.count:
        raise ExhaustedError(
            f"all {draw.total} candidates were tried: {confirmed(singles)} of the {run.count} "
            f"traces asked for were confirmed, and are kept in `{run.out}`",
            hint="Ask for fewer, or take a larger or better tested source.",
        )
    if confirmed(walks) < run.walks:
        raise ExhaustedError(
            f"{len(walks)} walks over {pool} confirmed bugs were tried: {confirmed(walks)} "
            f"of the {run.walks} asked for were confirmed, and are kept in `{run.out}`",
            hint="Ask for fewer walks, or for more single bugs with `--count`.",
        )
    everything = [*singles, *walks, *filling.retried]
    outcomes = dict(filling.outcomes)
    return Summary(confirmed(everything), outcomes, run.out, Agreement.of(everything), filling.parked)


def _parked_walks(filling: Filling) -> Iterator[tuple[int, Candidate]]:
    waiting = filling.parked_of(filling.walks)
    singles = {single.id: single for single in filling.confirmed_singles()} if waiting else {}
    for one in waiting:
        yield one.index, Candidate(tuple(singles[bug].move for bug in one.bugs), one.bugs)


def _walk(filling: Filling) -> int:
    """Try walks over the single bugs there are; returns how many those are."""
    run, walks = filling.run, filling.walks
    if confirmed(walks) >= run.walks:
        return 0
    later = {decision.trace for decision in filling.retried}  # walks are those of a run without them
    pool = [single for single in filling.confirmed_singles() if single.id not in later]
    draw = WalkDraw(filling.bench.tree, pool, run.seed, [decision.bugs for decision in walks])
    todo = (Candidate(tuple(s.move for s in walk), tuple(s.id for s in walk)) for walk in draw)
    filling.work(todo, walks, [], run.walks)
    return len(pool)
