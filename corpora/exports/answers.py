"""A trace as a question with answers to it: the right one, and wrong ones that were proved wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rpsdg.sandbox.tree import Tree
from rpsdg.traces.record import Step, Trace

from .programs import Programs
from .styles import INSTRUCTIONS, Style, file_block, write_answer
from .unfit import UnfitError

__all__ = ["CODE", "Asked", "asked", "first_error", "is_code", "is_right", "step_text", "worked"]

CODE = ("code/",)
"""Beginnings of the domains of programs."""


@dataclass(frozen=True)
class Asked:
    """A question, its right answer, and wrong ones with the reason for each."""

    question: str
    right: str
    wrong: list[tuple[str, str]] = field(default_factory=list)


def is_code(trace: Trace) -> bool:
    """Say whether a trace is about a program."""
    return trace.domain.startswith(CODE)


def first_error(trace: Trace) -> int | None:
    """Return the number of the first wrong step, from 0; None if every step is right."""
    return next((number for number, step in enumerate(trace.steps) if step.label != "correct"), None)


def is_right(trace: Trace) -> bool:
    """Say whether every step of a trace is right."""
    return first_error(trace) is None


def asked(trace: Trace, programs: Programs, style: Style) -> Asked:
    """Return a code problem with its fix and the wrong fixes, as a model sees and writes them in one turn.

    The question holds the files that the right answer and the wrong ones change.

    Raises:
        UnfitError: what differs cannot be written in the style.
    """
    broken, fixed = programs.of(trace.problem.state), programs.of(trace.answer.state)
    wrong = [(programs.of(negative.state), negative.reason) for negative in trace.negatives]
    paths = {path for tree in (fixed, *(tree for tree, _ in wrong)) for path in broken.changed(tree)}
    return Asked(
        _question(trace, broken, sorted(paths), style),
        write_answer(style, broken, fixed),
        # A partial fix that mends nothing is no answer at all.
        [(write_answer(style, broken, tree), reason) for tree, reason in wrong if tree != broken],
    )


def _question(trace: Trace, broken: Tree, paths: list[str], style: Style) -> str:
    files = "\n".join(file_block(path, broken) for path in paths)
    return f"{trace.problem.statement.rstrip()}\n\n{files}\n{INSTRUCTIONS[style]}\n"


def step_text(step: Step) -> str:
    """Return a step of mathematics as it is written down: what is done, and what comes of it."""
    formula = str(step.after["latex"])
    if formula in step.explanation:
        return step.explanation
    return f"{step.explanation.rstrip()}\n$${formula}$$"


def worked(trace: Trace) -> Iterator[str]:
    """Yield a worked solution of mathematics, step by step, wrong ones as they are told; the answer ends it.

    Raises:
        UnfitError: it is no such trace.
    """
    if not trace.steps or "latex" not in trace.answer.state:
        raise UnfitError("no solution in formulas")
    yield from (step_text(step) for step in trace.steps[:-1])
    last = trace.steps[-1]
    answer = trace.answer.text if is_right(trace) else f"${last.after['latex']}$"
    yield f"{step_text(last)}\n\nAnswer: {answer}"
