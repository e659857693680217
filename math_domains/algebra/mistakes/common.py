"""The mistakes that every teacher of algebra knows."""

from __future__ import annotations

from rpsdg.math_domains.algebra.rules.both_sides import AddToBothSides, DivideBothSides
from rpsdg.math_domains.algebra.rules.brackets import CollectLikeTerms, MultiplyOut, SquareOfSum
from rpsdg.math_domains.algebra.rules.candidates import DropOutsideDomain
from rpsdg.math_domains.algebra.rules.factoring import (
    CommonFactor,
    DifferenceOfSquares,
    FactorTrinomial,
    PerfectSquare,
)
from rpsdg.math_domains.algebra.rules.fractions import AddFractions
from rpsdg.math_domains.algebra.rules.logarithms import LogarithmOfProduct
from rpsdg.math_domains.algebra.rules.roots import SquareRootBothSides
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import collected, multiplied, opposite, split, term, terms
from rpsdg.math_domains.trees import Tree, add, mul, power

__all__ = [
    "AddedDenominators", "ArithmeticSlip", "DividedOneSide", "ExtraneousSolutionKept", "FactorLeftInLastTerm",
    "LogarithmOfSum", "LostRoot", "OnlyFirstTermMultiplied", "OtherBinomial", "SignKeptAcross",
    "SignLostInDistribution", "SignsOfFactorsSwapped", "SquareOfSumTermByTerm", "SquaredDifference",
]  # fmt: skip


class SignLostInDistribution(Mistake):
    """Lose the minus on the last term when brackets are multiplied out."""

    rules = (MultiplyOut,)
    sample = ("-3*(x - 2)", "-3*x - 6")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Flip the last sign."""
        parts = terms(move.near)
        return add(*parts[:-1], opposite(parts[-1])) if len(parts) > 1 else None


class OnlyFirstTermMultiplied(Mistake):
    """Multiply only the first term in the brackets by the factor."""

    rules = (MultiplyOut,)
    sample = ("3*(x - 2)", "3*x - 2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the other terms as they are."""
        match move.far:
            case ("*", factor, ("+", first, *rest)) if not (type(factor) is tuple and factor[0] == "+"):
                return add(multiplied(factor, first), *rest)
        return None


class SquareOfSumTermByTerm(Mistake):
    """Square a sum term by term, without the double product."""

    rules = (SquareOfSum,)
    sample = ("(x + 3)**2", "x**2 + 9")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the middle term out."""
        first, _, last = terms(move.near)
        return add(first, last)


class SignKeptAcross(Mistake):
    """Move a term to the other side and keep its sign there."""

    rules = (AddToBothSides,)
    sample = ("Eq(3*x + 7, 19)", "Eq(3*x, 26)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Add on one side what is taken from the other."""
        added = move.values["term"]
        match move.far, move.near:
            case ("=", left, right), ("=", new_left, new_right):
                if len(terms(new_left)) < len(terms(left)) or new_left == 0:
                    return ("=", new_left, collected([*terms(right), opposite(added)]))
                return ("=", collected([*terms(left), opposite(added)]), new_right)
        return None


class DividedOneSide(Mistake):
    """Divide the side with the unknown and leave the other one as it was."""

    rules = (DivideBothSides,)
    sample = ("Eq(3*x, 12)", "Eq(x, 12)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the right side."""
        match move.far, move.near:
            case ("=", _, right), ("=", new_left, _):
                return ("=", new_left, right)
        return None


class ArithmeticSlip(Mistake):
    """Miscalculate by one when like terms are collected."""

    rules = (CollectLikeTerms,)
    sample = ("5*x + 2 - 3*x", "3*x + 2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Make the first number one larger."""
        first, *rest = terms(move.near)
        value, body = split(first)
        return add(term(value + 1, body), *rest) if value != -1 else None


class SignsOfFactorsSwapped(Mistake):
    """Factor a trinomial with the signs the wrong way round."""

    rules = (FactorTrinomial,)
    sample = ("x**2 - 5*x + 6", "(x + 2)*(x + 3)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Swap both signs."""
        values = dict(move.values)
        for name in ("p", "q"):
            values[name] = opposite(values[name])
        return move.sides(values)[1]


class SquaredDifference(Mistake):
    """Take a difference of squares for the square of a difference."""

    rules = (DifferenceOfSquares,)
    sample = ("x**2 - 9", "(x - 3)**2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write the difference twice."""
        match move.near:
            case ("*", difference, _):
                return power(difference, 2)
        return None


class OtherBinomial(Mistake):
    """Write a perfect square as that of the difference instead of the sum, or the other way round."""

    rules = (PerfectSquare,)
    sample = ("x**2 - 6*x + 9", "(x + 3)**2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Turn the sign of the second term."""
        match move.near:
            case ("^", ("+", first, second), 2):
                return power(add(first, opposite(second)), 2)
        return None


class FactorLeftInLastTerm(Mistake):
    """Take a common factor out of a sum and leave it in the last term, too."""

    rules = (CommonFactor,)
    sample = ("3*x**2 + 6*x", "3*x*(x + 6*x)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the last term as it was."""
        match move.near, move.far:
            case (("*", *front, ("+", *inside)), ("+", *_, last)):
                return mul(*front, add(*inside[:-1], last))
        return None


class LostRoot(Mistake):
    """Take the positive square root alone."""

    rules = (SquareRootBothSides,)
    sample = ("Eq((x + 3)**2, 16)", "Eq(x + 3, 4)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the first of two."""
        match move.near:
            case ("or", first, _):
                kept: Tree = first
                return kept
        return None


class LogarithmOfSum(Mistake):
    """Take the logarithm of a sum for the sum of logarithms."""

    rules = (LogarithmOfProduct,)
    sample = ("log(x) + log(x - 3)", "log(x + x - 3)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Add the arguments."""
        return ("log", add(*terms(move.values["a"]), *terms(move.values["b"])))


class ExtraneousSolutionKept(Mistake):
    """Keep a candidate that does not satisfy the original equation."""

    rules = (DropOutsideDomain,)
    sample = ("And(Or(Eq(x, 4), Eq(x, -1)), Gt(x, 3))", "Or(Eq(x, 4), Eq(x, -1))")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Drop the conditions alone."""
        match move.far:
            case ("and", ("or", *_) as candidates, *_):
                kept: Tree = candidates
                return kept
        return None


class AddedDenominators(Mistake):
    """Add fractions by adding numerators and denominators."""

    rules = (AddFractions,)
    sample = ("2/(x + 1) + 3/(x - 2)", "(2 + 3)/(x + 1 + x - 2)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Add above and below."""
        match move.far:
            case ("+", ("/", a, b), ("/", c, d)):
                return ("/", add(*terms(a), *terms(c)), add(*terms(b), *terms(d)))
        return None
