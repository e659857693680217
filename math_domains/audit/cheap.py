"""The cheap audit: the answer beside the problem, and each state beside the one before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import sympy

from .case import Case, Outcome, Verdict, written
from .comparison import Comparison
from .curves import Curves, unknown_functions
from .expressions import Antiderivatives, Matrices, Values
from .limits import Limits
from .statements import Statements, is_statement
from .systems import Systems
from .working import is_matrix

__all__ = ["cheap", "comparison_for"]

_UNDONE = (
    sympy.Derivative,
    sympy.Determinant,
    sympy.Integral,
    sympy.Inverse,
    sympy.Limit,
    sympy.Subs,
    sympy.Sum,
)


def cheap(case: Case) -> Verdict:
    """Compare the answer with the problem, and each step's two states.

    A step that is claimed to be wrong has to be seen to be.
    """
    problem, answer = written(case.problem), written(case.answer)
    states = [problem, *(written(text) for text, _ in case.steps)]
    comparison = comparison_for([*states, answer], [written(text) for text in case.assuming])
    unclear: list[str] = []
    if answer.has(*_UNDONE):
        return Verdict(Outcome.DISAGREE, f"the answer {case.answer} is not worked out")
    whole = comparison.compare(problem, answer)
    if whole.same is False:
        return Verdict(Outcome.DISAGREE, f"problem and answer: {whole.detail}")
    if whole.same is None:
        unclear.append(f"problem and answer: {whole.detail}")
    elif lacking := comparison.lacks(problem, answer):
        return Verdict(Outcome.DISAGREE, lacking)
    if not all(right for _, right in case.steps) and comparison.compare(problem, states[-1]).same:
        return Verdict(Outcome.DISAGREE, "the steps that go wrong lead to a right answer")
    for number, ((before, after), (_, right)) in enumerate(zip(pairwise(states), case.steps, strict=True), 1):
        found = comparison.compare(before, after)
        if found.same is None:
            unclear.append(f"step {number}: {found.detail}")
        elif found.same is not right:
            detail = found.detail if right else "it is said to be wrong, and nothing is"
            return Verdict(Outcome.DISAGREE, f"step {number}: {detail}")
    return Verdict(Outcome.NO_ANSWER, "; ".join(unclear)) if unclear else Verdict(Outcome.AGREE)


def comparison_for(states: Sequence[Any], assuming: Sequence[Any] = ()) -> Comparison:
    """Return how the states of a solution are compared; the first is the problem, the last the answer."""
    problem = states[0]
    if unknown_functions(problem):
        return Curves(problem)
    if is_statement(problem):
        unknowns = problem.free_symbols
        return Statements(states, *unknowns) if len(unknowns) == 1 else Systems(unknowns)
    if is_matrix(problem):
        return Matrices()
    for integral in problem.atoms(sympy.Integral):
        if len(integral.limits[0]) == 1:
            return Antiderivatives(integral.limits[0][0])
    if problem.has(sympy.Limit, sympy.oo, -sympy.oo):
        return Limits()
    return Values(assuming)
