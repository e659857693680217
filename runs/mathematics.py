"""A run over families of mathematics: problems in order, repeats dropped, on as many processes as wanted."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from rpsdg.corpora.bulk import BulkWriter
from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.tabular import records_of
from rpsdg.math_domains.seen import Seen
from rpsdg.traces.record import Provenance

from .batches import BATCH, Batch, Failed, make_batch, make_problem, next_batch, problems_of
from .card import write_card
from .ledger import Decided, Ledger, Recorded, Request, State, tell_parked
from .math_plan import MathPlan, check_families, new_plan
from .progress import Reporter

__all__ = ["MathPlan", "MathSummary", "check_families", "new_plan", "run_mathematics"]

Pool = Callable[[], Executor]
"""Makes what batches are made with; it is left when a family is finished."""
_BATCH, _PROBLEM = "batch", "problem"
"""Kinds of units in the ledger: `FAMILY/NUMBER` of a batch, `FAMILY/INDEX` of a problem that is parked."""
_PATIENCE = 2000
"""So many repeats in a row, and the family is taken to have no others."""
_MISSES = 20
"""So many numbers in a row without any problem of what is asked, and the family is taken to have none."""


@dataclass
class MathSummary:
    """What became of a run, by family."""

    traces: dict[str, int] = field(default_factory=dict)
    repeats: dict[str, int] = field(default_factory=dict)
    exhausted: list[str] = field(default_factory=list)
    """Families that had fewer different problems than were asked for."""
    parked: int = 0
    """Problems that failed each time they were tried, of all families."""


class _From(msgspec.Struct):
    """What is read of a trace to go on behind it."""

    provenance: Provenance


def run_mathematics(
    plan: MathPlan,
    folder: Path,
    jobs: int,
    report: Reporter,
    pool: Pool | None = None,
    request: Request | None = None,
    *,
    retry_parked: bool = False,
) -> MathSummary:
    """Write the problems of a plan to a folder, going on where an earlier run stopped.

    What is written depends on the plan alone, not on who makes it.

    Args:
        plan: what is asked for.
        folder: to write.
        jobs: batches that are made at once.
        report: is told what happens.
        pool: makes the batches; processes of this machine if not given.
        request: the command that asked for it, for the ledger.
        retry_parked: whether problems that are parked are tried again. Those that work out now are added,
            also beyond the number that was asked for.

    Raises:
        OutputError: the folder cannot be written, or belongs to another plan.
    """
    if pool is None and jobs > 1:
        pool = partial(ProcessPoolExecutor, jobs, mp_context=multiprocessing.get_context("forkserver"))
    summary = MathSummary()
    with (
        closing(BulkWriter(folder, "math")) as writer,
        Ledger(writer.claim, request, report.note) as ledger,
    ):
        report = Recorded(report, ledger)
        writer.begin(plan)
        earlier = _Earlier.read(folder, plan)
        ledger.reconcile(_BATCH, earlier.batches(plan.count))
        report.begin(sum(earlier.counts.values()))
        for name in plan.families:
            report.stage(f"making {name}")
            if retry_parked:
                _once_more(plan, name, earlier, writer, ledger, report)
            _one_family(plan, name, earlier, jobs, pool, writer, ledger, report, summary)
        report.stage("packing")
        writer.finish()
        write_card(folder)
        summary.parked = len(ledger.parked(_PROBLEM))
        tell_parked(summary.parked, folder, report.note)
    return summary


class _Earlier(NamedTuple):
    """What an earlier run of the same plan has written: how many of each family, and how far it got."""

    counts: dict[str, int]
    next_index: dict[str, int]
    seen: Seen
    """The problems of all families: two of them can come upon the same."""

    @classmethod
    def read(cls, folder: Path, plan: MathPlan) -> _Earlier:
        earlier = cls({}, {}, Seen(plan.count * len(plan.families)))
        for batch in Dataset(folder).batches(["provenance"]):
            for made in records_of(batch, _From):
                source = made.provenance.source
                name = str(source["family"])
                earlier.counts[name] = earlier.counts.get(name, 0) + 1
                # Of one that was parked and tried again, the number is a lower one.
                earlier.next_index[name] = max(earlier.next_index.get(name, 0), made.provenance.index + 1)
                earlier.seen.add(bytes.fromhex(str(source["canonical"])))
        return earlier

    def batches(self, wanted: int) -> Iterator[Decided]:
        """Yield the batches that need not be made again, where so many are wanted of each family."""
        for name, index in self.next_index.items():
            # The last one may have more to give, unless nothing more is wanted.
            is_enough = self.counts[name] >= wanted
            for number in range(-(-index // BATCH) if is_enough else index // BATCH):
                yield Decided(f"{name}/{number}", State.DONE, "made")


def _one_family(
    plan: MathPlan,
    name: str,
    earlier: _Earlier,
    jobs: int,
    pool: Pool | None,
    writer: BulkWriter,
    ledger: Ledger,
    report: Reporter,
    summary: MathSummary,
) -> None:
    seen = earlier.seen
    made = earlier.counts.get(name, 0)
    repeats = in_a_row = 0
    ahead = min(2 * jobs, plan.count // BATCH + 2)
    with closing(_batches(plan, name, earlier.next_index.get(name, 0), ahead, pool)) as batches:
        while made < plan.count and in_a_row < _PATIENCE:
            lines = []
            batch = next(batches)
            for problem in batch.problems:
                if made >= plan.count or in_a_row >= _PATIENCE:
                    break
                if problem is None or isinstance(problem, Failed):
                    in_a_row += _PATIENCE // _MISSES
                    if problem is not None:
                        _park(ledger, name, problem)
                elif seen.add(problem.canonical):
                    in_a_row, made = 0, made + 1
                    lines.append(problem.line)
                else:
                    in_a_row, repeats = in_a_row + 1, repeats + 1
            writer.append(lines)
            unit = ledger.unit(_BATCH, f"{name}/{batch.number}")
            unit.begin()
            unit.worked(batch.seconds)
            unit.done("made", detail=f"{len(lines)} of {len(batch.problems)} are new")
            report.several(name, len(lines))
    summary.traces[name], summary.repeats[name] = made, repeats
    if made < plan.count:
        summary.exhausted.append(name)
        where = "at this difficulty" if plan.split is None else f"at this difficulty in `{plan.split}`"
        report.note(f"{name} has no more than {made} different problems {where}")


def _once_more(
    plan: MathPlan, name: str, earlier: _Earlier, writer: BulkWriter, ledger: Ledger, report: Reporter
) -> None:
    """Try the problems of a family again that are parked, and add those that work out now."""
    for key in ledger.parked(_PROBLEM):
        family, _, index = key.rpartition("/")
        if family != name:
            continue
        problem = make_problem(problems_of(plan, name), int(index))
        if isinstance(problem, Failed):
            _park(ledger, name, problem)
            continue
        is_new = problem is not None and earlier.seen.add(problem.canonical)
        if problem is not None and is_new:
            writer.append([problem.line])
            earlier.counts[name] = earlier.counts.get(name, 0) + 1
            report.several(name, 1)
        ledger.unit(_PROBLEM, key).done("made" if is_new else "repeat")


def _park(ledger: Ledger, name: str, failed: Failed) -> None:
    unit = ledger.unit(_PROBLEM, f"{name}/{failed.number}")
    unit.begin()
    unit.park(failed.detail, failed.log)


def _batches(
    plan: MathPlan, name: str, start: int, ahead: int, pool: Pool | None
) -> Generator[Batch, None, None]:
    """Yield problems in the order of their numbers, batches of them made ahead where there is a pool."""
    if pool is None:
        while True:
            yield make_batch(plan, name, start)
            start = next_batch(start)
    with pool() as makers:
        waiting: deque[Future[Batch]] = deque()
        try:
            while True:
                while len(waiting) < ahead:
                    waiting.append(makers.submit(make_batch, plan, name, start))
                    start = next_batch(start)
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
