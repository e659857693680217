"""Fractions of polynomials written as sums of partial fractions."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from rpsdg.math_domains.algebra.rules.brackets import MultiplyOut
from rpsdg.math_domains.algebra.rules.factoring import CommonFactor, DifferenceOfSquares, FactorTrinomial
from rpsdg.math_domains.algebra.rules.higher_degree import polynomial
from rpsdg.math_domains.algebra.rules.partial_fractions import (
    DecomposeFraction,
    DivideWithRemainder,
    product_of,
)
from rpsdg.math_domains.drawing import nonzero, unknown_name
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.forms import Form
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.trees import Tree, first_place, look, mul, names, power

__all__ = ["PartialFractionDecomposition"]

_Numbers = list[Fraction]
_LARGEST = 99


class PartialFractionDecomposition(Family):
    """Write a fraction of polynomials as a sum of partial fractions.

    Level 1 has two linear factors below and at level 2 they have to be found first; then there are three,
    one of them is squared or quadratic, and at level 5 a division with remainder comes before all that.
    """

    topic = "math/algebra/rational"
    form = Form.PARTIAL_FRACTIONS
    asks = (
        "Decompose {problem} into partial fractions.",
        "Write {problem} as a sum of partial fractions.",
        "Find the partial fraction decomposition of {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the partial fractions, and put them over a common denominator."""
        x = unknown_name(rng)
        zeros = rng.sample(range(-6, 7), 3)
        factors = [([Fraction(-zero), Fraction(1)], 1) for zero in zeros[: 3 if level == 3 else 2]]
        if level == 4:
            quadratic = [Fraction(rng.randint(1, 9)), Fraction(0), Fraction(1)]
            factors[1] = (factors[1][0], 2) if rng.random() < 0.6 else (quadratic, 1)
        above, below = _common(rng, factors)
        if level == 5:
            front = product_of([Fraction(nonzero(rng, 1, 6)), Fraction(rng.randint(1, 3))], below)
            above = [a + (above[k] if k < len(above) else 0) for k, a in enumerate(front)]
        top = _written(above, x)
        if max(map(abs, map(int, above))) > _LARGEST or names(top) != {x}:
            raise DrawAgainError
        if level not in {2, 5}:
            brackets = [power(_written(values, x), exponent) for values, exponent in factors]
            return Tape(("/", top, mul(*brackets))).do(DecomposeFraction)
        tape = Tape(("/", top, _written(below, x)))
        if level == 5:
            tape.do(DivideWithRemainder)
        path = first_place(tape.answer, "/")
        if path is None:
            raise DrawAgainError
        for rule in (CommonFactor, DifferenceOfSquares, FactorTrinomial):
            for values in rule.ways_on(look(tape.answer, (*path, 2))):
                tape.do(rule, (*path, 2), values)
        return tape.do(DecomposeFraction, path).everywhere(MultiplyOut)


def _common(rng: Random, factors: list[tuple[_Numbers, int]]) -> tuple[_Numbers, _Numbers]:
    """Return the numerator and the denominator of a sum with a fraction for each power of each factor."""
    below: _Numbers = [Fraction(1)]
    for values, exponent in factors:
        for _ in range(exponent):
            below = product_of(below, values)
    above = [Fraction(0)] * (len(below) - 1)
    for position, (values, exponent) in enumerate(factors):
        for used in range(1, exponent + 1):
            part: _Numbers = [Fraction(nonzero(rng, 1, 6)) for _ in range(len(values) - 1)]
            for other, (more, times) in enumerate(factors):
                for _ in range(times - used if other == position else times):
                    part = product_of(part, more)
            above = [a + (part[k] if k < len(part) else 0) for k, a in enumerate(above)]
    return above, below


def _written(values: _Numbers, name: str) -> Tree:
    return polynomial(name, [int(value) for value in reversed(values)])
