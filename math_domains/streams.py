"""Random numbers that depend on what they are for and on nothing else.

Streams are derived by hashing, never by adding: with `seed + index`, data sets of neighbouring seeds are
shifted copies of each other, and a test set is found in the training set.
"""

from __future__ import annotations

import hashlib
from random import Random

__all__ = ["chance", "stream"]


def stream(*key: str | int) -> Random:
    """Return the random numbers that belong to a key, such as seed, family and index.

    >>> stream(7, "linear-equation", 0).random() == stream(7, "linear-equation", 0).random()
    True
    """
    return Random(_number(key, 16))


def chance(*key: str | int) -> float:
    """Return one random number, at least 0 and below 1, that belongs to a key; cheaper than a stream."""
    return (_number(key, 8) >> 11) / 2**53


def _number(key: tuple[str | int, ...], size: int) -> int:
    named = "/".join(map(str, key)).encode()
    return int.from_bytes(hashlib.blake2b(named, digest_size=size).digest(), "big")
