"""Comparing systems in several unknowns: the points that satisfy one of them are put into the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import sympy

from .comparison import Compared, Comparison
from .statements import holds, not_solved
from .values import Point

__all__ = ["Systems", "branches", "satisfying"]

_PLACES = 60
_FREE = (sympy.Rational(3, 7), sympy.Rational(-22, 9))
"""What letters that a system leaves free stand for."""


class Systems(Comparison):
    """Systems of polynomial equations, which are to be satisfied by the same points."""

    def __init__(self, unknowns: Iterable[Any]) -> None:
        """Compare systems in these unknowns."""
        self._unknowns = tuple(sorted(unknowns, key=lambda symbol: symbol.name))

    def compare(self, before: Any, after: Any) -> Compared:
        """Put the points of each of two systems into the other."""
        for state, other in ((before, after), (after, before)):
            found = satisfying(state, self._unknowns)
            if found is None:
                return Compared(None, f"SymPy does not know the points of {state}")
            for at in found:
                there = holds(other, at)
                if there is None:
                    return Compared(None, f"it is unclear whether {_told(at)} satisfies {other}")
                if not there:
                    return Compared(False, f"{_told(at)} satisfies one of them alone")
        return Compared(True)

    def lacks(self, problem: Any, answer: Any) -> str:
        """Say whether an answer does not name the points."""
        return super().lacks(problem, answer) or not_solved(answer)


def branches(state: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the systems of equations of which one has to hold."""
    if isinstance(state, sympy.Or):
        for part in state.args:
            yield from branches(part)
    elif isinstance(state, sympy.And):
        for chosen in product(*(tuple(branches(part)) for part in state.args)):
            yield tuple(equation for part in chosen for equation in part)
    else:
        yield (state,)


def satisfying(state: Any, unknowns: Sequence[Any]) -> list[Point] | None:
    """Return the real points that satisfy a state, some of them if they are infinitely many.

    None if it has anything but polynomial equations.
    """
    found: list[Point] = []
    for equations in branches(state):
        points = _points(equations, tuple(unknowns))
        if points is None:
            return None
        found += points
    return found


@lru_cache(maxsize=4096)
def _points(equations: tuple[Any, ...], unknowns: tuple[Any, ...]) -> list[Point] | None:
    if not all(isinstance(equation, sympy.Eq) for equation in equations):
        return None
    sides = [(equation.lhs - equation.rhs).doit().expand() for equation in equations]
    try:
        polynomials = [sympy.Poly(side, *unknowns) for side in sides]
        if all(polynomial.is_linear for polynomial in polynomials):
            tuples = sympy.linsolve(sides, *unknowns)
        else:
            tuples = sympy.solve_poly_system(polynomials, *unknowns)
    except (sympy.PolynomialError, NotImplementedError):
        return None
    found: list[Point] = []
    for free in _FREE:
        for numbers in tuples or ():
            values = [number.subs(dict.fromkeys(unknowns, free)).evalf(_PLACES) for number in numbers]
            if all(number.is_real for number in values):
                found.append(dict(zip(unknowns, values, strict=True)))
    return found


def _told(at: Point) -> str:
    return "(" + ", ".join(f"{symbol} = {number.n(12)}" for symbol, number in at.items()) + ")"
