"""The bugs of a trace as they were aimed: what its steps undo, in the order in which it was done."""

from __future__ import annotations

from rpsdg.traces.record import Trace

from .mutator import Edit, Mutator
from .rules import all_mutators

__all__ = ["moves_of"]


def moves_of(trace: Trace) -> list[Mutator]:
    """Return the bugs of a trace in the order of the walk, each aimed at the untouched program.

    Raises:
        LookupError, TypeError, ValueError: a step names no mutator, or aims it nowhere.
    """
    moves: list[Mutator] = []
    made: list[Edit] = []
    for step in reversed(trace.steps):
        move = all_mutators()[step.rule].aimed(step.aim).grounded(made)
        moves.append(move)
        made.extend(move.edits)
    return moves
