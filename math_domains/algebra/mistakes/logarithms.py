"""The mistakes made with the laws of logarithms."""

from __future__ import annotations

from rpsdg.math_domains.algebra.rules.logarithm_laws import (
    FactorToExponent,
    LogarithmOfFactors,
    LogarithmOfFraction,
)
from rpsdg.math_domains.algebra.rules.logarithms import LogarithmOfQuotient
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import opposite, split, terms
from rpsdg.math_domains.trees import Tree, add, mul

__all__ = [
    "FactorMultipliedIntoLogarithm", "LogarithmOfDifference", "LogarithmsDivided", "LogarithmsMultiplied",
]  # fmt: skip


class LogarithmsMultiplied(Mistake):
    """Take the logarithm of a product for the product of the logarithms."""

    rules = (LogarithmOfFactors,)
    sample = ("log(x*y)", "log(x)*log(y)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Multiply them."""
        return mul(*terms(move.near))


class LogarithmsDivided(Mistake):
    """Take the logarithm of a quotient for the quotient of the logarithms."""

    rules = (LogarithmOfFraction,)
    sample = ("log(x/y)", "log(x)/log(y)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Divide them."""
        return ("/", ("log", move.values["a"]), ("log", move.values["b"]))


class LogarithmOfDifference(Mistake):
    """Take the difference of two logarithms for the logarithm of the difference."""

    rules = (LogarithmOfQuotient,)
    sample = ("log(x) - log(y)", "log(x - y)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Subtract the arguments."""
        return ("log", add(*terms(move.values["a"]), opposite(move.values["b"])))


class FactorMultipliedIntoLogarithm(Mistake):
    """Multiply what is inside a logarithm by the factor in front of it."""

    rules = (FactorToExponent,)
    sample = ("3*log(x)", "log(3*x)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Multiply it."""
        value, body = split(move.far)
        match body:
            case ("log", inside) if type(value) is int and value > 1:
                return ("log", value * inside if type(inside) is int else mul(value, inside))
        return None
