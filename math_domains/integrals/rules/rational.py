"""Rational integrands beyond two linear factors: repeated and quadratic ones, and a numerator too long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import isqrt

from rpsdg.math_domains.derivatives import derivative
from rpsdg.math_domains.integrals.rules.fractions import over, scaled
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import Number, quotient, split, term, terms, whole
from rpsdg.math_domains.trees import Tree, add, names, neg, power

__all__ = [
    "LogarithmicIntegral",
    "PartialFractionsWithQuadratic",
    "PartialFractionsWithSquare",
    "ReciprocalOfSquarePlusNumber",
    "SplitNumerator",
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


def _fraction(above: Sequence[Number], below: Tree, x: str) -> Tree:
    """Return a polynomial over something, a minus in front if the numerator begins with one."""
    if not any(above):
        return 0
    if len(above) == 1:
        return over(above[0], below)
    if above[-1] < 0 and not any(value > 0 for value in above):
        return neg(_fraction([-value for value in above], below, x))
    shown = polynomial(above, x)
    if above[-1] < 0 < above[0]:  # 3 - x rather than -x + 3
        shown = add(*reversed(terms(shown)))
    return ("/", shown, below)


def _split_up(
    above: Sequence[Number], factors: Sequence[tuple[Coefficients, int]]
) -> list[Coefficients] | None:
    """Return the numerators of the partial fractions; None if there are not such.

    Args:
        above: the numerator.
        factors: those of the denominator with their exponents, from which the fractions follow in order:
            for a factor with exponent two, one over it and then one over its square.
    """
    columns: list[tuple[int, Coefficients]] = []
    for number, (factor, exponent) in enumerate(factors):
        for lower in range(exponent):
            rest: Coefficients = [1]
            for other, (another, times) in enumerate(factors):
                for _ in range(exponent - 1 - lower if other == number else times):
                    rest = _times(rest, another)
            # The fraction over the power `lower + 1` of the factor has numerators of lower degree than it.
            columns += [(len(columns), [*[0] * k, *rest]) for k in range(len(factor) - 1)]
    size = len(columns)
    if len(above) > size:
        return None
    rows = [
        [Fraction(column[k]) if k < len(column) else Fraction(0) for _, column in columns]
        + [Fraction(above[k]) if k < len(above) else Fraction(0)]
        for k in range(size)
    ]
    solved = _solved(rows)
    if solved is None:
        return None
    found, position = [], 0
    for factor, exponent in factors:
        for _ in range(exponent):
            found.append([whole(value) for value in solved[position : position + len(factor) - 1]])
            position += len(factor) - 1
    return found


def _solved(rows: list[list[Fraction]]) -> list[Fraction] | None:
    """Return the solution of a system of linear equations that has exactly one, else None."""
    size = len(rows)
    for k in range(size):
        pivot = next((i for i in range(k, size) if rows[i][k]), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for i in range(size):
            if i != k and rows[i][k]:
                rows[i] = [a - rows[i][k] * b for a, b in zip(rows[i], rows[k], strict=True)]
    return [row[-1] for row in rows]


def _factors(below: Tree) -> list[tuple[Tree, int]]:
    found = []
    for factor in below[1:] if type(below) is tuple and below[0] == "*" else (below,):
        match factor:
            case ("^", base, int(exponent)) if 0 < exponent < 5:
                found.append((base, exponent))
            case _:
                found.append((factor, 1))
    return found


def _partial(of: Tree) -> tuple[list[tuple[Coefficients, int]], Tree] | None:
    """Return the factors below the line with their exponents, and the sum of partial fractions."""
    match of:
        case ("/", above, (("*" | "^"), *_) as below) if len(names(of)) == 1:
            (x,) = names(of)
            upper, parts = coefficients(above, x), _factors(below)
            factors = []
            for base, exponent in parts:
                found = coefficients(base, x)
                if found is None or not 2 <= len(found) <= 3:
                    return None
                factors.append((found, exponent))
            numerators = None if upper is None else _split_up(upper, factors)
            if numerators is None:
                return None
            bases = [power(base, k) for base, exponent in parts for k in range(1, exponent + 1)]
            pieces = [_fraction(top, base, x) for top, base in zip(numerators, bases, strict=True)]
            return factors, add(*pieces)
    return None


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


class PartialFractionsWithSquare(Working):
    """Split a fraction with a squared factor below: the factor gets a fraction, and so does its square."""

    heads = frozenset({"/"})
    law = ("(2*x + 3)/(x*(x + 1)**2)", "3/x - 3/(x + 1) - 1/(x + 1)**2")
    brief = ("Split into partial fractions.",)
    step = (
        "The squared factor takes two fractions, one over itself and one over its square: {far} is {near}.",
        "Split into partial fractions, the repeated factor with every power of it: {near}.",
    )
    reason = ("Times the common denominator both sides are the same polynomial, which gives the numerators.",)
    sample = ("3/(x - 1) + 2/(x - 1)**2 - 1/(x + 2)", "(2*x**2 + 7*x - 3)/((x - 1)**2*(x + 2))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Compare coefficients, if all factors are linear and one of them is repeated."""
        found = _partial(of)
        if found is None:
            return None
        factors, near = found
        linear = all(len(factor) == 2 for factor, _ in factors)
        return near if linear and any(exponent > 1 for _, exponent in factors) else None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put a fraction, one over the square of its denominator, and a third one together."""
        match near:
            case ("+", _, second, third) if len(names(near)) == 1:
                square, other = split(second)[1], split(third)[1]
                match square, other:
                    case ("/", _, ("^", ("+", *_), 2) as first), ("/", _, ("+", *_) as last):
                        of = joined(near, ("*", first, last), min(names(near)))
                        if of is not None and cls.work(of, {}) == near:
                            yield {"of": of}


class PartialFractionsWithQuadratic(Working):
    """Split a fraction with a quadratic factor without zeros below: its numerator may be linear."""

    heads = frozenset({"/"})
    law = ("(3*x**2 + x + 2)/((x + 1)*(x**2 + 1))", "2/(x + 1) + x/(x**2 + 1)")
    brief = ("Split into partial fractions.",)
    step = (
        "The quadratic factor has no zeros, so its numerator is linear: {far} is {near}.",
        "Split into partial fractions, with a linear numerator over the quadratic factor: {near}.",
    )
    reason = ("Times the common denominator both sides are the same polynomial, which gives the numerators.",)
    sample = ("2/(x + 1) + (x + 3)/(x**2 + 4)", "(3*x**2 + 4*x + 11)/((x + 1)*(x**2 + 4))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Compare coefficients, if a quadratic factor has no zeros."""
        found = _partial(of)
        if found is None:
            return None
        factors, near = found
        quadratics = [factor for factor, _ in factors if len(factor) == 3]
        return near if quadratics and all(c * a * 4 > b * b for c, b, a in quadratics) else None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put a fraction over a linear term and one over a square plus a number together."""
        match near:
            case ("+", first, second) if len(names(near)) == 1:
                match split(first)[1], split(second)[1]:
                    case ("/", _, ("+", *_) as one), ("/", _, ("+", ("^", *_), *_) as other):
                        of = joined(near, ("*", one, other), min(names(near)))
                        if of is not None and cls.work(of, {}) == near:
                            yield {"of": of}


class SplitNumerator(Working):
    """Split a fraction with a sum above: a fraction for each term."""

    heads = frozenset({"/"})
    law = ("(a + b)/c", "a/c + b/c")
    brief = ("Split the numerator.",)
    step = ("Split the numerator: {far} is {near}.", "Write a fraction for each term above: {near}.")
    reason = ("Fractions with the same denominator are added by adding their numerators.",)
    sample = ("x/(x**2 + 4) + 3/(x**2 + 4)", "(x + 3)/(x**2 + 4)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Divide every term; a minus goes in front of its fraction."""
        match of:
            case ("/", ("+", *parts), below):
                return add(*[_over(part, below) for part in parts])
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put fractions with the same denominator together."""
        match near:
            case ("+", ("/", first, below), ("/", second, other)) if below == other:
                of = ("/", add(first, second), below)
                if cls.work(of, {}) == near:
                    yield {"of": of}


def _over(part: Tree, below: Tree) -> Tree:
    value, body = split(part)
    shown = ("/", term(max(value, -value), body), below)
    return shown if value > 0 else neg(shown)


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
