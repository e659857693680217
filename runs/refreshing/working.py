"""The work of a refresh on one source: a part is filled with what was decided, and its record is written."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from rpsdg.corpora import Source
from rpsdg.corpora.dataset import Dataset, DatasetWriter, Decision
from rpsdg.corpora.errors import OutputError
from rpsdg.mutators.aims import moves_of
from rpsdg.mutators.anchoring import Anchored, Anchors
from rpsdg.mutators.judging.baseline import Baseline
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.judging.reach import Reaches
from rpsdg.mutators.judging.recalibration import Before
from rpsdg.mutators.mix import Mix
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.sampling import Draw, rates
from rpsdg.mutators.walks import Single, WalkDraw
from rpsdg.runs.bug_run import BugRun, NothingToMutateError, begin, bench_for, finish
from rpsdg.runs.filling import Candidate, Filling, confirmed
from rpsdg.runs.levels import Levels
from rpsdg.runs.progress import Reporter
from rpsdg.runs.trying import LocalTrier, Manner
from rpsdg.sandbox.contract import EnvironmentFailedError, Sandbox
from rpsdg.sandbox.environments import Environment
from rpsdg.sandbox.metadata import read_recipe
from rpsdg.sandbox.pythons import fitting
from rpsdg.sandbox.settings import Settings

from .deciding import Decided, Task
from .parts import Fate, Part, PartRecord
from .terms import Budget

__all__ = ["Work", "retire"]


def retire(decided: Decided, folder: Path) -> Part:
    """Write a part in which nothing was tried: touched tasks that have no place any more."""
    fates = {task.trace: Fate(how="retired", reason=task.lost) for task in decided.touched}
    return Part.written(folder, PartRecord(tree=decided.tree.digest, fates=fates))


@dataclass
class Work:
    """The work on one part, which goes on where an earlier refresh was ended."""

    decided: Decided
    source: Source
    run: BugRun
    settings: Settings
    report: Reporter
    budget: Budget
    first: int = 0
    """How many candidates were given: touched tasks at their places, and the share of new code."""
    drawn: list[Mutator] = field(default_factory=list)
    """Candidates that were taken from all that were untried, in their order."""
    baseline: str | None = None
    environment: str | None = None
    tried: int = 0
    """Candidates that were decided, in earlier refreshes as well."""

    def do(self, sandbox: Callable[[], Sandbox]) -> Part | None:
        """Fill the part; None if the budget was spent before it was whole.

        Raises:
            RpsdgError: the source or its environment is not usable, or the part cannot be written.
        """
        if not self.decided.moves:
            raise NothingToMutateError(
                f"no mutator applies anywhere in `{self.source.name}`",
                hint="Are `include` and `exclude` right?",
            )
        box = fitting(sandbox(), read_recipe(self.source.tree), self.settings)
        writer = DatasetWriter(self.run.out)
        try:
            mix = Mix.load(self.run.mix)
            bench = self._bench(box, writer)
            self.environment, self.baseline = bench.environment.id, bench.baseline.id
            try:
                begin(writer, self.run, self.source, bench, mix)
            except OutputError:  # what lies there was begun for something else, which nobody wants any more
                writer.close()
                shutil.rmtree(self.run.out)
                writer = DatasetWriter(self.run.out)
                begin(writer, self.run, self.source, bench, mix)
            manner = replace(
                Manner.of(self.run, self.source, self.decided.moves),
                expected=frozenset(place for task in self.decided.anchored for place in task.places),
            )
            with closing(LocalTrier(bench, manner, self.report.note)) as trier:
                filling = Filling(self.run, bench, trier, writer, self.report)
                self.report.begin(confirmed(filling.singles) + confirmed(filling.walks))
                whole = self._fill(filling, mix)
            self.tried = len(filling.singles) + len(filling.walks)
            if not whole:
                return None
            finish(writer)
            record = self._record(filling, mix)
        finally:
            writer.close()
        return Part.written(self.run.out, record)

    def _bench(self, box: Sandbox, writer: DatasetWriter) -> TestBench:
        before = self._before()
        try:
            return bench_for(self.run, self.source, box, self.settings, writer, self.report, before)
        except EnvironmentFailedError:
            if before is None:
                raise
            self.report.note("the environment of before does not do any more: looking for another")
            return bench_for(self.run, self.source, box, self.settings, writer, self.report)

    def _before(self) -> Before | None:
        """Return the state of the last part, if the project still states what its environment comes from."""
        for part in reversed(self.decided.parts):
            plan = part.data.plan() if part.data is not None else None
            if part.data is not None and plan is not None:
                tree = part.data.tree(plan.tree)
                earlier = read_recipe(tree)
                same = msgspec.structs.replace(earlier, exclude_newer=None) == msgspec.structs.replace(
                    read_recipe(self.source.tree), exclude_newer=None
                )
                if not same:
                    return None
                environment = part.data.record("environments", plan.environment, Environment)
                return Before(environment, tree, part.data.record("baselines", plan.baseline, Baseline))
        return None

    def _fill(self, filling: Filling, mix: Mix) -> bool:
        """Try everything there is to try; False if the budget was spent before that."""
        decided, stop = self.decided, self.budget.spent
        anchored = [task for task in decided.anchored if len(task.places) == 1]
        fresh = [Candidate((move,)) for move in decided.fresh]
        singles = filling.singles
        given = [Candidate(task.places) for task in anchored]
        # A task stays wanted though it became easier or harder; of new ones any wanted level will do.
        for upto, levels in (
            (given, Levels()),
            ([*given, *fresh], replace(self.run.levels, fixed=False)),
        ):
            rest = upto[len(singles) :]
            if rest:
                filling.work(iter(rest), singles, [], len(upto) + 1, stop, levels)
            if len(singles) < len(upto):
                return False
        self.first = len(given) + len(fresh)
        wanted = decided.terms.table.count - decided.carried
        accepted = [decision.outcome == "confirmed" for decision in singles[self.first :]]
        draw = self._noted(Draw(filling.bench.tree, decided.untried, self.run.seed, mix, accepted))
        for _ in range(len(singles) - self.first):
            next(draw)  # drawn again: later ones depend on them
        todo = (Candidate((move,)) for move in draw)
        if not self._try(filling, todo, singles, accepted, wanted):
            return False
        return self._walks(filling)

    def _noted(self, draw: Draw) -> Iterator[Mutator]:
        for move in draw:
            self.drawn.append(move)
            yield move

    def _try(
        self,
        filling: Filling,
        todo: Iterator[Candidate],
        decided: list[Decision],
        accepted: list[bool],
        wanted: int,
    ) -> bool:
        """Try candidates until as many as wanted are confirmed, or there are no more; False at the budget."""
        ended = False

        def all_of_them() -> Iterator[Candidate]:
            nonlocal ended
            yield from todo
            ended = True

        if confirmed(decided) < wanted and not self.budget.spent():
            filling.work(all_of_them(), decided, accepted, wanted, self.budget.spent)
        return confirmed(decided) >= wanted or (ended and not self.budget.spent())

    def _walks(self, filling: Filling) -> bool:
        decided, walks = self.decided, filling.walks
        given = [
            Candidate(task.places, task.bugs or (task.trace,))
            for task in decided.anchored
            if len(task.places) > 1
        ]
        rest = given[len(walks) :]
        if rest:
            filling.work(iter(rest), walks, [], len(given) + 1, self.budget.spent)
        if len(walks) < len(given):
            return False
        wanted = decided.terms.table.walks - decided.carried_walks
        if confirmed(walks) >= wanted:
            return True
        pool = [*filling.confirmed_singles(), *self._carried_singles()]
        draw = WalkDraw(filling.bench.tree, pool, self.run.seed, [decision.bugs for decision in walks])
        todo = (Candidate(tuple(s.move for s in walk), tuple(s.id for s in walk)) for walk in draw)
        return self._try(filling, todo, walks, [], wanted)

    def _carried_singles(self) -> Iterator[Single]:
        """Yield the single bugs that need no work, at their places in the new tree."""
        touched = {task.trace for task in self.decided.touched}
        for part in self.decided.parts:
            wanted = frozenset(
                name for name in self.decided.live[part.folder] - touched if not part.decisions[name].bugs
            )
            anchors: Anchors | None = None
            for trace in part.traces(wanted):
                assert part.data is not None
                anchors = anchors or Anchors(part.data.tree(part.record.tree), self.decided.tree)
                found = anchors.find(moves_of(trace)[0])
                if isinstance(found, Anchored) and trace.checks is not None:
                    yield Single(trace.id, found.move, frozenset(trace.checks.fail_to_pass))

    def _record(self, filling: Filling, mix: Mix) -> PartRecord:
        bench, decided = filling.bench, self.decided
        fates = {task.trace: Fate(how="retired", reason=task.lost) for task in decided.touched}
        for walk, decisions in ((False, filling.singles), (True, filling.walks)):
            tasks = [task for task in decided.anchored if (len(task.places) > 1) == walk]
            for task, decision in zip(tasks, decisions, strict=False):
                fates[task.trace] = _fate(task, decision)
        reaches = Reaches(bench.tree, bench.coverage)
        of_trace = {
            trace.id: reaches.of(
                trace.checks.fail_to_pass if trace.checks is not None else (),
                [edit for move in moves_of(trace) for edit in move.edits],
            )
            for trace in Dataset(self.run.out).traces()
        }
        units = sorted({(*unit, digest) for reach in of_trace.values() for unit, digest in reach.items()})
        number = {unit[:2]: n for n, unit in enumerate(units)}
        drawn = self.drawn[: len(filling.singles) - self.first]
        given = (task.places[0] for task in decided.anchored if len(task.places) == 1)
        tried = [*given, *decided.fresh, *drawn]
        return PartRecord(
            tree=bench.tree.digest,
            fates=fates,
            units=tuple(units),
            reach={trace: tuple(sorted(number[unit] for unit in reach)) for trace, reach in of_trace.items()},
            tried=tuple(sorted({decided.marks[move] for move in tried if move in decided.marks})),
            rates=None if decided.parts else rates(bench.tree, decided.moves, self.run.seed, mix, drawn),
        )


def _fate(task: Task, decision: Decision) -> Fate:
    if decision.outcome == "confirmed":
        return Fate(how="moved" if task.moved else "re-confirmed", by=decision.trace)
    detail = f": {decision.detail}" if decision.detail else ""
    return Fate(how="retired", reason=f"{decision.outcome}{detail}")
