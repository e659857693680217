"""The mistakes made with inequalities."""

from __future__ import annotations

from rpsdg.math_domains.algebra.rules.inequalities import (
    AbsoluteValueAbove,
    AbsoluteValueBelow,
    DivideInequality,
    SignsOfFactors,
)
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.trees import Tree

__all__ = ["FactorsComparedOneByOne", "OtherBoundForgotten", "SignNotTurned"]


class SignNotTurned(Mistake):
    """Divide an inequality by a negative number and keep its sign."""

    rules = (DivideInequality,)
    sample = ("Lt(-2*x, 6)", "Lt(x, -3)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write the sign that was there."""
        match move.far, move.near:
            case (str(before), *_), (str(after), left, right) if before != after:
                return (before, left, right)
        return None


class FactorsComparedOneByOne(Mistake):
    """Compare each factor with zero, as in an equation."""

    rules = (SignsOfFactors,)
    sample = ("Gt((x - 1)*(x - 4), 0)", "Or(Gt(x, 1), Gt(x, 4))")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Give both bounds the sign of the inequality."""
        match move.far, move.near:
            case (str(sign), ("*", *_), _), ("or" | "and", (_, name, low), (_, _, high)):
                return ("or", (sign, name, low), (sign, name, high))
        return None


class OtherBoundForgotten(Mistake):
    """Drop the bars of an absolute value in an inequality, and forget the other bound."""

    rules = (AbsoluteValueAbove, AbsoluteValueBelow)
    sample = ("Lt(Abs(x - 3), 5)", "Lt(x - 3, 5)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the bound with the sign that was there."""
        assert type(move.far) is tuple
        assert type(move.near) is tuple
        return next((part for part in move.near[1:] if part[0] == move.far[0]), None)
