"""Wrong steps of the kind that people make, put into right solutions.

A mistake misapplies a rule: it is aimed by the rule's own move and writes something else. What follows it is
done right, on the wrong state, as a person would go on. Whether the step really is wrong is not taken for
granted: a witness has to prove it, and a mistake that happens to do no harm is not labelled as one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from random import Random
from typing import ClassVar, NamedTuple

from rpsdg.traces.kernel import rule_id

from .place import MisplacedError, Place, swap
from .reading import reads_back
from .rewriting import Rewrite
from .tape import Tape, next_move
from .trees import CONNECTIVES, RELATIONS, UNEVALUATED, Tree, heads, look
from .witnesses import Finding, Holds, Notes, judge_tape

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
        return type(move)(move.place, move.values, move.far, near)


class WrongSolution(NamedTuple):
    """A solution with one mistake in it."""

    states: list[Tree]
    moves: list[Rewrite]
    findings: list[Finding]
    first_error: int
    """The number of the wrong step, from 0."""
    mistake: Mistake


def go_wrong(
    tape: Tape,
    mistakes: Mapping[str, Mistake],
    rng: Random,
    assuming: Sequence[Tree],
    notes: Notes | None = None,
) -> WrongSolution | None:
    """Return the solution with a mistake at a random step; None if none can be made or proved.

    Args:
        tape: the right solution.
        mistakes: those there are, by name.
        rng: chooses step and mistake.
        assuming: conditions on the names.
        notes: what the witnesses know already, such as everything about the right solution.
    """
    known = tuple(mistakes.values())
    choices = [
        (number, mistake)
        for number, move in enumerate(tape.moves)
        for mistake in _with_rule(type(move), known)
    ]
    for number, mistake, move, rest in _complete_ones_first(tape, rng.sample(choices, len(choices))):
        states = [*tape.states[: number + 1], *rest.states]
        findings = judge_tape(states, assuming=assuming, notes=notes)
        wanted = [Holds.NO if step == number else Holds.YES for step in range(len(findings))]
        if [finding.holds for finding in findings] == wanted:
            moves = [*tape.moves[:number], move, *rest.moves]
            return WrongSolution(states, moves, findings, number, mistake)
    return None


def _complete_ones_first(
    tape: Tape, choices: Iterable[tuple[int, Mistake]]
) -> Iterator[tuple[int, Mistake, Rewrite, Tape]]:
    """Yield wrong steps with what follows them, those that leave an integral or limit undone last."""
    undone = []
    for number, mistake in choices:
        try:
            move = mistake.misapply(tape.moves[number])
            after = swap(tape.states[number], move.place, move.far, move.near)
        except MisplacedError:
            continue
        if not reads_back(after):
            continue
        rest = Tape(after)
        for following in tape.moves[number + 1 :]:
            _go_on(rest, following)
        if heads(rest.answer) & UNEVALUATED - heads(tape.answer):
            undone.append((number, mistake, move, rest))
        else:
            yield number, mistake, move, rest
    yield from undone


@lru_cache(maxsize=512)
def _with_rule(rule: type[Rewrite], mistakes: tuple[Mistake, ...]) -> tuple[Mistake, ...]:
    """Return the mistakes that can be made with a rule."""
    return tuple(mistake for mistake in mistakes if issubclass(rule, mistake.rules))


def _is_done(move: Rewrite) -> bool:
    """Say whether a solver would make a move: mostly it is the first that comes to mind."""
    return move.values == move.applies(move.far) or move.values in list(move.ways_on(move.far))


def _go_on(tape: Tape, move: Rewrite) -> None:
    """Make a step of the right solution on a wrong state: where it stood, or else where it applies."""
    rule, values = type(move), {name: value for name, value in move.values.items() if name != "of"}
    try:
        again = rule.aim_on(tape.answer, move.place.path, values)
        # What a solver would not do here, such as taking away a term that is not there, is not done.
        if again.far == look(tape.answer, move.place.path) and _is_done(again):
            tape.advance(again)
            return
    except LookupError:
        pass
    # It is looked for elsewhere where nothing but the place says what is to be done; but what was done to a
    # whole expression, such as adding the constant, is not done to a part of one.
    told = not values or list(islice(rule.ways_on(move.far), 2)) == [move.values]
    whole = move.place == Place(()) and not _stands_by_itself(move.far)
    if told and not whole and (found := next_move(tape.answer, [rule])) is not None:
        with suppress(MisplacedError):
            tape.advance(found)


def _stands_by_itself(part: Tree) -> bool:
    """Say whether a part means the same wherever it is: a relation, or an operation to be carried out."""
    return type(part) is tuple and part[0] in RELATIONS | CONNECTIVES | UNEVALUATED
