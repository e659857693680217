"""The mistakes that every teacher of calculus knows."""

from __future__ import annotations

from rpsdg.math_domains.integrals.rules.fractions import ReciprocalOfLinear
from rpsdg.math_domains.integrals.rules.linearity import ConstantFactor
from rpsdg.math_domains.integrals.rules.parts import IntegrateByParts
from rpsdg.math_domains.integrals.rules.substitution import Substitute
from rpsdg.math_domains.integrals.rules.table import (
    CosecantSquaredIntegral,
    CosineIntegral,
    ExponentialIntegral,
    PowerRule,
    ReciprocalIntegral,
    SecantSquaredIntegral,
    SineIntegral,
)
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import opposite, split, term
from rpsdg.math_domains.trees import Tree, add, neg, power

__all__ = [
    "DerivedInsteadOfIntegrated",
    "ExponentialIntegratedAsPower",
    "ForgottenConstantFactor",
    "ForgottenInnerDerivative",
    "ForgottenSlope",
    "NotDividedByExponent",
    "ReciprocalDerived",
    "WrongSignByParts",
    "WrongSignOfTrigonometric",
]  # fmt: skip


class NotDividedByExponent(Mistake):
    """Raise the exponent and forget to divide by it."""

    rules = (PowerRule,)
    sample = ("Integral(x**2, x)", "x**3")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the division out."""
        match move.far:
            case ("int", ("^", x, int(n)), _) if n > 0:
                return power(x, n + 1)
            case ("int", ("*", int(k), ("^", x, int(n))), _) if n > 0:
                return term(k, power(x, n + 1))
        return None


class DerivedInsteadOfIntegrated(Mistake):
    """Differentiate a power instead of integrating it."""

    rules = (PowerRule,)
    sample = ("Integral(x**4, x)", "4*x**3")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Lower the exponent."""
        match move.far:
            case ("int", ("^", x, int(n)), _) if n > 1:
                return term(n, power(x, n - 1))
        return None


class WrongSignOfTrigonometric(Mistake):
    """Mix up the signs in the integrals of trigonometric functions."""

    rules = (SineIntegral, CosineIntegral, SecantSquaredIntegral, CosecantSquaredIntegral)
    sample = ("Integral(sin(x), x)", "cos(x)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write the other sign."""
        return neg(move.near)


class ReciprocalDerived(Mistake):
    """Differentiate a reciprocal instead of integrating it."""

    rules = (ReciprocalIntegral, ReciprocalOfLinear)
    sample = ("Integral(1/(x + 3), x)", "-(1/(x + 3)**2)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Square what is below, and put a minus in front."""
        match move.far:
            case ("int", ("/", int(above), ("+", *_) | str() as below), _) if above > 0:
                return neg(("/", above, power(below, 2)))
        return None


class ExponentialIntegratedAsPower(Mistake):
    """Integrate the exponential function as if it were a power of its exponent."""

    rules = (ExponentialIntegral,)
    sample = ("Integral(exp(x), x)", "exp(x + 1)/(x + 1)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Raise the exponent by one and divide by it."""
        match move.far:
            case ("int", ("exp", inside), _):
                raised = add(inside, 1)
                return ("/", ("exp", raised), raised)
        return None


class WrongSignByParts(Mistake):
    """Add the second integral by parts instead of taking it away."""

    rules = (IntegrateByParts,)
    sample = ("Integral(x*cos(x), x)", "x*sin(x) + Integral(sin(x), x)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Flip the sign of the integral."""
        match move.near:
            case ("+", product, rest):
                return add(product, neg(rest))
        return None


class ForgottenInnerDerivative(Mistake):
    """Substitute without accounting for the number in the inner derivative."""

    rules = (Substitute,)
    sample = ("Integral(cos(4*x - 1), x)", "Subs(Integral(cos(u), u), u, 4*x - 1)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Drop the number in front of the new integrand."""
        match move.near:
            case ("subs", ("int", inside, u), _, inner):
                value, body = split(inside)
                return ("subs", ("int", body, u), u, inner) if value != 1 and body != 1 else None
        return None


class ForgottenSlope(Mistake):
    """Integrate the reciprocal of a linear term without dividing by its slope."""

    rules = (ReciprocalOfLinear,)
    sample = ("Integral(1/(2*x + 3), x)", "log(Abs(2*x + 3))")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the division out."""
        match move.far, move.near:
            case ("int", ("/", int(above), _), _), ("/", logarithm, int()):
                _, body = split(logarithm)
                return term(above, body)
        return None


class ForgottenConstantFactor(Mistake):
    """Lose the constant factor on the way out of the integral."""

    rules = (ConstantFactor,)
    sample = ("Integral(3*cos(x), x)", "Integral(cos(x), x)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the integral alone."""
        match opposite(move.near) if type(move.near) is tuple and move.near[0] == "neg" else move.near:
            case ("*", *_, ("int", *_) as integral):
                kept: Tree = integral
                return kept
        return None
