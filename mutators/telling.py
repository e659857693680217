"""From runs on a program with and without bugs to the statement that a solver is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rpsdg.sandbox.contract import Recording, Session
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.identity import digest

from .judging.actions import command_for, shown
from .judging.judge import TestBench
from .mutator import Mutator
from .statements import Facts, Statement, checked, choose, gather, telling_tests
from .statements.rewrite import Endpoint, rewrite

__all__ = ["WATCHED", "Telling", "words_seed"]

WATCHED: tuple[Recording, ...] = ("calls", "lines")
"""What is recorded of the told tests."""


def words_seed(moves: Sequence[Mutator]) -> str:
    """Return what chooses between the phrases of a statement: a digest of the bugs."""
    return digest([[move.rule, move.aim()] for move in moves])


@dataclass
class Telling:
    """What is known of a problem, gathered while it is solved."""

    bench: TestBench
    project: str
    failing: Sequence[str]
    report: TestReport
    """The complete suite on the program with all bugs."""
    buggy: Tree
    before: TestReport | None = None
    """The told tests, watched, with the bugs."""
    after: TestReport | None = None
    """The same without them."""

    @property
    def told(self) -> list[str]:
        """The failing tests that say most."""
        return telling_tests(self.failing, self.report)

    def watch(self, session: Session) -> None:
        """Record what the told tests call and run, unless it is known: with the bugs in the session, or not.

        The first time it holds all bugs, the second time none.
        """
        if self.before is None:
            self.before = self.bench.only(session, self.told, record=WATCHED)
        elif self.after is None:
            self.after = self.bench.only(session, self.told, record=WATCHED)

    def facts(self) -> Facts:
        """Return everything a statement may tell."""
        return gather(
            project=self.project,
            failing=self.failing,
            told=self.told,
            report=self.report,
            command=shown(command_for(self.bench, self.told)),
            steady=len(self.bench.baseline.steady),
            buggy=self.buggy,
            fixed=self.bench.tree,
            calls_buggy=self.before,
            calls_fixed=self.after,
        )

    def statement(
        self, moves: Sequence[Mutator], seed: int, index: int, endpoint: Endpoint | None
    ) -> Statement:
        """Return a statement that gives nothing away.

        Args:
            moves: the bugs in the order of the walk.
            seed, index: of the candidate; they choose the style.
            endpoint: who rewrites it, if anyone.
        """
        facts = self.facts()
        style, level = choose(seed, index)
        found = checked(
            facts, style, level, words_seed(moves), moves=moves, buggy=self.buggy, fixed=self.bench.tree
        ).statement
        if endpoint is None:
            return found
        return rewrite(found, facts, endpoint, moves=moves, buggy=self.buggy, fixed=self.bench.tree).statement
