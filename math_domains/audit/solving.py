"""What SymPy answers to equations, inequalities and systems, compared with the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import sympy
from sympy.solvers.inequalities import solve_univariate_inequality

from .comparison import Compared
from .curves import Curves, unknown_functions
from .question import NoAnswerError, Question
from .statements import critical, holds, relations
from .systems import satisfying
from .values import close
from .working import worked_out

__all__ = ["SOLVERS", "statement_solvers"]

_PLACES = 60
_BEYOND = sympy.Rational(137, 100)


def statement_solvers(question: Question) -> tuple[str, ...]:
    """Return which of SymPy's solvers can answer a question about equations or inequalities."""
    if unknown_functions(question.as_written):
        return ("dsolve",)
    if len(question.unknowns) != 1:
        return ("solve a system",)
    if any(not isinstance(relation, sympy.Eq) for relation in relations(question.as_written)):
        return ("solve_univariate_inequality",)
    by_matrix = ("eigenvals",) if question.as_written.has(sympy.Determinant) else ()
    return ("solveset", "solve", *by_matrix)


def _by_solveset(question: Question) -> Compared:
    (unknown,) = question.unknowns
    found = sympy.solveset(_equation(question), unknown, sympy.S.Reals)
    if found is not sympy.S.EmptySet and not isinstance(found, sympy.FiniteSet):
        raise NoAnswerError(f"solveset returns {found}")
    return _same_numbers(list(found.args), question)


def _by_solve(question: Question) -> Compared:
    (unknown,) = question.unknowns
    return _same_numbers(sympy.solve(_equation(question), unknown), question)


def _by_eigenvalues(question: Question) -> Compared:
    """Compare with the eigenvalues of the matrix from which a multiple of the identity is taken away."""
    (unknown,) = question.unknowns
    (determinant,) = question.as_written.atoms(sympy.Determinant)
    whole = determinant.arg.doit().as_explicit()
    matrix = whole.subs(unknown, 0)
    if whole != matrix - unknown * sympy.eye(matrix.rows):
        raise NoAnswerError(f"the matrix {whole} is of another kind")
    return _same_numbers(list(matrix.eigenvals()), question)


def _equation(question: Question) -> Any:
    """Return the equation with everything on one side, determinants worked out."""
    if not isinstance(question.as_written, sympy.Eq):
        raise NoAnswerError(f"{question.as_written} is more than an equation")
    left, right = map(worked_out, question.as_written.args)
    return left.doit() - right.doit()


def _same_numbers(found: Sequence[Any], question: Question) -> Compared:
    """Compare numbers with those that the answer names.

    Of those that SymPy returns only those count at which the equation holds, and the others are told: by
    `solveset`, -13 solves ln(t + 4) = ln(63) - ln(t + 6).
    """
    (unknown,) = question.unknowns
    named = [number for number in map(_real, found) if number is not None]
    theirs = [number for number in named if holds(question.as_written, {unknown: number})]
    surplus = [str(number.n(12)) for number in named if number not in theirs]
    ours: list[Any] = []
    for relation in relations(question.answer):
        numbers = critical(relation, unknown)
        if numbers is None:
            raise NoAnswerError(f"{relation} names no numbers")
        ours += [number for number in numbers if holds(question.answer, {unknown: number})]
    alone = [n for n in theirs if not any(close(n, m) for m in ours)]
    missing = [n for n in ours if not any(close(n, m) for m in theirs)]
    if alone or missing:
        told = [[str(n.n(12)) for n in numbers] for numbers in (alone, missing)]
        return Compared(False, f"SymPy alone has {told[0]}, the answer alone has {told[1]}")
    return Compared(True, f"SymPy also has {surplus}, where the equation does not hold" if surplus else "")


def _real(number: Any) -> Any:
    """Return a number to many digits; None if it is not real."""
    found = sympy.sympify(number).evalf(_PLACES)
    real, imaginary = found.as_real_imag()
    if not (real.is_Number and imaginary.is_Number):
        raise NoAnswerError(f"SymPy returns {number}")
    return real if abs(imaginary) < sympy.Float("1e-25") else None


def _by_inequality(question: Question) -> Compared:
    """Compare the sets at the ends of both, between them and beyond."""
    (unknown,) = question.unknowns
    theirs = _region(question.as_written, unknown)
    ends = [_real(end) for end in theirs.boundary]
    for relation in relations(question.answer):
        ends += critical(relation, unknown) or ()
    ends.sort()
    for left, right in pairwise([ends[0] - _BEYOND, *ends, ends[-1] + _BEYOND] if ends else [-1, 1]):
        middle = sympy.nsimplify((left + right) / 2, rational=True)
        if bool(theirs.contains(middle)) is not holds(question.answer, {unknown: middle}):
            return Compared(False, f"SymPy has {theirs}: another verdict at {middle.n(12)}")
    for end in theirs.boundary:
        if bool(theirs.contains(end)) is not holds(question.answer, {unknown: _real(end)}):
            return Compared(False, f"SymPy has {theirs}: another verdict at its end {end}")
    return Compared(True)


def _region(state: Any, unknown: Any) -> Any:
    if isinstance(state, (sympy.And, sympy.Or)):
        join = sympy.Union if isinstance(state, sympy.Or) else sympy.Intersection
        return join(*(_region(part, unknown) for part in state.args))
    left, right = (side.doit() for side in state.args)
    relation = state.func(left, right)
    if relation in {sympy.true, sympy.false}:
        return sympy.S.Reals if relation else sympy.S.EmptySet
    return solve_univariate_inequality(relation, unknown, relational=False)


def _by_system(question: Question) -> Compared:
    unknowns = question.unknowns
    equations = [(equation.lhs - equation.rhs).doit() for equation in relations(question.as_written)]
    found = sympy.solve(equations, unknowns, dict=True)
    theirs = []
    for point in found:
        if set(point) != set(unknowns) or any(value.free_symbols for value in point.values()):
            raise NoAnswerError(f"SymPy returns {point}")
        numbers = [_real(point[unknown]) for unknown in unknowns]
        if None not in numbers:
            theirs.append(numbers)
    named = satisfying(question.answer, unknowns)
    if named is None:
        raise NoAnswerError("the answer names no points")
    ours = [[at[unknown] for unknown in unknowns] for at in named]
    alone = [p for p in theirs if not any(_near(p, q) for q in ours)]
    missing = [p for p in ours if not any(_near(p, q) for q in theirs)]
    if alone or missing:
        return Compared(False, f"SymPy alone has {alone}, the answer alone has {missing}")
    return Compared(True)


def _near(left: Sequence[Any], right: Sequence[Any]) -> bool:
    return all(map(close, left, right))


def _by_dsolve(question: Question) -> Compared:
    """Compare each of the solutions that SymPy returns with the answer, as a family of curves."""
    problem = question.as_written
    (function,) = unknown_functions(problem)
    equation, *others = problem.args if isinstance(problem, sympy.And) else (problem,)
    if others and not equation.has(function):
        equation, others = others[0], [equation]
    starts = {start.lhs: start.rhs.doit() for start in others}
    found = sympy.dsolve(equation.doit(), function, ics=starts or None)
    if not isinstance(found, (list, sympy.Eq)):
        raise NoAnswerError(f"dsolve returns {found}")
    comparison = Curves(problem)
    compared = [
        comparison.compare(one, question.answer)
        for one in ([found] if isinstance(found, sympy.Eq) else found)
    ]
    return next((one for one in compared if one.same is False), compared[0])


SOLVERS: Mapping[str, Callable[[Question], Compared]] = {
    "solveset": _by_solveset,
    "solve": _by_solve,
    "eigenvals": _by_eigenvalues,
    "solve_univariate_inequality": _by_inequality,
    "solve a system": _by_system,
    "dsolve": _by_dsolve,
}
"""SymPy's solvers by name; each compares what it finds with the answer."""
