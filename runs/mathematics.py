"""A run over families of mathematics: problems in order, repeats dropped, on as many processes as wanted."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Generator, Sequence
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
from rpsdg.math_domains.curriculum import parse_dial
from rpsdg.math_domains.problems import NoSuchProblemError, Problems
from rpsdg.math_domains.registry import all_families, all_topics, no_family
from rpsdg.math_domains.rewriting import Detail
from rpsdg.math_domains.seen import Seen
from rpsdg.math_domains.splitting import Split, splits_with
from rpsdg.traces import jsonl
from rpsdg.traces.errors import UsageError
from rpsdg.traces.record import Provenance

from .card import write_card
from .progress import Reporter
from .version import VERSION

__all__ = ["MathPlan", "MathSummary", "check_families", "new_plan", "run_mathematics"]

_BATCH = 100
"""Problems that a process makes at a time."""
Pool = Callable[[], Executor]
"""Makes what batches are made with; it is left when a family is finished."""
_PATIENCE = 2000
"""So many repeats in a row, and the family is taken to have no others."""
_MISSES = 20
"""So many numbers in a row without any problem of what is asked, and the family is taken to have none."""


class MathPlan(msgspec.Struct, frozen=True):
    """What a run was asked for. A folder holds one plan; running it again goes on with it."""

    generator: str
    families: tuple[str, ...]
    count: int
    """Of each family."""
    level: str | None
    """A level such as `3` or `2.5`, a mixture such as `1:3,2:1`, a curriculum such as `1..5`; None for all
    levels evenly."""
    seed: int
    detail: int
    wrong_steps: float
    """The share of problems whose solution has a mistake in it."""
    split: Split | None = None
    """Only problems of this split."""


@dataclass
class MathSummary:
    """What became of a run, by family."""

    traces: dict[str, int] = field(default_factory=dict)
    repeats: dict[str, int] = field(default_factory=dict)
    exhausted: list[str] = field(default_factory=list)
    """Families that had fewer different problems than were asked for."""


class _Made(NamedTuple):
    """One problem as a process hands it over."""

    canonical: bytes
    line: bytes


class _From(msgspec.Struct):
    """What is read of a trace to go on behind it."""

    provenance: Provenance


def check_families(names: Sequence[str]) -> tuple[str, ...]:
    """Return the families that are meant: those named, also by their topics, once each, or all of them.

    Raises:
        UsageError: there is no such family.
    """
    known, topics = all_families(), all_topics()
    chosen: dict[str, None] = {}
    for name in names:
        if name not in known and name not in topics:
            raise UsageError(no_family(name), hint="`rpsdg math --list` lists them: " + ", ".join(known))
        chosen |= dict.fromkeys([name] if name in known else topics[name].families)
    return tuple(chosen) or tuple(known)


def run_mathematics(
    plan: MathPlan, folder: Path, jobs: int, report: Reporter, pool: Pool | None = None
) -> MathSummary:
    """Write the problems of a plan to a folder, going on where an earlier run stopped.

    What is written depends on the plan alone, not on who makes it.

    Args:
        plan: what is wanted.
        folder: to write.
        jobs: batches that are made at once.
        report: told what happens.
        pool: makes the batches; processes of this machine if not given.

    Raises:
        OutputError: the folder cannot be written, or belongs to another plan.
    """
    if pool is None and jobs > 1:
        pool = partial(ProcessPoolExecutor, jobs, mp_context=multiprocessing.get_context("forkserver"))
    summary = MathSummary()
    with closing(BulkWriter(folder, "math")) as writer:
        writer.begin(plan)
        earlier = _Earlier.read(folder, plan)
        report.begin(sum(earlier.counts.values()))
        for name in plan.families:
            report.stage(f"making {name}")
            _one_family(plan, name, earlier, jobs, pool, writer, report, summary)
        report.stage("packing")
        writer.finish()
        write_card(folder)
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
                earlier.next_index[name] = made.provenance.index + 1
                earlier.seen.add(bytes.fromhex(str(source["canonical"])))
        return earlier


def _one_family(
    plan: MathPlan,
    name: str,
    earlier: _Earlier,
    jobs: int,
    pool: Pool | None,
    writer: BulkWriter,
    report: Reporter,
    summary: MathSummary,
) -> None:
    seen = earlier.seen
    made = earlier.counts.get(name, 0)
    repeats = in_a_row = 0
    ahead = min(2 * jobs, plan.count // _BATCH + 2)
    with closing(_batches(plan, name, earlier.next_index.get(name, 0), ahead, pool)) as batches:
        while made < plan.count and in_a_row < _PATIENCE:
            lines = []
            for problem in next(batches):
                if made == plan.count or in_a_row >= _PATIENCE:
                    break
                if problem is None:
                    in_a_row += _PATIENCE // _MISSES
                elif seen.add(problem.canonical):
                    in_a_row, made = 0, made + 1
                    lines.append(problem.line)
                else:
                    in_a_row, repeats = in_a_row + 1, repeats + 1
            writer.append(lines)
            report.several(name, len(lines))
    summary.traces[name], summary.repeats[name] = made, repeats
    if made < plan.count:
        summary.exhausted.append(name)
        where = "at this difficulty" if plan.split is None else f"at this difficulty in `{plan.split}`"
        report.note(f"{name} has no more than {made} different problems {where}")


def _batches(
    plan: MathPlan, name: str, start: int, ahead: int, pool: Pool | None
) -> Generator[list[_Made | None], None, None]:
    """Yield problems in the order of their numbers, batches of them made ahead where there is a pool."""
    if pool is None:
        while True:
            yield make_batch(plan, name, start)
            start += _BATCH
    with pool() as makers:
        waiting: deque[Future[list[_Made | None]]] = deque()
        try:
            while True:
                while len(waiting) < ahead:
                    waiting.append(makers.submit(make_batch, plan, name, start))
                    start += _BATCH
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def make_batch(plan: MathPlan, name: str, start: int) -> list[_Made | None]:
    """Return the problems with the numbers from `start` on; None where there is none of what is asked."""
    level = None if plan.level is None else parse_dial(plan.level, plan.count)
    family = all_families()[name]
    problems = Problems(family, plan.seed, level, Detail(plan.detail), plan.wrong_steps, plan.split)
    made: list[_Made | None] = []
    for index in range(start, start + _BATCH):
        try:
            trace = problems[index]
        except NoSuchProblemError:
            made.append(None)
            continue
        canonical = bytes.fromhex(str(trace.provenance.source["canonical"]))
        made.append(_Made(canonical, jsonl.encode(trace)))
    return made


def new_plan(
    families: Sequence[str],
    count: int,
    level: str | None,
    seed: int,
    detail: int,
    wrong_steps: float,
    split: Split | None = None,
) -> MathPlan:
    """Return the plan for what was asked.

    Without names it has all families, but those that go whole to another split.

    Raises:
        UsageError: a family does not exist, or has nothing in the split, or the difficulty is none.
    """
    if level is not None:
        parse_dial(level, count)
    chosen = check_families(families)
    if split is not None:
        elsewhere = {name: homes for name in chosen if split not in (homes := splits_with(name))}
        if families and elsewhere:
            name, homes = next(iter(elsewhere.items()))
            raise UsageError(
                f"the family `{name}` has nothing in the split `{split}`",
                hint=f"It has so few kinds of problems that all are in `{'` and `'.join(sorted(homes))}`.",
            )
        chosen = tuple(name for name in chosen if name not in elsewhere)
    return MathPlan(VERSION, chosen, count, level, seed, detail, wrong_steps, split)
