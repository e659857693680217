"""Exact values of trigonometric functions."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from rpsdg.math_domains.algebra.rules.angles import (
    CosineOfDifference,
    CosineOfSum,
    ExactValue,
    MultiplyRootsOut,
    ReduceAngle,
    SineOfDifference,
    SineOfSum,
    SplitAngle,
    angle,
)
from rpsdg.math_domains.algebra.rules.numbers import Evaluate
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.forms import Form
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, mul, neg

__all__ = ["ExactTrigonometricValue"]


class ExactTrigonometricValue(Family):
    """Find the exact value of an expression with sines and cosines of multiples of π.

    At level 1 it is one value by its reference angle; then there are sums and products of such values, at
    level 4 a twelfth of π that has to be split, and at level 5 a sum or a multiple of one.
    """

    topic = "math/algebra/trigonometry"
    form = Form.ROOTS
    asks = (
        "Find the exact value of {problem}.",
        "Evaluate {problem} exactly.",
        "Work out {problem} without a calculator.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the angles."""
        tape = Tape(_expression(rng, level))
        tape.everywhere(ReduceAngle)
        tape.everywhere(SplitAngle)
        tape.everywhere(SineOfDifference, CosineOfDifference, SineOfSum, CosineOfSum)
        tape.everywhere(ExactValue)
        tape.everywhere(MultiplyRootsOut)
        return tape.everywhere(Evaluate)


def _expression(rng: Random, level: int) -> Tree:
    if level == 1:
        return mul(rng.choice((1, 2, 4, 6, -2, 3, 5)), _turned(rng))
    first, second = _turned(rng), _turned(rng)
    if first == second:
        raise DrawAgainError
    if level == 2:
        return add(term(nonzero(rng, 2, 6), first), rng.choice((second, neg(second), nonzero(rng, 1, 9))))
    if level == 3:
        parts = mul(rng.randint(2, 8), first, second)
        return add(parts, rng.choice((_turned(rng), neg(_turned(rng)), nonzero(rng, 1, 5))))
    twelfth = (rng.choice(("sin", "cos")), angle(Fraction(rng.choice((5, 7, 11, 13, 17, 19, 23)), 12)))
    if level == 4:
        return mul(rng.choice((1, 1, 2, 4)), twelfth)
    return add(term(rng.choice((2, 4, 8)), twelfth), rng.choice((first, neg(first))))


def _turned(rng: Random) -> Tree:
    """Return a function of an angle beyond the first quadrant whose value one knows."""
    below = rng.choice((3, 4, 6))
    above = rng.choice(
        [k for k in range(below // 2 + 1, 2 * below) if Fraction(k, below).denominator == below]
    )
    return (rng.choice(("sin", "cos")), angle(Fraction(above, below) + rng.choice((0, 0, 0, 2))))
