"""What the rules of matrices share: how matrices are written as trees."""

from __future__ import annotations

from typing import Any

from rpsdg.math_domains.terms import collected, multiplied, terms
from rpsdg.math_domains.trees import Tree

__all__ = ["Rows", "identity", "matrix", "put_back", "rows_of", "side_by_side", "square", "times"]

Rows = list[list[Tree]]


def matrix(rows: Any) -> Tree:
    """Return the matrix with these rows."""
    return ("matrix", *[("row", *row) for row in rows])


def rows_of(tree: Tree) -> Rows | None:
    """Return the rows of a matrix that is written out; None for anything else."""
    match tree:
        case ("matrix", *rows):
            return [list(row[1:]) for row in rows]
    return None


def identity(size: int) -> Tree:
    """Return the identity matrix of so many rows."""
    return matrix([[int(i == j) for j in range(size)] for i in range(size)])


def square(tree: Tree) -> Rows | None:
    """Return the rows inside a determinant."""
    match tree:
        case ("det", inner) if (rows := rows_of(inner)) is not None and len(rows) == len(rows[0]):
            return rows
    return None


def times(by: Tree, entry: Tree) -> Tree:
    """Return an entry multiplied by a number, like terms collected."""
    return collected([multiplied(by, part) for part in terms(entry)])


def side_by_side(tree: Tree) -> tuple[list[Rows], str] | None:
    """Return the matrices that a row operation changes alike: one in a determinant, or A and B of A⁻¹B."""
    match tree:
        case ("det", inner) if (rows := rows_of(inner)) is not None:
            return [rows], "det"
        case ("*", ("inv", left), right):
            first, second = rows_of(left), rows_of(right)
            if first is not None and second is not None and len(first) == len(second):
                return [first, second], "inv"
    return None


def put_back(matrices: list[Rows], kind: str) -> Tree:
    """Return what `side_by_side` took apart."""
    first, *rest = map(matrix, matrices)
    return ("det", first) if kind == "det" else ("*", ("inv", first), *rest)
