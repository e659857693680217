"""What half-done refactorings share: everything was changed alike, and one place was forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self, TypeVar

from rpsdg.traces.identity import digest

from .mutator import Edit, ProjectMutator

__all__ = ["HalfDone", "few"]

M = TypeVar("M", bound=ProjectMutator)

_MOST = 30


class HalfDone(ProjectMutator):
    """A change of many places that left one as it was; `about` names that one."""

    @classmethod
    def forgetting(cls, stale: str, edits: Iterable[Edit]) -> Self:
        """Return the bug that makes all of these edits, the principal one first, and forgot `stale`."""
        first, *others = edits
        return cls(*first, elsewhere=tuple(sorted(others)), about=stale)


def few(moves: Iterable[M]) -> list[M]:
    """Return at most thirty moves, in their order; which ones hardly depends on what else there is."""
    found = list(moves)
    chosen = set(sorted(found, key=_lot)[:_MOST])
    return [move for move in found if move in chosen]


def _lot(move: ProjectMutator) -> str:
    return digest([move.rule, move.path, move.about, repr(move.old), repr(move.new)])
