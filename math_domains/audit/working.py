"""Working out what `evalf` cannot look into, each the plainest way that SymPy has for it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy
from sympy.matrices.matrixbase import MatrixBase

__all__ = ["Antiderivative", "is_matrix", "worked_out"]

_LATENT = (
    sympy.Derivative,
    sympy.Subs,
    sympy.Sum,
    sympy.Determinant,
    sympy.Integral,
    sympy.MatrixExpr,
    MatrixBase,
)


def is_matrix(expression: Any) -> bool:
    """Say whether something is a matrix or an expression that stands for one."""
    return isinstance(expression, (MatrixBase, sympy.MatrixExpr))


@lru_cache(maxsize=4096)
def worked_out(expression: Any) -> Any:
    """Return an expression of the same value without derivatives, substitutions, sums and determinants.

    An antiderivative becomes a function of which only the derivative is known. The rest stays as it is.

    Raises:
        ValueError: there is an inverse of a matrix that has none, or shapes do not fit.
    """
    if not expression.args or not (is_matrix(expression) or expression.has(*_LATENT)):
        return expression
    if isinstance(expression, MatrixBase):
        return expression.applyfunc(worked_out)
    if isinstance(expression, sympy.Derivative):
        found = worked_out(expression.expr)
        for by, times in expression.variable_count:
            found = found.diff(by, times)
        return found
    if isinstance(expression, sympy.Subs):
        inner = worked_out(expression.expr)
        return inner.subs(dict(zip(expression.variables, map(worked_out, expression.point), strict=True)))
    if isinstance(expression, sympy.Sum):
        return _added_up(expression)
    if isinstance(expression, sympy.Integral):
        return _integral(expression)
    parts = [worked_out(part) for part in expression.args]
    if isinstance(expression, sympy.Limit):
        return sympy.Limit(*parts)
    if isinstance(expression, sympy.Determinant):
        return parts[0].det()
    if is_matrix(expression):
        return _matrix(expression, parts)
    return expression.func(*parts, evaluate=False)


def _added_up(total: Any) -> Any:
    """Return a sum between whole numbers, term by term."""
    ((by, low, high),) = total.limits
    inner, ends = worked_out(total.function), [worked_out(end).doit() for end in (low, high)]
    if not all(end.is_Integer for end in ends):
        raise ValueError(f"a sum between whole numbers was expected, not from {low} to {high}")
    return sympy.Add(*[inner.subs(by, number) for number in range(int(ends[0]), int(ends[1]) + 1)])


def _integral(integral: Any) -> Any:
    ((by, *ends),) = integral.limits
    inner = worked_out(integral.function)
    if ends:
        return sympy.Integral(inner, (by, *map(worked_out, ends)))
    return _antiderivative(inner, by)(by)


class Antiderivative(sympy.Function):  # type: ignore[misc] # SymPy brings no types
    """A function of which only the derivative is known: a class of its own for each integrand."""

    nargs = 1


@lru_cache(maxsize=4096)
def _antiderivative(integrand: Any, by: Any) -> Any:
    def fdiff(self: Any, argindex: int = 1) -> Any:
        return integrand.subs(by, self.args[argindex - 1])

    return type("Antiderivative", (Antiderivative,), {"fdiff": fdiff})


def _matrix(expression: Any, parts: list[Any]) -> Any:
    """Return the matrix that an expression of matrices and numbers stands for."""
    if isinstance(expression, sympy.Inverse):
        return parts[0].inv()
    if isinstance(expression, sympy.MatPow):
        return parts[0] ** parts[1]
    found = parts[0]
    for part in parts[1:]:
        found = found + part if isinstance(expression, sympy.MatAdd) else found * part
    return found
