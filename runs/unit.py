"""A unit of work, as whoever works on it sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Unit"]


class Unit:
    """Is told what becomes of a piece of work; this one forgets it, that of a ledger writes it down."""

    @contextmanager
    def working(self) -> Iterator[None]:
        """Work on it: one attempt. What is raised is its last failure, unless it is an interrupt."""
        yield

    def done(self, outcome: str, *, trace: str | None = None, detail: str = "") -> None:
        """Its result is in the journal, or wherever results of its kind are kept."""

    def park(self, detail: str, log: str | None = None) -> None:
        """It failed too often: it is left alone.

        Args:
            detail: the last failure in a line.
            log: its traceback, where `working` has not seen it.
        """
