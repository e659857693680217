"""The mistakes made with exponents."""

from __future__ import annotations

from fractions import Fraction

from rpsdg.math_domains.algebra.rules.powers import (
    DividePowers,
    MultiplyPowers,
    NegativeExponent,
    RaisePower,
    RaiseProduct,
    exponents,
    raised,
)
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import number, term, whole
from rpsdg.math_domains.trees import Tree, mul, neg

__all__ = [
    "CoefficientNotRaised", "ExponentsAddedInPower", "ExponentsDivided", "ExponentsMultiplied",
    "NegativeExponentAsSign",
]  # fmt: skip


class ExponentsMultiplied(Mistake):
    """Multiply the exponents of powers that are multiplied."""

    rules = (MultiplyPowers,)
    sample = ("x**2*x**3", "x**6")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Take the product of the exponents of each base, where there are several."""
        assert type(move.far) is tuple
        front, products = Fraction(1), dict[Tree, Fraction]()
        for factor in move.far[1:]:
            value, bases = exponents(factor)
            front *= Fraction(value)
            for base, exponent in bases.items():
                products[base] = products.get(base, Fraction(1)) * exponent
        if front.denominator != 1 or any(abs(exponent) > 30 for exponent in products.values()):
            return None
        return term(int(front), mul(*[raised(base, whole(e)) for base, e in products.items()]))


class ExponentsDivided(Mistake):
    """Divide the exponents of powers that are divided."""

    rules = (DividePowers,)
    sample = ("x**6/x**2", "x**3")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Divide them where that gives a whole number."""
        match move.far:
            case ("/", above, below):
                front, powers = exponents(above)
                under, others = exponents(below)
                if others.keys() - powers.keys() or under != 1:
                    return None
                divided = {base: Fraction(e) / others.get(base, 1) for base, e in powers.items()}
                if all(e.denominator == 1 for e in divided.values()):
                    return term(front, mul(*[raised(base, whole(e)) for base, e in divided.items()]))
        return None


class ExponentsAddedInPower(Mistake):
    """Add the exponents of a power of a power."""

    rules = (RaisePower,)
    sample = ("(x**3)**4", "x**7")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Add them."""
        match move.far:
            case ("^", ("^", base, inner), outer):
                first, second = number(inner), number(outer)
                if first is not None and second is not None:
                    return raised(base, whole(Fraction(first + second)))
        return None


class CoefficientNotRaised(Mistake):
    """Raise the letters of a product, and leave the number in front as it is."""

    rules = (RaiseProduct,)
    sample = ("(2*x)**3", "2*x**3")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the number."""
        match move.far, move.near:
            case ("^", ("*", int(front), *_), _), ("*", _, *rest):
                return mul(front, *rest)
        return None


class NegativeExponentAsSign(Mistake):
    """Take a negative exponent for a minus in front."""

    rules = (NegativeExponent,)
    sample = ("3*x**(-2)", "-3*x**2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write every factor with a positive exponent, and a minus in front."""
        if type(move.far) is tuple and move.far[0] != "/":
            front, bases = exponents(move.far)
            return neg(term(front, mul(*[raised(base, max(e, -e)) for base, e in bases.items()])))
        return None
