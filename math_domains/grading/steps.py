"""Marking a written solution: which line is the first that does not follow from the one before.

Expressions have to stay equal, integrals have to keep their derivative, and statements have to keep their
solutions. Squaring, or leaving a domain, may let more numbers in; that is lawful and reported, and so is
throwing such numbers out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from flint import arb

from rpsdg.math_domains.trees import Tree, names

from .antiderivatives import without_constant
from .equality import Tally, bits_for, compare, slopes_at
from .limits import MOST_WORK, Reason, RefusedError, Work
from .points import COUNT, drawn, precision
from .problem import Kind, Problem
from .sizes import size_of
from .solving import Known, TruthAt, numbers_to_try, statement_of
from .statements import is_solved
from .working import lines_of

__all__ = ["Mark", "Step", "first_wrong", "mark_solution"]

_FEWEST_POINTS = 3
_MOST_WORK = 10 * MOST_WORK
"""A solution has many lines, each of which may cost what an answer may."""


class Step(Enum):
    """How a line follows from the one before."""

    HOLDS = "it says the same"
    WIDENS = "it lets in numbers that are no solutions, as squaring does"
    NARROWS = "it throws out numbers that are no solutions of the problem"
    WRONG = "it does not follow"
    SKIPPED = "it was not judged"


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of one state of a written solution."""

    line: int
    """Counted from 0, empty lines too."""
    step: Step
    reason: Reason
    """Why a step is wrong or was not judged; `EQUAL` for every other."""
    text: str


def mark_solution(problem: Problem, solution: str) -> tuple[Mark, ...]:
    """Mark every line of a written solution; never raises for what the text is.

    Args:
        problem: what was asked: its kind has to be an expression, value, antiderivative or solutions.
        solution: one formula or relation a line, in plain text or LaTeX.
    """
    work = Work(_MOST_WORK)
    marks: list[Mark] = []
    try:
        _mark(problem, solution, work, marks)
    except RefusedError as error:
        line = marks[-1].line + 1 if marks else 0
        marks.append(Mark(line, Step.SKIPPED, error.reason, ""))
    return tuple(marks)


def first_wrong(marks: Sequence[Mark]) -> int | None:
    """Return the line of the first wrong step; None where no step was found wrong."""
    return next((mark.line for mark in marks if mark.step is Step.WRONG), None)


def _mark(problem: Problem, solution: str, work: Work, marks: list[Mark]) -> None:
    judge = _JUDGES[problem.kind](problem, work)
    written = list(lines_of(solution, judge.names, work, sides=judge.sides))
    judge.prepare([state for line in written for state in line.states])
    before = judge.start
    for line in written:
        looked_at = judge.about_the_problem(line.states)
        if not looked_at:
            marks.append(Mark(line.number, Step.SKIPPED, Reason.UNREADABLE, line.text))
        for state in looked_at:
            step, reason = judge.look(before, state)
            if step is not Step.SKIPPED:
                before = state
            marks.append(Mark(line.number, step, reason, line.text))


def _without_name(states: tuple[Tree, ...], variable: str) -> tuple[Tree, ...]:
    """Leave out a name in front of an equals sign, as in `F(x) = ...`; a small letter is a definition."""
    if len(states) < 2:
        return states
    match states[0]:
        case str(name) if name.isupper():
            return states[1:]
        case ("*", str(_), inner) if inner == variable:
            return states[1:]
    return states


class _Expressions:
    """Every state equals the one before."""

    sides = True

    def __init__(self, problem: Problem, work: Work) -> None:
        self._problem = problem
        self._work = work
        self.start = problem.gold if problem.question is None else problem.question
        self.names = names(problem.gold) | names(self.start) | {problem.variable}

    def prepare(self, trees: Sequence[Tree]) -> None:
        """Expressions need nothing from the lines to come."""

    def about_the_problem(self, states: tuple[Tree, ...]) -> tuple[Tree, ...]:
        """Return the states of a line that are to be judged; none if it has names of the solver's own."""
        states = _without_name(states, self._problem.variable)
        return states if all(names(state) <= self.names for state in states) else ()

    def look(self, before: Tree, state: Tree) -> tuple[Step, Reason]:
        """Judge one state by the one before."""
        reason = compare(before, state, self._work, assuming=self._problem.assuming, narrower=True)
        return _judged(reason)


def _judged(reason: Reason) -> tuple[Step, Reason]:
    if reason is Reason.EQUAL:
        return Step.HOLDS, reason
    return (Step.WRONG if reason is Reason.DIFFERENT else Step.SKIPPED), reason


class _Integrals:
    """Every state has the derivative of the one before."""

    sides = True

    def __init__(self, problem: Problem, work: Work) -> None:
        assert problem.integrand is not None
        self._work = work
        self._variable = problem.variable
        self.start: Tree = ("int", problem.integrand, problem.variable)
        self.names = names(problem.integrand) | {problem.variable}

    def prepare(self, trees: Sequence[Tree]) -> None:
        """Integrals need nothing from the lines to come."""

    def about_the_problem(self, states: tuple[Tree, ...]) -> tuple[Tree, ...]:
        """Return the states of a line that are to be judged; none if it is about another variable."""
        states = _without_name(states, self._variable)
        return states if all(map(self._in_the_variable, states)) else ()

    def _in_the_variable(self, state: Tree) -> bool:
        rest, _ = without_constant(state, names(state) - self.names)
        return rest != 0 and _about(rest, self.names, {self._variable})

    def look(self, before: Tree, state: Tree) -> tuple[Step, Reason]:
        """Judge one state by the one before."""
        return _judged(self._same_derivative(before, state))

    def _same_derivative(self, before: Tree, after: Tree) -> Reason:
        sizes = size_of(_plain(before)), size_of(_plain(after))
        bits = bits_for(*sizes)
        tally = Tally(bits, narrower=True)
        with precision(bits):
            points = drawn(names(before) | names(after) | {self._variable}, f"{before} {after}")
            for k in range(COUNT):
                self._work.spend(2 * (sizes[0].nodes + sizes[1].nodes) * (1 + bits // 512))
                slopes = slopes_at(self._variable, points, k)
                left, right = slopes.both(before)[1], slopes.both(after)[1]
                tally.see(arb(0) if left is None else left, arb(0) if right is None else right)
                if k + 1 >= _FEWEST_POINTS and tally.decided:
                    break
        return tally.reason()


def _about(tree: Tree, known: frozenset[str] | set[str], variables: set[str]) -> bool:
    """Whether a state has only names that are known, and integrates only by what it says."""
    if type(tree) is str:
        return tree in known or tree == "pi"
    if type(tree) is not tuple:
        return True
    if tree[0] == "int":
        return tree[2] in variables and _about(tree[1], known, variables)
    if tree[0] == "subs":
        inner = _about(tree[1], known | {tree[2]}, variables | {tree[2]})
        return inner and _about(tree[3], known, variables)
    return all(_about(part, known, variables) for part in tree[1:])


def _plain(tree: Tree) -> Tree:
    """Return an expression of about the size of a state, without its integrals and substitutions."""
    if type(tree) is not tuple:
        return tree
    match tree[0]:
        case "int":
            return _plain(tree[1])
        case "subs":
            return ("+", _plain(tree[1]), _plain(tree[3]))
    return (tree[0], *map(_plain, tree[1:]))


class _Statements:
    """Every state keeps the solutions of the problem, and lets in others only where that is lawful."""

    sides = False

    def __init__(self, problem: Problem, work: Work) -> None:
        self._work = work
        self._variable = problem.variable
        self._gold = statement_of(problem.gold, problem.variable)
        self.start = self._gold if problem.question is None else problem.question
        self.names = names(problem.gold) | names(self.start) | {problem.variable}
        self._numbers: list[Any] = []

    def prepare(self, trees: Sequence[Tree]) -> None:
        """Collect the numbers at which statements are compared: all that any of them could be about."""
        said = [statement_of(tree, self._variable) for tree in trees if self._is_statement(tree)]
        self._numbers = numbers_to_try([self._gold, self.start, *said], self._variable, self._work)

    def about_the_problem(self, states: tuple[Tree, ...]) -> tuple[Tree, ...]:
        """Return the states of a line that are statements about the variable."""
        return tuple(state for state in states if names(state) <= self.names and self._is_statement(state))

    def _is_statement(self, state: Tree) -> bool:
        try:
            statement_of(state, self._variable)
        except RefusedError:
            return False
        return True

    def look(self, before: Tree, state: Tree) -> tuple[Step, Reason]:
        """Judge one state by the one before."""
        earlier, later = statement_of(before, self._variable), statement_of(state, self._variable)
        truths = TruthAt(self._variable, self._work)
        found: tuple[Step, Reason] | None = None
        for number in self._numbers:
            held, holds = truths(earlier, number), truths(later, number)
            if held is Known.UNKNOWN or holds is Known.UNKNOWN:
                continue
            found = found or (Step.HOLDS, Reason.EQUAL)
            if held is Known.TRUE and holds is not Known.TRUE:
                if truths(self._gold, number) is Known.TRUE:
                    return Step.WRONG, Reason.MISSING
                found = Step.NARROWS, Reason.EQUAL
            elif holds is Known.TRUE and held is not Known.TRUE:
                if not self._lawful(earlier, later, number, held, truths):
                    return Step.WRONG, Reason.EXTRA
                found = Step.WIDENS, Reason.EQUAL
        return found or (Step.SKIPPED, Reason.UNDECIDED)

    def _lawful(self, earlier: Tree, later: Tree, number: Any, held: Known, truths: TruthAt) -> bool:
        """Whether a number that is let in could be let in by a lawful step.

        That is so where the earlier statement was not defined, or where the squares of its sides agree;
        values that are named as solutions may come only from roots and absolute values in the second way.
        """
        if held is Known.UNDEFINED:
            return True
        if is_solved(later, self._variable) and not _has_branches(earlier):
            return False
        return truths.squares_agree(earlier, number) or truths.divides(earlier, later)


def _has_branches(tree: Tree) -> bool:
    return type(tree) is tuple and (tree[0] in {"abs", "sqrt"} or any(map(_has_branches, tree[1:])))


_JUDGES: dict[Kind, Any] = {
    Kind.VALUE: _Expressions,
    Kind.EXPRESSION: _Expressions,
    Kind.ANTIDERIVATIVE: _Integrals,
    Kind.SOLUTIONS: _Statements,
}
