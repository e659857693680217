"""What SymPy answers to a question whose answer is an expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy
from sympy.integrals.manualintegrate import integral_steps

from .question import NoAnswerError, Question
from .working import is_matrix

__all__ = ["EXPRESSIONS", "expression_solvers"]


def _steps(question: Question) -> Any:
    (integral,) = question.problem.atoms(sympy.Integral)
    steps = integral_steps(integral.function, integral.limits[0][0])
    if steps.contains_dont_know():
        raise NoAnswerError("integral_steps knows no steps")
    return question.problem.xreplace({integral: steps.eval()})


def _worked_out(question: Question) -> Any:
    return question.problem.doit()


def _summed(question: Question) -> Any:
    """Return the sums in closed form for any upper end, at the end that is asked for."""
    last = sympy.Symbol("last", integer=True, positive=True)
    found = question.problem
    for total in question.problem.atoms(sympy.Sum):
        ((by, low, high),) = total.limits
        found = found.xreplace(
            {total: sympy.summation(total.function, (by, low, last)).subs(last, high).doit()}
        )
    return found


def _determinants(question: Question) -> Any:
    return question.problem.replace(sympy.Determinant, lambda matrix: matrix.doit().det(method="berkowitz"))


def _inverse(question: Question) -> Any:
    return question.problem.arg.doit().inv(method="ADJ")


def _rewriting(function: Callable[[Any], Any]) -> Callable[[Question], Any]:
    return lambda question: question.back(function(question.eased(question.problem)))


def _difference(question: Question) -> Any:
    """Return the answer, plus what `simplify` leaves of the problem without it: zero, if it can show that."""
    problem = question.problem.doit() if question.problem.has(sympy.Derivative) else question.problem
    left = sympy.simplify(question.eased(problem) - question.eased(question.answer.doit()))
    return question.answer + question.back(left)


EXPRESSIONS: Mapping[str, Callable[[Question], Any]] = {
    "integral_steps": _steps,
    "integrate": _worked_out,
    "summation": _summed,
    "det": _determinants,
    "inv": _inverse,
    "limit": _worked_out,
    "doit": _worked_out,
    "simplify": _difference,
    "expand": _rewriting(sympy.expand),
    "factor": _rewriting(sympy.factor),
    "cancel": _rewriting(sympy.cancel),
    "apart": _rewriting(sympy.apart),
    "powsimp": _rewriting(lambda expression: sympy.powsimp(expression, force=True)),
    "expand_log": _rewriting(lambda expression: sympy.expand_log(expression, force=True)),
    "logcombine": _rewriting(lambda expression: sympy.logcombine(expression, force=True)),
}
"""SymPy's functions by name; each returns an expression that should be equal to the answer."""

_BY_FORM = {
    "expanded": "expand",
    "vertex form": "expand",
    "factored": "factor",
    "lowest terms": "cancel",
    "partial fractions": "apart",
    "powers": "powsimp",
    "positive exponents": "powsimp",
    "separate logarithms": "expand_log",
    "one logarithm": "logcombine",
}


def expression_solvers(question: Question) -> tuple[str, ...]:
    """Return which of SymPy's functions can answer a question about an expression."""
    problem = question.as_written
    if problem.has(sympy.Limit):
        return ("limit",)
    if problem.has(sympy.Integral):
        (integral, *others) = problem.atoms(sympy.Integral)
        indefinite = not others and len(integral.limits[0]) == 1
        return ("integral_steps", "integrate") if indefinite else ("integrate",)
    if isinstance(problem, sympy.Inverse):
        return ("inv",)
    if is_matrix(problem):
        return ("doit",)
    if problem.has(sympy.Determinant):
        return ("det",)
    if problem.has(sympy.Sum):
        return ("summation",)
    named = _BY_FORM.get(question.form)
    return ("simplify",) if named is None else (named, "simplify")
