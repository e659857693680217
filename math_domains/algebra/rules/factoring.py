"""Factoring: sums written as products."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from math import gcd, isqrt

from rpsdg.math_domains.rewriting import Identity, Values, Working
from rpsdg.math_domains.terms import multiplied, split, term, terms
from rpsdg.math_domains.trees import Tree, add, mul, power

__all__ = ["CommonFactor", "DifferenceOfSquares", "FactorTrinomial", "PerfectSquare", "quadratic"]


def quadratic(tree: Tree) -> tuple[Tree, int, int, int] | None:
    """Return x, a, b and c of a x² + b x + c with whole numbers; None if it is no such sum."""
    if type(tree) is not tuple or tree[0] != "+":
        return None
    name: Tree | None = None
    numbers = [0, 0, 0]
    for part in tree[1:]:
        value, body = split(part)
        match body:
            case 1:
                degree = 0
            case ("^", base, 2):
                degree, body = 2, base
            case _:
                degree = 1
        if type(value) is not int or numbers[degree] or (degree and name not in {None, body}):
            return None
        name = body if degree else name
        numbers[degree] = value
    return (name, numbers[2], numbers[1], numbers[0]) if name is not None and numbers[2] else None


class FactorTrinomial(Identity):
    """Factor a quadratic trinomial into two brackets with whole numbers.

    x² - 5x + 6 becomes (x - 2)(x - 3).
    """

    left = "k*m*x**2 + (k*q + m*p)*x + p*q"
    right = "(k*x + p)*(m*x + q)"
    brief = ("Factor the trinomial.",)
    step = ("Factor the trinomial: {far} is {near}.", "Write {far} as a product: {near}.")
    reason = (
        "Multiplied out, the brackets give the trinomial back: {p} times {q} is its constant term.",
        "The numbers {p} and {q} have the right product, and give the right middle term.",
    )
    sample = ("(x - 2)*(x - 3)", "x**2 - 5*x + 6")

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Read two different brackets of a name and a number each."""
        match near:
            case ("*", ("+", first, int(p)), ("+", second, int(q))):
                (k, x), (m, other) = split(first), split(second)
                if x == other and x != 1 and k * q != m * p:
                    yield {"k": int(k), "m": int(m), "x": x, "p": p, "q": q}

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Look for whole numbers by the discriminant, which must be a square."""
        found = quadratic(far)
        if found is None:
            return
        x, a, b, c = found
        root = isqrt(max(0, b * b - 4 * a * c))
        if a <= 0 or not c or root == 0 or root * root != b * b - 4 * a * c or gcd(a, b, c) != 1:
            return
        # Roots (-b ± root) / 2a, each the zero of one bracket.
        brackets = []
        for above in (-b + root, -b - root):
            common = gcd(above, 2 * a)
            brackets.append((2 * a // common, -above // common))
        (k, p), (m, q) = sorted(brackets, key=lambda bracket: (bracket[0], -bracket[1]))
        yield {"k": k, "m": m, "x": x, "p": p, "q": q}

    @classmethod
    def runs(cls) -> tuple[int | None, int | None]:
        """Take whole products and sums."""
        return None, None


class PerfectSquare(Identity):
    """Recognise the square of a sum or a difference.

    x² + 6x + 9 becomes (x + 3)².
    """

    left = "k**2*x**2 + 2*k*p*x + p**2"
    right = "(k*x + p)**2"
    brief = ("Write it as a square.",)
    step = ("This is a perfect square: {far} is {near}.", "Recognise a square: {far} is {near}.")
    reason = ("The middle term is twice the product of what is squared.",)
    sample = ("(x + 3)**2", "x**2 + 6*x + 9")

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Read the square of a name and a number."""
        match near:
            case ("^", ("+", first, int(p)), 2):
                k, x = split(first)
                if x != 1 and type(k) is int:
                    yield {"k": k, "x": x, "p": p}

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Look for squares at both ends, and their double product between them."""
        found = quadratic(far)
        if found is not None:
            x, a, b, c = found
            k, p = isqrt(max(0, a)), isqrt(max(0, c))
            if k * k == a and p * p == c and b * b == 4 * a * c and p:
                yield {"k": k, "x": x, "p": p if b > 0 else -p}

    @classmethod
    def runs(cls) -> tuple[int | None, int | None]:
        """Take whole sums."""
        return None, None


class DifferenceOfSquares(Identity):
    """Factor a difference of two squares.

    x² - 9 becomes (x - 3)(x + 3).
    """

    left = "a**2 - b**2"
    right = "(a - b)*(a + b)"
    brief = ("Factor the difference of squares.",)
    step = ("Factor the difference of two squares: {far} is {near}.",)
    reason = ("$a^{{2}} - b^{{2}} = (a - b)(a + b)$, here with {a} and {b}.",)
    sample = ("(x - 3)*(x + 3)", "x**2 - 9")

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Read a difference times a sum of the same two terms."""
        match near:
            case ("*", ("+", a, _), ("+", c, b)) if a == c and (type(b) is not int or b > 0):
                yield {"a": a, "b": b}


class CommonFactor(Working):
    """Take the common factor out of a sum.

    3x² + 6x becomes 3x(x + 2).
    """

    heads = frozenset({"+"})
    law = ("a*b + a*c", "a*(b + c)")
    brief = ("Take out the common factor.",)
    step = (
        "Take out the common factor: {far} is {near}.",
        "Every term has a factor in common: {far} is {near}.",
    )
    reason = ("By the distributive law, read backwards.",)
    sample = ("3*x*(x + 2)", "3*x**2 + 6*x")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Take out the greatest number and the lowest power that all terms share, and a leading minus."""
        if type(of) is not tuple or of[0] != "+":
            return None
        pairs = [split(part) for part in of[1:]]
        if not all(type(value) is int for value, _ in pairs):
            return None
        common = reduce(gcd, [int(value) for value, _ in pairs])
        powers = [_power_of_name(body) for _, body in pairs]
        name = powers[0][0]
        lowest = min(exponent for _, exponent in powers) if all(base == name for base, _ in powers) else 0
        if common <= 1 and (lowest == 0 or name == 1):
            return None
        common *= -1 if pairs[0][0] < 0 else 1
        rest = [
            term(int(value) // common, power(base, exponent - lowest))
            for (value, _), (base, exponent) in zip(pairs, powers, strict=True)
        ]
        return mul(common, *([power(name, lowest)] if lowest else []), add(*rest))

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply a number or a power of a name into a bracket."""
        if type(near) is tuple and near[0] == "*":
            *front, bracket = near[1:]
            if type(bracket) is tuple and bracket[0] == "+" and all(type(f) in {int, str} for f in front):
                factor = front[0] if len(front) == 1 else ("*", *front)
                yield {"of": ("+", *[multiplied(factor, part) for part in terms(bracket)])}


def _power_of_name(body: Tree) -> tuple[Tree, int]:
    match body:
        case ("^", base, int(exponent)) if exponent > 0:
            return base, exponent
        case int():
            return 1, 0
    return body, 1
