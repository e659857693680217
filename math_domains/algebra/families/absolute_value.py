"""Equations with absolute values."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.families.quadratic import solve_branches
from rpsdg.math_domains.algebra.rules.absolute_values import (
    AbsoluteValueOfEither,
    AbsoluteValueWithCondition,
    EqualAbsoluteValues,
)
from rpsdg.math_domains.algebra.rules.both_sides import AddToBothSides, DivideBothSides
from rpsdg.math_domains.algebra.rules.candidates import DropOutsideDomain
from rpsdg.math_domains.drawing import nonzero, unknown_name
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add

__all__ = ["AbsoluteValueEquation"]


class AbsoluteValueEquation(Family):
    """Solve an equation with an absolute value.

    At levels 1 and 2 it equals a number; at level 3 it has to be made to stand alone first; at level 4 two
    absolute values are equal; at level 5 the other side has the unknown in it, and candidates are checked.
    """

    topic = "math/algebra/equation"
    asks = (
        "Solve {problem}.",
        "Find all solutions of {problem}.",
        "For which numbers is {problem}?",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose one solution, and what is inside the absolute value there."""
        x = unknown_name(rng)
        if level == 4:
            return _two(rng, x)
        if level == 5:
            return _with_condition(rng, x)
        a = 1 if level == 1 else rng.randint(2, 6)
        distance, solution = rng.randint(1, 12), nonzero(rng, 1, 9)
        inside = add(term(a, x), rng.choice((distance, -distance)) - a * solution)
        if type(inside) is not tuple or inside[0] != "+":
            raise DrawAgainError
        left: Tree = ("abs", inside)
        factor, shift = (rng.randint(2, 6), nonzero(rng, 1, 9)) if level == 3 else (1, 0)
        tape = Tape(("=", add(term(factor, left), shift), factor * distance + shift))
        if level == 3:
            tape.do(AddToBothSides, term=-shift)
            tape.do(DivideBothSides, by=factor)
        return solve_branches(tape.do(AbsoluteValueOfEither))


def _two(rng: Random, x: str) -> Tape:
    """Let the insides be equal at a whole number."""
    a, c = rng.sample((1, 2, 3, 4, 5), 2)
    solution, b = nonzero(rng, 1, 8), nonzero(rng, 1, 9)
    d = (a - c) * solution + b
    if d == 0:
        raise DrawAgainError
    left, right = add(term(a, x), b), add(term(c, x), d)
    return solve_branches(Tape(("=", ("abs", left), ("abs", right))).do(EqualAbsoluteValues))


def _with_condition(rng: Random, x: str) -> Tape:
    """Let the cases meet at whole numbers, of which one or both satisfy the condition."""
    first, second = rng.sample([k for k in range(-9, 10) if k], 2)
    a, c = rng.sample((1, 2, 3, 4, 5), 2)
    # a x + b = c x + d at the first, and a x + b = -(c x + d) at the second solution
    twice_b = (c - a) * first - (c + a) * second
    b = twice_b // 2
    d = (a - c) * first + b
    if twice_b % 2 or not b or not d or max(abs(b), abs(d)) > 20:
        raise DrawAgainError
    left, right = add(term(a, x), b), add(term(c, x), d)
    if c * first + d < 0 and c * second + d < 0:
        raise DrawAgainError
    tape = solve_branches(Tape(("=", ("abs", left), right)).do(AbsoluteValueWithCondition), (1,))
    return tape.do(DropOutsideDomain, (), {"domain": (">=", right, 0)})
