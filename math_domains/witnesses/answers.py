"""Checking an answer backwards, from the problem alone: put solutions in, differentiate antiderivatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rpsdg.math_domains.trees import CONNECTIVES, RELATIONS, Tree, names

from .differential import has_unknown_function
from .finding import Holds
from .judge import judge_tape
from .normal_form import NotRationalError
from .regions import UnknownRegionError, pieces_agree, speaks_of_regions
from .solutions import Solver, UnknownSolutionsError, crossings, same_roots, solves

__all__ = ["judge_answer"]


def judge_answer(problem: Tree, answer: Tree, *, assuming: Sequence[Tree] = ()) -> Holds:
    """Say whether an answer answers a problem.

    Solutions are put into the original equation; that there are no others is proved where the equation is one
    of rational functions, and elsewhere searched for. An antiderivative is differentiated. A simplified
    expression is compared by value.
    """
    if not (type(problem) is tuple and problem[0] in RELATIONS | CONNECTIVES):
        (finding,) = judge_tape([problem, answer], assuming=assuming)
        return finding.holds
    unknowns = names(problem)
    if len(unknowns) != 1 or has_unknown_function([problem, answer]):
        (finding,) = judge_tape([problem, answer])
        return finding.holds
    if speaks_of_regions(problem):
        try:
            return Holds.YES if pieces_agree(problem, answer)[0] else Holds.NO
        except NotRationalError:
            pass  # what is left is to put in the solutions that are named
        except UnknownRegionError:
            return Holds.UNKNOWN
    (unknown,) = unknowns
    solver = Solver(unknown)
    try:
        claimed = solver.roots(answer)
    except UnknownSolutionsError:
        return Holds.UNKNOWN
    verdicts = [solves(ball, problem, unknown) for ball in claimed.balls]
    if False in verdicts:
        return Holds.NO
    try:
        same = same_roots(solver.roots(problem), claimed)
    except UnknownSolutionsError:
        same = _none_missing(crossings(problem, unknown), claimed.balls)
    if None in verdicts or same is None:
        return Holds.UNKNOWN
    return Holds.YES if same else Holds.NO


def _none_missing(found: Sequence[Any], claimed: Sequence[Any]) -> bool:
    return all(any(ball.overlaps(other) for other in claimed) for ball in found)
