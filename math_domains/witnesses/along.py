"""Values of expressions along a curve: power series of balls in the way along x, and what solves an equation.

A curve is known by the first coefficients of its height; an expression in x and y then has a series of its
own, whose coefficients tell how it changes. Integrals have no value there, but their change is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flint import arb, arb_series

from rpsdg.math_domains.trees import Tree, first_place, free_names, names

__all__ = [
    "At",
    "NotKnownError",
    "NowhereError",
    "change",
    "fixed",
    "known",
    "moving",
    "root",
    "series",
    "solved",
]

_NAN = arb("nan")
_TERMS = 4
At = Callable[[str], Any]
"""The series that each name has; it raises `NotKnownError` for names that have none."""


class NotKnownError(ArithmeticError):
    """It is not known what an expression is worth."""


class NowhereError(ArithmeticError):
    """Nothing solves an equation: the value would be undefined, as the logarithm of a negative number."""


def fixed(value: Any) -> Any:
    """Return the series of what does not change."""
    return arb_series([value], prec=_TERMS)


def moving(*coefficients: Any) -> Any:
    """Return the series with these first coefficients; nothing else of it is there."""
    return arb_series(list(coefficients), prec=_TERMS)


def known(values: Mapping[str, Any]) -> At:
    """Return the series of the names that have one."""

    def at(name: str) -> Any:
        if name not in values:
            raise NotKnownError
        return values[name]

    return at


def series(tree: Tree, at: At) -> Any:
    """Return an expression along a curve.

    Raises:
        NotKnownError: it has no value there, or one that is not known.
    """
    if type(tree) is int:
        return fixed(arb(tree))
    if type(tree) is str:
        return fixed(arb.pi()) if tree == "pi" else at(tree)
    assert type(tree) is tuple
    head = tree[0]
    if head == "fn" and tree[2] == "x":
        return at(tree[1])
    if head == "diff":
        return series(tree[1], at).derivative()
    if head == "subs":
        inner = series(tree[3], at)
        return series(tree[1], lambda name: inner if name == tree[2] else at(name))
    if head in {"int", "lim", "fn"}:
        raise NotKnownError
    parts = [series(part, at) for part in tree[1:]]
    first = parts[0]
    if head == "+":
        return sum(parts[1:], start=first)
    if head == "*":
        for part in parts[1:]:
            first = first * part
        return first
    if head == "neg":
        return -first
    if head == "/":
        return _finite(first) / _finite(parts[1], nonzero=True)
    if head == "^" and type(tree[2]) is int:
        return first ** tree[2] if tree[2] >= 0 else 1 / _finite(first, nonzero=True) ** -tree[2]
    if head == "^":
        return (parts[1] * _positive(first).log()).exp()
    if head == "abs":
        return first if first[0] > 0 else -first if first[0] < 0 else fixed(_NAN)
    function = getattr(arb_series, head, None)
    if function is None:
        raise NotKnownError
    return function(_positive(first) if head in {"log", "sqrt"} else _finite(first))


def _finite(one: Any, *, nonzero: bool = False) -> Any:
    """Return a series whose first coefficient is known."""
    if not one[0].is_finite() or (nonzero and one[0].contains(0)):
        raise NotKnownError
    return one


def _positive(one: Any) -> Any:
    if not one[0] > 0:
        raise NotKnownError
    return one


def change(tree: Tree, at: At) -> Any:
    """Return the derivative along a curve; that of an integral is what is integrated.

    Raises:
        NotKnownError: it is not known.
    """
    if first_place(tree, "int") is None:
        return series(tree, at).derivative()
    match tree:
        case ("int", inside, str(by)):
            return series(inside, at) * series(by, at).derivative()
        case ("+", *parts):
            return sum((change(part, at) for part in parts[1:]), start=change(parts[0], at))
        case ("neg", inside):
            return -change(inside, at)
        case ("*", *factors, last) if not any(names(factor) for factor in factors):
            return series(("*", 1, *factors), at) * change(last, at)
        case ("/", above, below) if not names(below):
            return change(above, at) / series(below, at)
        case ("subs", inside, str(name), meant):
            inner = series(meant, at)
            return change(inside, lambda asked: inner if asked == name else at(asked))
    raise NotKnownError


def root(function: Callable[[Any], Any]) -> Any:
    """Return where a function is zero that is a straight line.

    Raises:
        NotKnownError: it is no straight line, or has no slope.
    """
    low, middle, high = (function(arb(k)) for k in range(3))
    if not (high - middle).overlaps(middle - low) or (middle - low).contains(0) or not high.is_finite():
        raise NotKnownError
    return low / (low - middle)


def solved(equation: Tree, letter: str, at: At) -> Any:
    """Return the value of a letter that makes an equation true where the other names are as given.

    The letter stands in it linearly, or in one place alone, from which everything around it can be undone.

    Raises:
        NowhereError: none does.
        NotKnownError: it cannot be told.
    """
    assert type(equation) is tuple
    _, left, right = equation
    difference = ("+", left, ("neg", right))
    try:
        return root(lambda value: series(difference, _with(at, letter, value))[0])
    except NotKnownError:
        pass
    if letter in free_names(right):
        left, right = right, left
    if letter in free_names(right):
        raise NotKnownError
    return _undone(left, letter, series(right, at)[0], at)


def _with(at: At, letter: str, value: Any) -> At:
    return lambda name: fixed(value) if name == letter else at(name)


def _undone(tree: Tree, letter: str, value: Any, at: At) -> Any:
    """Return what a letter is if an expression with it in one place has a value."""
    if tree == letter:
        return value
    if type(tree) is not tuple:
        raise NotKnownError
    head, parts = tree[0], tree[1:]
    inside = [part for part in parts if letter in free_names(part)]
    if len(inside) != 1:
        raise NotKnownError
    others = [series(part, at)[0] for part in parts if letter not in free_names(part)]
    return _undone(inside[0], letter, _inverse(head, value, others, above=inside[0] is parts[0]), at)


def _inverse(head: str, value: Any, others: list[Any], *, above: bool) -> Any:
    """Return the operand that an operation makes a value of, beside the others."""
    if head == "+":
        return value - sum(others, start=arb(0))
    if head == "neg":
        return -value
    if head == "*":
        for other in others:
            value = value / other
        return value
    if head == "/":
        return value * others[0] if above else others[0] / value
    if head == "exp":
        if value <= 0:
            raise NowhereError
        return value.log()
    if head == "log":
        return value.exp()
    if head in {"tan", "atan"}:
        return value.atan() if head == "tan" else value.tan()
    if head in {"sqrt", "abs"}:
        if value < 0:
            raise NowhereError
        return value * value if head == "sqrt" else value
    if head == "^" and above and others[0] == 2:
        if value < 0:
            raise NowhereError
        return value.sqrt()
    raise NotKnownError
