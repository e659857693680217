"""Which level the problem with a number has: one level, a mixture, or a way from easy to hard."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

from rpsdg.traces.errors import UsageError
from rpsdg.traces.levels import LEVELS

__all__ = ["EVEN", "Curriculum", "Dial", "LevelMix", "as_dial", "parse_dial"]


@dataclass(frozen=True)
class LevelMix:
    """Levels at random, each with its share."""

    weights: tuple[float, ...]
    """One for each level, none negative, not all zero; they need not come to 1."""

    def __post_init__(self) -> None:
        if (
            len(self.weights) != len(LEVELS)
            or min(self.weights) < 0
            or not 0 < sum(self.weights) < float("inf")
        ):
            raise UsageError(
                f"a mixture needs {len(LEVELS)} weights, none negative and not all zero, not {self.weights}"
            )

    @classmethod
    def near(cls, target: float) -> LevelMix:
        """Return the mixture of the two levels beside a number that has it as its mean.

        >>> LevelMix.near(2.25).weights
        (0.0, 0.75, 0.25, 0.0, 0.0)

        Raises:
            UsageError: it is below the first level or above the last.
        """
        if not LEVELS[0] <= target <= LEVELS[-1]:
            raise UsageError(f"a level from {LEVELS[0]} to {LEVELS[-1]} was expected, not {target:g}")
        return cls(tuple(max(0.0, 1 - abs(level - target)) for level in LEVELS))

    @property
    def levels(self) -> list[int]:
        """The levels that have a share."""
        return [level for level, weight in zip(LEVELS, self.weights, strict=True) if weight]

    def at(self, index: int) -> LevelMix:  # noqa: ARG002 - it is the same for all
        """Return the mixture that the problem with a number is drawn from: this one."""
        return self

    def level(self, chance: float) -> int:
        """Return a level.

        Args:
            chance: a random number, at least 0 and below 1.
        """
        sums = list(accumulate(self.weights))
        found = bisect(sums, chance * sums[-1])
        return LEVELS[found] if found < len(LEVELS) else self.levels[-1]  # it was rounded up to all of them

    def __str__(self) -> str:
        return ",".join(f"{level}:{w:g}" for level, w in zip(LEVELS, self.weights, strict=True) if w)


@dataclass(frozen=True)
class Curriculum:
    """From one level to another, evenly, over so many problems; then it stays there."""

    start: float
    end: float
    over: int
    """How many problems the way takes."""

    def __post_init__(self) -> None:
        LevelMix.near(self.start)
        LevelMix.near(self.end)
        if self.over < 1:
            raise UsageError(f"a curriculum takes 1 problem at least, not {self.over}")

    @property
    def levels(self) -> list[int]:
        """The levels on the way."""
        low, high = sorted((self.start, self.end))
        return [level for level in LEVELS if low - 1 < level < high + 1]

    def at(self, index: int) -> LevelMix:
        """Return the mixture that the problem with a number is drawn from."""
        way = min(1.0, index / max(1, self.over - 1))
        return LevelMix.near(self.start + way * (self.end - self.start))

    def __str__(self) -> str:
        return f"{self.start:g}..{self.end:g}"


Dial: TypeAlias = "float | LevelMix | Curriculum | None"
"""How hard problems are: a level, or a number between two levels; a mixture; a curriculum; None for all
levels evenly."""

EVEN = LevelMix((1.0,) * len(LEVELS))


def as_dial(dial: Dial) -> LevelMix | Curriculum:
    """Return the mixture or curriculum that is meant.

    Raises:
        UsageError: a number that is no level.
    """
    if dial is None:
        return EVEN
    return dial if isinstance(dial, LevelMix | Curriculum) else LevelMix.near(dial)


def parse_dial(text: str, over: int) -> Dial:
    """Return what a text means: `3`, `2.5`, `1:3,2:1` for a mixture, `1..5` for a curriculum.

    Args:
        text: as users write it.
        over: how many problems a curriculum takes.

    Raises:
        UsageError: it means nothing.
    """
    try:
        if ":" in text:
            weights = dict.fromkeys(LEVELS, 0.0)
            for part in text.split(","):
                level, _, weight = part.partition(":")
                weights[_known(int(level))] += float(weight)
            return LevelMix(tuple(weights.values()))
        if ".." in text:
            start, _, end = text.partition("..")
            return Curriculum(float(start), float(end), over)
        return LevelMix.near(float(text))
    except ValueError as error:
        raise UsageError(
            f"`{text}` is no difficulty",
            hint="Write a level such as 3 or 2.5, a mixture such as 1:3,2:1, or a curriculum such as 1..5.",
        ) from error


def _known(level: int) -> int:
    if level not in LEVELS:
        raise UsageError(f"levels go from {LEVELS[0]} to {LEVELS[-1]}, not {level}")
    return level
