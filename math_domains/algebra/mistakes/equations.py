"""The mistakes made with absolute values, square roots and denominators."""

from __future__ import annotations

from rpsdg.math_domains.algebra.rules.absolute_values import AbsoluteValueOfEither, EqualAbsoluteValues
from rpsdg.math_domains.algebra.rules.radicals import SquareBothSides
from rpsdg.math_domains.algebra.rules.rational_equations import MultiplyByDenominators
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.trees import Tree, names, power

__all__ = ["OneCaseOfAbsoluteValue", "SquaredTermByTerm", "WholeTermNotMultiplied"]


class OneCaseOfAbsoluteValue(Mistake):
    """Drop the bars of an absolute value, and forget the case of the other sign."""

    rules = (AbsoluteValueOfEither, EqualAbsoluteValues)
    sample = ("Eq(Abs(2*x - 3), 7)", "Eq(2*x - 3, 7)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the first of two cases."""
        match move.near:
            case ("or", first, _):
                kept: Tree = first
                return kept
        return None


class SquaredTermByTerm(Mistake):
    """Square the side without the root term by term, without the double product."""

    rules = (SquareBothSides,)
    sample = ("Eq(sqrt(x + 7), x - 5)", "And(Eq(x + 7, x**2 + 25), Ge(x - 5, 0))")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Square each of two terms."""
        match move.near:
            case ("and", ("=", inside, ("^", ("+", str(name), int(number)), 2)), condition):
                return ("and", ("=", inside, ("+", power(name, 2), number * number)), condition)
        return None


class WholeTermNotMultiplied(Mistake):
    """Multiply the fractions of an equation by the common denominator, but not the number beside them."""

    rules = (MultiplyByDenominators,)
    sample = ("Eq(4/x + 3/(x - 2), 2)", "Eq(4*(x - 2) + 3*x, 2)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the side that is a number as it is."""
        match move.far, move.near:
            case ("=", _, int(right)), ("=", left, _) if names(left):
                return ("=", left, right)
        return None
