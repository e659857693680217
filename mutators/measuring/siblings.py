"""Wrong patches near the right one: how many of them the tests of a task still catch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rpsdg.mutators.bytecode import same_bytecode
from rpsdg.mutators.functions import function_around
from rpsdg.mutators.judging.coverage import lines_of
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.mutator import Mutator
from rpsdg.sandbox.contract import Session
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.identity import digest

__all__ = ["Grader", "Neighbourhood", "Sibling", "try_siblings"]

SIBLINGS = 3
"""How many wrong patches are tried for each task."""


@dataclass(frozen=True)
class Sibling:
    """A wrong patch that was tried."""

    move: Mutator
    """What is wrong with it: the program it leaves is the untouched one with this bug."""
    failing: int
    """How many tests it fails; none if they do not catch it."""


class Neighbourhood:
    """The candidates of a program by the function they are in: patches that are nearly right."""

    def __init__(self, tree: Tree, moves: Iterable[Mutator]) -> None:
        """File the candidates of the untouched program."""
        self._tree = tree
        self._by_function: defaultdict[tuple[str, str], list[Mutator]] = defaultdict(list)
        for move in moves:
            if not move.elsewhere:
                self._by_function[self._place(move)].append(move)

    def of(self, move: Mutator) -> list[Mutator]:
        """Return the nearest other candidates: those in the same statement first, then in the function."""
        data = self._tree[move.path].data
        mine = lines_of(data, [edit for edit in move.edits if edit.path == move.path])
        buggy = move.apply(self._tree)[move.path].data
        chosen: list[Mutator] = []
        programs = {buggy}

        def distance(other: Mutator) -> tuple[bool, str]:
            return not lines_of(data, other.edits) & mine, digest([move.aim(), other.rule, other.aim()])

        for other in sorted(self._by_function[self._place(move)], key=distance):
            wrong = other.apply(self._tree)[move.path].data
            if wrong in programs or same_bytecode(data, wrong) or same_bytecode(buggy, wrong):
                continue
            programs.add(wrong)
            chosen.append(other)
            if len(chosen) == SIBLINGS:
                break
        return chosen

    def _place(self, move: Mutator) -> tuple[str, str]:
        return move.path, function_around(self._tree[move.path].data, move.start).name


def try_siblings(
    bench: TestBench,
    session: Session,
    move: Mutator,
    failing: Iterable[str],
    neighbourhood: Neighbourhood,
) -> list[Sibling]:
    """Run the tests of a task on wrong patches; those that do not end say nothing and are left out.

    Args:
        bench: of the program.
        session: holds the untouched tree, and does so again afterwards.
        move: the task's bug.
        failing: the tests that must pass in the end.
        neighbourhood: where the wrong patches are taken from.
    """
    wrong = neighbourhood.of(move)
    grader = Grader.of(bench, session, move, failing) if wrong else None
    tried = []
    for other in wrong:
        assert grader is not None
        count = grader.failing(session, move.path, other.apply(bench.tree)[move.path].data)
        if count is not None:
            tried.append(Sibling(other, count))
    return tried


@dataclass(frozen=True)
class Grader:
    """The tests that judge patches of one task: its own ones, and those that run the function it is about."""

    bench: TestBench
    nodes: frozenset[str]

    @classmethod
    def of(cls, bench: TestBench, session: Session, move: Mutator, failing: Iterable[str]) -> Grader:
        """Choose the tests, leaving out those that do not pass when they are run without all the others.

        The session holds the untouched tree.
        """
        data = bench.tree[move.path].data
        around = function_around(data, move.start)
        inside = (1 << (around.last + 1)) - (1 << around.first)
        inside &= ~bench.coverage.at_import.get(move.path, 0)  # else the head of it would mean all tests
        edited = lines_of(data, [edit for edit in move.edits if edit.path == move.path])
        nodes = frozenset(failing) | bench.coverage.tests(move.path, inside | edited)
        report = bench.only(session, nodes)
        return cls(bench, frozenset(node for node in nodes if report.outcomes.get(node) == "passed"))

    def failing(self, session: Session, path: str, wrong: bytes) -> int | None:
        """Return how many of the tests fail with a wrong file; None if there is no telling.

        There is none if the run does not end or leaves something behind in the tree. The session holds the
        untouched tree, and does so again afterwards.
        """
        session.write(path, wrong)
        report = self.bench.only(session, self.nodes)
        session.write(path, self.bench.tree[path].data)
        if not report.finished or session.digest() != self.bench.tree.digest:
            return None
        return sum(1 for node in self.nodes if report.outcomes.get(node) != "passed")
