"""Arithmetic on terms: a term is a number times something, and like terms are added by their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm

from .patterns import fraction
from .trees import Tree, add, div, mul, neg, power

__all__ = [
    "by_degree",
    "collected",
    "common_denominator",
    "multiplied",
    "number",
    "number_tree",
    "opposite",
    "over",
    "quotient",
    "split",
    "term",
    "terms",
    "value_at",
    "whole",
]

Number = int | Fraction


def terms(tree: Tree) -> tuple[Tree, ...]:
    """Return the terms of a sum; anything else is a sum of one term."""
    return tree[1:] if type(tree) is tuple and tree[0] == "+" else (tree,)


def number(tree: Tree) -> Number | None:
    """Return the rational number that is written there; None if it is something else.

    >>> number(("neg", ("/", 3, 2)))
    Fraction(-3, 2)
    """
    if type(tree) is int:
        return tree
    if type(tree) is tuple:
        if tree[0] == "neg" and (inner := number(tree[1])) is not None:
            return -inner
        if tree[0] == "/" and type(tree[1]) is int and type(tree[2]) is int and tree[2]:
            return Fraction(tree[1], tree[2])
    return None


def whole(value: Number) -> Number:
    """Return a number as an `int` if it is a whole one."""
    return value.numerator if value.denominator == 1 else value


def quotient(above: Number, below: Number) -> Number:
    """Return a quotient, as an `int` if it is a whole number: those are quicker, and most of them."""
    if type(above) is int and type(below) is int and above % below == 0:
        return above // below
    return whole(Fraction(above) / below)


def number_tree(value: Number) -> Tree:
    """Return a rational number as it is written, in lowest terms."""
    return value if type(value) is int else fraction(value.numerator, value.denominator)


def split(tree: Tree) -> tuple[Number, Tree]:
    """Return a term as its number and what is multiplied by it; what is left of a number is 1.

    >>> split(("*", -3, "x", "y"))
    (-3, ('*', 'x', 'y'))
    """
    if type(tree) is str:
        return 1, tree
    if type(tree) is int:
        return tree, 1
    assert type(tree) is tuple
    if tree[0] == "neg":
        value, body = split(tree[1])
        return -value, body
    if tree[0] == "*" and (front := number(tree[1])) is not None:
        return front, tree[2] if len(tree) == 3 else ("*", *tree[2:])
    if tree[0] == "/":
        if (whole := number(tree)) is not None:
            return whole, 1
        if type(tree[2]) is int and tree[2]:
            value, body = split(tree[1])
            return quotient(value, tree[2]), body
    return 1, tree


def term(value: Number, body: Tree) -> Tree:
    """Return a number times something as it is written: 1x is x, and -1x is -x."""
    if type(value) is int and (type(body) is str or (type(body) is tuple and body[0] not in _TAKES_IN)):
        if value in _WRITTEN_OTHERWISE:
            return body if value == 1 else ("neg", body) if value else 0
        return ("*", value, body)
    if body == 1 or value == 0:
        return number_tree(value)
    if value < 0:
        return neg(term(-value, body))
    factors = body[1:] if type(body) is tuple and body[0] == "*" else (body,)
    return mul(number_tree(value), *factors)


_TAKES_IN = frozenset({"*", "neg"})
"""What a number in front is written inside of."""
_WRITTEN_OTHERWISE = frozenset({0, 1, -1})


def over(value: Number, below: Tree) -> Tree:
    """Return a number over something, with a minus and a denominator of its own where they belong."""
    if value == 0:
        return 0
    full = below if value.denominator == 1 else mul(value.denominator, below)
    shown = div(abs(value.numerator), full)
    return shown if value > 0 else neg(shown)


def opposite(tree: Tree) -> Tree:
    """Return a term, or every term of a sum, with the other sign."""
    if type(tree) is tuple and tree[0] == "+":
        return ("+", *map(opposite, tree[1:]))
    value, body = split(tree)
    return term(-value, body)


def collected(parts: Iterable[Tree]) -> Tree:
    """Return the sum in which like terms are added, each where the first of its kind was.

    >>> collected([("*", 3, "x"), 5, ("*", 2, "x"), -5])
    ('*', 5, 'x')
    """
    found: dict[Tree, Number] = {}
    for part in parts:
        value, body = split(part)
        known = found.get(body)
        found[body] = whole(value if known is None else known + value)
    return add(*[term(value, body) for body, value in found.items() if value])


def by_degree(tree: Tree) -> Tree:
    """Return a sum of powers of one name with the highest first; any other tree as it is."""
    if type(tree) is not tuple or tree[0] != "+":
        return tree
    degrees = []
    names = set()
    for part in tree[1:]:
        match split(part)[1]:
            case 1:
                degrees.append(0)
            case str(name):
                degrees.append(1)
                names.add(name)
            case ("^", str(name), int(exponent)):
                degrees.append(exponent)
                names.add(name)
            case _:
                return tree
    if len(names) != 1:
        return tree
    return ("+", *[tree[k + 1] for k in sorted(range(len(degrees)), key=lambda k: -degrees[k])])


@lru_cache(maxsize=4096)
def multiplied(left: Tree, right: Tree) -> Tree:
    """Return the product of two terms, powers of the same base put together.

    >>> multiplied(("*", 2, "x"), ("neg", ("^", "x", 3)))
    ('*', -2, ('^', 'x', 4))
    """
    first, one = split(left)
    second, other = split(right)
    exponents: dict[Tree, int] = {}
    for factor in (*_factors(one), *_factors(other)):
        base, exponent = factor, 1
        if type(factor) is tuple and factor[0] == "^" and type(factor[2]) is int:
            base, exponent = factor[1], factor[2]
        exponents[base] = exponents.get(base, 0) + exponent
    body = mul(*[power(base, exponent) for base, exponent in exponents.items()])
    return term(whole(first * second), body)


def _factors(body: Tree) -> Sequence[Tree]:
    if type(body) is tuple and body[0] == "*":
        return body[1:]
    return () if body == 1 else (body,)


def common_denominator(parts: Iterable[Tree]) -> int:
    """Return the least common denominator of the numbers in front of some terms."""
    return lcm(*[split(part)[0].denominator for part in parts])


def value_at(tree: Tree, name: str, value: Number) -> Number | None:
    """Return the rational value of an expression where a name has a value; None if there is none.

    >>> value_at(("/", ("+", "x", 3), 2), "x", 4)
    Fraction(7, 2)
    """
    if type(tree) is not tuple:
        return tree if type(tree) is int else value if tree == name else None
    parts = [value_at(part, name, value) for part in tree[1:]]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    match tree[0]:
        case "+":
            return sum(known, start=Fraction(0))
        case "*":
            result: Number = 1
            for factor in known:
                result *= factor
            return result
        case "neg":
            return -known[0]
        case "abs":
            return max(known[0], -known[0])
        case "/" if known[1]:
            return Fraction(known[0]) / Fraction(known[1])
        case "^" if type(tree[2]) is int and tree[2] > 0:
            raised: Number = known[0] ** tree[2]
            return raised
    return None
