"""Where formulas are compared: points that depend on them, so that none can be made to agree just there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

from flint import arb, ctx

__all__ = ["COUNT", "drawn", "precision"]

# From and to, in 64ths: both signs, near zero, near one, and farther out; the two signs come first.
_REACH = (
    (13, 90), (-83, -6), (90, 198), (-192, -83), (205, 384), (1, 13), (768, 2560), (384, 768),
)  # fmt: skip
COUNT = len(_REACH)
"""How many points there are at once."""
_SCALE = arb(1 << 46)
_ONE_AT_A_TIME = RLock()


def drawn(names: Iterable[str], salt: str, count: int = COUNT) -> dict[str, tuple[Any, ...]]:
    """Return the exact values that names have at each of `count` points, 40 bits of a hash in each.

    Args:
        names: to draw for; each visits the ranges in an order of its own, but for the first.
        salt: the formulas that will be compared.
        count: of points, `COUNT` at most.
    """
    values = {}
    for turn, name in enumerate(sorted(names)):
        digest = hashlib.blake2b(f"{name} {salt}".encode(errors="replace")).digest()
        start = (digest[-1] if turn else 0) % COUNT
        point = []
        for k in range(count):
            low, high = _REACH[(start + k * (2 * turn + 1)) % COUNT]
            bits = int.from_bytes(digest[5 * k : 5 * k + 5], "big")
            point.append(arb((low << 40) + (high - low) * bits) / _SCALE)
        values[name] = tuple(point)
    return values


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work with balls of that many bits for a while.

    The setting is one for all threads, so only one of them works at a time. One that is none of ours and
    changes it meanwhile can make balls wider, never wrong, and wide balls prove nothing.
    """
    with _ONE_AT_A_TIME:
        before = ctx.prec
        ctx.prec = bits
        try:
            yield
        finally:
            ctx.prec = before
