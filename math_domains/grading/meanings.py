"""What is written put into words that trees have: roots, other logarithms, inverse functions, decimals."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, factorial, gcd

from rpsdg.math_domains.trees import CONNECTIVES, FUNCTIONS, RELATIONS, Tree, neg
from rpsdg.math_domains.witnesses.matrices import is_matrix

from .limits import Reason, RefusedError

__all__ = [
    "E", "apply", "binomial", "decimal", "factorial_of", "flat", "is_relation", "logarithm", "matrix",
    "power_of", "root_of", "rows_of",
]  # fmt: skip

E: Tree = ("exp", 1)
_LARGEST_FACTORIAL = 30
_LARGEST_SCIENTIFIC = 60


def decimal(text: str) -> tuple[Tree, int | None]:
    """Return the exact value of a number as typed, and how many decimal places it has; None for a whole one.

    >>> decimal("0.50"), decimal("12"), decimal("1.5e3")
    ((('/', 1, 2), 2), (12, None), (1500, 0))
    """
    mantissa, _, exponent = text.lower().partition("e")
    whole, point, places = mantissa.partition(".")
    if not point and not exponent:
        return int(whole), None
    shift = int(exponent or 0) - len(places)
    if abs(shift) > _LARGEST_SCIENTIFIC:
        raise RefusedError(Reason.TOO_LARGE, "an exponent of that size")
    value = int(whole + places or "0")
    if shift >= 0:
        return value * 10**shift, 0
    below = 10**-shift
    common = gcd(value, below)
    value, below = value // common, below // common
    return (value if below == 1 else ("/", value, below)), -shift


def power_of(base: Tree, exponent: Tree) -> Tree:
    """Return a power; one of e is a value of the exponential function, and A⁻¹ is an inverse matrix."""
    if exponent == -1 and is_matrix(base):
        return ("inv", base)
    return ("exp", exponent) if base == E else ("^", base, exponent)


def root_of(radicand: Tree, degree: Tree) -> Tree:
    """Return a root; one of odd degree of a negative number is negative, as in school."""
    if degree == 2:
        return ("sqrt", radicand)
    if type(degree) is int and degree % 2 and type(radicand) is int and radicand < 0:
        return neg(("^", -radicand, ("/", 1, degree)))
    return ("^", radicand, ("/", 1, degree))


def apply(function: str, inner: Tree) -> Tree:
    """Return a function of something, in words that trees have."""
    if function in FUNCTIONS:
        return (function, inner)
    square: Tree = ("^", inner, 2)
    match function:
        case "matrix":
            return _as_matrix(inner)
        case "log10":
            return logarithm(inner, 10)
        case "acot":
            return ("+", ("/", "pi", 2), ("neg", ("atan", inner)))
        case "asec":
            return ("acos", ("/", 1, inner))
        case "acsc":
            return ("asin", ("/", 1, inner))
        case "sech":
            return ("/", 1, ("cosh", inner))
        case "csch":
            return ("/", 1, ("sinh", inner))
        case "coth":
            return ("/", 1, ("tanh", inner))
        case "asinh":
            return ("log", ("+", inner, ("sqrt", ("+", square, 1))))
        case "acosh":
            return ("log", ("+", inner, ("sqrt", ("+", square, -1))))
        case "atanh":
            return ("/", ("log", ("/", ("+", 1, inner), ("+", 1, neg(inner)))), 2)
    raise RefusedError(Reason.UNREADABLE, function)


def logarithm(inner: Tree, base: Tree) -> Tree:
    """Return a logarithm to a base."""
    return ("log", inner) if base == E else ("/", ("log", inner), ("log", base))


def factorial_of(tree: Tree) -> Tree:
    """Return the factorial of a small whole number."""
    if type(tree) is not int or not 0 <= tree <= _LARGEST_FACTORIAL:
        raise RefusedError(Reason.UNREADABLE, "a factorial of anything but a small whole number")
    return factorial(tree)


def binomial(above: Tree, below: Tree) -> Tree:
    """Return a binomial coefficient of small whole numbers."""
    if type(above) is not int or type(below) is not int or not 0 <= below <= above <= _LARGEST_FACTORIAL:
        raise RefusedError(Reason.UNREADABLE, "a binomial coefficient of anything but small whole numbers")
    return comb(above, below)


def matrix(rows: Sequence[Sequence[Tree]]) -> Tree:
    """Return a matrix.

    Raises:
        RefusedError: its rows are not all of one length, or there is nothing in them.
    """
    if len({len(row) for row in rows}) != 1 or not rows[0]:
        raise RefusedError(Reason.UNREADABLE, "rows of different lengths")
    return ("matrix", *[("row", *row) for row in rows])


def _as_matrix(tree: Tree) -> Tree:
    """Return what is called a matrix: rows in brackets, or numbers in brackets, which make one column."""
    if type(tree) is tuple and tree[0] == "[]":
        rows = [row[1:] for row in tree[1:] if type(row) is tuple and row[0] == "[]"]
        return matrix(rows if len(rows) == len(tree) - 1 else [[entry] for entry in tree[1:]])
    raise RefusedError(Reason.UNREADABLE, "a matrix without rows")


def flat(tree: Tree) -> Tree:
    """Return a list in which semicolons part the items no more than commas do."""
    if type(tree) is tuple and tree[0] == "rows":
        parts = [part[1:] if type(part) is tuple and part[0] == "list" else (part,) for part in tree[1:]]
        return ("list", *[item for part in parts for item in part])
    return tree


def rows_of(tree: Tree) -> Tree:
    """Return rows between which semicolons stand as lists in a list, and any other list as it is."""
    if type(tree) is tuple and tree[0] == "rows":
        lengths = {len(part) if type(part) is tuple and part[0] == "list" else 0 for part in tree[1:]}
        if len(lengths) == 1 and 0 not in lengths:
            return ("list", *[("[]", *part[1:]) for part in tree[1:]])
    return flat(tree)


def is_relation(tree: Tree) -> bool:
    """Say whether a tree is a relation, or several in `and` or `or`."""
    if type(tree) is tuple and tree[0] in CONNECTIVES:
        return all(map(is_relation, tree[1:]))
    return type(tree) is tuple and tree[0] in RELATIONS
