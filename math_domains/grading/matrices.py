"""Matrices as answers: rows of entries, perhaps with a number in front of all of them."""

from __future__ import annotations

from rpsdg.math_domains.trees import Path, Tree, mul, neg, places
from rpsdg.math_domains.witnesses.matrices import is_matrix

from .forms import has_form
from .limits import Reason, RefusedError, Work
from .meanings import matrix
from .numbers import same_items
from .problem import Problem

__all__ = ["compare_matrices", "in_rows"]

Rows = list[tuple[Tree, ...]]
_BRACKETS = frozenset({"[]", "()", "{}"})


def compare_matrices(problem: Problem, answer: Tree, places: int | None, work: Work) -> Reason:
    """Say whether an answer has the entries of the gold matrix, each in its place.

    Raises:
        RefusedError: it is no matrix, or one that is still to be worked out.
    """
    (_, wanted), (front, given) = _rows(problem.gold), _rows(answer)
    if [len(row) for row in wanted] != [len(row) for row in given]:
        return Reason.SHAPE
    golds = [entry for row in wanted for entry in row]
    entries = [entry for row in given for entry in row]
    reason = same_items(problem, golds, [mul(front, entry) for entry in entries], places, work)
    if reason is not Reason.EQUAL:
        return reason
    formed = all(has_form(problem.form, part, part, work) for part in (front, *entries))
    return Reason.EQUAL if formed else Reason.FORM


def in_rows(tree: Tree) -> Tree:
    """Return an expression in which brackets in brackets are matrices."""
    if type(tree) is not tuple:
        return tree
    if tree[0] in _BRACKETS and all(type(row) is tuple and row[0] in _BRACKETS for row in tree[1:]):
        return matrix([row[1:] for row in tree[1:]])
    return (tree[0], *map(in_rows, tree[1:]))


def _rows(tree: Tree) -> tuple[Tree, Rows]:
    """Return what stands in front of a matrix, and its rows, written as one or as brackets in brackets."""
    if type(tree) is not tuple or not any(map(_has_rows, places(tree))):
        raise RefusedError(Reason.UNREADABLE, "no matrix")
    head, parts = tree[0], tree[1:]
    if head == "matrix":
        return 1, [row[1:] for row in parts]
    if head in _BRACKETS:
        if all(type(row) is tuple and row[0] in _BRACKETS for row in parts):
            return 1, [row[1:] for row in parts]
        raise RefusedError(Reason.SHAPE, "a matrix was asked for")
    if head == "neg":
        front, rows = _rows(parts[0])
        return neg(front), rows
    matrices = [part for part in parts if _is_finished(part)]
    if len(matrices) == 1 and not any(is_matrix(part) for part in parts if part is not matrices[0]):
        _, rows = _rows(matrices[0])
        if head == "/" and matrices[0] is parts[0]:
            return ("/", 1, parts[1]), rows
        if head == "*":
            return mul(*[part for part in parts if part is not matrices[0]]), rows
    raise RefusedError(Reason.RESTATED if is_matrix(tree) else Reason.SHAPE, "a matrix was asked for")


def _has_rows(place: tuple[Path, Tree]) -> bool:
    _, part = place
    return type(part) is tuple and (part[0] in _BRACKETS or part[0] == "matrix")


def _is_finished(tree: Tree) -> bool:
    return type(tree) is tuple and (tree[0] == "matrix" or (tree[0] in _BRACKETS and len(tree) > 1))
