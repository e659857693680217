"""Columns of numbers, and how one becomes comparable between bugs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

__all__ = ["Columns", "place_shares", "relative", "tie_shares"]

Columns = dict[str, list[float]]


def place_shares(values: Sequence[float]) -> list[float]:
    """Return where each value stands among all: near 0 for the largest, 1 for the smallest; ties share.

    >>> place_shares([3.0, 1.0, 3.0, 0.0])
    [0.25, 0.625, 0.25, 0.875]
    """
    ordered, count = sorted(values), len(values)
    return [
        (count - (bisect_left(ordered, value) + bisect_right(ordered, value)) / 2) / count for value in values
    ]


def tie_shares(values: Sequence[float]) -> list[float]:
    """Return the share of all values that are equal to each.

    >>> tie_shares([3.0, 1.0, 3.0, 0.0])
    [0.5, 0.25, 0.5, 0.25]
    """
    ordered, count = sorted(values), len(values)
    return [(bisect_right(ordered, value) - bisect_left(ordered, value)) / count for value in values]


def relative(values: Sequence[float]) -> list[float]:
    """Return each value as a share of the largest; none where that is not above 0.

    >>> relative([1.0, 4.0])
    [0.25, 1.0]
    """
    most = max(values, default=0.0)
    return [value / most if most > 0 else 0.0 for value in values]
