"""Levels of difficulty, 1 to 5: a scale of scores, cut so that levels are equally frequent in some corpus."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from .errors import UsageError

__all__ = ["LEVELS", "Cuts", "cut", "level_of"]

LEVELS = range(1, 6)


class Cuts(msgspec.Struct, frozen=True):
    """Where the scale of scores is cut into levels."""

    cuts: tuple[float, float, float, float]
    """A score below the first is level 1; one at or above the last is level 5."""
    origin: str
    """Which scores they were taken from."""


def level_of(value: float, cuts: Cuts) -> int:
    """Return the level, 1 to 5, of a score."""
    return 1 + sum(value >= cut for cut in cuts.cuts)


def cut(scores: Sequence[float], origin: str) -> Cuts:
    """Return the cuts that make all levels among some scores as equally frequent as ties allow.

    Raises:
        UsageError: there are fewer than five different ones.
    """
    ordered = sorted(scores)
    if len(set(ordered)) < len(LEVELS):
        raise UsageError(f"five different scores at least are needed to cut levels, not {len(set(ordered))}")
    first, second, third, fourth = (round(ordered[len(ordered) * n // 5], 6) for n in range(1, 5))
    return Cuts((first, second, third, fourth), origin)
