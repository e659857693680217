"""Comparing equations and inequalities in one unknown: at which numbers each of them holds.

Looked at are all numbers at which the states could begin or end to hold, as far as SymPy's polynomials find
them (the real zeros of numerators and denominators, in which `x = a` is one), and numbers between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise, permutations, product
from typing import Any

import sympy
from sympy import Float, Rational
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

from .comparison import Compared, Comparison
from .values import Point, UnclearError, close, value
from .working import worked_out

__all__ = ["Statements", "critical", "holds", "is_statement", "not_solved", "relations"]

_PLACES = 60
"""Digits to which irrational zeros are known."""
_BEYOND = Rational(137, 100)
_ELSEWHERE = (Rational(-29, 7), Rational(2, 13), Rational(41, 9))
"""Numbers at which statements are compared besides."""


def is_statement(state: Any) -> bool:
    """Say whether a state is an equation, an inequality, or several."""
    return isinstance(state, (Relational, sympy.And, sympy.Or, BooleanAtom))


def relations(state: Any) -> list[Any]:
    """Return the equations and inequalities that a state is made of."""
    if isinstance(state, Relational):
        return [state]
    return [part for argument in state.args for part in relations(argument)]


def not_solved(answer: Any) -> str:
    """Say which part of an answer does not have a letter alone beside a number; empty if none."""
    for relation in relations(answer):
        if not any(one.is_Symbol and not other.free_symbols for one, other in permutations(relation.args)):
            return f"{relation} is not solved"
    return ""


def holds(state: Any, at: Point) -> bool | None:
    """Say whether a state holds at a point, where an undefined side makes it false; None if unclear."""
    if isinstance(state, BooleanAtom):
        return bool(state)
    if isinstance(state, Relational):
        try:
            left, right = (value(worked_out(side), at) for side in state.args)
        except UnclearError:
            return None
        return False if left is None or right is None else _compares(state, left, right)
    wanted = isinstance(state, sympy.Or)
    found = [holds(part, at) for part in state.args]
    if wanted in found:
        return wanted
    return None if None in found else not wanted


def _compares(relation: Any, left: Any, right: Any) -> bool:
    if close(left, right):
        return isinstance(relation, (sympy.Eq, sympy.Le, sympy.Ge))
    if isinstance(relation, (sympy.Lt, sympy.Le)):
        return bool(left < right)
    if isinstance(relation, (sympy.Gt, sympy.Ge)):
        return bool(left > right)
    return isinstance(relation, sympy.Ne)


@lru_cache(maxsize=4096)
def critical(relation: Any, unknown: Any) -> tuple[Any, ...] | None:
    """Return the real numbers at which a relation can begin or end to hold.

    None if its sides are no rational functions of the unknown and of absolute values of such, so that SymPy's
    polynomials cannot tell.
    """
    left, right = map(worked_out, relation.args)
    difference = left - right
    inside = {absolute: absolute.args[0] for absolute in difference.atoms(sympy.Abs)}
    found: list[Any] = []
    for signs in product((1, -1), repeat=len(inside)):
        signed = {absolute: sign * inside[absolute] for absolute, sign in zip(inside, signs, strict=True)}
        for whole in (difference.xreplace(signed), *inside.values()):
            zeros = _zeros_and_poles(whole, unknown)
            if zeros is None:
                return None
            found += zeros
    return tuple(found)


def _zeros_and_poles(expression: Any, unknown: Any) -> list[Any] | None:
    found: list[Any] = []
    for part in sympy.fraction(sympy.together(expression)):
        try:
            polynomial = sympy.Poly(part.doit(), unknown)
        except sympy.PolynomialError:
            return None
        if polynomial.free_symbols_in_domain:
            return None
        found += _real_zeros(polynomial)
    return found


def _real_zeros(polynomial: Any) -> list[Any]:
    if polynomial.degree() <= 0:
        return []
    if not polynomial.get_domain().is_Exact or not polynomial.get_domain().is_Numerical:
        return _numeric_zeros(polynomial)
    rational = list(polynomial.ground_roots()) if polynomial.get_domain() in {sympy.ZZ, sympy.QQ} else []
    rest = polynomial.sqf_part()
    for zero in rational:
        rest = rest.quo(sympy.Poly(polynomial.gen - zero, polynomial.gen))
    return rational + _numeric_zeros(rest)


def _numeric_zeros(polynomial: Any) -> list[Any]:
    if polynomial.degree() <= 0:
        return []
    zeros = polynomial.nroots(n=_PLACES, maxsteps=200)
    return [sympy.re(zero) for zero in zeros if abs(sympy.im(zero)) < Float("1e-25")]


class Statements(Comparison):
    """Statements about one unknown, which are to hold for the same numbers."""

    def __init__(self, states: Iterable[Any], unknown: Any) -> None:
        """Compare at the numbers that matter in any of these states."""
        self._unknown = unknown
        self._all_known = True
        found: list[Any] = []
        order = False
        for relation in dict.fromkeys(part for state in states for part in relations(state)):
            order = order or not isinstance(relation, sympy.Eq)
            numbers = critical(relation, unknown)
            if numbers is None:
                self._all_known = False
                continue
            found += [number for number in numbers if not any(close(number, other) for other in found)]
        self._numbers = sorted(found)
        between = _between(self._numbers) if order else []
        self._points = [*self._numbers, *between, *_ELSEWHERE]
        self._seen: dict[tuple[Any, int], bool | None] = {}

    def compare(self, before: Any, after: Any) -> Compared:
        """Compare two statements at the numbers that matter."""
        clear = 0
        for place, number in enumerate(self._points):
            left, right = self._holds(before, place), self._holds(after, place)
            if left is None or right is None:
                continue
            clear += 1
            if left is not right:
                return Compared(False, f"{left} and {right} at {self._unknown} = {number.n(12)}")
        if clear < len(self._points):
            return Compared(None, f"at {len(self._points) - clear} numbers it is unclear")
        if not self._numbers and not self._all_known:
            return Compared(None, "no number is known at which the statements could hold")
        return Compared(True)

    def lacks(self, problem: Any, answer: Any) -> str:
        """Say whether an answer does not name the numbers."""
        return super().lacks(problem, answer) or not_solved(answer)

    def _holds(self, state: Any, place: int) -> bool | None:
        key = (state, place)
        if key not in self._seen:
            if isinstance(state, (sympy.And, sympy.Or)):
                wanted = isinstance(state, sympy.Or)
                parts = [self._holds(part, place) for part in state.args]
                self._seen[key] = wanted if wanted in parts else None if None in parts else not wanted
            else:
                self._seen[key] = holds(state, {self._unknown: self._points[place]})
        return self._seen[key]


def _between(numbers: Sequence[Any]) -> list[Any]:
    """Return a number in each gap and beyond both ends."""
    if not numbers:
        return []
    middle = [(left + right) / 2 for left, right in pairwise(numbers)]
    return [numbers[0] - _BEYOND, *middle, numbers[-1] + _BEYOND]
