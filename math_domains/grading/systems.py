"""Solutions of systems: values of several unknowns, as equations side by side or as tuples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rpsdg.math_domains.trees import Tree, names

from .limits import Reason, RefusedError, Work
from .numbers import same_items
from .problem import Problem
from .statements import with_signs

__all__ = ["compare_systems", "solutions_of"]

_MOST_SOLUTIONS = 16
Solution = tuple[Tree, ...]


def compare_systems(problem: Problem, answer: Tree, places: int | None, work: Work) -> Reason:
    """Say whether an answer gives the same solutions as the gold statement, in any order.

    Raises:
        RefusedError: it gives no values, or not for all unknowns.
    """
    wanted, given = solutions_of(problem.gold, problem), solutions_of(answer, problem)
    if len(given) > _MOST_SOLUTIONS:
        raise RefusedError(Reason.TOO_LARGE, "that many solutions")

    def same(one: Solution, other: Solution) -> bool:
        return same_items(problem, one, other, places, work) is Reason.EQUAL

    if len(wanted) == len(given) == 1:
        return same_items(problem, wanted[0], given[0], places, work)
    if not all(any(same(one, other) for other in given) for one in wanted):
        return Reason.MISSING
    return Reason.EQUAL if all(any(same(one, other) for one in wanted) for other in given) else Reason.EXTRA


def solutions_of(tree: Tree, problem: Problem) -> list[Solution]:
    """Return the solutions that a statement gives, each in the order of the unknowns.

    Raises:
        RefusedError: it gives no values, or not for all unknowns.
    """
    unknowns = problem.unknowns
    if type(tree) is not tuple:
        raise RefusedError(Reason.SHAPE, str(tree))
    head, parts = tree[0], tree[1:]
    if head in {"()", "[]"} and not any(_is_tuple(part) for part in parts):
        if len(parts) != len(unknowns):
            raise RefusedError(Reason.SHAPE, "a tuple of another length")
        if any(set(unknowns) & names(part) for part in parts):
            raise RefusedError(Reason.RESTATED, "an unknown has no value")
        return [tuple(signed) for signed in zip(*_both(parts), strict=True)]
    if head == "=":
        if _entries(parts[0]) == unknowns:
            return solutions_of(parts[1], problem)
        return _assigned([tree], unknowns)
    if head == "in":
        return solutions_of(parts[1], problem)
    if head == "matrix" and (entries := _entries(tree)):
        return solutions_of(("()", *entries), problem)
    if head in {"or", "list", "{}", "and", "[]", "()"}:
        if not any(map(_is_assignment, parts)):
            return [solution for part in parts for solution in solutions_of(part, problem)]
        ordered = tree if head in {"or", "and"} else ("list", *parts)
        return _assigned(list(_in_order(ordered)), unknowns)
    raise RefusedError(Reason.SHAPE, str(head))


def _entries(tree: Tree) -> tuple[Tree, ...]:
    """Return what is in a tuple, or in a matrix of one row or one column; nothing of anything else."""
    match tree:
        case ("()", *entries):
            return tuple(entries)
        case ("matrix", ("row", *entries)):
            return tuple(entries)
        case ("matrix", *rows) if all(len(row) == 2 for row in rows):
            return tuple(row[1] for row in rows)
    return ()


def _is_assignment(tree: Tree) -> bool:
    """Whether equations for single unknowns are side by side in a statement."""
    if type(tree) is not tuple:
        return False
    if tree[0] == "=":
        return type(tree[1]) is str
    return tree[0] in {"or", "and", "list"} and any(map(_is_assignment, tree[1:]))


def _in_order(tree: Tree) -> Iterator[tuple[Any, ...]]:
    """Yield the equations of a statement as they are written, ``('or',)`` where an `or` parts them."""
    if type(tree) is tuple and tree[0] in {"or", "and", "list"}:
        for number, part in enumerate(tree[1:]):
            if number and tree[0] == "or":
                yield ("or",)
            yield from _in_order(part)
    elif type(tree) is tuple and tree[0] == "=":
        yield tree
    else:
        raise RefusedError(Reason.SHAPE, str(tree))


def _is_tuple(tree: Tree) -> bool:
    return type(tree) is tuple and tree[0] in {"()", "[]", "=", "and", "matrix"}


def _both(parts: tuple[Tree, ...]) -> list[list[Tree]]:
    """Return each part with upper and with lower signs, if any of them has both."""
    signed = [with_signs(part) for part in parts]
    longest = max(map(len, signed))
    return [both * longest if len(both) < longest else both for both in signed]


def _assigned(equations: Sequence[tuple[Any, ...]], unknowns: tuple[str, ...]) -> list[Solution]:
    """Return the solutions of equations side by side.

    A name that comes again begins the next solution; an `or` may stand only where one is complete.
    """
    solutions: list[dict[str, Tree]] = [{}]
    for equation in equations:
        if equation == ("or",):
            solutions.append({})
            continue
        _, left, right = equation
        name = str(left) if left in unknowns else str(left).partition("_")[0]
        if name not in unknowns:
            raise RefusedError(Reason.SHAPE, str(left))
        if set(unknowns) & names(right):
            raise RefusedError(Reason.RESTATED, "an unknown does not stand alone")
        if name in solutions[-1]:
            solutions.append({})
        solutions[-1][name] = right
    if any(len(solution) != len(unknowns) for solution in solutions):
        raise RefusedError(Reason.MISSING, "an unknown")
    return [
        tuple(one)
        for solution in solutions
        for one in zip(*_both(tuple(solution[name] for name in unknowns)), strict=True)
    ]
