"""The mistakes that every teacher of calculus knows."""

from __future__ import annotations

from rpsdg.math_domains.differentiation.rules.combining import ChainRule, ProductRule, QuotientRule
from rpsdg.math_domains.differentiation.rules.table import (
    ConstantDerivative,
    CosineDerivative,
    GeneralExponentialDerivative,
    PowerDerivative,
    SineDerivative,
)
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import split, term, whole
from rpsdg.math_domains.trees import Tree, add, mul, neg, power

__all__ = [
    "ConstantKept", "ExponentNotLowered", "ForgottenChainFactor", "PowerRuleForExponential",
    "ProductOfDerivatives", "QuotientOfDerivatives", "SignOfTrigonometricDerivative", "SwappedQuotientRule",
]  # fmt: skip


class ForgottenChainFactor(Mistake):
    """Differentiate the outer function and forget the derivative of the inner one."""

    rules = (ChainRule,)
    sample = ("Derivative(sin(x**2), x)", "cos(x**2)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the inner derivative out."""
        match move.near:
            case ("*", *outer, ("diff", *_)):
                return mul(*outer)
            case ("neg", ("*", *outer, ("diff", *_))):
                return neg(mul(*outer))
        return None


class ProductOfDerivatives(Mistake):
    """Differentiate a product by multiplying the derivatives of its factors."""

    rules = (ProductRule,)
    sample = ("Derivative(x**2*sin(x), x)", "Derivative(x**2, x)*Derivative(sin(x), x)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Multiply the derivatives."""
        match move.far:
            case ("diff", _, x):
                return ("*", ("diff", move.values["u"], x), ("diff", move.values["v"], x))
        return None


class QuotientOfDerivatives(Mistake):
    """Differentiate a quotient by dividing the derivatives of its parts."""

    rules = (QuotientRule,)
    sample = ("Derivative(sin(x)/x**2, x)", "Derivative(sin(x), x)/Derivative(x**2, x)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Divide the derivatives."""
        match move.far:
            case ("diff", ("/", u, v), x):
                return ("/", ("diff", u, x), ("diff", v, x))
        return None


class SwappedQuotientRule(Mistake):
    """Mix up the order in the numerator of the quotient rule, which changes the sign."""

    rules = (QuotientRule,)
    sample = ("Derivative(sin(x)/x, x)", "(sin(x)*Derivative(x, x) - x*Derivative(sin(x), x))/x**2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Swap the two products."""
        match move.near:
            case ("/", ("+", first, second), below):
                return ("/", add(neg(second), neg(first)), below)
        return None


class ExponentNotLowered(Mistake):
    """Multiply by the exponent and forget to lower it."""

    rules = (PowerDerivative,)
    sample = ("Derivative(x**4, x)", "4*x**4")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the exponent."""
        match move.far:
            case ("diff", inside, str(x)):
                value, body = split(inside)
                match body:
                    case ("^", _, int(n)):
                        return term(whole(value * n), power(x, n))
        return None


class ConstantKept(Mistake):
    """Keep a constant instead of letting it vanish."""

    rules = (ConstantDerivative,)
    sample = ("Derivative(7, x)", "7")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write the constant again."""
        match move.far:
            case ("diff", int(value), _):
                return value
        return None


class SignOfTrigonometricDerivative(Mistake):
    """Mix up the signs in the derivatives of sine and cosine."""

    rules = (SineDerivative, CosineDerivative)
    sample = ("Derivative(cos(x), x)", "sin(x)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write the other sign."""
        return neg(move.near)


class PowerRuleForExponential(Mistake):
    """Treat an exponential as a power, and bring the variable exponent down."""

    rules = (GeneralExponentialDerivative,)
    sample = ("Derivative(2**x, x)", "x*2**(x - 1)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Use the power rule, where the exponent is the variable."""
        match move.far:
            case ("diff", ("^", int(n), str(x)), _):
                return ("*", x, ("^", n, ("+", x, -1)))
        return None
