"""A few out of many, the same ones every time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from .source import Source

__all__ = ["evenly", "thinned"]

T = TypeVar("T")

_FEWEST = 20
_LINES_PER_SITE = 8


def evenly(items: Sequence[T], most: int) -> list[T]:
    """Return at most `most` of the items, evenly spaced, the first and the last among them.

    >>> evenly("abcdefghi", 3), evenly("ab", 3)
    (['a', 'e', 'i'], ['a', 'b'])
    """
    if len(items) <= most:
        return list(items)
    return [items[i * (len(items) - 1) // (most - 1)] for i in range(most)]


def thinned(source: Source, sites: Sequence[T]) -> list[T]:
    """Return the sites of one file, evenly thinned out where a table would drown all others."""
    return evenly(sites, max(_FEWEST, source.data.count(b"\n") // _LINES_PER_SITE))
