"""Wrong steps of the kind that people make, put into right solutions.

A mistake misapplies a rule: it is aimed by the rule's own move and writes something else. What follows it is
done right, on the wrong state, as a person would go on. Whether the step really is wrong is not taken for
granted: a witness has to prove it, and a mistake that happens to do no harm is not labelled as one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import ClassVar, NamedTuple

from rpsdg.traces.kernel import rule_id

from .place import MisplacedError, swap
from .reading import read
from .rewriting import Rewrite
from .tape import Tape, next_move
from .text import sympy_text
from .trees import Tree, look
from .witnesses import Finding, Holds, judge_tape

__all__ = ["Mistake", "WrongSolution", "go_wrong"]


class Mistake(ABC):
    """One misconception. Its docstring is its page."""

    name: ClassVar[str]
    """Derived from the class name, such as `sign-lost-in-distribution`."""
    rules: ClassVar[tuple[type[Rewrite], ...]]
    """The rules that are misapplied."""
    sample: ClassVar[tuple[str, str]]
    """A state and what the mistake makes of it, in SymPy's notation."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = rule_id(cls)

    @abstractmethod
    def wrong(self, move: Rewrite) -> Tree | None:
        """Return what is written instead of the move's nearer side; None where the mistake cannot be made."""

    def misapply(self, move: Rewrite) -> Rewrite:
        """Return the move that makes the mistake.

        Raises:
            MisplacedError: it cannot be made there.
        """
        near = self.wrong(move) if isinstance(move, self.rules) else None
        if near is None or near in {move.near, move.far}:
            raise MisplacedError(f"{self.name} cannot be made with {move.rule}")
        return replace(move, near=near)


class WrongSolution(NamedTuple):
    """A solution with one mistake in it."""

    states: list[Tree]
    moves: list[Rewrite]
    findings: list[Finding]
    first_error: int
    """The number of the wrong step, from 0."""
    mistake: Mistake


def go_wrong(
    tape: Tape, mistakes: Mapping[str, Mistake], rng: Random, assuming: Sequence[Tree]
) -> WrongSolution | None:
    """Return the solution with a mistake at a random step; None if none can be made or proved.

    Args:
        tape: the right solution.
        mistakes: those there are, by name.
        rng: chooses step and mistake.
        assuming: conditions on the names.
    """
    choices = [
        (number, mistake)
        for number, move in enumerate(tape.moves)
        for mistake in mistakes.values()
        if isinstance(move, mistake.rules)
    ]
    for number, mistake in rng.sample(choices, len(choices)):
        before = tape.states[number]
        try:
            move = mistake.misapply(tape.moves[number])
            after = swap(before, move.place, move.far, move.near)
        except MisplacedError:
            continue
        if read(sympy_text(after)) != after:
            continue
        if judge_tape([before, after, *tape.states[number + 1 :]], assuming=assuming)[0].holds is Holds.NO:
            rest = Tape(after)
            for following in tape.moves[number + 1 :]:
                _go_on(rest, following)
            states = [*tape.states[: number + 1], *rest.states]
            findings = judge_tape(states, assuming=assuming)
            later = [finding.holds for finding in findings[number + 1 :]]
            right = [finding.holds for finding in findings[:number]]
            if {*later, *right} <= {Holds.YES} and findings[number].holds is Holds.NO:
                moves = [*tape.moves[:number], move, *rest.moves]
                return WrongSolution(states, moves, findings, number, mistake)
    return None


def _go_on(tape: Tape, move: Rewrite) -> None:
    """Make a step of the right solution on a wrong state: where it stood, or else where it applies."""
    rule, values = type(move), {name: value for name, value in move.values.items() if name != "of"}
    try:
        again = rule.aim_on(tape.answer, move.place.path, values)
        # What a solver would not do here, such as taking away a term that is not there, is not done.
        if again.far == look(tape.answer, move.place.path) and again.values in list(rule.ways_on(again.far)):
            tape.advance(again)
            return
    except LookupError:
        pass
    if not values and (found := next_move(tape.answer, [rule])) is not None:
        with suppress(MisplacedError):
            tape.advance(found)
