"""Curves of the second order: the one through a point, and what roots say of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb

from rpsdg.math_domains.trees import Tree

from .along import NotKnownError, fixed, known, moving, series

__all__ = ["bend", "of_roots"]


def bend(curve: Tree, letters: Sequence[str], x: Any, heights: Sequence[Any]) -> Any:
    """Return the second derivative of a curve in a point; None if none goes through it.

    Args:
        curve: its height, with constants that stand in it linearly.
        letters: the constants.
        x: the place.
        heights: height and slope there.

    Raises:
        NotKnownError: the constants cannot be found.
    """

    def along(*values: int) -> Any:
        constants = {letter: fixed(arb(value)) for letter, value in zip(letters, values, strict=True)}
        return series(curve, known({"x": moving(x, arb(1))} | constants))

    if not 1 <= len(letters) <= 2:
        raise NotKnownError
    rest = along(*[0] * len(letters))
    basis = [along(*[int(k == j) for j in range(len(letters))]) - rest for k in range(len(letters))]
    double = along(*[2] * len(letters)) - rest - sum((2 * one for one in basis), start=fixed(arb(0)))
    if not all(double[k].contains(0) for k in range(3)):
        raise NotKnownError
    height, slope = (heights[k] - rest[k] for k in range(2))
    if len(basis) == 2:
        (a, b), (c, d) = ((one[0], one[1]) for one in basis)
        below = a * d - b * c
        if below.contains(0):
            return None
        first, second = (height * d - slope * c) / below, (a * slope - b * height) / below
        return 2 * (rest[2] + first * basis[0][2] + second * basis[1][2])
    # A single constant has to do for both the height and the slope.
    factor, only = height / basis[0][0], basis[0]
    if not (factor * only[1]).overlaps(slope):
        return None
    return 2 * (rest[2] + factor * only[2])


def of_roots(state: Tree) -> tuple[Any, Any]:
    """Return p and q of the quadratic in r that an equation, or the equations of its solutions, stand for."""

    def value(tree: Tree, r: Any) -> Any:
        if type(tree) is tuple and tree[0] == "or":
            product = arb(1)
            for part in tree[1:]:
                product *= value(part, r)
            return product
        if type(tree) is not tuple or tree[0] != "=":
            raise NotKnownError
        difference = ("+", tree[1], ("neg", tree[2]))
        return series(difference, known({"r": fixed(r)}))[0]

    zero, one, two = (value(state, arb(k)) for k in range(3))
    if (two - 2 * one + zero).contains(0):  # a straight line: a double root, which was written once
        zero, one, two = zero * zero, one * one, two * two
    lead = (two - 2 * one + zero) / 2
    if lead.contains(0):
        raise NotKnownError
    return (one - zero - lead) / lead, zero / lead
