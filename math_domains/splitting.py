"""Train, validation and test: which split a problem belongs to, whatever the seed it was made with.

The split is a function of the skeleton alone, so no problem of one split has the shape of a problem of
another, for any two seeds, levels or families. Skeletons are divided by hash. A family here with few would
be torn apart unevenly, so it goes whole to one split, along with the families that share one of its few.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from functools import cache

from .registry import TOPICS, all_topics
from .skeletons import few_skeletons

__all__ = ["SHARES", "Split", "split_of", "splits_with"]


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


def splits_with(family: str) -> frozenset[Split]:
    """Return the splits in which a family has problems."""
    few = few_skeletons(family)
    return frozenset(Split) if few is None else frozenset(map(split_of, few))


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

    They are families of the topics here. Those of another distribution are divided by hash however few
    skeletons they have: installing it must not move a skeleton that someone may have trained on.
    """
    families_here = [name for topic in TOPICS for name in all_topics()[topic].families]
    few_here = {name: few for name in families_here if (few := few_skeletons(name))}
    groups: list[tuple[set[str], set[str]]] = []  # families, and what they have together
    for name, skeletons in sorted(few_here.items()):
        families, together = {name}, set(skeletons)
        apart = []
        for group in groups:
            if group[1] & together:
                families |= group[0]
                together |= group[1]
            else:
                apart.append(group)
        groups = [*apart, (families, together)]
    return {
        skeleton: split
        for families, together in groups
        for split in (_by_hash(min(families)),)
        for skeleton in together
    }
