"""Mistakes with substitutions that take roots away."""

from __future__ import annotations

from fractions import Fraction

from rpsdg.math_domains.integrals.rules.rationalising import SubstituteRoot
from rpsdg.math_domains.integrals.rules.trigonometric_substitution import (
    ExpandDoubleAngle,
    SubstituteSine,
    SubstituteTangent,
)
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import quotient, split, term
from rpsdg.math_domains.trees import Tree, div, mul

__all__ = ["DifferentialNotReplaced", "RadiusInDifferentialForgotten", "TwoOfDoubleAngleLost"]


class DifferentialNotReplaced(Mistake):
    """Substitute u for a root and write du for dx, without the factor 2u."""

    rules = (SubstituteRoot,)
    sample = (
        "Integral(x*sqrt(x + 1), x)",
        "Subs(Integral(u*(u**2 - 1), u), u, sqrt(x + 1))",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Take the two and one u away."""
        match move.near:
            case ("subs", ("int", inside, u), _, root):
                value, body = split(inside)
                match body:
                    case ("*", ("^", base, int(n)), *rest) if base == u:
                        body = mul(("^", u, n - 1) if n > 2 else u, *rest)
                    case ("*", base, *rest) if base == u:
                        body = mul(*rest)
                    case _:
                        return None
                return ("subs", ("int", term(quotient(value, 2), body), u), u, root)
        return None


class RadiusInDifferentialForgotten(Mistake):
    """Substitute a multiple of a sine or a tangent and forget that number in the differential."""

    rules = (SubstituteSine, SubstituteTangent)
    sample = (
        "Integral(sqrt(9 - x**2), x)",
        "Subs(Integral(3*cos(theta)**2, theta), theta, asin(x/3))",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Divide by the number once."""
        match move.near:
            case ("subs", ("int", inside, name), _, angle):
                value, body = split(inside)
                less = Fraction(value) / split(move.values["meant"])[0]
                shown = div(term(less.numerator, body), less.denominator)
                return ("subs", ("int", shown, name), name, angle)
        return None


class TwoOfDoubleAngleLost(Mistake):
    """Write the sine of twice an angle as sine times cosine, without the two."""

    rules = (ExpandDoubleAngle,)
    sample = ("sin(2*x)", "sin(x)*cos(x)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the two out."""
        match move.near:
            case ("*", 2, *rest):
                return mul(*rest)
        return None
