"""Patterns: one side of a rule, compiled once from SymPy's notation into a matcher and a builder.

The letters k, m, n, p and q stand for whole numbers, every other name for any expression. What is built is
tidy: arithmetic on whole numbers is done, terms of zero and factors of one are not written.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd, isqrt

from .reading import read
from .trees import CONSTANTS, Tree, add, div, mul, names, neg, power

__all__ = ["WHOLE", "Pattern", "fraction"]

WHOLE = frozenset("kmnpq")

_LARGEST_EXPONENT = 64
"""A trace of someone else may name a power that no machine could work out; it is left as it is written."""

Values = dict[str, Tree]


class Pattern:
    """One side of a rule."""

    def __init__(self, text: str) -> None:
        """Compile a side.

        Args:
            text: in SymPy's notation, such as `(a - b)*(a + b)`.
        """
        self.tree = read(text)
        self.names = names(self.tree)

    @property
    def run(self) -> int | None:
        """How many neighbouring terms or factors the pattern takes; None if it is neither sum nor product."""
        return len(self.tree) - 1 if type(self.tree) is tuple and self.tree[0] in "+*" else None

    def match(self, tree: Tree) -> Values | None:
        """Return what the names stand for if `tree` has this form, terms and factors in this order."""
        values: Values = {}
        return values if _match(self.tree, tree, values) else None

    def build(self, values: Mapping[str, Tree]) -> Tree:
        """Return the expression that has these values for the names."""
        return _build(self.tree, values)


def _match(pattern: Tree, tree: Tree, values: Values) -> bool:
    if type(pattern) is str and pattern not in CONSTANTS:
        if pattern in WHOLE and type(tree) is not int:
            return False
        return values.setdefault(pattern, tree) == tree
    if type(pattern) is not tuple:
        return pattern == tree
    if pattern[0] == "^" and pattern[2] == 2 and (root := _square_root(tree)) is not None:
        return _match(pattern[1], root, values)
    if pattern[0] == "neg" and type(tree) is int:
        return tree < 0 and _match(pattern[1], -tree, values)
    if type(tree) is not tuple or tree[0] != pattern[0] or len(tree) != len(pattern):
        return False
    return all(_match(pattern[i], tree[i], values) for i in range(1, len(pattern)))


def _square_root(tree: Tree) -> Tree | None:
    """Return what 9, or 4x², is the square of, as it would be written."""
    if type(tree) is int and tree > 1 and isqrt(tree) ** 2 == tree:
        return isqrt(tree)
    match tree:
        case ("^", base, int(exponent)) if exponent > 0 and exponent % 2 == 0:
            return power(base, exponent // 2)
        case ("*", int(number), rest) if (root := _square_root(number)) is not None:
            inner = _square_root(rest)
            return None if inner is None else ("*", root, inner)
    return None


def _build(pattern: Tree, values: Mapping[str, Tree]) -> Tree:
    if type(pattern) is str:
        return values.get(pattern, pattern)
    if type(pattern) is int:
        return pattern
    assert type(pattern) is tuple
    parts = [_build(part, values) for part in pattern[1:]]
    head = pattern[0]
    if head == "+":
        whole = _whole(parts)
        return sum(whole) if whole is not None else add(*parts)
    if head == "*":
        return mul(*_gathered(parts))
    if head == "neg":
        return neg(parts[0])
    if head == "^":
        return _raised(*parts)
    if head == "/":
        whole = _whole(parts)
        return fraction(*whole) if whole is not None else div(*parts)
    return (head, *parts)


def _whole(parts: list[Tree]) -> list[int] | None:
    """Return the parts if they are whole numbers."""
    whole = [part for part in parts if type(part) is int]
    return whole if len(whole) == len(parts) else None


def _gathered(factors: list[Tree]) -> list[Tree]:
    """Multiply the whole numbers at the front, one after another, so that 2·3x is written 6x."""
    number, position = 1, 0
    for factor in factors:
        if type(factor) is not int:
            break
        number, position = number * factor, position + 1
    rest = factors[position:]
    first = rest[0] if rest else 1
    if number != 1 and type(first) is tuple and first[0] == "*" and type(first[1]) is int:
        return [number * first[1], *first[2:], *rest[1:]]
    return [number, *rest]


def _raised(base: Tree, exponent: Tree) -> Tree:
    if type(exponent) is int and 1 < exponent <= _LARGEST_EXPONENT:
        if type(base) is int:
            return int(base**exponent)
        match base:
            case ("*", int(number), rest):
                return mul(number**exponent, _raised(rest, exponent))
            case ("^", inner, int(by)):
                return ("^", inner, by * exponent)
    return power(base, exponent)


def fraction(above: int, below: int) -> Tree:
    """Return a quotient of whole numbers in lowest terms, its sign in front.

    >>> fraction(6, -4), fraction(6, 3)
    (('neg', ('/', 3, 2)), 2)
    """
    common = gcd(above, below)
    above, below = above // common, below // common
    if below < 0:
        above, below = -above, -below
    if below == 1:
        return above
    return ("/", above, below) if above > 0 else ("neg", ("/", -above, below))
