"""The loop of a run: candidates are tried side by side, decided in their order, and kept in a folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

import msgspec

from rpsdg.corpora.dataset import DatasetWriter, Decision
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.rules import all_mutators
from rpsdg.mutators.sampling import LAG
from rpsdg.mutators.solution import Tried
from rpsdg.mutators.walks import Single
from rpsdg.traces.kernel import Reason, Stopped
from rpsdg.traces.levels import level_of
from rpsdg.traces.record import Trace

from .bug_run import BugRun
from .executor import in_order
from .ledger import Poisoned, Streak, tried
from .levels import Levels
from .progress import Reporter
from .trying import Trier

__all__ = ["Candidate", "Filling", "confirmed", "kind_of"]


@dataclass(frozen=True)
class Candidate:
    """What is tried: a bug, or a walk of several."""

    moves: tuple[Mutator, ...]
    bugs: tuple[str, ...] = ()
    """Of a walk: ids of the traces of its bugs."""

    @property
    def kind(self) -> str:
        """What the ledger calls it."""
        return kind_of(self.bugs)


class Filling:
    """A folder that is being filled, and what became of its candidates so far, in earlier runs too.

    It knows nothing of how candidates are chosen, only how they are tried and what is written down of them.
    """

    def __init__(
        self,
        run: BugRun,
        bench: TestBench,
        trier: Trier,
        writer: DatasetWriter,
        report: Reporter,
    ) -> None:
        """Read what is in the folder already.

        Args:
            run: on what terms candidates are tried and taken.
            bench: the program and its judge.
            trier: tries the candidates.
            writer: of the folder, whose plan is begun.
            report: told of every decision.
        """
        self.run, self.bench, self.writer, self.report = run, bench, writer, report
        self.trier = trier
        earlier = list(writer.decisions())
        self.outcomes = Counter(decision.outcome for decision in earlier)
        self.singles = [decision for decision in earlier if not decision.bugs and not decision.retried]
        self.walks = [decision for decision in earlier if decision.bugs and not decision.retried]
        self.retried = [decision for decision in earlier if decision.retried]
        """Second decisions on what was parked: what comes later was chosen by the first ones."""
        self._streak = Streak()

    def work(
        self,
        todo: Iterable[Candidate],
        decided: list[Decision],
        accepted: list[bool],
        wanted: int,
        stop: Callable[[], bool] = lambda: False,
        levels: Levels | None = None,
    ) -> None:
        """Try candidates of one kind until as many as wanted are confirmed.

        Args:
            todo: the candidates that come after those that are decided; taken one by one, the next ones only
                when it is known what became of those well before them.
            decided: the decisions of this kind, in order; more are appended.
            accepted: is told of each candidate whether it was confirmed.
            wanted: how many confirmed ones there shall be among the decided.
            stop: asked after each decision whether to leave it at that.
            levels: that will do; those of the run if not given.
        """
        levels = self.run.levels if levels is None else levels
        have = Counter(d.level for d in decided if d.level is not None and d.outcome == "confirmed")
        missing = wanted - confirmed(decided)
        if missing <= 0:
            return
        numbered = enumerate(todo, len(decided))
        aborting = self.trier.aborting
        with closing(in_order(self._attempt, numbered, self.run.jobs, aborting, LAG)) as results:
            for (index, candidate), result in results:
                refuses = partial(levels.refuses, have=have, count=wanted)
                decision, trace = self._decided(index, candidate, result, refuses)
                if decision.level is not None:
                    have[decision.level] += 1
                decided.append(decision)
                accepted.append(trace is not None)
                self._keep(decision, trace)
                missing -= trace is not None
                if not missing or stop():
                    break

    def again(self, todo: Iterable[tuple[int, Candidate]], wanted: int) -> None:
        """Try candidates again that are parked. Whatever else is in the folder, or will be, stays what it is.

        Args:
            todo: the candidates, of one kind, with their indices.
            wanted: how many of this kind there shall be, for the shares of levels.
        """
        refuses = partial(self.run.levels.refuses, have=Counter[int](), count=wanted)
        aborting = self.trier.aborting
        with closing(in_order(self._attempt, todo, self.run.jobs, aborting, LAG)) as results:
            for (index, candidate), result in results:
                if isinstance(result, Poisoned):
                    self.report.work_unit(candidate.kind, str(index)).park(result.detail)
                    self._streak.tell(result)
                    continue
                decision, trace = self._decided(index, candidate, result, refuses)
                decision = msgspec.structs.replace(decision, retried=True)
                self.retried.append(decision)
                self._keep(decision, trace)

    def parked_of(self, decided: Iterable[Decision]) -> list[Decision]:
        """Return those of some first decisions whose candidates are parked still."""
        mended = {(decision.bugs, decision.index) for decision in self.retried}
        return [
            one for one in decided if one.outcome == Reason.PARKED and (one.bugs, one.index) not in mended
        ]

    @property
    def parked(self) -> int:
        """How many candidates are parked."""
        return len(self.parked_of([*self.singles, *self.walks]))

    def confirmed_singles(self) -> Iterator[Single]:
        """Yield the traces of one bug that are in the folder, as walks are made of them."""
        for trace in self.writer.traces():
            if len(trace.steps) == 1 and trace.checks is not None:
                (step,) = trace.steps
                move = all_mutators()[step.rule].aimed(step.aim)
                yield Single(trace.id, move, frozenset(trace.checks.fail_to_pass))

    def _attempt(self, item: tuple[int, Candidate]) -> Tried | Poisoned:
        index, candidate = item
        return tried(
            self.report.work_unit(candidate.kind, str(index)),
            lambda: self.trier.attempt(candidate.moves, index),
        )

    def _keep(self, decision: Decision, trace: Trace | None) -> None:
        """Write a decision down, and tell everybody. The journal comes first: it decides."""
        self.writer.decide(decision, trace)
        is_parked = decision.outcome == Reason.PARKED
        unit = self.report.work_unit(kind_of(decision.bugs), str(decision.index))
        if is_parked:
            unit.park(decision.detail)
        else:
            unit.done(decision.outcome, trace=decision.trace, detail=decision.detail)
        self.outcomes[decision.outcome] += 1
        about = {"index": decision.index, "rule": decision.rule, "path": decision.path}
        about |= {"detail": decision.detail, "trace": decision.trace, "level": decision.level}
        counts = trace is not None and not decision.retried
        self.report.outcome(decision.outcome, counts=counts, about=about)
        self._streak.tell(Poisoned(decision.detail) if is_parked else None)

    def _decided(
        self,
        index: int,
        candidate: Candidate,
        outcome: Tried | Poisoned,
        refuses: Callable[[int], str | None],
    ) -> tuple[Decision, Trace | None]:
        move = candidate.moves[0]
        line = self.bench.tree[move.path].data.count(b"\n", 0, move.start) + 1
        if isinstance(outcome, Poisoned):
            outcome = Tried(Stopped(Reason.PARKED, outcome.detail))
        result = outcome.result
        about = Decision(
            index,
            move.rule,
            move.path,
            line,
            "",
            bugs=candidate.bugs,
            triage=outcome.triage,
            judged=outcome.judged,
            outside=outcome.outside,
        )
        if isinstance(result, Trace):
            level = level_of(result.score or 0.0, self.run.cuts)
            # Walks are harder than any of their bugs: to choose among them by level would choose none.
            refused = None if candidate.bugs else refuses(level)
            if refused is None:
                confirmed = msgspec.structs.replace(about, outcome="confirmed", trace=result.id, level=level)
                return confirmed, result
            result = Stopped(Reason.OTHER_LEVEL, refused)
        return msgspec.structs.replace(about, outcome=result.reason.value, detail=result.detail), None


def kind_of(bugs: Sequence[str]) -> str:
    """Return what the ledger calls candidates: `candidate`, or `walk` for those of several bugs."""
    return "walk" if bugs else "candidate"


def confirmed(decisions: Iterable[Decision]) -> int:
    """Return how many candidates were confirmed."""
    return sum(decision.outcome == "confirmed" for decision in decisions)
