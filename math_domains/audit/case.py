"""What is audited, and what an audit says of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from rpsdg.math_domains.reading import read
from rpsdg.math_domains.sympy_bridge import to_sympy

__all__ = ["Case", "Outcome", "Verdict", "written"]


class Outcome(StrEnum):
    """How a check ended."""

    AGREE = "agree"
    DISAGREE = "disagree"
    NO_ANSWER = "no answer"
    """SymPy has none, gave the question back, or could not tell."""
    TIMED_OUT = "timed out"


class Verdict(NamedTuple):
    """What a check says of a case."""

    outcome: Outcome
    detail: str = ""
    """What was seen; empty where everything agrees."""


class Case(msgspec.Struct, frozen=True):
    """A problem with its solution as texts in SymPy's notation: all that an audit gets to see."""

    problem: str
    answer: str
    """The right one, also where the steps go wrong."""
    steps: tuple[tuple[str, bool], ...] = ()
    """The state that each step leads to, and whether the step is claimed to be right."""
    assuming: tuple[str, ...] = ()
    """Conditions on the letters, which the task states."""
    form: str = "any"
    """The form that the task asks for, by its name, such as `factored`."""


def written(text: str) -> Any:
    """Return the SymPy object of a text, as it is written."""
    return to_sympy(read(text))
