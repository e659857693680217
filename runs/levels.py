"""Which levels of difficulty a run is to fill."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rpsdg.traces.errors import UsageError
from rpsdg.traces.levels import LEVELS

__all__ = ["LevelError", "Levels", "read_level_mix", "read_levels"]


class LevelError(UsageError):
    """Levels that cannot be meant."""


@dataclass(frozen=True)
class Levels:
    """Wanted shares of the levels; None for whatever comes."""

    shares: Mapping[int, float] | None = None
    """Share of each wanted level, adding up to 1. A level that is not named is not wanted."""
    fixed: bool = False
    """Whether each level gets its share and no more; otherwise any of the named ones will do."""

    def refuses(self, level: int, have: Counter[int], count: int) -> str | None:
        """Return why one more trace of a level is not wanted, or None if it is.

        Args:
            level: of the trace.
            have: accepted traces by level.
            count: how many traces are wanted in all.
        """
        if self.shares is None:
            return None
        if level not in self.shares:
            return f"level {level} is not asked for"
        if self.fixed and have[level] >= math.ceil(self.shares[level] * count - 1e-9):
            return f"there are enough of level {level}"
        return None

    def describe(self, count: int) -> dict[str, Any] | None:
        """Return the shares as JSON, with how many traces they are shares of where that matters."""
        if self.shares is None:
            return None
        shares = {str(level): share for level, share in self.shares.items()}
        return {"shares": shares, "of": count if self.fixed else None}


def read_levels(text: str) -> Levels:
    """Return the levels that `3`, `2,4` or `3-5` names.

    >>> sorted(read_levels("1,3-5").shares)
    [1, 3, 4, 5]

    Raises:
        LevelError: it names none.
    """
    wanted: set[int] = set()
    for part in text.split(","):
        found = re.fullmatch(r"\s*([1-5])(?:-([1-5]))?\s*", part)
        if found is None or int(found[2] or found[1]) < int(found[1]):
            raise LevelError(
                f"levels such as `4`, `2,4` or `3-5` were expected, not `{text}`",
                hint=f"There are the levels {LEVELS[0]} to {LEVELS[-1]}; 5 is the hardest.",
            )
        wanted |= set(range(int(found[1]), int(found[2] or found[1]) + 1))
    return Levels({level: 1 / len(wanted) for level in sorted(wanted)})


def read_level_mix(text: str) -> Levels:
    """Return the shares that `1=1,3=2,5=1` gives to levels.

    >>> dict(read_level_mix("1=1,5=3").shares)
    {1: 0.25, 5: 0.75}

    Raises:
        LevelError: it gives none.
    """
    weights: dict[int, float] = {}
    for part in text.split(","):
        found = re.fullmatch(r"\s*([1-5])\s*=\s*(\d+(?:\.\d+)?)\s*", part)
        if found is None or int(found[1]) in weights:
            raise LevelError(
                f"weights of levels such as `1=1,2=2,5=1` were expected, not `{text}`",
                hint=f"There are the levels {LEVELS[0]} to {LEVELS[-1]}, each at most once.",
            )
        weights[int(found[1])] = float(found[2])
    total = sum(weights.values())
    if not 0 < total < math.inf:
        raise LevelError(
            f"the weights of the levels in `{text}` add up to 0",
            hint="Give at least one level a weight above 0.",
        )
    return Levels({level: w / total for level, w in sorted(weights.items()) if w}, fixed=True)
