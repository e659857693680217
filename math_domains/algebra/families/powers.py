"""Products, quotients and powers of powers."""

from __future__ import annotations

from collections.abc import Callable
from math import gcd
from random import Random

from rpsdg.math_domains.algebra.rules.fractions import Cancel, MultiplyFractions
from rpsdg.math_domains.algebra.rules.numbers import Evaluate
from rpsdg.math_domains.algebra.rules.powers import (
    DividePowers,
    FlipForNegativeExponent,
    MultiplyPowers,
    NegativeExponent,
    NumberAsPower,
    RaisePower,
    RaiseProduct,
    RaiseQuotient,
    RootAsPower,
)
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.forms import Form
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.trees import Tree, add, mul, names, neg, places, power

__all__ = ["EvaluateFractionalPowers", "SimplifyFractionalPowers", "SimplifyPowers"]

_OPENING: tuple[type[Rewrite], ...] = (
    FlipForNegativeExponent,
    RaiseQuotient,
    RaiseProduct,
    RaisePower,
    MultiplyFractions,
)
_CLOSING: tuple[type[Rewrite], ...] = (MultiplyPowers, DividePowers, NegativeExponent)
_PAIRS = (("x", "y"), ("a", "b"), ("x", "z"), ("u", "v"), ("s", "t"), ("p", "q"))
_LARGEST = 400


class SimplifyPowers(Family):
    """Simplify a product or a quotient of powers by the laws of exponents.

    At level 1 powers of one or two bases are multiplied; then a product is raised to a power, powers are
    divided, exponents are negative, and at level 5 a quotient is raised to a power.
    """

    topic = "math/algebra/powers"
    form = Form.POSITIVE_EXPONENTS
    asks = (
        "Simplify {problem}. Write the answer with positive exponents.",
        "Use the laws of exponents to simplify {problem}, and write the result without negative exponents.",
        "Write {problem} as simply as possible, with positive exponents only.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the powers, and what is done with them."""
        x, y = rng.choice(_PAIRS)
        tape = Tape(_DRAWN[level](rng, x, y))
        tape.everywhere(*_OPENING)
        tape.everywhere(*_CLOSING)
        tape.everywhere(Cancel)
        numbers = [abs(part) for _, part in places(tape.answer) if type(part) is int]
        if len(tape.moves) < min(level, 3) or max(numbers, default=0) > _LARGEST or not numbers:
            raise DrawAgainError
        return tape


def _monomial(rng: Random, x: str, y: str, *, front: int = 5, negative: bool = False) -> Tree:
    """Return a number times powers of one or both letters."""
    low = -5 if negative else 1
    factors: list[Tree] = [rng.randint(1, front)]
    if rng.random() < 0.8:
        factors.append(power(x, rng.choice([k for k in range(low, 7) if k])))
        if rng.random() < 0.7:
            factors.append(power(y, rng.choice([k for k in range(low, 6) if k])))
    else:
        factors.append(power(y, rng.randint(2, 6)))
    return mul(*factors)


def _product_of_two(rng: Random, x: str, y: str) -> Tree:
    if rng.random() < 0.3:
        return mul(power(power(x, rng.randint(2, 5)), rng.randint(2, 4)), power(x, rng.randint(1, 6)))
    return mul(_monomial(rng, x, y), *_factors(_monomial(rng, x, y)))


def _power_times(rng: Random, x: str, y: str) -> Tree:
    inner = _monomial(rng, x, y, front=3)
    if type(inner) is not tuple or inner[0] != "*":
        raise DrawAgainError
    return mul(power(inner, rng.randint(2, 3)), *_factors(_monomial(rng, x, y, front=1)))


def _quotient(rng: Random, x: str, y: str) -> Tree:
    return ("/", _power_times(rng, x, y), _monomial(rng, x, y, front=4))


def _negative_exponents(rng: Random, x: str, y: str) -> Tree:
    above = mul(_power_times(rng, x, y), power(y, -rng.randint(1, 5)))
    return ("/", above, _monomial(rng, x, y, front=4, negative=True))


def _power_of_quotient(rng: Random, x: str, y: str) -> Tree:
    """Return a quotient to a power, times another quotient."""
    exponent = nonzero(rng, 2, 3)
    first = ("/", mul(rng.randint(1, 3), power(x, rng.randint(2, 4))), power(y, rng.randint(1, 4)))
    second = ("/", mul(rng.randint(1, 4), power(y, rng.randint(2, 6))), power(x, rng.randint(1, 5)))
    return ("*", ("^", first, exponent), second)


_DRAWN = {
    1: _product_of_two,
    2: _power_times,
    3: _quotient,
    4: _negative_exponents,
    5: _power_of_quotient,
}


def _factors(tree: Tree) -> tuple[Tree, ...]:
    return tree[1:] if type(tree) is tuple and tree[0] == "*" else (tree,)


class EvaluateFractionalPowers(Family):
    """Evaluate powers of numbers whose exponents are fractions.

    At level 1 a root is taken and raised to a power; at level 2 the exponent is negative, at level 3 there is
    a factor in front, at level 4 the base is a fraction, and at level 5 there are two powers.
    """

    topic = "math/algebra/powers"
    form = Form.NUMBER
    asks = ("Evaluate {problem} exactly.", "Find the value of {problem} without a calculator.")

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the roots first."""
        tape = Tape(_NUMBERS[level](rng))
        tape.everywhere(*_OPENING, NumberAsPower)
        tape.everywhere(NegativeExponent)
        tape.everywhere(Evaluate)
        answer = [abs(part) for _, part in places(tape.answer) if type(part) is int]
        if max(answer, default=0) > _LARGEST:
            raise DrawAgainError
        return tape


def _root(rng: Random) -> tuple[int, int, int]:
    """Return a number, the degree of the root to take, and the power it is raised to."""
    degree = rng.choice((2, 3, 4, 5))
    root = rng.randint(2, {2: 12, 3: 6, 4: 4, 5: 3}[degree])
    return root**degree, degree, rng.choice([k for k in range(1, 6) if gcd(k, degree) == 1])


def _one_power(rng: Random, *, negative: bool = False) -> Tree:
    base, degree, above = _root(rng)
    exponent: Tree = ("/", above, degree)
    return ("^", base, ("neg", exponent) if negative else exponent)


def _with_factor(rng: Random) -> Tree:
    return ("*", rng.randint(2, 9), _one_power(rng, negative=rng.random() < 0.5))


def _power_of_fraction(rng: Random) -> Tree:
    degree = rng.choice((2, 2, 3))
    above, below = rng.sample((2, 3, 4, 5, 7) if degree == 2 else (2, 3, 4, 5), 2)
    if gcd(above, below) > 1:
        raise DrawAgainError
    exponent: Tree = ("/", rng.choice((1, 3) if degree == 2 else (1, 2)), degree)
    return ("^", ("/", above**degree, below**degree), ("neg", exponent) if rng.random() < 0.6 else exponent)


def _two_powers(rng: Random) -> Tree:
    first, second = _one_power(rng), _one_power(rng, negative=rng.random() < 0.5)
    if first == second:
        raise DrawAgainError
    return rng.choice((add(first, neg(second)), add(first, second), mul(first, second)))


_NUMBERS: dict[int, Callable[[Random], Tree]] = {
    1: _one_power,
    2: lambda rng: _one_power(rng, negative=True),
    3: _with_factor,
    4: _power_of_fraction,
    5: _two_powers,
}


class SimplifyFractionalPowers(Family):
    """Simplify powers of positive letters whose exponents are fractions.

    At levels 1 and 2 powers are multiplied, at level 2 also divided, at level 3 there are roots among them;
    at level 4 a product is raised to a power, and at level 5 a quotient of such products.
    """

    topic = "math/algebra/powers"
    form = Form.POWERS
    asks = (
        "Simplify {problem}, where all letters stand for positive numbers.",
        "Write {problem} as simply as possible; letters are positive.",
        "Use the laws of exponents to simplify {problem} (all letters are positive).",
    )
    assuming = ((">", "x", 0), (">", "y", 0))

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the exponents so that they come out well."""
        tape = Tape(_FRACTIONAL[level](rng))
        tape.everywhere(RootAsPower)
        tape.everywhere(*_OPENING, NumberAsPower)
        tape.everywhere(Evaluate)
        tape.everywhere(*_CLOSING)
        numbers = [abs(part) for _, part in places(tape.answer) if type(part) is int]
        if max(numbers, default=0) > _LARGEST or not names(tape.answer):
            raise DrawAgainError
        return tape


_TOGETHER = ((2, 3), (2, 4), (3, 6), (2, 6), (5, 5))
"""Denominators of exponents that go well together."""


def _letter(rng: Random, x: str, denominators: tuple[int, ...] = (2, 3)) -> Tree:
    below = rng.choice(denominators)
    return ("^", x, ("/", rng.choice([k for k in range(1, below * 2) if gcd(k, below) == 1]), below))


def _two_of_one(rng: Random) -> Tree:
    x, denominators = rng.choice("xy"), rng.choice(_TOGETHER)
    letter = _letter(rng, x, denominators)
    return mul(rng.randint(1, 9), letter, rng.choice((x, _letter(rng, x, denominators))))


def _one_quotient(rng: Random) -> Tree:
    x, denominators = rng.choice("xy"), rng.choice(_TOGETHER)
    above = mul(rng.randint(1, 9), *[_letter(rng, x, denominators) for _ in range(2)])
    return ("/", above, mul(rng.choice((1, 1, 2, 3)), _letter(rng, x, denominators)))


def _with_root(rng: Random) -> Tree:
    x = rng.choice("xy")
    factors: list[Tree] = [("sqrt", power(x, rng.choice((1, 3, 5)))), _letter(rng, x)]
    rng.shuffle(factors)
    return ("/", mul(rng.randint(1, 9), *factors), _letter(rng, x))


def _raised_product(rng: Random) -> Tree:
    """Return a product with a number that has the root which is taken, to a power, times a root."""
    degree = rng.choice((2, 3))
    inner = mul(rng.randint(2, 4) ** degree, power("x", rng.randint(2, 6)), power("y", rng.randint(1, 4)))
    exponent = ("/", rng.choice([k for k in range(1, 5) if k % degree]), degree)
    letter = rng.choice("xy")
    return mul(("^", inner, exponent), rng.choice((("sqrt", letter), ("^", letter, ("/", 1, degree)))))


def _raised_quotient(rng: Random) -> Tree:
    product, root = _raised_product(rng), ("sqrt", rng.choice("xy"))
    if any(part == root for _, part in places(product)):  # it would just cancel
        raise DrawAgainError
    return ("/", product, mul(power("x", rng.randint(1, 3)), root))


_FRACTIONAL = {1: _two_of_one, 2: _one_quotient, 3: _with_root, 4: _raised_product, 5: _raised_quotient}
