"""What a system of linear equations says: its set of solutions, compared exactly.

Two systems in the same unknowns have the same solutions exactly when their reduced row echelon forms agree,
or when both have none.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mat

from rpsdg.math_domains.trees import Tree

from .normal_form import NormalForms

__all__ = ["NotLinearError", "Rows", "rows_of"]

Rows = tuple[tuple[Any, ...], ...]
"""The rows of a reduced echelon form that are not zero; a row `0 … 0 1` alone if there is no solution."""


class NotLinearError(ArithmeticError):
    """The state is no system of linear equations."""


def rows_of(state: Tree, forms: NormalForms, unknowns: int) -> Rows:
    """Return what a system says.

    Raises:
        NotLinearError: it is none.
        NotRationalError: it is not even one of rational functions.
    """
    assert type(state) is tuple
    equations = state[1:] if state[0] == "and" else (state,)
    rows = [_row(equation, forms, unknowns) for equation in equations]
    reduced, rank = fmpq_mat(rows).rref()
    found = tuple(tuple(reduced[k, i] for i in range(unknowns + 1)) for k in range(rank))
    none = (*[fmpq(0)] * unknowns, fmpq(1))
    return (none,) if none in found else found


def _row(equation: Any, forms: NormalForms, unknowns: int) -> list[fmpq]:
    """Return the numbers in front of the unknowns, and the one on the right."""
    if equation[0] != "=":
        raise NotLinearError(f"`{equation[0]}` is no equation")
    row = [fmpq(0)] * (unknowns + 1)
    for side, sign in ((equation[1], 1), (equation[2], -1)):
        above, below = forms.form(side)
        if below.total_degree() != 0 or above.total_degree() > 1:
            raise NotLinearError("a term is not linear")
        scale = sign / next(iter(below.to_dict().values()))
        for degrees, value in above.to_dict().items():
            place = degrees.index(1) if 1 in degrees else unknowns
            row[place] += value * scale * (1 if 1 in degrees else -1)
    return row
