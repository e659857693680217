"""Matrices of rational functions: their sums, products, determinants and inverses, entry by entry.

A determinant is the signed sum over all permutations and an inverse comes from determinants, so that nothing
here works like the row operations that a solver makes.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any, TypeAlias

from rpsdg.math_domains.trees import Tree

__all__ = ["Entries", "NotRationalError", "determinant", "entries_of", "is_matrix", "same_entries"]

Form: TypeAlias = tuple[Any, Any]
"""A numerator and a denominator."""
Entries: TypeAlias = list[list[Form]]

_LARGEST = 4
_LARGEST_POWER = 6


class NotRationalError(ArithmeticError):
    """The tree is no rational function with rational coefficients, or divides by zero everywhere."""


def is_matrix(tree: Tree) -> bool:
    """Say whether a tree stands for a matrix."""
    if type(tree) is not tuple:
        return False
    if tree[0] in {"+", "*", "/", "neg", "^"}:
        return any(is_matrix(part) for part in tree[1:])
    return tree[0] in {"matrix", "inv"}


def same_entries(left: Entries, right: Entries) -> bool:
    """Say whether two matrices are the same."""
    if [len(row) for row in left] != [len(row) for row in right]:
        return False
    pairs = [pair for rows in zip(left, right, strict=True) for pair in zip(*rows, strict=True)]
    return all(one[0] * other[1] == other[0] * one[1] for one, other in pairs)


def entries_of(tree: Any, form: Callable[[Tree], Form]) -> Entries:
    """Return the entries of an expression of matrices.

    Args:
        tree: the expression.
        form: gives numerator and denominator of what is no matrix.

    Raises:
        NotRationalError: there are none, or the matrices do not fit together.
    """
    head = tree[0] if is_matrix(tree) else None
    if head == "matrix":
        return [[form(entry) for entry in row[1:]] for row in tree[1:]]
    if head == "neg":
        return [[(-above, below) for above, below in row] for row in entries_of(tree[1], form)]
    if head == "inv":
        return _inverse(entries_of(tree[1], form))
    if head == "/" and not is_matrix(tree[2]):
        above, below = form(tree[2])
        return _scaled(entries_of(tree[1], form), (below, above))
    if head == "^" and type(tree[2]) is int and 0 < tree[2] <= _LARGEST_POWER:
        return entries_of(("*", *[tree[1]] * tree[2]), form) if tree[2] > 1 else entries_of(tree[1], form)
    if head == "+":
        parts = [entries_of(part, form) for part in tree[1:]]
        return [[_sum(list(same)) for same in _together(rows)] for rows in _together(parts)]
    if head == "*":
        result: Entries | None = None
        for part in tree[1:]:
            if is_matrix(part):
                factor = entries_of(part, form)
                result = factor if result is None else _product(result, factor)
        assert result is not None
        for part in tree[1:]:
            if not is_matrix(part):
                result = _scaled(result, form(part))
        return result
    raise NotRationalError(f"no matrix is written {tree!r}"[:200])


def determinant(matrix: Entries) -> Form:
    """Return the sum over all permutations of the signed products.

    Raises:
        NotRationalError: the matrix is not square, or too large.
    """
    size = len(matrix)
    if size > _LARGEST or any(len(row) != size for row in matrix):
        raise NotRationalError("a square matrix, not too large, was expected")
    products = []
    for order in permutations(range(size)):
        turned = sum(order[i] > order[j] for j in range(size) for i in range(j))
        above, below = matrix[0][order[0]]
        for i in range(1, size):
            more, under = matrix[i][order[i]]
            above, below = above * more, below * under
        products.append((-above if turned % 2 else above, below))
    return _sum(products)


def _inverse(matrix: Entries) -> Entries:
    """Return the matrix of the signed minors, turned over, divided by the determinant."""
    above, below = determinant(matrix)
    if above == 0:
        raise NotRationalError("the matrix has no inverse")
    size = len(matrix)
    if size == 1:
        return [[(below, above)]]
    minors = [[determinant(_without(matrix, j, i)) for j in range(size)] for i in range(size)]
    signed = [[(-a if (i + j) % 2 else a, b) for j, (a, b) in enumerate(row)] for i, row in enumerate(minors)]
    return _scaled(signed, (below, above))


def _without(matrix: Entries, row: int, column: int) -> Entries:
    return [[*line[:column], *line[column + 1 :]] for i, line in enumerate(matrix) if i != row]


def _together(lists: list[Any]) -> list[Any]:
    if len({len(each) for each in lists}) != 1:
        raise NotRationalError("the matrices do not have the same size")
    return list(zip(*lists, strict=True))


def _sum(forms: list[Form]) -> Form:
    above, below = forms[0]
    for more, under in forms[1:]:
        if under == below:
            above = above + more
        else:
            above, below = above * under + more * below, below * under
    return above, below


def _scaled(matrix: Entries, by: Form) -> Entries:
    if by[1] == 0:
        raise NotRationalError("a denominator is zero everywhere")
    return [[(above * by[0], below * by[1]) for above, below in row] for row in matrix]


def _product(left: Entries, right: Entries) -> Entries:
    if len(left[0]) != len(right):
        raise NotRationalError("the matrices can not be multiplied")
    columns = list(zip(*right, strict=True))
    return [
        [_sum([(a * c, b * d) for (a, b), (c, d) in zip(row, column, strict=True)]) for column in columns]
        for row in left
    ]
