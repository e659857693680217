"""Drawing the small things that problems are made of."""

from __future__ import annotations

from random import Random

__all__ = ["nonzero", "unknown_name"]

_NAMES = ("x", "x", "x", "y", "z", "t", "a", "u")


def nonzero(rng: Random, low: int, high: int) -> int:
    """Return a number from `low` to `high`, or the opposite of one about every third time."""
    drawn = rng.randint(low, high)
    return -drawn if rng.random() < 0.35 else drawn


def unknown_name(rng: Random) -> str:
    """Return a name for an unknown, most often x."""
    return rng.choice(_NAMES)
