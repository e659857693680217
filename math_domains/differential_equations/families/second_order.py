"""Linear differential equations of the second order with constant coefficients."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.families.quadratic import solve_factored
from rpsdg.math_domains.algebra.rules.both_sides import AddToBothSides
from rpsdg.math_domains.algebra.rules.roots import CompleteTheSquare
from rpsdg.math_domains.differential_equations.rules.second_order import (
    CharacteristicEquation,
    SolutionFromComplexRoots,
    SolutionFromDoubleRoot,
    SolutionFromTwoRoots,
    bend,
)
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import opposite, terms
from rpsdg.math_domains.trees import look, names

__all__ = ["SecondOrderWithComplexRoots", "SecondOrderWithRealRoots"]

_SOLUTIONS = (SolutionFromTwoRoots, SolutionFromDoubleRoot, SolutionFromComplexRoots)


class _SecondOrder(Family):
    """What the families share: how the task is put, and the first and the last step."""

    topic = "math/differential-equations/second-order"
    asks = (
        "Solve the differential equation {problem}.",
        "Find the general solution of {problem}.",
        "Find all solutions of {problem}.",
    )

    def begin(self, p: int, q: int) -> Tape:
        """Return a tape with the equation and its characteristic equation."""
        tape = Tape(("=", bend(p, q), 0))
        values = CharacteristicEquation.applies(tape.answer)
        if values is None or q == p == 0:
            raise DrawAgainError
        return tape.do(CharacteristicEquation, (), values)

    def end(self, tape: Tape) -> Tape:
        """Write the solutions that the roots stand for."""
        for rule in _SOLUTIONS:
            values = rule.applies(tape.answer)
            if values is not None:
                return tape.do(rule, (), values)
        raise DrawAgainError


class SecondOrderWithRealRoots(_SecondOrder):
    """Solve a linear equation of the second order whose characteristic equation has real roots.

    At level 1 one of the roots is zero or they are opposite; then there are two of any sign, a double one,
    and larger ones.
    """

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the roots first."""
        a = nonzero(rng, 1, 7 + level)
        if level == 1:
            b = rng.choice((0, -a))
        elif level == 3 or (level == 5 and rng.random() < 0.3):
            b = a
        else:
            b = rng.choice([k for k in range(-6 - level, 7 + level) if k and k not in {a, -a}])
        tape = self.begin(-a - b, a * b)
        return self.end(solve_factored(tape, (2,)))


class SecondOrderWithComplexRoots(_SecondOrder):
    """Solve a linear equation of the second order whose characteristic equation has complex roots.

    At level 1 the roots are imaginary, so the solutions are waves; then they grow or fade, with larger
    numbers.
    """

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the roots first."""
        center = 0 if level == 1 else nonzero(rng, 1, 3 + level)
        turn = rng.randint(1, 15 if level == 1 else 5 + level)
        tape = self.begin(-2 * center, center * center + turn * turn)
        for part in terms(look(tape.answer, (2, 1))):
            if not names(part):
                tape.do(AddToBothSides, (2,), term=opposite(part))
        for values in CompleteTheSquare.ways_on(look(tape.answer, (2,))):
            tape.do(CompleteTheSquare, (2,), values)
        return self.end(tape)
