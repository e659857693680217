"""Marking a written solution: which line is the first that does not follow from the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rpsdg.math_domains.trees import Tree

from .directions import Directions
from .judges import Judge, Step, judge_for
from .limits import MOST_WORK, Reason, RefusedError, Work
from .problem import Kind, Problem
from .working import lines_of

__all__ = ["Mark", "Step", "first_wrong", "mark_solution"]

_MOST_WORK = 10 * MOST_WORK
"""A solution has many lines, each of which may cost what an answer may."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of one state of a written solution."""

    line: int
    """Counted from 0, empty lines too."""
    step: Step
    reason: Reason
    """Why a step is wrong or was not judged; `EQUAL` for every other."""
    text: str


def mark_solution(problem: Problem, solution: str) -> tuple[Mark, ...]:
    """Mark every line of a written solution; never raises for what the text is.

    Args:
        problem: what was asked; equations of curves, lists and matrices have no steps, and all is skipped.
        solution: one formula or relation a line, in plain text or LaTeX.
    """
    work = Work(_MOST_WORK)
    marks: list[Mark] = []
    try:
        _mark(problem, solution, work, marks)
    except RefusedError as error:
        line = marks[-1].line + 1 if marks else 0
        marks.append(Mark(line, Step.SKIPPED, error.reason, ""))
    return tuple(marks)


def first_wrong(marks: Sequence[Mark]) -> int | None:
    """Return the line of the first wrong step; None where no step was found wrong."""
    return next((mark.line for mark in marks if mark.step is Step.WRONG), None)


def _mark(problem: Problem, solution: str, work: Work, marks: list[Mark]) -> None:
    judge = _judge_for(problem, work)
    functions, unit = problem.functions, problem.unit
    written = list(lines_of(solution, judge.names, work, sides=judge.sides, functions=functions, unit=unit))
    judge.prepare([state for line in written for state in line.states])
    before = judge.start
    for line in written:
        states = judge.about_the_problem(line.states)
        if not states:
            marks.append(Mark(line.number, Step.SKIPPED, Reason.UNREADABLE, line.text))
        found, after = _follow(judge, before, states)
        # A single letter in front may be a name of something else; F(x), A⁻¹ and |A| are what was asked.
        named = len(states) < len(line.states) and type(line.states[0]) is not str
        if _is_aside(found) and judge.sides and not (named or line.text.startswith("=")):
            found = [(Step.SKIPPED, Reason.DIFFERENT)] * len(found)
        else:
            before = after
        marks += [Mark(line.number, step, reason, line.text) for step, reason in found]


def _judge_for(problem: Problem, work: Work) -> Judge:
    if problem.kind is Kind.DIFFERENTIAL:
        assert problem.question is not None
        return Directions(problem, problem.question, work)
    return judge_for(problem, work)


def _follow(judge: Judge, before: Tree, states: Sequence[Tree]) -> tuple[list[tuple[Step, Reason]], Tree]:
    """Judge the states of a line; return the last of them that was judged, too."""
    found = []
    for state in states:
        try:
            step, reason = judge.look(before, state)
        except RefusedError as error:
            step, reason = Step.SKIPPED, error.reason
        if step is not Step.SKIPPED:
            before = state
        found.append((step, reason))
    return found, before


def _is_aside(found: Sequence[tuple[Step, Reason]]) -> bool:
    """Whether a line is true in itself and speaks of something else, such as the derivative of one factor."""
    steps = [step for step, _ in found]
    return len(steps) > 1 and steps[0] is Step.WRONG and set(steps[1:]) == {Step.HOLDS}
