"""What a system of two polynomial equations says: the real points that satisfy both.

Resultants give a polynomial for each coordinate that vanishes at every solution; of the pairs of their real
zeros those are kept at which both equations hold. Whole numbers are compared exactly, others by balls.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from flint import arb, fmpq_poly

from rpsdg.math_domains.trees import Tree

from .normal_form import NormalForms
from .solutions import real_zeros

__all__ = ["UnknownPointsError", "points_of", "same_points"]

Point: TypeAlias = tuple[Any, Any]
_MOST_CASES = 8
_HIGHEST = 8


class UnknownPointsError(ArithmeticError):
    """The solutions are not finitely many points that this witness can find."""


def points_of(state: Tree, forms: NormalForms) -> list[Point]:
    """Return a ball for each coordinate of each real solution of a state in two unknowns.

    Raises:
        UnknownPointsError: they are not known.
        NotRationalError: a side is no rational function.
    """
    found: list[Point] = []
    for case in _cases(state):
        for point in _of_case(case, forms):
            if not any(_overlap(point, other) for other in found):
                found.append(point)
    return found


def same_points(left: list[Point], right: list[Point]) -> bool | None:
    """Say whether two sets of points are the same; None where balls are too wide to tell."""
    if len(left) != len(right):
        return False
    partners = [sum(_overlap(point, other) for other in right) for point in left]
    if 0 in partners:
        return False
    return True if partners == [1] * len(partners) else None


def _cases(state: Any) -> list[list[Any]]:
    """Return the equations that hold together, for each of the cases a state has."""
    if state[0] == "=":
        return [[state]]
    if state[0] == "or":
        return [case for part in state[1:] for case in _cases(part)]
    if state[0] != "and":
        raise UnknownPointsError(f"`{state[0]}` is no equation")
    cases: list[list[Any]] = [[]]
    for part in state[1:]:
        cases = [[*case, *more] for case in cases for more in _cases(part)]
        if len(cases) > _MOST_CASES:
            raise UnknownPointsError("there are too many cases")
    return cases


def _of_case(equations: list[Any], forms: NormalForms) -> list[Point]:
    if len(equations) != 2:
        raise UnknownPointsError("two equations were expected")
    curves = []
    for equation in equations:
        (left, under), (right, below) = (forms.form(side) for side in equation[1:])
        if under.total_degree() or below.total_degree():
            raise UnknownPointsError("a denominator may vanish somewhere")
        curves.append(left * below - right * under)
    if not all(0 < curve.total_degree() <= _HIGHEST for curve in curves):
        raise UnknownPointsError("an equation says nothing, or too much")
    horizontal, vertical = (_zeros(curves[0].resultant(curves[1], 1 - place), place) for place in (0, 1))
    return [(x, y) for x in horizontal for y in vertical if all(_vanishes(curve, x, y) for curve in curves)]


def _zeros(resultant: Any, place: int) -> tuple[Any, ...]:
    """Return the real zeros of a polynomial in one of two names."""
    if resultant == 0:
        raise UnknownPointsError("the curves have a part in common")
    values = {degrees[place]: value for degrees, value in resultant.to_dict().items()}
    return real_zeros(fmpq_poly([values.get(k, 0) for k in range(max(values) + 1)]))


def _vanishes(curve: Any, x: Any, y: Any) -> bool:
    total = arb(0)
    for (i, j), value in curve.to_dict().items():
        total += arb(value.p) / arb(value.q) * x ** int(i) * y ** int(j)
    return bool(total.contains(0))


def _overlap(one: Point, other: Point) -> bool:
    return all(a.overlaps(b) for a, b in zip(one, other, strict=True))
