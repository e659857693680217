"""The idea, in four words: a move, a walk, a verdict, a domain.

Some roads are easy one way and hard the other. Start from a *solved* state, walk away from it by
moves that can be undone, then play the tape backwards: the end of the walk is a hard problem, the
reversed walk is its step-by-step solution, and a judge that knows nothing of the walk confirms every
step.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any, ClassVar, Generic, NamedTuple, Self, TypeVar

__all__ = [
    "Domain",
    "Example",
    "Judge",
    "Judged",
    "Move",
    "Outcome",
    "Reason",
    "StepBack",
    "Stopped",
    "Verdict",
    "Walk",
    "rule_id",
]

S = TypeVar("S")


class Move(ABC, Generic[S]):
    """One step away from solved. A class is a rule; an instance is that rule aimed at one place.

    The class docstring is the rule's page: its first line says what the rule does, in the words a
    teacher would use. Rules enumerate and never roll dice; only a walk chooses.
    """

    rule: ClassVar[str]
    """The rule's id: its class name in kebab-case, derived, never written by hand."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.rule = rule_id(cls)

    @classmethod
    @abstractmethod
    def find(cls, state: S) -> Iterator[Self]:
        """Yield the rule aimed at every place of `state` where it applies, in a stable order."""

    @abstractmethod
    def apply(self, state: S) -> S:
        """Return the state one step further from solved; never equal to `state`."""

    @abstractmethod
    def undo(self, state: S) -> S:
        """Return the state one step nearer to solved: the solver's step."""

    @abstractmethod
    def explain(self) -> str:
        """Say what a solver says while stepping back."""

    @abstractmethod
    def aim(self) -> dict[str, Any]:
        """Return where the move points, as JSON. With the rule's id it identifies the move."""


def rule_id(rule: type) -> str:
    """Return the kebab-case id of a rule class.

    >>> class ShiftedBoundary: ...
    >>> rule_id(ShiftedBoundary)
    'shifted-boundary'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", rule.__name__).lower()


class StepBack(NamedTuple, Generic[S]):
    """One undone move: the state it starts from, the move, and the nearer state it leads to."""

    before: S
    move: Move[S]
    after: S


@dataclass(frozen=True)
class Walk(Generic[S]):
    """The tape: states visited while leaving `states[0]`; `moves[i]` leads from state i to i + 1."""

    states: tuple[S, ...]
    moves: tuple[Move[S], ...] = ()

    @classmethod
    def wander(cls, start: S, rules: tuple[type[Move[S]], ...], length: int, rng: Random) -> Walk[S]:
        """Walk `length` moves away from `start`; shorter when no rule applies any more.

        This is the one place where dice are rolled, with the generator handed in: the same `rng`
        gives the same walk.
        """
        walk = cls((start,))
        for _ in range(length):
            moves = [move for rule in rules for move in rule.find(walk.states[-1])]
            if not moves:
                break
            walk = walk.then(rng.choice(moves))
        return walk

    def then(self, move: Move[S]) -> Walk[S]:
        """Return this walk, one move longer."""
        return Walk((*self.states, move.apply(self.states[-1])), (*self.moves, move))

    def reversed(self) -> Iterator[StepBack[S]]:
        """Play the tape backwards, from the problem to the solved state."""
        for i in range(len(self.moves), 0, -1):
            yield StepBack(self.states[i], self.moves[i - 1], self.states[i - 1])


class Verdict(ABC):
    """What a judge saw of one state. Two verdicts that compare equal saw the same thing."""

    @property
    @abstractmethod
    def solved(self) -> bool:
        """Whether the state is a solved one."""

    @abstractmethod
    def saw(self) -> dict[str, Any]:
        """Return what was seen, as JSON, for a step's evidence."""


class Reason(StrEnum):
    """Why the machinery gave no verdict, or why a walk was not accepted. Counted in every report."""

    # the machinery: there is no verdict
    HANG = "hang"
    OUT_OF_MEMORY = "out-of-memory"
    BROKEN_COLLECTION = "broken-collection"
    CRASH = "crash"
    OUTPUT_FLOOD = "output-flood"
    TOO_MANY_PROCESSES = "too-many-processes"
    TOO_MANY_FILES = "too-many-files"
    FORGED_REPORT = "forged-report"
    SANDBOX_FAILED = "sandbox-failed"
    PARKED = (
        "parked"  # it failed three times for no reason that anybody foresaw; the run's ledger has the log
    )
    # the verdict is there and the walk is refused
    SAME_BYTECODE = "same-bytecode"
    NOT_COVERED = "not-covered"
    UNDETECTED = "undetected"
    UNSTEADY = "unsteady"
    FIX_NOT_CONFIRMED = "fix-not-confirmed"
    TREE_CHANGED = "tree-changed"
    MASKED = "masked"
    OTHER_LEVEL = "other-level"


@dataclass(frozen=True)
class Judged:
    """The machinery ran and this is what the judge saw."""

    verdict: Verdict


@dataclass(frozen=True)
class Stopped:
    """The machinery did not get to a verdict, or the walk was refused: data with a reason, not a crash."""

    reason: Reason
    detail: str = ""


Outcome = Judged | Stopped
"""Whether the machinery ran at all, kept apart from what the judge said."""

Judge = Callable[[S], Outcome]


@dataclass(frozen=True)
class Example(Generic[S]):
    """A rule shown at work on the smallest state that needs it."""

    state: S
    move: Move[S]


class Domain(ABC, Generic[S]):
    """A kind of problem: its rules, its judge, and what counts as a visible step.

    Third parties add a domain through the entry point group `rpsdg.domains`; its rules then run
    through the same laws (`rpsdg.traces.conformance`) just by being registered.
    """

    name: ClassVar[str]
    """The domain's name in traces, such as `code/bugfix`."""

    @abstractmethod
    def rules(self) -> Mapping[str, type[Move[S]]]:
        """Return every rule by id."""

    @abstractmethod
    def example(self, rule: type[Move[S]]) -> Example[S]:
        """Return the rule's own example: a solved state and the rule aimed at it."""

    @abstractmethod
    def judging(self, solved: S) -> AbstractContextManager[Judge[S]]:
        """Open what is needed to judge states that were reached from `solved`."""

    @abstractmethod
    def visible(self, near: Verdict, far: Verdict) -> bool:
        """Say whether a judge can tell the far state from the nearer one.

        A step that no judge can see would teach a fix that fixes nothing.
        """
