"""The loop of a run: candidates are tried side by side, decided in their order, and kept in a folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial

import msgspec

from rpsdg.corpora.dataset import DatasetWriter, Decision
from rpsdg.mutators.judge import TestBench
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
from .levels import Levels
from .progress import Reporter
from .trying import Trier

__all__ = ["Candidate", "Filling", "confirmed"]


@dataclass(frozen=True)
class Candidate:
    """What is tried: a bug, or a walk of several."""

    moves: tuple[Mutator, ...]
    bugs: tuple[str, ...] = ()
    """Of a walk: ids of the traces of its bugs."""


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
        self.singles = [decision for decision in earlier if not decision.bugs]
        self.walks = [decision for decision in earlier if decision.bugs]

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
            for (index, candidate), tried in results:
                refuses = partial(levels.refuses, have=have, count=wanted)
                decision, trace = self._decided(index, candidate, tried, refuses)
                if decision.level is not None:
                    have[decision.level] += 1
                self.writer.decide(decision, trace)
                decided.append(decision)
                accepted.append(trace is not None)
                self.outcomes[decision.outcome] += 1
                about = {"index": index, "rule": decision.rule, "path": decision.path}
                about |= {"detail": decision.detail, "trace": decision.trace, "level": decision.level}
                self.report.outcome(decision.outcome, counts=trace is not None, about=about)
                missing -= trace is not None
                if not missing or stop():
                    break

    def confirmed_singles(self) -> Iterator[Single]:
        """Yield the traces of one bug that are in the folder, as walks are made of them."""
        for trace in self.writer.traces():
            if len(trace.steps) == 1 and trace.checks is not None:
                (step,) = trace.steps
                move = all_mutators()[step.rule].aimed(step.aim)
                yield Single(trace.id, move, frozenset(trace.checks.fail_to_pass))

    def _attempt(self, item: tuple[int, Candidate]) -> Tried:
        index, candidate = item
        return self.trier.attempt(candidate.moves, index)

    def _decided(
        self,
        index: int,
        candidate: Candidate,
        tried: Tried,
        refuses: Callable[[int], str | None],
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
            refused = None if candidate.bugs else refuses(level)
            if refused is None:
                confirmed = msgspec.structs.replace(about, outcome="confirmed", trace=result.id, level=level)
                return confirmed, result
            result = Stopped(Reason.OTHER_LEVEL, refused)
        return msgspec.structs.replace(about, outcome=result.reason.value, detail=result.detail), None


def confirmed(decisions: Iterable[Decision]) -> int:
    """Return how many candidates were confirmed."""
    return sum(decision.outcome == "confirmed" for decision in decisions)
