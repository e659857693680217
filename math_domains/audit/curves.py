"""Comparing differential equations and their solutions: how each says that its curves go on from a point.

An equation is solved for the highest derivative. Of a family of curves the constants are found that lead
through the point, and it is differentiated; so are both sides where there are integrals. A curve that an
initial value singles out is looked at on itself, and where that value is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import sympy
from sympy.core.function import AppliedUndef

from .comparison import Compared, Comparison
from .statements import relations
from .values import Point, UnclearError, close, points, value
from .working import Antiderivative, worked_out

__all__ = ["Curves", "unknown_functions"]

_ENOUGH = 4
_FEWEST = 2
_HEIGHTS = tuple(sympy.symbols("height slope", real=True))
_ONWARD = sympy.Symbol("onward", real=True)


def unknown_functions(state: Any) -> set[Any]:
    """Return the unknown functions of a letter, such as y(x)."""
    return {part for part in state.atoms(AppliedUndef) if part.args[0].is_Symbol}


class _Said(NamedTuple):
    """What a state says."""

    equation: Any
    """Of curves: an equation or a product of those for the roots, everything on one side."""
    through: tuple[Any, Any] | None
    """Where a curve has which height, if that is said."""
    constants: dict[Any, Any]
    """What the state says of constants."""
    roots: Any = None
    """The characteristic polynomial beside the equation, in r."""


class _Way(NamedTuple):
    """A way in which curves go on."""

    onward: Any
    """The highest derivative, by the place, the heights and the constants."""
    residual: Any = sympy.Integer(0)
    """Zero at the points through which there is such a curve."""
    constants: tuple[Any, ...] = ()
    """Letters that have to be found at each point."""
    conditions: tuple[Any, ...] = ()
    """As many expressions, linear in the constants, which are zero there."""

    def at(self, at: Point) -> Any:
        """Return the highest derivative of the curve through a point; None if there is none."""
        there = value(self.residual, at)
        if there is None or not close(there, sympy.Integer(0)):
            return None
        if not self.constants:
            return value(self.onward, at)
        without = dict.fromkeys(self.constants, 0)
        rows = [[value(c.diff(letter), at) for letter in self.constants] for c in self.conditions]
        right = [value(c.subs(without), at) for c in self.conditions]
        if None in right or any(None in row for row in rows):
            return None
        matrix = sympy.Matrix(rows)
        if matrix.det() == 0:
            return None
        found = matrix.LUsolve(-sympy.Matrix(right))
        return value(self.onward, {**at, **dict(zip(self.constants, found, strict=True))})


class Curves(Comparison):
    """Differential equations for one function, and equations that describe it without derivatives."""

    def __init__(self, problem: Any) -> None:
        """Compare states of a solution of this problem."""
        (self._function,) = unknown_functions(problem)
        (self._by,) = self._function.args
        self._letter = sympy.Symbol(self._function.func.__name__, real=True)
        derivatives = problem.atoms(sympy.Derivative)
        self._order = 2 if any(part.expr.has(sympy.Derivative) for part in derivatives) else 1
        self._order = max([self._order, *(part.derivative_count for part in derivatives)])
        self._start = self._read(problem).through

    def compare(self, before: Any, after: Any) -> Compared:
        """Compare how curves go on, and whether they start where they should."""
        try:
            return self._compared(before, after)
        except (UnclearError, NotImplementedError, ValueError) as error:
            return Compared(None, str(error))

    def lacks(self, problem: Any, answer: Any) -> str:
        """Say whether an answer has fewer constants, or more, than there are solutions to tell apart."""
        constants = answer.free_symbols - problem.free_symbols - {self._letter}
        wanted = 0 if self._start is not None else self._order
        return "" if len(constants) == wanted else f"there should be {wanted} constants, not {len(constants)}"

    def _compared(self, before: Any, after: Any) -> Compared:
        sides = self._read(before), self._read(after)
        onward = [self._onward(side) for side in sides]
        if self._start is not None:
            starts = [self._starts(side) for side in sides]
            if starts[0] != starts[1]:
                return Compared(False, f"one of them alone starts at {self._start}: {starts}")
        agreed = 0
        for at in self._points(sides):
            left, right = (
                next((found for way in ways if (found := way.at(at)) is not None), None) for ways in onward
            )
            if left is None or right is None:
                continue
            if not close(left, right):
                told = ", ".join(f"{letter} = {number.n(12)}" for letter, number in at.items())
                return Compared(False, f"{left.n(12)} and {right.n(12)} at {told}")
            agreed += 1
            if agreed == _ENOUGH:
                return Compared(True)
        few = f"there are {agreed} points from which both go on"
        return Compared(True) if agreed >= _FEWEST else Compared(None, few)

    def _read(self, state: Any) -> _Said:
        """Take a state apart: the equation, where the curve starts, and what is known of constants."""
        if isinstance(state, sympy.Eq):
            return _Said(self._side(state), None, {})
        if not isinstance(state, sympy.And) or len(state.args) != 2:
            raise UnclearError(f"`{state}` is no differential equation with a condition")
        first, second = sorted(state.args, key=self._is_condition)
        equation = self._side(first)
        condition = relations(second)
        start = next(iter(second.atoms(AppliedUndef)), None)
        if start is not None:
            (relation,) = condition
            return _Said(equation, (start.args[0], relation.rhs.doit()), {})
        letters = second.free_symbols
        (letter,) = letters
        whole = sympy.Integer(1)
        for relation in condition:
            whole *= relation.lhs - relation.rhs
        if letter not in first.free_symbols:
            return _Said(equation, None, {}, sympy.Poly(whole.doit(), letter).monic())
        (constant,) = sympy.solve(whole.doit(), letter)
        return _Said(equation, None, {letter: constant})

    def _is_condition(self, part: Any) -> bool:
        """Say whether a part is a condition beside the equation, which alone speaks of the function."""
        return not part.has(self._function) and not part.has(self._letter)

    def _side(self, equation: Any) -> Any:
        """Return an equation with everything on one side, in the height, slope and onward derivative."""
        whole = worked_out(equation.lhs) - worked_out(equation.rhs)
        return whole.subs(self._letter, self._function)

    def _onward(self, said: _Said) -> list[_Way]:
        """Return the ways in which a state gives the highest derivative by the place and the heights."""
        if said.roots is not None:
            roots = said.roots if said.roots.degree() == 2 else said.roots**2  # one root counts twice
            _, p, q = roots.all_coeffs()
            return [_Way(-p * _HEIGHTS[1] - q * _HEIGHTS[0])]
        equation = said.equation.subs(said.constants)
        if equation.has(sympy.Derivative):
            return [_Way(_solved(self._in_heights(equation), _ONWARD))]
        onward = _solved(self._in_heights(equation.diff(self._by, self._order)), _ONWARD)
        letters = sorted(equation.free_symbols - {self._by}, key=str)
        if not letters or equation.atoms(Antiderivative):  # beside an integral a constant may be any number
            return [_Way(onward)]
        through = tuple(
            self._in_heights(equation.diff(self._by, k) if k else equation) for k in range(len(letters))
        )
        if not any(condition.diff(letter).has(*letters) for condition in through for letter in letters):
            return [_Way(onward, constants=tuple(letters), conditions=through)]
        found = sympy.solve(through, letters, dict=True, check=False)
        if not found:
            raise UnclearError(f"the constants of {equation} are not found")
        return [_Way(onward.subs(chosen), through[0].subs(chosen)) for chosen in found]

    def _in_heights(self, expression: Any) -> Any:
        """Return an expression with letters instead of the function and its derivatives."""
        names = [*_HEIGHTS[: self._order], _ONWARD]
        for k in range(self._order, 0, -1):
            expression = expression.subs(self._function.diff(self._by, k), names[k])
        return expression.subs(self._function, names[0])

    def _starts(self, said: _Said) -> bool | None:
        """Say whether the curves of a state start where the problem says; None if it does not say where."""
        assert self._start is not None
        place, height = self._start
        if said.through is not None:
            return said.through == self._start
        equation = said.equation.subs(said.constants)
        if equation.has(sympy.Derivative) or equation.free_symbols - {self._by}:
            return None
        left = value(equation.subs(self._function, self._letter), {self._by: place, self._letter: height})
        return left is not None and close(left, sympy.Integer(0))

    def _points(self, sides: tuple[_Said, _Said]) -> Iterator[Any]:
        """Yield places with heights, which are those of a single curve where a state names one."""
        curve = next((curve for side in sides if (curve := self._single(side)) is not None), None)
        for at in points({self._by, *_HEIGHTS[: self._order]}):
            found = dict(at)
            if curve is not None:
                height = value(curve, {self._by: at[self._by]})
                if height is None:
                    continue
                found[_HEIGHTS[0]] = height
            yield found

    def _single(self, said: _Said) -> Any:
        """Return the height of a curve that a state names; None if it names a family or an equation."""
        equation = said.equation.subs(said.constants)
        if self._order > 1 or equation.has(sympy.Derivative) or equation.free_symbols - {self._by}:
            return None
        try:
            return _solved(equation.subs(self._function, _HEIGHTS[0]), _HEIGHTS[0])
        except UnclearError:
            return None


def _solved(expression: Any, letter: Any) -> Any:
    """Return where an expression that is linear in a letter is zero.

    Raises:
        UnclearError: it is not linear.
    """
    slope = expression.diff(letter)
    if slope.has(letter) or slope == 0:
        raise UnclearError(f"{expression} is not linear in {letter}")
    return -expression.subs(letter, 0) / slope
