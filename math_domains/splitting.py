"""Train, validation and test: which split a problem belongs to, whatever the seed it was made with.

The split is a function of the skeleton alone, so no problem of one split has the shape of a problem of
another, for any two seeds, levels or families. Skeletons are divided by hash. A family with few of them would
be torn apart unevenly, so it goes whole to one split, along with the families that share one of its few.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from .registry import TOPICS, all_topics
from .skeletons import few_skeletons

__all__ = ["SHARES", "Split", "home_of", "split_of"]


class Split(StrEnum):
    """A part of all problems that shares no skeleton with the others."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


SHARES = {Split.TRAIN: 0.8, Split.VALIDATION: 0.1, Split.TEST: 0.1}
"""Of all skeletons. They are the same everywhere, or the splits of two runs would overlap."""


def split_of(skeleton: str) -> Split:
    """Return the split that problems of a skeleton belong to."""
    return _settled().get(skeleton) or _by_hash(skeleton)


def home_of(family: str) -> Split | None:
    """Return the split that a family goes to as a whole; None if its problems are divided."""
    homes = {split_of(skeleton) for skeleton in few_skeletons().get(family, ())}
    return homes.pop() if len(homes) == 1 else None


def _by_hash(key: str) -> Split:
    chance = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big") / 2**64
    for split, share in SHARES.items():
        if chance < share:
            return split
        chance -= share
    return Split.TRAIN  # the shares came to a little less than 1


@cache
def _settled() -> dict[str, Split]:
    """Return the splits of the skeletons of families that stay whole.

    The families here are settled first: their problems must not change splits when a distribution is
    installed. A family of another one joins those here that it shares a skeleton with; if they are in
    different splits it is divided between these.
    """
    few = few_skeletons()
    here = {name for topic in TOPICS for name in all_topics()[topic].families}
    settled: dict[str, Split] = {}
    for names in (few.keys() & here, few.keys() - here):
        for families, together in _groups({name: few[name] for name in names}):
            known = {settled[skeleton] for skeleton in together if skeleton in settled}
            home = min(known) if known else _by_hash(min(families))
            settled |= dict.fromkeys(together - settled.keys(), home)
    return settled


def _groups(few: Mapping[str, frozenset[str]]) -> list[tuple[set[str], set[str]]]:
    """Return which families share skeletons with each other, and what they have together."""
    groups: list[tuple[set[str], set[str]]] = []
    for name, skeletons in sorted(few.items()):
        families, together = {name}, set(skeletons)
        apart = []
        for group in groups:
            if group[1] & together:
                families |= group[0]
                together |= group[1]
            else:
                apart.append(group)
        groups = [*apart, (families, together)]
    return groups
