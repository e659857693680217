"""Limits that are infinite, from one side or from both."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.families.polynomials import expanded
from rpsdg.math_domains.algebra.families.rationals import factor_fraction
from rpsdg.math_domains.algebra.rules.fractions import Cancel
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError
from rpsdg.math_domains.limits.families.algebraic import LimitFamily
from rpsdg.math_domains.limits.rules.poles import OverFallingToZero, OverRisingToZero
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add

__all__ = ["LimitAtPole"]


class LimitAtPole(LimitFamily):
    """Find a limit at a point where the denominator alone vanishes, most often from one side.

    At level 1 a number stands above; then a linear term, and at level 3 the denominator may be a square, so
    that both sides agree. From level 4 on it has to be factored, and at level 5 a factor cancels.
    """

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the pole, and multiply out."""
        a, b, c = rng.sample([k for k in range(-7, 8) if k], 3)
        side = rng.choice((1, -1))
        pole, other = add("x", -a), add("x", -b)
        above: Tree = nonzero(rng, 1, 9) if level == 1 else add(term(rng.choice((1, 1, 2, 3)), "x"), -c)
        where: tuple[Tree, ...] = (a, side)
        if level == 3:
            square = rng.random() < 0.5
            below: Tree = ("^", pole, 2) if square else add(a, ("neg", "x"))
            where = (a,) if square and rng.random() < 0.6 else where
        elif level < 4:
            below = pole
        else:
            below = expanded(pole, other)
            above = expanded(above, other) if level == 5 else above
        tape = Tape(("lim", ("/", above, below), "x", *where))
        if level >= 4:
            factor_fraction(tape, (1,))
        if level == 5:
            tape.do(Cancel, (1,))
        for rule in (OverFallingToZero, OverRisingToZero):
            values = rule.applies(tape.answer)
            if values is not None:
                return tape.do(rule, (), values)
        raise DrawAgainError
