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

    def narrows(self, problem: Any, answer: Any) -> str:  # noqa: ARG002 - most kinds cannot
        """Say where an answer is undefined although the problem is not; empty if nowhere."""
        return ""
