"""Mistakes with powers and products of trigonometric functions."""

from __future__ import annotations

from collections.abc import Callable

from rpsdg.math_domains.integrals.rules.trigonometric import (
    CosineTimesCosine,
    EvenPowerBySquares,
    PowerReduction,
    ReduceTangentPower,
    SineTimesCosine,
    SineTimesSine,
    TangentIntegral,
    TangentPowerTimesSquaredSecant,
    TangentSquared,
)
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.trees import Tree, add, neg, power

__all__ = [
    "AngleNotDoubled", "HalfOfProductForgotten", "PowerOfTangentNotDivided", "SecantPlusOne",
    "SignOfPowerReduction", "SignOfPythagoras", "SignOfTangentIntegral",
]  # fmt: skip


class SignOfPowerReduction(Mistake):
    """Mix up the formulas for the squares of sine and cosine, which differ in a sign."""

    rules = (PowerReduction,)
    sample = ("sin(x)**2", "(1 + cos(2*x))/2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Flip the sign of the cosine."""
        return _with_wave(move, neg)


class AngleNotDoubled(Mistake):
    """Reduce a power and keep the angle, which should be doubled."""

    rules = (PowerReduction,)
    sample = ("sin(x)**2", "(1 - cos(x))/2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write the angle of the power."""
        match move.far:
            case ("^", (_, angle), _):
                return _with_wave(move, lambda wave: _with_angle(wave, angle))
        return None


def _with_angle(wave: Tree, angle: Tree) -> Tree:
    return neg(_with_angle(neg(wave), angle)) if wave[0] == "neg" else (wave[0], angle)  # type: ignore[index]


def _with_wave(move: Rewrite, change: Callable[[Tree], Tree]) -> Tree | None:
    """Return the reduced power with its cosine changed."""
    match move.near:
        case ("/", ("^", ("+", 1, wave), n), below):
            return ("/", power(add(1, change(wave)), n), below)
        case ("/", ("+", 1, wave), below):
            return ("/", add(1, change(wave)), below)
    return None


class SignOfPythagoras(Mistake):
    """Add the square where the Pythagorean identity takes it away."""

    rules = (EvenPowerBySquares,)
    sample = ("sin(x)**4*sin(x)", "(1 + cos(x)**2)**2*sin(x)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Flip the sign of the square."""
        match move.near:
            case ("^", ("+", 1, square), n):
                return ("^", ("+", 1, neg(square)), n)
            case ("+", 1, square):
                return ("+", 1, neg(square))
        return None


class HalfOfProductForgotten(Mistake):
    """Write a product of waves as a sum and forget to halve it."""

    rules = (SineTimesCosine, SineTimesSine, CosineTimesCosine)
    sample = ("sin(3*x)*cos(2*x)", "sin(5*x) + sin(x)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the denominator out."""
        match move.near:
            case ("/", total, 2):
                kept: Tree = total
                return kept
        return None


class SecantPlusOne(Mistake):
    """Add one to the squared secant instead of taking it away."""

    rules = (TangentSquared, ReduceTangentPower)
    sample = ("tan(x)**2", "sec(x)**2 + 1")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Flip the second sign."""
        match move.near:
            case ("+", first, second):
                return add(first, neg(second))
        return None


class PowerOfTangentNotDivided(Mistake):
    """Raise the exponent of the tangent and forget to divide by it."""

    rules = (TangentPowerTimesSquaredSecant,)
    sample = ("Integral(tan(x)**3*sec(x)**2, x)", "tan(x)**4")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the division out."""
        match move.near:
            case ("/", ("^", *_) as raised, int()):
                kept: Tree = raised
                return kept
        return None


class SignOfTangentIntegral(Mistake):
    """Lose the minus before the logarithm of the cosine."""

    rules = (TangentIntegral,)
    sample = ("Integral(tan(x), x)", "log(Abs(cos(x)))")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write the other sign."""
        return neg(move.near)
