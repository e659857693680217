"""Definite integrals: by an antiderivative, with the bounds carried through a substitution, by symmetry."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from rpsdg.math_domains.algebra.rules.numbers import Evaluate
from rpsdg.math_domains.derivatives import derivative
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.integrals.rules.definite import (
    EvenIntegrand,
    FundamentalTheorem,
    OddIntegrand,
    PutInBound,
    SplitBySymmetry,
    SubstituteWithBounds,
)
from rpsdg.math_domains.integrals.rules.substitution import times_derivative
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import split, term
from rpsdg.math_domains.trees import Tree, add, first_place, instead, look, mul, neg, places, power, size

__all__ = ["DefiniteIntegralBySubstitution", "DefiniteIntegralBySymmetry", "DefiniteIntegralByTable"]

_LONGEST_ANSWER = 16
_LARGEST = 2000
"""No number on the way may be larger, or the problem is one of arithmetic."""


class _Definite(Family):
    """What the families share: the last steps, and how the task is put."""

    topic = "math/integrals/definite"
    asks = (
        "Evaluate {problem}.",
        "Find the value of {problem}.",
        "Compute the definite integral {problem}.",
    )


def _evaluate(tape: Tape) -> Tape:
    """Integrate by the table, put the bounds in, and work out the number.

    Raises:
        DrawAgainError: the integral is in no table, or its value is too long.
    """
    path = first_place(tape.answer, "int") or ()
    values = FundamentalTheorem.applies(look(tape.answer, path))
    if values is None:
        raise DrawAgainError
    tape.do(FundamentalTheorem, path, values)
    tape.everywhere(PutInBound)
    if Evaluate.applies(tape.answer) is not None:
        tape.do(Evaluate)
    if size(tape.answer) > _LONGEST_ANSWER or any(_largest(state) > _LARGEST for state in tape.states):
        raise DrawAgainError
    return tape


def _largest(tree: Tree) -> int:
    return max(abs(part) for _, part in places((" ", 0, tree)) if type(part) is int)


class DefiniteIntegralByTable(_Definite):
    """Evaluate a definite integral of functions that one knows by heart.

    Levels 1 and 2 are polynomials; then there are reciprocals, and from level 4 on exponentials, sines and
    cosines between angles one knows by heart.
    """

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw integrand and bounds that suit each other."""
        integrand, low, high = _suited(rng, level)
        return _evaluate(Tape(("int", integrand, "x", low, high)))


def _suited(rng: Random, level: int) -> tuple[Tree, Tree, Tree]:
    start = rng.randint(-2, 1)
    end = start + rng.randint(1, 3)
    small, large = sorted(rng.sample(range(1, 5), 2))
    if level == 1:
        return add(term(rng.randint(1, 9), power("x", rng.randint(1, 3))), nonzero(rng, 1, 9)), start, end
    if level == 2:
        return _polynomial(rng), start, end
    if level == 3 or rng.random() < 0.25:
        above = rng.randint(1, 9)
        parts: list[Any] = [
            ("/", above, power("x", rng.randint(1, 3))),
            term(nonzero(rng, 1, 9), power("x", rng.randint(1, 3))),
        ]
        if level > 3:
            parts.append(nonzero(rng, 1, 9))
        start = 1 if parts[0][2] == "x" else small  # the logarithm of one is zero
        return add(*parts), start, max(large, start + 1)
    if rng.random() < 0.3:
        by_heart: Tree = term(rng.randint(1, 9), ("exp", "x"))
        more = term(nonzero(rng, 1, 9), power("x", rng.randint(1, 2)))
        return add(by_heart, more, *[nonzero(rng, 1, 9)] * (level - 4)), 0, rng.randint(1, 3)
    waves = add(term(nonzero(rng, 1, 9), ("sin", "x")), term(nonzero(rng, 1, 9), ("cos", "x")))
    if level == 5:
        waves = add(waves, term(nonzero(rng, 1, 6), "x"))
    return waves, 0, rng.choice(("pi", ("/", "pi", 2), ("/", "pi", 3), ("/", "pi", 4), ("/", "pi", 6)))


def _polynomial(rng: Random) -> Tree:
    first, second = sorted(rng.sample(range(1, 5), 2), reverse=True)
    return add(
        term(rng.randint(1, 9), power("x", first)),
        term(nonzero(rng, 1, 9), power("x", second)),
        nonzero(rng, 1, 9),
    )


class DefiniteIntegralBySubstitution(_Definite):
    """Evaluate a definite integral by substitution, the bounds carried over to the new variable.

    Up to level 2 the inner function is linear or the square with a number; then it is a polynomial, and from
    level 4 on a function of its own.
    """

    def lay(self, rng: Random, level: int) -> Tape:
        """Differentiate a composite function, and choose bounds where the inner one has simple values."""
        inner, low, high = _inner(rng, level)
        outers: tuple[Tree, ...] = (("^", "u", rng.randint(2, 1 + level)), ("exp", "u"))
        if level > 1:
            outers += (("/", 1, "u"), ("/", 1, ("^", "u", rng.randint(2, 3))))
        outer = instead(rng.choice(outers), {"u": inner})
        if outer[0] == "exp" and inner[0] == "log":  # type: ignore[index]
            raise DrawAgainError
        slope = derivative(inner, "x")
        if type(slope) is int:
            integrand = times_derivative(outer, rng.choice((1, slope)))
        else:
            value, body = split(slope)
            factor = rng.randint(2, 9) if level > 3 else value
            if body == ("/", 1, "x"):  # the reciprocal stands below the line
                match outer:
                    case ("/", 1, below):
                        integrand = ("/", factor, mul("x", below))
                    case _:
                        integrand = ("/", term(factor, outer), "x")
            else:
                integrand = times_derivative(outer, term(factor, body))
        tape = Tape(("int", integrand, "x", low, high))
        values = SubstituteWithBounds.complete({"of": tape.problem, "inner": inner})
        return _evaluate(tape.do(SubstituteWithBounds, (), values))


def _inner(rng: Random, level: int) -> tuple[Tree, Tree, Tree]:
    """Return an inner function, and bounds."""
    low = rng.randint(0, 1)
    high = low + rng.randint(1, 2)
    offset = nonzero(rng, 1, 6)
    if level == 1:
        return add(term(rng.randint(2, 3), "x"), rng.randint(1, 3)), 0, 1
    if level == 2:
        return add(power("x", 2), offset), low, high
    if level == 3:
        return add(power("x", rng.randint(2, 3)), term(nonzero(rng, 0, 3), "x"), offset), low, high
    return rng.choice(
        (
            (("sin", "x"), ("/", "pi", 6), ("/", "pi", 2)),
            (("sin", "x"), 0, ("/", "pi", rng.choice((2, 6)))),
            (add(("sin", "x"), rng.randint(2, 9)), 0, ("/", "pi", 2)),
            (add(("cos", "x"), rng.randint(2, 9)), 0, rng.choice(("pi", ("/", "pi", 2)))),
            (("tan", "x"), 0, ("/", "pi", 4)),
            (("log", "x"), 1, ("exp", rng.randint(1, 3))),
            (add(("log", "x"), rng.randint(1, 6)), 1, ("exp", rng.randint(1, 3))),
            (add(("exp", "x"), rng.randint(1, 9)), 0, ("log", rng.randint(2, 9))),
        )
    )


class DefiniteIntegralBySymmetry(_Definite):
    """Evaluate an integral between opposite bounds, of which symmetry makes the greater part vanish.

    Up to level 2 the integrand is a polynomial; then odd terms come in that are not in the table.
    """

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw even and odd terms, and mix them."""
        bound = rng.randint(1, 3)
        even: list[Tree] = [term(nonzero(rng, 1, 9), power("x", rng.choice((2, 4))))]
        if level % 2 == 0 or level == 5:
            even.append(nonzero(rng, 1, 9))
        odd: list[Tree] = [term(nonzero(rng, 1, 9), power("x", rng.choice((1, 3, 5))))]
        if level >= 3:
            kinds = rng.sample(_ODD, 1 if level < 5 else 2)
            odd = [_multiple(nonzero(rng, 1, 5), kind(rng)) for kind in kinds]
        parts = [even[0], *odd, *even[1:]] if rng.random() < 0.5 else [*odd, *even]
        if len(set(parts)) < len(parts):
            raise DrawAgainError
        tape = Tape(("int", add(*parts), "x", -bound, bound)).do(SplitBySymmetry)
        return _evaluate(tape.do(OddIntegrand, (2,)).do(EvenIntegrand, (1,)))


def _multiple(value: int, function: Tree) -> Tree:
    match function:
        case ("/", above, below):
            return neg(("/", term(-value, above), below)) if value < 0 else ("/", term(value, above), below)
    return term(value, function)


_ODD: tuple[Callable[[Random], Tree], ...] = (
    lambda rng: power(("sin", "x"), rng.choice((1, 3, 5))) if rng.random() < 0.5 else ("sin", ("^", "x", 3)),
    lambda rng: mul(power("x", rng.choice((1, 3, 5))), ("cos", "x")),
    lambda rng: mul(power("x", rng.choice((2, 4))), ("sin", "x")),
    lambda rng: mul("x", ("exp", ("^", "x", 2))) if rng.random() < 0.5 else ("atan", "x"),
    lambda rng: ("/", power("x", rng.choice((1, 3))), ("+", ("^", "x", 2), rng.randint(1, 9))),
)
