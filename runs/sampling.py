"""Some traces of many, in whatever order they come: those whose ids, mixed with a seed, are lowest."""

from __future__ import annotations

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable

from rpsdg.corpora.facts import Facts

from .selection import FIELDS

__all__ = ["BY", "choose"]

BY = ("level", "domain", "family", "repository", "licence", "rule")
"""What shares can be evened out by."""


def choose(found: Iterable[Facts], count: int, seed: int, by: str | None = None) -> frozenset[str]:
    """Return the ids of as many traces as are wanted, or of all if there are fewer.

    Args:
        found: what to choose from.
        count: how many.
        seed: another one chooses others.
        by: a field whose values shall be as equally frequent as they can; for a rule, that of the first step.

    Memory grows with `count` and, with `by`, with the number of values.
    """
    kept: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    value_of = _value(by)
    for facts in found:
        heap = kept[value_of(facts)]
        mixed = int.from_bytes(hashlib.blake2b(f"{seed} {facts.id}".encode(), digest_size=8).digest())
        if len(heap) < count:
            heapq.heappush(heap, (-mixed, facts.id))
        elif -mixed > heap[0][0]:
            heapq.heapreplace(heap, (-mixed, facts.id))
    chosen: set[str] = set()
    left = count
    # The rarest first: what they cannot fill is shared by the others.
    for number, value in enumerate(sorted(kept, key=lambda value: (len(kept[value]), value))):
        share = left // (len(kept) - number)
        taken = [name for _, name in sorted(kept[value], reverse=True)[:share]]
        chosen |= set(taken)
        left -= len(taken)
    return frozenset(chosen)


def _value(by: str | None) -> Callable[[Facts], str]:
    if by is None:
        return lambda _: ""
    if by == "level":
        return lambda facts: str(facts.level)
    if by == "rule":
        return lambda facts: facts.rules[0] if facts.rules else ""
    return lambda facts: next(iter(FIELDS[by](facts)), "")
