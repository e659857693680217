"""Comparing expressions: by their values, antiderivatives by their slopes, matrices by their entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import sympy

from .comparison import Compared, Comparison
from .statements import holds
from .values import Point, UnclearError, close, points, value
from .working import worked_out

__all__ = ["Antiderivatives", "Matrices", "Values"]

_ENOUGH = 5
"""At so many points two sides must agree."""
_FEWEST = 2
"""And where not as many are found at which both are defined, at so many."""


class Values(Comparison):
    """Expressions that are to be equal wherever both are defined and the assumptions hold."""

    def __init__(self, assuming: Sequence[Any] = ()) -> None:
        """Compare under conditions on the letters."""
        self._assuming = assuming
        self._known: dict[Any, Any] = {}
        """What was evaluated, and its values: each state is compared with its two neighbours."""

    def compare(self, before: Any, after: Any) -> Compared:
        """Compare two expressions at points."""
        agreed, unclear = 0, ""
        sides = self._kept(before), self._kept(after)
        for at in self._points(sides):
            try:
                left, right = (self._value(side, at) for side in sides)
            except UnclearError as error:
                unclear = f"; {error}"
                continue
            if left is None or right is None:
                if at or left is right:
                    continue
                return Compared(False, f"{left} and {right}, where None is undefined")
            if not close(left, right):
                return Compared(False, f"{left.n(12)} and {right.n(12)}{_where(at)}")
            agreed += 1
            if agreed == _ENOUGH or not at:
                return Compared(True)
        few = f"there are {agreed} points at which both sides are defined{unclear}"
        return Compared(True) if agreed >= _FEWEST else Compared(None, few)

    def lacks(self, problem: Any, answer: Any) -> str:
        """Say what an answer lacks, such as a value where the problem has one."""
        return super().lacks(problem, answer) or self.narrows(problem, answer)

    def narrows(self, problem: Any, answer: Any) -> str:
        """Say where an answer is undefined although the problem is not; empty if nowhere."""
        sides = self._kept(problem), self._kept(answer)
        # Where a function is undefined, so is its derivative, though SymPy's may not show it.
        within = [sides[0], *(worked_out(part.expr) for part in problem.atoms(sympy.Derivative))]
        for at in self._points(sides):
            with suppress(UnclearError):
                if self._value(sides[1], at) is None and None not in (self._value(p, at) for p in within):
                    return f"the answer is undefined{_where(at)}"
        return ""

    def _seen(self, expression: Any) -> Any:
        """Return what is evaluated of an expression."""
        return worked_out(expression)

    def _kept(self, expression: Any) -> Any:
        if expression not in self._known:
            self._known[expression] = self._seen(expression)
        return self._known[expression]

    def _value(self, side: Any, at: Point) -> Any:
        key = (side, *at.items())
        if key not in self._known:
            self._known[key] = value(side, at)
        return self._known[key]

    def _points(self, sides: Sequence[Any]) -> Iterator[Point]:
        letters = set().union(*(part.free_symbols for part in (*sides, *self._assuming)))
        for at in points(letters):
            if all(holds(condition, at) is True for condition in self._assuming):
                yield at


class Antiderivatives(Values):
    """Expressions that are to be equal but for a constant: their derivatives are compared."""

    def __init__(self, by: Any) -> None:
        """Compare antiderivatives by a symbol."""
        super().__init__()
        self._by = by

    def lacks(self, problem: Any, answer: Any) -> str:
        """Say whether an antiderivative has no constant, or is undefined where its integrand is not."""
        constants = answer.free_symbols - problem.free_symbols
        if [answer.diff(constant) for constant in constants] != [1]:
            return "a constant is not added to the antiderivative"
        return Values().narrows(super()._seen(problem).diff(self._by), answer)

    def _seen(self, expression: Any) -> Any:
        return super()._seen(expression).diff(self._by)


class Matrices(Comparison):
    """Matrices, compared exactly."""

    def compare(self, before: Any, after: Any) -> Compared:
        """Compare the entries."""
        try:
            left, right = worked_out(before), worked_out(after)
        except (ValueError, TypeError) as error:
            return Compared(None, f"a matrix cannot be worked out: {error}")
        if left.shape != right.shape:
            return Compared(False, f"shapes {left.shape} and {right.shape}")
        apart = sympy.simplify(left - right)
        return Compared(True) if apart.is_zero_matrix else Compared(False, f"they differ by {apart.tolist()}")


def _where(at: Point) -> str:
    return "".join(f", at {symbol} = {number}" for symbol, number in at.items())
