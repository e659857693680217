"""Sums with a sign: arithmetic and geometric sequences, sums of powers, and sums that telescope."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.rules.brackets import CollectLikeTerms, MultiplyOut, SquareOfSum
from rpsdg.math_domains.algebra.rules.factoring import FactorTrinomial
from rpsdg.math_domains.algebra.rules.numbers import Evaluate
from rpsdg.math_domains.algebra.rules.partial_fractions import DecomposeFraction
from rpsdg.math_domains.algebra.rules.sums import (
    ArithmeticSum,
    FactorOutOfSum,
    GeometricSum,
    SplitOffBeginning,
    SumOfConstant,
    SumOfCubeNumbers,
    SumOfNumbers,
    SumOfSquareNumbers,
    SumTermByTerm,
    TelescopingSum,
)
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.forms import Form
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, mul, neg, places, power

__all__ = ["ArithmeticSeries", "GeometricSeries", "SumOfPowers", "TelescopingSeries"]

_ASKS = ("Evaluate the sum {problem}.", "Work out {problem}.", "Find the value of {problem}.")
_INDICES = ("k", "k", "k", "j", "n", "m")


class ArithmeticSeries(Family):
    """Sum an arithmetic sequence.

    Level 1 has small numbers; then there are more terms, the sequence falls, starts later, and at level 5 two
    of them are taken together.
    """

    topic = "math/algebra/sum"
    form = Form.NUMBER
    asks = _ASKS

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose step, first term and how many there are."""
        k = rng.choice(_INDICES)
        first = _arithmetic(rng, k, level)
        if level < 5:
            return Tape(first).do(ArithmeticSum).do(Evaluate)
        second = mul(rng.choice((1, 2, 3)), _arithmetic(rng, k, level))
        tape = Tape(add(first, neg(second) if rng.random() < 0.5 else second))
        return tape.everywhere(ArithmeticSum).do(Evaluate)


def _arithmetic(rng: Random, k: str, level: int) -> Tree:
    step = rng.randint(2, 9) if level in {1, 2} else nonzero(rng, 2, 12)
    low = rng.randint(2, 12) if level >= 4 else rng.choice((0, 1, 1, 1))
    high = rng.randint(10, 20) if level == 1 else rng.randint(20, 60)
    return ("sum", ("+", term(step, k), nonzero(rng, 1, 9 if level == 1 else 30)), k, low, low + high)


class SumOfPowers(Family):
    """Sum a polynomial by the formulas for sums of powers.

    Level 1 has a multiple of one power; then there are two and three terms, brackets to be multiplied out,
    and at level 5 the sum starts later.
    """

    topic = "math/algebra/sum"
    form = Form.NUMBER
    asks = (
        *_ASKS,
        "Use the formulas for sums of powers to evaluate {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the polynomial."""
        k, low = rng.choice(_INDICES), rng.randint(3, 6) if level == 5 else 1
        inside = _polynomial(rng, k, level)
        cubes = any(part == ("^", k, 3) for _, part in places(inside))
        tape = Tape(("sum", inside, k, low, rng.randint(8, 12 if cubes else 25)))
        tape.everywhere(SquareOfSum, MultiplyOut)
        tape.everywhere(CollectLikeTerms)
        tape.everywhere(SumTermByTerm)
        tape.everywhere(FactorOutOfSum)
        tape.everywhere(SplitOffBeginning)
        tape.everywhere(SumOfConstant, SumOfNumbers, SumOfSquareNumbers, SumOfCubeNumbers)
        return tape.do(Evaluate)


def _polynomial(rng: Random, k: str, level: int) -> Tree:
    if level == 1:
        return mul(rng.randint(2, 9), power(k, rng.choice((1, 2, 2, 3))))
    if level == 2:
        return add(term(rng.randint(1, 6), power(k, rng.choice((2, 3)))), nonzero(rng, 1, 9))
    if level == 4:
        if rng.random() < 0.4:
            return power(add(term(rng.randint(1, 3), k), nonzero(rng, 1, 5)), 2)
        return mul(add(term(rng.randint(1, 3), k), nonzero(rng, 1, 6)), add(k, nonzero(rng, 1, 6)))
    return add(
        term(rng.randint(1, 5), power(k, rng.choice((2, 3)))), term(nonzero(rng, 1, 7), k), nonzero(rng, 1, 9)
    )


class GeometricSeries(Family):
    """Sum a geometric sequence.

    Level 1 has powers of a whole number; then there is a factor in front, the ratio is negative or a
    fraction, and from level 4 on an arithmetic sequence or another geometric one is added.
    """

    topic = "math/algebra/sum"
    form = Form.NUMBER
    asks = _ASKS

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the ratio, and how many terms there are."""
        k, low = rng.choice(_INDICES), rng.choice((0, 1))
        ratio: Tree = rng.choice((2, 2, 3, 4, 5))
        if level == 3:
            ratio = rng.choice((-2, -3, ("/", 1, 2), ("/", 1, 3), ("/", 2, 3)))
        high = low + (rng.randint(3, 5) if ratio not in {2, -2} else rng.randint(4, 9))
        inside = mul(1 if level == 1 else rng.randint(2, 9), ("^", ratio, k))
        if level == 4:
            inside = add(inside, rng.choice((term(nonzero(rng, 2, 9), k), nonzero(rng, 2, 9))))
            low, high = 1, max(high, 4)
        if level == 5:
            other = rng.choice([base for base in (2, 3, -2, 5) if base != ratio])
            high = low + rng.randint(3, 6)
            inside = add(inside, term(nonzero(rng, 2, 6), ("^", other, k)), rng.randint(1, 9))
        tape = Tape(("sum", inside, k, low, high))
        tape.everywhere(SumTermByTerm)
        tape.everywhere(FactorOutOfSum)
        tape.everywhere(SumOfConstant, SumOfNumbers, GeometricSum)
        return tape.do(Evaluate)


class TelescopingSeries(Family):
    """Sum fractions whose partial fractions cancel each other.

    At level 1 the difference is given; then partial fractions have to be found, the factors lie further
    apart, have a number in front, or have to be factored first.
    """

    topic = "math/algebra/sum"
    form = Form.NUMBER
    asks = (
        *_ASKS,
        "Evaluate {problem} as a telescoping sum.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the two factors below."""
        k, low = rng.choice(_INDICES), 1
        start, above = rng.randint(0, 5), rng.randint(1, 9) if level != 2 else 1
        apart, slope = (rng.choice((2, 3)) if level in {3, 5} else 1), 1
        high = rng.randint(4, 9) if apart > 1 else rng.randint(6, 40)
        if level == 4:
            slope, start = rng.choice((2, 3, 4)), rng.choice((1, -1))
        left: Tree = add(term(slope, k), start)
        right: Tree = add(term(slope, k), start + slope * apart)
        if level == 1:
            difference = ("+", ("/", above, left), ("neg", ("/", above, right)))
            return Tape(("sum", difference, k, low, high)).do(TelescopingSum).do(Evaluate)
        by = slope * apart * (above if level > 2 else 1)
        below: Tree = mul(left, right)
        if level == 5:
            if not start:
                raise DrawAgainError
            below = ("+", power(k, 2), term(2 * start + apart, k), start * (start + apart))
        tape = Tape(("sum", ("/", by, below), k, low, high))
        if level == 5:
            tape.everywhere(FactorTrinomial)
        tape.everywhere(DecomposeFraction)
        return tape.do(TelescopingSum).do(Evaluate)
