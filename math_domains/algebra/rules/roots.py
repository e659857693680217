"""From an equation of higher degree to its solutions: zero products, squares and their roots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Identity, Values, Working
from rpsdg.math_domains.surds import square_root
from rpsdg.math_domains.terms import opposite, split
from rpsdg.math_domains.trees import Tree, mul, names, power

from .factoring import quadratic

__all__ = ["CompleteTheSquare", "SquareRootBothSides", "ZeroProduct"]


class ZeroProduct(Working):
    """A product is zero exactly where one of its factors is.

    (x - 2)(x + 3) = 0 becomes x - 2 = 0 or x + 3 = 0.
    """

    law = ("Eq(a*b, 0)", "Or(Eq(a, 0), Eq(b, 0))")
    brief = ("One of the factors is zero.",)
    step = (
        "A product is zero when one of its factors is: {near}.",
        "Set each factor to zero: {near}.",
    )
    reason = ("If no factor were zero, the product would not be zero either.",)
    sample = ("Or(Eq(x - 2, 0), Eq(x + 3, 0))", "Eq((x - 2)*(x + 3), 0)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Set each factor that is not just a number to zero; powers vanish where their bases do."""
        match of:
            case ("=", ("*" | "^", *_) as product, 0):
                factors = product[1:] if product[0] == "*" else (product,)
                bases = [_base(factor) for factor in factors if names(factor)]
                parts = [("=", base, 0) for base in dict.fromkeys(bases)]
                return parts[0] if len(parts) == 1 else ("or", *parts) if parts else None
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply what is to be zero."""
        match near:
            case ("or", *parts) if all(part[0] == "=" and part[2] == 0 for part in parts):
                yield {"of": ("=", mul(*[part[1] for part in parts]), 0)}
            case ("=", base, 0) if type(base) is not int:
                yield {"of": ("=", power(base, 2), 0)}


def _base(factor: Any) -> Any:
    match factor:
        case ("^", base, int(exponent)) if exponent > 0:
            return base
    return factor


class CompleteTheSquare(Identity):
    """Complete the square: add the square of half the number in front of x on both sides.

    x² + 6x = 2 becomes (x + 3)² = 11.
    """

    left = "Eq(x**2 + 2*p*x, q)"
    right = "Eq((x + p)**2, q + p**2)"
    brief = ("Complete the square.",)
    step = ("Complete the square: {near}.", "Add the square of {p} on both sides: {near}.")
    reason = ("Half the number in front of {x} is {p}; with its square added, the left side is a square.",)
    sample = ("Eq((x + 3)**2, 11)", "Eq(x**2 + 6*x, 2)")

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Read a square that equals a number."""
        match near:
            case ("=", ("^", ("+", x, int(p)), 2), int(right)):
                yield {"x": x, "p": p, "q": right - p * p}

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Read a square plus an even multiple, equal to a number."""
        match far:
            case ("=", left, int(q)):
                found = quadratic(left)
                if found is not None and found[1] == 1 and found[3] == 0 and found[2] % 2 == 0:
                    yield {"x": found[0], "p": found[2] // 2, "q": q}


class SquareRootBothSides(Working):
    """Take the square root of both sides; there are two, unless the number is zero or negative.

    (x + 3)² = 11 becomes x + 3 = √11 or x + 3 = -√11.
    """

    law = ("Eq(a**2, n)", "Or(Eq(a, sqrt(n)), Eq(a, -sqrt(n)))")
    brief = ("Take the square root.",)
    step = (
        "Take the square root of both sides; {signs}: {near}.",
        "Look for the numbers with this square; {signs}: {near}.",
    )
    reason = ("A positive number has two square roots, zero has one, and a negative number has none.",)
    sample = ("Or(Eq(x + 3, sqrt(11)), Eq(x + 3, -sqrt(11)))", "Eq((x + 3)**2, 11)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Take both roots."""
        match of:
            case ("=", ("^", base, 2), int(value)):
                if value < 0:
                    return ("or",)
                root = square_root(value)
                if value == 0:
                    return ("=", base, 0)
                return ("or", ("=", base, root), ("=", base, opposite(root)))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Square a base that equals a number and its opposite."""
        match near:
            case ("or", ("=", base, root), ("=", again, other)) if base == again and other == opposite(root):
                value, body = split(root)
                match body:
                    case 1:
                        yield {"of": ("=", power(base, 2), int(value * value))}
                    case ("sqrt", int(inside)):
                        yield {"of": ("=", power(base, 2), int(value * value) * inside)}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Say how many roots there are."""
        signs = "both signs are possible"
        if type(self.near) is tuple and self.near[0] == "=":
            signs = "zero has only one"
        elif self.near == ("or",):
            signs = "no square is negative"
        return self.say(detail, latex, signs=signs)
