"""Rational integrands: repeated factors, quadratic ones, and numerators of too high a degree."""

from __future__ import annotations

from math import gcd
from random import Random

from rpsdg.math_domains.algebra.families.polynomials import expanded
from rpsdg.math_domains.algebra.rules.factoring import CommonFactor, PerfectSquare
from rpsdg.math_domains.algebra.rules.fractions import SplitNumerator
from rpsdg.math_domains.algebra.rules.partial_fractions import DecomposeFraction, DivideWithRemainder
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError
from rpsdg.math_domains.integrals.families.indefinite import Integral
from rpsdg.math_domains.integrals.rules.linear_inside import PowerOfLinear
from rpsdg.math_domains.integrals.rules.rational import (
    LogarithmicIntegral,
    ReciprocalOfSquarePlusNumber,
    joined,
)
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, look, mul, neg, power

__all__ = ["IntegralByDivision", "IntegralWithQuadraticFactor", "IntegralWithRepeatedFactor"]

_LARGEST = 60
"""No number in a numerator may be larger, or the problem is one of arithmetic."""


def _over(value: int, below: Tree) -> Tree:
    return ("/", value, below) if value > 0 else neg(("/", -value, below))


def _joined(parts: Tree, below: Tree) -> Tree:
    """Return a sum of fractions as one whose numbers are small.

    Raises:
        DrawAgainError: they are not.
    """
    whole = joined(parts, below, "x", _LARGEST)
    if whole is None:
        raise DrawAgainError
    return whole


class IntegralWithRepeatedFactor(Integral):
    """Integrate a fraction with a squared linear factor below by splitting it into partial fractions.

    At level 1 the squared factor is all there is below; then there is a second factor, and from level 4 on
    the denominator has to be factored first.
    """

    known = (PowerOfLinear,)

    def integrand(self, rng: Random, level: int) -> Tree:
        """Choose the partial fractions first, and add them."""
        p, q = rng.sample([k for k in range(-5, 6) if k], 2)
        lead = rng.choice((2, 3)) if level in {3, 5} else 1
        square, other = add(term(lead, "x"), p), "x" if level in {2, 4, 5} else add("x", q)
        if gcd(lead, p) != 1:
            raise DrawAgainError
        a, b, c = (nonzero(rng, 1, 4 + level) for _ in range(3))
        fractions = [_over(a, square), _over(b, power(square, 2))]
        if level == 1:
            return _joined(add(*fractions), power(square, 2))
        below = ("*", other, power(square, 2)) if other == "x" else ("*", power(square, 2), other)
        whole = _joined(add(*fractions, _over(c, other)), below)
        return ("/", whole[1], expanded("x", expanded(square, square))) if level >= 4 else whole  # type: ignore[index]

    def integrate(self, tape: Tape) -> None:
        """Factor the denominator if need be, and split the fraction."""
        if CommonFactor.work(look(tape.answer, (1, 2)), {}) is not None:
            tape.do(CommonFactor, (1, 2))
            for values in PerfectSquare.ways_on(look(tape.answer, (1, 2, 2))):
                tape.do(PerfectSquare, (1, 2, 2), values)
        tape.do(DecomposeFraction, (1,))


class IntegralWithQuadraticFactor(Integral):
    """Integrate a fraction with a quadratic factor below that has no zeros.

    At level 1 the quadratic is all there is below, and the numerator is split; then there is a linear factor
    besides, and numbers grow.
    """

    known = (LogarithmicIntegral, ReciprocalOfSquarePlusNumber)

    def integrand(self, rng: Random, level: int) -> Tree:
        """Choose the partial fractions first, and add them."""
        root = rng.randint(1, 2 + level)
        quadratic = add(power("x", 2), root * root)
        b, c = nonzero(rng, 1, 4 + level), root * nonzero(rng, 1, 5)
        above = add(term(b if level < 4 else 2 * b, "x"), c)
        if level == 1:
            return ("/", above, quadratic)
        p = nonzero(rng, 0 if level == 2 else 1, 5)
        lead = rng.choice((2, 3)) if level == 5 else 1
        line: Tree = add(term(lead, "x"), p)
        if gcd(lead, p) != 1:
            raise DrawAgainError
        if level == 3 and rng.random() < 0.5:
            above = term(b, "x")
        if level == 2:
            above = rng.choice((term(b, "x"), c))
        return _joined(
            add(_over(nonzero(rng, 1, 4 + level), line), ("/", above, quadratic)), mul(line, quadratic)
        )

    def integrate(self, tape: Tape) -> None:
        """Split the fraction, and then the numerator over the quadratic."""
        if DecomposeFraction.applies(look(tape.answer, (1,))) is not None:
            tape.do(DecomposeFraction, (1,))
        tape.everywhere(SplitNumerator)


class IntegralByDivision(Integral):
    """Integrate a fraction whose numerator has at least the degree of its denominator, after dividing.

    The quotient is a number at level 1 and grows with the level; from level 4 on the denominator is a square
    plus a number.
    """

    known = (LogarithmicIntegral, ReciprocalOfSquarePlusNumber)

    def integrand(self, rng: Random, level: int) -> Tree:
        """Choose quotient and remainder, and multiply the quotient by the denominator."""
        degree = {1: 0, 2: 1, 3: 2, 4: 1, 5: 2}[level]
        found = add(
            *[term(nonzero(rng, 1, 4), power("x", k)) for k in range(degree, 0, -1)], nonzero(rng, 1, 6)
        )
        if level < 4:
            lead, height = rng.choice(((1, nonzero(rng, 1, 6)), (2, rng.choice((-5, -3, -1, 1, 3, 5)))))
            below = add(term(lead, "x"), height)
            return _joined(add(*found[1:] if degree else (found,), _over(nonzero(rng, 1, 8), below)), below)  # type: ignore[index]
        root = rng.randint(1, 4)
        below = add(power("x", 2), root * root)
        rest = root * nonzero(rng, 1, 4) if level == 4 else term(nonzero(rng, 1, 6), "x")
        shown = _over(rest, below) if type(rest) is int else ("/", rest, below)
        return _joined(add(*found[1:], shown), below)  # type: ignore[index]

    def integrate(self, tape: Tape) -> None:
        """Divide with remainder."""
        tape.do(DivideWithRemainder, (1,))
