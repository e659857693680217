"""Rational integrands over a quadratic that has no zeros: a logarithm and an arc tangent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isqrt

from rpsdg.math_domains.derivatives import derivative
from rpsdg.math_domains.integrals.rules.fractions import scaled
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import Number, quotient, split, term, terms, whole
from rpsdg.math_domains.trees import Tree, add, power

__all__ = [
    "LogarithmicIntegral",
    "ReciprocalOfSquarePlusNumber",
    "coefficients",
    "joined",
    "polynomial",
]

Coefficients = list[Number]
"""Of a polynomial, that of the highest power last."""


def coefficients(tree: Tree, x: str) -> Coefficients | None:
    """Return the coefficients of a polynomial that is multiplied out; None if it is none.

    >>> coefficients(("+", ("^", "x", 2), -3), "x")
    [-3, 0, 1]
    """
    found: dict[int, Number] = {}
    for part in terms(tree):
        value, body = split(part)
        match body:
            case 1:
                degree = 0
            case str() if body == x:
                degree = 1
            case ("^", base, int(degree)) if base == x and 0 < degree < 12:
                pass
            case _:
                return None
        found[degree] = found.get(degree, 0) + value
    return [whole(found.get(k, 0)) for k in range(max(found) + 1)]


def polynomial(found: Sequence[Number], x: str) -> Tree:
    """Return a polynomial as it is written, the highest power first."""
    powers = [term(whole(value), power(x, k)) for k, value in enumerate(found) if value]
    return add(*reversed(powers))


def _times(left: Sequence[Number], right: Sequence[Number]) -> Coefficients:
    product: Coefficients = [0] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            product[i + j] += a * b
    return product


def _factors(below: Tree) -> list[tuple[Tree, int]]:
    found = []
    for factor in below[1:] if type(below) is tuple and below[0] == "*" else (below,):
        match factor:
            case ("^", base, int(exponent)) if 0 < exponent < 5:
                found.append((base, exponent))
            case _:
                found.append((factor, 1))
    return found


def joined(near: Tree, below: Tree, x: str, largest: int = 10**6) -> Tree | None:
    """Return polynomials and fractions as one fraction over the given denominator.

    None if they do not fit, or if a number in the numerator is larger than allowed.
    """
    own = [(coefficients(base, x), exponent) for base, exponent in _factors(below)]
    total: Coefficients = [0] * 12
    for fraction in terms(near):
        value, body = split(fraction)
        above, lower = (body[1], body[2]) if type(body) is tuple and body[0] == "/" else (body, 1)
        upper = coefficients(above, x)
        if upper is None or any(base is None for base, _ in own):
            return None
        product: Coefficients = [value * a for a in upper]
        present = dict(_factors(lower))
        for (factor, times), (found, _) in zip(_factors(below), own, strict=True):
            for _ in range(times - present.get(factor, 0)):
                product = _times(product, found or [])
        for k, a in enumerate(product):
            total[k] += a
    shown = polynomial(total, x)
    if shown == 0 or any(not -largest <= value <= largest or value.denominator != 1 for value in total):
        return None
    return ("/", shown, below)


class LogarithmicIntegral(Working):
    """Integrate a fraction whose numerator is, up to a number, the derivative of its denominator."""

    heads = frozenset({"int"})
    law = ("Integral(x/(x**2 + 5), x)", "log(x**2 + 5)/2")
    brief = ("The numerator is a multiple of the derivative of the denominator.",)
    step = (
        "Above stands the derivative of what is below, up to a number, so {far} is {near}.",
        "The derivative of {below} is {slope}, so this is a logarithm: {near}.",
    )
    reason = ("By the chain rule, $(\\ln f)' = \\frac{{f'}}{{f}}$.",)
    sample = ("log(x**2 + 4)", "Integral(2*x/(x**2 + 4), x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Take the logarithm; a denominator that is never zero needs no absolute value."""
        match of:
            case ("int", ("/", above, ("+", *_) as below), str(x)):
                lower, upper = coefficients(below, x), coefficients(above, x)
                if lower is None or upper is None or len(lower) != 3:
                    return None
                slope = [lower[1], 2 * lower[2]]
                ratio = quotient(upper[-1], slope[1])
                if len(upper) != 2 or [ratio * a for a in slope] != upper:
                    return None
                if values.get("below", below) != below:
                    return None
                if values.get("slope", derivative(below, x)) != derivative(below, x):
                    return None
                positive = 4 * lower[0] * lower[2] > lower[1] * lower[1] and lower[2] > 0
                return scaled(ratio, ("log", below if positive else ("abs", below)))
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name the denominator and its derivative."""
        if cls.work(far, {}) is not None:
            below: Tree = far[1][2]  # type: ignore[index]
            yield {"of": far, "below": below, "slope": derivative(below, far[2])}  # type: ignore[index]

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Differentiate the logarithm of a quadratic."""
        value, body = split(near)
        match body:
            case ("log", ("+", ("^", str(x), 2), *_) as below):
                slope = derivative(below, x)
                of = ("int", ("/", term(value, slope), below), x)
                if type(slope) is tuple and slope[0] == "*" and cls.work(of, {}) == near:
                    yield {"of": of, "below": below, "slope": slope}


class ReciprocalOfSquarePlusNumber(Working):
    """Integrate one over a square plus a square number: an arc tangent, divided by the root of the number."""

    heads = frozenset({"int"})
    law = ("Integral(3/(x**2 + 4), x)", "3*atan(x/2)/2")
    brief = ("Recognise an arc tangent.",)
    step = (
        "This is $\\frac{{1}}{{x^{{2}} + a^{{2}}}}$ with $a = {_root}$, an arc tangent: {near}.",
        "Below stands a square plus the square of {root}, so {far} is {near}.",
    )
    reason = ("Dividing numerator and denominator by $a^{{2}}$ leaves one over a square plus one.",)
    sample = ("atan(x/3)/3", "Integral(1/(x**2 + 9), x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Take the root of the number."""
        match of:
            case ("int", ("/", int(above), ("+", ("^", base, 2), int(number))), str(x)) if base == x:
                root = isqrt(max(0, number))
                if root > 1 and root * root == number and values.get("root", root) == root:
                    return scaled(quotient(above, root), ("atan", ("/", x, root)))
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name the root."""
        if cls.work(far, {}) is not None:
            yield {"of": far, "root": isqrt(far[1][2][2])}  # type: ignore[index, arg-type]

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Differentiate an arc tangent."""
        value, body = split(near)
        match body:
            case ("atan", ("/", str(x), int(root))) if root > 1:
                above = whole(value * root)
                of = ("int", ("/", above, ("+", ("^", x, 2), root * root)), x)
                if type(above) is int and cls.work(of, {}) == near:
                    yield {"of": of, "root": root}
