"""The mistakes made with sums, and with fractions that are taken apart."""

from __future__ import annotations

from rpsdg.math_domains.algebra.rules.partial_fractions import DecomposeFraction, DivideWithRemainder
from rpsdg.math_domains.algebra.rules.sums import (
    ArithmeticSum,
    GeometricSum,
    SplitOffBeginning,
    SumOfConstant,
    SumOfCubeNumbers,
    SumOfSquareNumbers,
    TelescopingSum,
)
from rpsdg.math_domains.integrals.rules.fractions import PartialFractions
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import opposite, terms
from rpsdg.math_domains.trees import Tree, add, mul

__all__ = [
    "BeginningCutOneLate", "ConstantSummedOnce", "LastPowerNotRaised", "NumeratorsSwapped",
    "RemainderDropped", "SquareOfTheSum", "TermsMiscounted",
]  # fmt: skip


class ConstantSummedOnce(Mistake):
    """Take the sum of a constant for the constant."""

    rules = (SumOfConstant,)
    sample = ("Sum(2, (k, 1, 20))", "2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write it once."""
        match move.far:
            case ("sum", constant, *_):
                kept: Tree = constant
                return kept
        return None


class SquareOfTheSum(Mistake):
    """Take a sum of squares or cubes for the square or the cube of the sum of the numbers."""

    rules = (SumOfSquareNumbers, SumOfCubeNumbers)
    sample = ("Sum(k**2, (k, 1, 10))", "(10*11/2)**2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Raise the sum of the numbers to the exponent."""
        match move.far:
            case ("sum", ("^", _, exponent), _, _, int(last)):
                return ("^", ("/", ("*", last, last + 1), 2), exponent)
        return None


class TermsMiscounted(Mistake):
    """Count one term too few: the difference of the last and the first index."""

    rules = (ArithmeticSum,)
    sample = ("Sum(3*k + 2, (k, 1, 20))", "19*(5 + 62)/2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Take one away."""
        match move.near:
            case ("/", ("*", int(count), ends), 2):
                return ("/", mul(count - 1, ends), 2)
        return None


class LastPowerNotRaised(Mistake):
    """Use the last power instead of the one after it in the formula for geometric sums."""

    rules = (GeometricSum,)
    sample = ("Sum(2**k, (k, 0, 7))", "(2**7 - 1)/(2 - 1)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Lower the exponent by one."""
        match move.near:
            case ("/", ("+", ("^", ratio, int(after)), first), below) if after > 2:
                return ("/", ("+", ("^", ratio, after - 1), first), below)
            case ("/", ("+", first, ("neg", ("^", ratio, int(after)))), below) if after > 2:
                return ("/", ("+", first, ("neg", ("^", ratio, after - 1))), below)
        return None


class BeginningCutOneLate(Mistake):
    """Subtract one term too many when the beginning of a sum is taken away."""

    rules = (SplitOffBeginning,)
    sample = ("Sum(k**2, (k, 4, 9))", "Sum(k**2, (k, 1, 9)) - Sum(k**2, (k, 1, 4))")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Take the first term of the sum away as well."""
        match move.near:
            case ("+", total, ("neg", ("sum", inside, k, low, int(last)))):
                return ("+", total, ("neg", ("sum", inside, k, low, last + 1)))
        return None


class NumeratorsSwapped(Mistake):
    """Put the numbers that were found above the wrong factors, or one of them with the wrong sign."""

    rules = (DecomposeFraction, PartialFractions, TelescopingSum)
    sample = ("(5*x + 1)/((x - 1)*(x + 2))", "3/(x - 1) + 2/(x + 2)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Swap the first two, if both are positive; else flip the sign of the last."""
        match move.near:
            case ("+", ("/", a, left), ("/", b, right), *rest) if a != b:
                return ("+", ("/", b, left), ("/", a, right), *rest)
        parts = terms(move.near)
        return add(*parts[:-1], opposite(parts[-1])) if len(parts) > 1 else None


class RemainderDropped(Mistake):
    """Divide polynomials, and drop the remainder."""

    rules = (DivideWithRemainder,)
    sample = ("(x**2 + 5*x + 7)/(x + 2)", "x + 3")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the fraction out."""
        parts = terms(move.near)
        return add(*parts[:-1]) if len(parts) > 1 else None
