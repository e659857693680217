"""Matrices as answers: rows of entries, perhaps with a number in front of all of them."""

from __future__ import annotations

from rpsdg.math_domains.trees import Tree, mul, neg
from rpsdg.math_domains.witnesses.matrices import is_matrix

from .limits import Reason, RefusedError, Work
from .numbers import same_items
from .problem import Problem

__all__ = ["compare_matrices"]

Rows = list[tuple[Tree, ...]]
_BRACKETS = frozenset({"[]", "()", "{}"})


def compare_matrices(problem: Problem, answer: Tree, places: int | None, work: Work) -> Reason:
    """Say whether an answer has the entries of the gold matrix, each in its place.

    Raises:
        RefusedError: it is no matrix, or one that is still to be worked out.
    """
    wanted, given = _rows(problem.gold), _rows(answer)
    if [len(row) for row in wanted] != [len(row) for row in given]:
        return Reason.SHAPE
    golds = [entry for row in wanted for entry in row]
    return same_items(problem, golds, [entry for row in given for entry in row], places, work)


def _rows(tree: Tree) -> Rows:
    """Return the rows of a matrix, written as one or as brackets in brackets, with what stands in front."""
    if type(tree) is not tuple:
        raise RefusedError(Reason.SHAPE, "a matrix was asked for")
    head, parts = tree[0], tree[1:]
    if head == "matrix":
        return [row[1:] for row in parts]
    if head in _BRACKETS:
        if all(type(row) is tuple and row[0] in _BRACKETS for row in parts):
            return [row[1:] for row in parts]
        raise RefusedError(Reason.SHAPE, "a matrix was asked for")
    matrices = [part for part in parts if _is_finished(part)]
    if len(matrices) == 1 and not any(is_matrix(part) for part in parts if part is not matrices[0]):
        rows = _rows(matrices[0])
        if head == "neg":
            return [tuple(map(neg, row)) for row in rows]
        if head == "/" and matrices[0] is parts[0]:
            return [tuple(("/", entry, parts[1]) for entry in row) for row in rows]
        if head == "*":
            factors = [part for part in parts if part is not matrices[0]]
            return [tuple(mul(*factors, entry) for entry in row) for row in rows]
    raise RefusedError(Reason.RESTATED if is_matrix(tree) else Reason.SHAPE, "a matrix was asked for")


def _is_finished(tree: Tree) -> bool:
    return type(tree) is tuple and (tree[0] == "matrix" or (tree[0] in _BRACKETS and len(tree) > 1))
