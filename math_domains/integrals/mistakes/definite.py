"""Mistakes with the bounds of definite integrals."""

from __future__ import annotations

from rpsdg.math_domains.integrals.rules.definite import (
    EvenIntegrand,
    FundamentalTheorem,
    SubstituteWithBounds,
)
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.trees import Tree, neg

__all__ = ["BoundsNotChanged", "BoundsSwapped", "EvenNotDoubled", "LowerBoundForgotten"]


class BoundsNotChanged(Mistake):
    """Substitute and keep the bounds of the old variable."""

    rules = (SubstituteWithBounds,)
    sample = ("Integral(2*x*exp(x**2), (x, 0, 2))", "Integral(exp(u), (u, 0, 2))")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write the old bounds."""
        match move.far, move.near:
            case ("int", _, _, low, high), ("int", inside, u, _, _):
                return ("int", inside, u, low, high)
        return None


class BoundsSwapped(Mistake):
    """Take the value at the upper bound away from that at the lower one."""

    rules = (FundamentalTheorem,)
    sample = ("Integral(exp(x), (x, 0, 2))", "Subs(exp(x), x, 0) - Subs(exp(x), x, 2)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Swap the two."""
        match move.near:
            case ("+", upper, lower):
                return ("+", neg(lower), neg(upper))
        return None


class LowerBoundForgotten(Mistake):
    """Put in the upper bound alone, as if the antiderivative were zero at the lower one."""

    rules = (FundamentalTheorem,)
    sample = ("Integral(exp(x), (x, 0, 2))", "Subs(exp(x), x, 2)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the lower bound out."""
        match move.near:
            case ("+", ("subs", *_) as upper, _):
                kept: Tree = upper
                return kept
        return None


class EvenNotDoubled(Mistake):
    """Halve the interval of an even function and forget to double the integral."""

    rules = (EvenIntegrand,)
    sample = ("Integral(x**2, (x, -3, 3))", "Integral(x**2, (x, 0, 3))")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the factor two out."""
        match move.near:
            case ("*", 2, integral):
                kept: Tree = integral
                return kept
        return None
