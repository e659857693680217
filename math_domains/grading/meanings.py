"""What is written put into words that trees have: roots, other logarithms, inverse functions, decimals."""

from __future__ import annotations

from math import comb, factorial, gcd

from rpsdg.math_domains.trees import FUNCTIONS, Tree, neg

from .limits import Reason, RefusedError

__all__ = ["E", "apply", "binomial", "decimal", "factorial_of", "logarithm", "power_of", "root_of"]

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
    """Return a power; one of e is a value of the exponential function."""
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
