"""Random numbers that depend on what they are for and on nothing else.

Streams are derived by hashing, never by adding: with `seed + index`, data sets of neighbouring seeds are
shifted copies of each other, and a test set is found in the training set.
"""

from __future__ import annotations

import hashlib
from random import Random

__all__ = ["stream"]


def stream(*key: str | int) -> Random:
    """Return the random numbers that belong to a key, such as seed, family and index.

    >>> stream(7, "linear-equation", 0).random() == stream(7, "linear-equation", 0).random()
    True
    """
    named = "/".join(map(str, key)).encode()
    return Random(int.from_bytes(hashlib.blake2b(named, digest_size=16).digest(), "big"))
