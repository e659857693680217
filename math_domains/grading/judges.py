"""Whether a state of a written solution follows from the one before; what that means depends on the problem.

Expressions have to stay equal, integrals have to keep their derivative, and statements have to keep their
solutions. Squaring, or leaving a domain, may let more numbers in; that is lawful and reported, and so is
throwing such numbers out again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import Enum
from typing import ClassVar

from flint import arb

from rpsdg.math_domains.trees import Tree, first_place, free_names, names

from .antiderivatives import without_constant
from .equality import Tally, bits_for, compare, slopes_at
from .limits import Reason, RefusedError, Work
from .matrices import in_rows
from .naming import without_name
from .points import COUNT, drawn, precision
from .problem import Kind, Problem
from .sizes import size_of
from .solving import (
    Known,
    Values,
    divides,
    facts_of,
    known_at,
    numbers_to_try,
    solution_values,
    squares_agree,
    statement_of,
)
from .statements import is_solved

__all__ = ["Judge", "Step", "judge_for"]

_FEWEST_POINTS = 3


class Step(Enum):
    """How a line follows from the one before."""

    HOLDS = "it says the same, or of a system what is true of its solutions"
    WIDENS = "it lets in numbers that are no solutions, as squaring does"
    NARROWS = "it throws out numbers that are no solutions of the problem"
    WRONG = "it does not follow"
    SKIPPED = "it was not judged"


class Judge(ABC):
    """Judges the states of a solution, each by the one before it that was judged."""

    sides: ClassVar[bool] = True
    """Whether an equals sign parts two states."""

    def __init__(self, problem: Problem, start: Tree, work: Work) -> None:
        """Begin.

        Args:
            problem: what was asked.
            start: the state that the first line has to follow from.
            work: pays for it.
        """
        self.problem = problem
        self.start = start
        self.work = work
        self.names = names(problem.gold) | names(start) | {problem.variable}
        """All names that the problem uses, which tell how letters are parted."""

    def prepare(self, trees: Sequence[Tree]) -> None:  # noqa: B027 - most need nothing
        """See all states, before any is judged."""

    @abstractmethod
    def about_the_problem(self, states: tuple[Tree, ...]) -> tuple[Tree, ...]:
        """Return the states of a line that are to be judged; none where the line is about something else."""

    @abstractmethod
    def look(self, before: Tree, state: Tree) -> tuple[Step, Reason]:
        """Judge one state by the one before.

        Raises:
            RefusedError: it is too large.
        """


def judge_for(problem: Problem, work: Work) -> Judge:
    """Return the judge of solutions of a problem.

    Raises:
        RefusedError: solutions of its kind are not judged.
    """
    match problem.kind:
        case Kind.VALUE | Kind.EXPRESSION:
            return _Expressions(problem, _asked(problem), work)
        case Kind.MATRIX:
            return _Matrices(problem, _asked(problem), work)
        case Kind.ANTIDERIVATIVE:
            return _Integrals(problem, ("int", problem.integrand, problem.variable), work)
        case Kind.SOLUTIONS:
            return _Statements(problem, work)
        case Kind.SYSTEM:
            return _Systems(problem, work)
    raise RefusedError(Reason.SHAPE, problem.kind.value)


def _asked(problem: Problem) -> Tree:
    return problem.gold if problem.question is None else problem.question


class _Expressions(Judge):
    """Every state equals the one before."""

    def about_the_problem(self, states: tuple[Tree, ...]) -> tuple[Tree, ...]:
        """Return the states of a line; none if it has names of the solver's own."""
        if first_place(self.start, "diff") is None:  # or else a name may be that of what is differentiated
            states = without_name(states, self.start, self.problem.variable)
        known = free_names(self.problem.gold) | free_names(self.start)
        return states if all(free_names(state) <= known for state in states) else ()

    def look(self, before: Tree, state: Tree) -> tuple[Step, Reason]:
        """Compare their values; what was asked may have none that can be worked out, but for the answer."""
        reason = self._compared(before, state)
        if reason is Reason.UNDECIDED and before == self.start:
            reason = self._compared(self.problem.gold, state)
        return _judged(reason)

    def _compared(self, before: Tree, state: Tree) -> Reason:
        return compare(before, state, self.work, assuming=self.problem.assuming, narrower=True)


class _Matrices(_Expressions):
    """Every state equals the one before, rows in brackets being matrices."""

    def about_the_problem(self, states: tuple[Tree, ...]) -> tuple[Tree, ...]:
        """Return the states of a line as matrices; none if it has names of the solver's own."""
        return super().about_the_problem(tuple(map(in_rows, states)))


def _judged(reason: Reason) -> tuple[Step, Reason]:
    if reason is Reason.EQUAL:
        return Step.HOLDS, reason
    return (Step.WRONG if reason is Reason.DIFFERENT else Step.SKIPPED), reason


class _Integrals(Judge):
    """Every state has the derivative of the one before."""

    def about_the_problem(self, states: tuple[Tree, ...]) -> tuple[Tree, ...]:
        """Return the states of a line; none if it is about another variable."""
        states = without_name(states, self.start, self.problem.variable)
        return states if all(map(self._in_the_variable, states)) else ()

    def _in_the_variable(self, state: Tree) -> bool:
        rest, _ = without_constant(state, free_names(state) - self.names)
        return rest != 0 and free_names(rest) <= self.names

    def look(self, before: Tree, state: Tree) -> tuple[Step, Reason]:
        """Compare their derivatives."""
        sizes = size_of(before), size_of(state)
        bits = bits_for(*sizes)
        tally = Tally(bits, narrower=True)
        variable = self.problem.variable
        with precision(bits):
            points = drawn(names(before) | names(state) | {variable}, f"{before} {state}")
            for k in range(COUNT):
                self.work.spend(2 * (sizes[0].nodes + sizes[1].nodes) * (1 + bits // 512))
                slopes = slopes_at(variable, points, k)
                left, right = slopes.both(before)[1], slopes.both(state)[1]
                tally.see(arb(0) if left is None else left, arb(0) if right is None else right)
                if k + 1 >= _FEWEST_POINTS and tally.decided:
                    break
        return _judged(tally.reason())


class _Statements(Judge):
    """Every state keeps the solutions of the problem, and lets in others only where that is lawful."""

    sides = False

    def __init__(self, problem: Problem, work: Work) -> None:
        self._gold = statement_of(problem.gold, problem.variable)
        super().__init__(problem, self._gold if problem.question is None else problem.question, work)
        self._places: list[Values] = []

    def prepare(self, trees: Sequence[Tree]) -> None:
        """Collect the numbers at which statements are compared: all that any of them could be about."""
        variable = self.problem.variable
        said = [statement_of(tree, variable) for tree in trees if self._is_statement(tree)]
        numbers = numbers_to_try([self._gold, self.start, *said], variable, self.work)
        self._places = [{variable: number} for number in numbers]

    def about_the_problem(self, states: tuple[Tree, ...]) -> tuple[Tree, ...]:
        """Return the states of a line that are statements about the variable."""
        return tuple(state for state in states if self._is_about_it(state) and self._is_statement(state))

    def _is_about_it(self, state: Tree) -> bool:
        """Whether a state has no other names; one that is solved may number its solutions, as in x_1 = 2."""
        others = names(state) - self.names
        numbered = all(name.startswith(f"{self.problem.variable}_") for name in others)
        return not others or (numbered and is_solved(state, self.problem.variable))

    def _is_statement(self, state: Tree) -> bool:
        try:
            statement_of(state, self.problem.variable)
        except RefusedError:
            return False
        return True

    def look(self, before: Tree, state: Tree) -> tuple[Step, Reason]:
        """Compare their truth at every number."""
        variable, work = self.problem.variable, self.work
        earlier, later = statement_of(before, variable), statement_of(state, variable)
        found: tuple[Step, Reason] | None = None
        for values in self._places:
            held, holds = known_at(earlier, values, work), known_at(later, values, work)
            if held is Known.UNKNOWN or holds is Known.UNKNOWN:
                continue
            found = found or (Step.HOLDS, Reason.EQUAL)
            if held is Known.TRUE and holds is not Known.TRUE:
                if known_at(self._gold, values, work) is Known.TRUE:
                    return Step.WRONG, Reason.MISSING
                found = Step.NARROWS, Reason.EQUAL
            elif holds is Known.TRUE and held is not Known.TRUE:
                if held is not Known.UNDEFINED and not self._lawful(earlier, later, values):
                    return Step.WRONG, Reason.EXTRA
                found = Step.WIDENS, Reason.EQUAL
        return found or (Step.SKIPPED, Reason.UNDECIDED)

    def _lawful(self, earlier: Tree, later: Tree, values: Values) -> bool:
        """Whether a number that is let in could be let in by a lawful step.

        That is so where the squares of both sides agree, or where an equation was multiplied; values that are
        named as solutions may come only from roots and absolute values.
        """
        if is_solved(later, self.problem.variable) and not _has_branches(earlier):
            return False
        return squares_agree(earlier, values) or divides(earlier, later, self.work)


def _has_branches(tree: Tree) -> bool:
    return type(tree) is tuple and (tree[0] in {"abs", "sqrt"} or any(map(_has_branches, tree[1:])))


class _Systems(Judge):
    """Every state is true of the solutions of the system; it may speak of one equation alone."""

    sides = False

    def __init__(self, problem: Problem, work: Work) -> None:
        super().__init__(problem, _asked(problem), work)
        self._solutions = solution_values(problem, work)

    def about_the_problem(self, states: tuple[Tree, ...]) -> tuple[Tree, ...]:
        """Return the states of a line that say something of the unknowns."""
        return tuple(state for state in states if self._says(state))

    def _says(self, state: Tree) -> bool:
        try:
            # Solutions in it have lost the numbers by which they are told apart, as in x_1 = 2.
            return names(facts_of(state, self.problem)) <= self.names
        except RefusedError:
            return False

    def look(self, before: Tree, state: Tree) -> tuple[Step, Reason]:
        """Look whether a solution is lost of which the state before was true."""
        earlier, later = facts_of(before, self.problem), facts_of(state, self.problem)
        found = Step.SKIPPED, Reason.UNDECIDED
        for values in self._solutions:
            held, holds = known_at(earlier, values, self.work), known_at(later, values, self.work)
            if Known.UNKNOWN in {held, holds}:
                continue
            if held is Known.TRUE and holds is not Known.TRUE:
                return Step.WRONG, Reason.MISSING
            found = Step.HOLDS, Reason.EQUAL
        return found
