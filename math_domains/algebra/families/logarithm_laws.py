"""Logarithms taken apart and put together."""

from __future__ import annotations

from math import gcd
from random import Random

from rpsdg.math_domains.algebra.rules.brackets import MultiplyOut
from rpsdg.math_domains.algebra.rules.fractions import DivideByFactor
from rpsdg.math_domains.algebra.rules.logarithm_laws import (
    ExponentInFront,
    FactorToExponent,
    LogarithmOfExponential,
    LogarithmOfFactors,
    LogarithmOfFraction,
    LogarithmOfNumber,
)
from rpsdg.math_domains.algebra.rules.logarithms import LogarithmOfProduct, LogarithmOfQuotient
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.forms import Form
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, mul, neg, power

__all__ = ["CondenseLogarithms", "ExpandLogarithm"]

_PRIMES = (2, 3, 5, 7, 11, 13)
_POSITIVE = tuple((">", name, 0) for name in "xyz")


class ExpandLogarithm(Family):
    """Write a logarithm as a sum of multiples of simpler ones.

    Level 1 has a product or a quotient; then come powers, both together, a product below the line, and at
    level 5 a root, a power of e and a number that is a power itself.
    """

    topic = "math/algebra/logarithm"
    form = Form.SEPARATE_LOGARITHMS
    asks = (
        "Expand {problem} as far as possible; all letters are positive.",
        "Write {problem} as a sum of multiples of simpler logarithms, where all letters stand for positive "
        "numbers.",
        "Take the logarithm {problem} apart (letters are positive).",
    )
    assuming = _POSITIVE

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the argument."""
        tape = Tape(("log", _argument(rng, level)))
        tape.everywhere(LogarithmOfFraction)
        tape.everywhere(LogarithmOfFactors)
        tape.everywhere(MultiplyOut)
        return tape.everywhere(LogarithmOfExponential, LogarithmOfNumber, ExponentInFront)


def _argument(rng: Random, level: int) -> Tree:
    x, y, z = rng.sample("xyz", 3)
    high = 1 if level == 1 else 5
    a, b, c = (rng.randint(min(2, high), high) for _ in range(3))
    if level == 1:
        if rng.random() < 0.2:
            return mul(x, y, z)
        product = mul(rng.choice((1, *_PRIMES)), x, *([y] if rng.random() < 0.6 else []))
        return rng.choice(
            (product, ("/", x, y), ("/", mul(rng.choice(_PRIMES), x), y), ("/", x, rng.choice(_PRIMES)))
        )
    if level == 2:
        return rng.choice((mul(power(x, a), power(y, b)), ("/", power(x, a), power(y, b))))
    if level == 3:
        return ("/", mul(power(x, a), power(y, b)), rng.choice((z, power(z, c))))
    if level == 4:
        return ("/", mul(rng.choice((1, 2, 3)), power(x, a)), mul(power(y, b), power(z, c)))
    number, under = rng.choice((4, 8, 9, 16, 25, 27)), rng.choice((1, 4, 8, 9))
    if rng.random() < 0.5:
        front = mul(power(x, a), ("exp", rng.randint(2, 5)))
    elif gcd(number, under) > 1:
        raise DrawAgainError
    else:
        front = mul(number, power(x, a))
    return ("/", mul(front, ("sqrt", y)), mul(under, power(z, c)))


class CondenseLogarithms(Family):
    """Write a sum of multiples of logarithms as one logarithm.

    Level 1 adds or subtracts two; then they have factors, there are three of them, two are subtracted, and
    at level 5 there are four with a half among the factors.
    """

    topic = "math/algebra/logarithm"
    form = Form.ONE_LOGARITHM
    asks = (
        "Write {problem} as a single logarithm; all letters are positive.",
        "Condense {problem} into one logarithm, where all letters stand for positive numbers.",
        "Combine {problem} into one logarithm (letters are positive).",
    )
    assuming = _POSITIVE

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the terms, those that are taken away last."""
        x, y, z = rng.sample("xyz", 3)
        logs: list[Tree] = [("log", name) for name in (x, y, z)]
        number: Tree = ("log", rng.randint(2, 15))
        factors = [1, 1] if level == 1 else [rng.randint(1, 5) for _ in range(3)]
        if level == 1:
            first = rng.choice((logs[0], number))
            parts = [first, rng.choice((logs[1], neg(logs[1])))]
        elif level == 2:
            parts = [term(factors[0], logs[0]), rng.choice((1, -1)), term(factors[1], logs[1])]
            parts = [parts[0], parts[2] if parts[1] == 1 else neg(parts[2])]
        elif level == 3:
            parts = [term(factors[0], logs[0]), term(factors[1], logs[1]), neg(term(factors[2], logs[2]))]
        elif level == 4:
            parts = [
                term(factors[0], logs[0]),
                neg(term(factors[1], logs[1])),
                neg(term(factors[2], logs[2])),
            ]
        else:
            half: Tree = ("/", logs[0], 2)
            parts = [term(rng.choice((1, 2)), number), half, term(factors[1], logs[1])]
            parts.append(neg(term(factors[2], logs[2])))
        if level > 1 and len(set(factors)) == 1:
            raise DrawAgainError
        tape = Tape(add(*parts))
        tape.everywhere(FactorToExponent)
        tape.everywhere(LogarithmOfProduct)
        return tape.everywhere(LogarithmOfQuotient, DivideByFactor)
