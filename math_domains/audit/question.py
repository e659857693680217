"""A problem as SymPy's solvers get it: evaluated, with letters that are known to be positive."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import sympy

from rpsdg.math_domains.reading import read
from rpsdg.math_domains.sympy_bridge import to_sympy

from .case import Case, written

__all__ = ["NoAnswerError", "Question"]


class NoAnswerError(ArithmeticError):
    """SymPy has no answer; says what came instead."""


class Question:
    """A case as solvers see it."""

    def __init__(self, case: Case) -> None:
        """Read a case."""
        self._text = case.problem
        self.form = case.form
        self.as_written = written(case.problem)
        self.answer = written(case.answer)
        self.assuming = [written(text) for text in case.assuming]

    @cached_property
    def problem(self) -> Any:
        """The problem, reordered and merged as SymPy likes it."""
        return to_sympy(read(self._text), evaluate=True)

    @property
    def unknowns(self) -> list[Any]:
        """The letters of the problem, in alphabetical order."""
        return sorted(self.as_written.free_symbols, key=lambda symbol: symbol.name)

    @cached_property
    def positive(self) -> dict[Any, Any]:
        """Positive symbols for the letters that the task says are positive."""
        return {
            condition.lhs: sympy.Symbol(condition.lhs.name, positive=True)
            for condition in self.assuming
            if isinstance(condition, sympy.Gt) and condition.rhs == 0
        }

    def eased(self, expression: Any) -> Any:
        """Return an expression in symbols of which SymPy knows that they are positive."""
        return expression.subs(self.positive)

    def back(self, expression: Any) -> Any:
        """Return an expression in the letters of the problem."""
        return expression.subs({symbol: letter for letter, symbol in self.positive.items()})
