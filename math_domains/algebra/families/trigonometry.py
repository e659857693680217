"""Trigonometric expressions that become simple."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from rpsdg.math_domains.algebra.rules.brackets import (
    CollectLikeTerms,
    MultiplyOut,
    SquareOfSum,
    SumTimesDifference,
)
from rpsdg.math_domains.algebra.rules.fractions import (
    AddFractions,
    Cancel,
    DivideByFactor,
    DivideFactor,
    DivideFractions,
    EqualFactors,
    MultiplyFractions,
    MultiplyIntoFraction,
)
from rpsdg.math_domains.algebra.rules.trigonometry import (
    CosineFromSine,
    CotangentAsQuotient,
    DoubleAngleSine,
    QuotientAsTangent,
    ReciprocalOfCosine,
    ReciprocalOfSine,
    SecantFromTangent,
    SecantOfCosine,
    SineFromCosine,
    SquaresOfSineAndCosine,
    TangentAsQuotient,
    TangentFromSecant,
)
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.forms import Form
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, mul, neg, power, size

__all__ = ["TrigonometricSimplification"]

_SIMPLIFYING: tuple[type[Rewrite], ...] = (
    SquaresOfSineAndCosine,
    CosineFromSine,
    SineFromCosine,
    SecantFromTangent,
    TangentFromSecant,
    SumTimesDifference,
    CollectLikeTerms,
    Cancel,
    MultiplyFractions,
    DivideFractions,
    DivideByFactor,
    DivideFactor,
    MultiplyIntoFraction,
    EqualFactors,
    AddFractions,
    SquareOfSum,
    MultiplyOut,
    DoubleAngleSine,
    QuotientAsTangent,
)
_TO_SINE_AND_COSINE: tuple[type[Rewrite], ...] = (TangentAsQuotient, CotangentAsQuotient, SecantOfCosine)
_LAST: tuple[type[Rewrite], ...] = (ReciprocalOfCosine, ReciprocalOfSine)


class TrigonometricSimplification(Family):
    """Simplify a trigonometric expression.

    The level grows with the number of steps, from two to six and more.
    """

    topic = "math/algebra/trigonometry"
    form = Form.SIMPLIFIED
    asks = ("Simplify {problem}.", "Write {problem} as simply as possible.", "Simplify {problem} fully.")

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw an expression of a kind that collapses, and simplify it."""
        tape = Tape(rng.choice(_KINDS[level])(rng, rng.choice(_ANGLES)))
        _simplify(tape)
        if len(tape.moves) not in _STEPS[level] or size(tape.answer) >= min(9, size(tape.problem)):
            raise DrawAgainError
        return tape


def _simplify(tape: Tape) -> None:
    """Try what simplifies, in order; then write all by sine and cosine and try again."""
    for rules in (_SIMPLIFYING[:8], _TO_SINE_AND_COSINE, _SIMPLIFYING, _LAST):
        tape.everywhere(*rules)


def _by(rng: Random) -> tuple[str, str]:
    return rng.choice((("sin", "cos"), ("cos", "sin")))


def _number(rng: Random) -> int:
    return max(1, rng.randint(-2, 9))


def _scaled_pythagoras(rng: Random, a: Tree) -> Tree:
    """Return k - k sin², over a power or times a function."""
    f, g = _by(rng)
    top = add(1, neg(power((f, a), 2)))
    below = rng.choice((power((g, a), rng.choice((1, 2))), (f, a), mul((f, a), (g, a))))
    return ("/", mul(_number(rng), top) if rng.random() < 0.5 else top, below)


def _square_of_sum(rng: Random, a: Tree) -> Tree:
    """Return (sin ± cos)² with what makes the double angle stand alone."""
    f, g = _by(rng)
    second: Tree = (g, a)
    sign = rng.random() < 0.5
    square: Tree = ("^", ("+", (f, a), neg(second) if sign else second), 2)
    k = _number(rng)
    return add(square, rng.choice((-1, k, 1)))


def _conjugates(rng: Random, a: Tree) -> Tree:
    """Return k/(1 - sin) + k/(1 + sin)."""
    f, _ = _by(rng)
    k = _number(rng)
    plus: Tree = ("/", k, ("+", 1, (f, a)))
    minus: Tree = ("/", k, ("+", 1, ("neg", (f, a))))
    first, second = (plus, minus) if rng.random() < 0.5 else (minus, plus)
    return add(first, second if rng.random() < 0.7 else neg(second))


def _conjugate_product(rng: Random, a: Tree) -> Tree:
    """Return (1 - sin)(1 + sin) over something that cancels."""
    f, g = _by(rng)
    product = mul(_number(rng), ("+", 1, (f, a)), ("+", 1, ("neg", (f, a))))
    return ("/", product, rng.choice(((g, a), power((g, a), 2), mul((f, a), (g, a)))))


def _ratio_times(rng: Random, a: Tree) -> Tree:
    """Return a product of tangent, cotangent or secant with sines and cosines."""
    first = rng.choice(("tan", "cot", "sec"))
    other = rng.choice(("sin", "cos", "tan", "cot"))
    return (
        ("/", mul(_number(rng), (first, a)), (other, a))
        if rng.random() < 0.5
        else mul((first, a), (other, a))
    )


def _secant_squares(rng: Random, a: Tree) -> Tree:
    """Return 1 + tan², or sec² - 1, over or times something."""
    top = rng.choice((("+", 1, ("^", ("tan", a), 2)), ("+", ("^", ("sec", a), 2), -1)))
    below = rng.choice((("sec", a), ("tan", a), ("^", ("tan", a), 2), ("^", ("sec", a), 2)))
    return ("/", mul(_number(rng), top), below)


def _sum_of_ratios(rng: Random, a: Tree) -> Tree:
    """Return tan + cot, or sin²/cos + cos, or cos/(1 + sin) + tan."""
    f, g = _by(rng)
    k = _number(rng)
    return rng.choice(
        (
            add(("/", mul(k, (f, a)), (g, a)), ("/", mul(k, (g, a)), (f, a))),
            add(("/", term(k, ("^", (f, a), 2)), (g, a)), term(k, (g, a))),
            add(mul(k, ("tan", a)), mul(k, ("cot", a))),
            add(("/", mul(k, (g, a)), ("+", 1, (f, a))), mul(k, ("tan" if f == "sin" else "cot", a))),
        )
    )


_ANGLES: tuple[Tree, ...] = ("x", "x", "theta", "alpha", "t", *[("*", k, "x") for k in range(2, 8)])
_Kind = Callable[[Random, Tree], Tree]
_KINDS: dict[int, tuple[_Kind, ...]] = {
    1: (_scaled_pythagoras, _square_of_sum, _secant_squares),
    2: (_scaled_pythagoras, _square_of_sum, _conjugate_product, _sum_of_ratios),
    3: (_conjugate_product, _secant_squares, _ratio_times, _sum_of_ratios),
    4: (_ratio_times, _secant_squares, _conjugates),
    5: (_conjugates, _ratio_times, _sum_of_ratios),
}
"""What is drawn at each level: kinds that take about as many steps."""
_STEPS = {1: {2}, 2: {3}, 3: {4}, 4: {5, 6}, 5: {6, 7, 8, 9}}
