"""Exact values: what a person makes of numbers, roots, logarithms and the angles one knows by heart."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import cast

from .surds import square_root
from .terms import collected, multiplied, number, opposite, split, term, terms
from .trees import Tree, add, div, neg

__all__ = ["evaluated"]

_LARGEST_POWER = 12


def evaluated(tree: Tree) -> Tree:
    """Return a number that is written as an expression, evaluated as far as it can be exactly.

    >>> evaluated(("+", ("/", ("^", 3, 3), 3), ("neg", ("sin", ("/", "pi", 6)))))
    ('/', 17, 2)
    """
    if type(tree) is not tuple:
        return tree
    head = tree[0]
    if head == "+":
        return _sum([part for inner in tree[1:] for part in terms(evaluated(inner)) if part])
    if head == "neg":
        return opposite(evaluated(tree[1]))
    if head == "*":
        product: Tree = 1
        for factor in tree[1:]:
            value = evaluated(factor)
            product = collected([multiplied(a, b) for a in terms(product) for b in terms(value)])
        return _sum(list(terms(product)))
    if head == "/":
        above, below = evaluated(tree[1]), number(evaluated(tree[2]))
        if below is None or below == 0:
            return ("/", above, evaluated(tree[2]))
        parts = [(split(part)[0] / Fraction(below), split(part)[1]) for part in terms(above)]
        return _sum([_times(value, body) for value, body in parts])
    if head == "^" and type(tree[2]) is int and 0 < tree[2] <= _LARGEST_POWER:
        return evaluated(("*", *[tree[1]] * tree[2])) if tree[2] > 1 else evaluated(tree[1])
    inner = evaluated(tree[1])
    return _function(head, inner) if len(tree) == 2 else tree


def _sum(parts: list[Tree]) -> Tree:
    return add(*[_shown(part) for part in terms(collected(parts))])


def _times(value: Fraction, body: Tree) -> Tree:
    """Return a number times something, the denominator below the line."""
    shown = div(term(abs(value.numerator), body), value.denominator)
    return shown if value >= 0 else neg(shown)


def _shown(part: Tree) -> Tree:
    value, body = split(part)
    return part if body == 1 else _times(Fraction(value), body)


def _function(head: str, inner: Tree) -> Tree:
    value = number(inner)
    match head, inner:
        case "exp", 0:
            return 1
        case "exp", ("log", argument):
            return cast("Tree", argument)
        case "log", 1:
            return 0
        case "log", ("exp", argument):
            return cast("Tree", argument)
        case "log", ("/", 1, argument):
            return neg(("log", argument))
        case "sqrt", int(square) if square >= 0:
            return square_root(square)
        case "atan", 0:
            return 0
        case "atan", 1:
            return ("/", "pi", 4)
        case "atan", ("sqrt", 3):
            return ("/", "pi", 3)
    if head == "abs" and value is not None:
        return inner if value >= 0 else neg(inner)
    turns = split(inner)
    if head in {"sin", "cos", "tan"} and (turns[1] == "pi" or inner == 0):
        known = _angle(head, Fraction(turns[0]) if inner != 0 else Fraction(0))
        return (head, inner) if known is None else known
    return (head, inner)


_SINES: Mapping[Fraction, Tree] = {
    Fraction(0): 0,
    Fraction(1, 6): ("/", 1, 2),
    Fraction(1, 4): ("/", ("sqrt", 2), 2),
    Fraction(1, 3): ("/", ("sqrt", 3), 2),
    Fraction(1, 2): 1,
}
"""The sines of multiples of π."""
_TANGENTS: Mapping[Fraction, Tree] = {
    Fraction(0): 0,
    Fraction(1, 4): 1,
    Fraction(1, 3): ("sqrt", 3),
    Fraction(3, 4): -1,
}


def _angle(head: str, halves: Fraction) -> Tree | None:
    """Return a trigonometric function of a multiple of π that one knows by heart."""
    if head == "cos":
        return _angle("sin", halves + Fraction(1, 2))
    if head == "tan":
        return _TANGENTS.get(halves % 1)
    around = halves % 2
    value = _SINES.get(min(around % 1, 1 - around % 1))
    return value if value is None or around < 1 else neg(value)
