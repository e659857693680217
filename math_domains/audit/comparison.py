"""What comparing two states of a solution means, whatever kind they are of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

__all__ = ["Compared", "Comparison"]


class Compared(NamedTuple):
    """Whether two states say the same; None if that could not be told."""

    same: bool | None
    detail: str = ""
    """Where they differ, or why it could not be told."""


class Comparison(ABC):
    """How two states of one kind are compared."""

    @abstractmethod
    def compare(self, before: Any, after: Any) -> Compared:
        """Compare two states, SymPy objects as they are written."""

    def lacks(self, problem: Any, answer: Any) -> str:
        """Say what an answer lacks that says the same as the problem; empty if nothing."""
        surplus = answer.free_symbols - problem.free_symbols
        return f"the answer has a letter of its own: {', '.join(map(str, surplus))}" if surplus else ""
