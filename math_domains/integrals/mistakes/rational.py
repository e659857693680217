"""Mistakes with rational integrands, and with linear terms inside a function."""

from __future__ import annotations

from rpsdg.math_domains.algebra.rules.partial_fractions import DecomposeFraction
from rpsdg.math_domains.integrals.rules.fractions import scaled
from rpsdg.math_domains.integrals.rules.linear_inside import (
    CosineOfLinear,
    ExponentialOfLinear,
    PowerOfLinear,
    SineOfLinear,
)
from rpsdg.math_domains.integrals.rules.rational import (
    LogarithmicIntegral,
    ReciprocalOfSquarePlusNumber,
)
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import quotient, split, term, terms
from rpsdg.math_domains.trees import Tree, add, neg

__all__ = [
    "ArcTangentNotDivided", "DerivativeFactorForgotten", "InnerSlopeForgotten", "LinearNumeratorForgotten",
    "LogarithmOfSquare", "SquaredFactorForgotten",
]  # fmt: skip


class SquaredFactorForgotten(Mistake):
    """Write one fraction for a repeated factor, and none over its square."""

    rules = (DecomposeFraction,)
    sample = ("(2*x**2 + 7*x - 3)/((x - 1)**2*(x + 2))", "3/(x - 1) - 1/(x + 2)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the fraction over the square out."""
        kept = [part for part in terms(move.near) if not _over_square(part)]
        return add(*kept) if 0 < len(kept) < len(terms(move.near)) else None


def _over_square(part: Tree) -> bool:
    match split(part)[1]:
        case ("/", _, ("^", _, 2)):
            return True
    return False


class LinearNumeratorForgotten(Mistake):
    """Write a number over a quadratic factor, although its numerator may be linear."""

    rules = (DecomposeFraction,)
    sample = ("(3*x**2 + 4*x + 11)/((x + 1)*(x**2 + 4))", "2/(x + 1) + 3/(x**2 + 4)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the number of a linear numerator alone."""
        parts = list(terms(move.near))
        for position, part in enumerate(parts):
            match part:
                case ("/", ("+", *above), below):
                    numbers = [one for one in above if type(one) is int]
                    if numbers:
                        shown = ("/", abs(numbers[0]), below)
                        parts[position] = shown if numbers[0] > 0 else neg(shown)
                        return add(*parts)
        return None


class DerivativeFactorForgotten(Mistake):
    """Write the logarithm of the denominator without the number that the numerator differs by."""

    rules = (LogarithmicIntegral,)
    sample = ("Integral(x/(x**2 + 4), x)", "log(x**2 + 4)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Take the logarithm alone."""
        value, body = split(move.near)
        return body if value > 0 else neg(body)


class ArcTangentNotDivided(Mistake):
    """Write the arc tangent without dividing by the root of the number."""

    rules = (ReciprocalOfSquarePlusNumber,)
    sample = ("Integral(1/(x**2 + 9), x)", "atan(x/3)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the numerator in front."""
        match move.far:
            case ("int", ("/", int(above), _), _):
                return term(above, split(move.near)[1])
        return None


class InnerSlopeForgotten(Mistake):
    """Integrate a function of a linear term without dividing by the slope inside."""

    rules = (SineOfLinear, CosineOfLinear, ExponentialOfLinear, PowerOfLinear)
    sample = ("Integral(exp(3*x), x)", "exp(3*x)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the number that stood before the integrand, as if the slope were one."""
        match move.far, split(move.near)[1]:
            case ("int", inside, _), (("sin" | "cos" | "exp"), _) as found:
                value = split(inside)[0]
                return scaled(value if split(move.near)[0] * value > 0 else -value, found)
            case ("int", inside, _), ("^", _, int(n)) as found:
                return scaled(quotient(split(inside)[0], n), found)
        return None


class LogarithmOfSquare(Mistake):
    """Take the logarithm for the integral of any reciprocal, also of that of a square."""

    rules = (PowerOfLinear,)
    sample = ("Integral(3/(x + 1)**2, x)", "3*log((x + 1)**2)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write the logarithm of what is below."""
        match move.far:
            case ("int", ("/", int(above), below), _):
                return term(above, ("log", below))
        return None
