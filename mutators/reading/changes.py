"""Whether code changes a container in place, told from its text alone."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["is_changed"]

_CHANGING = (
    rb"append|appendleft|extend|extendleft|insert|remove|pop|popleft|popitem|clear|update|setdefault|add|discard"
    rb"|sort|reverse|difference_update|intersection_update|symmetric_difference_update|move_to_end"
)


def is_changed(code: bytes, name: bytes) -> bool:
    """Say whether `code` changes the list, set or dictionary `name`, such as `self.items`.

    >>> is_changed(b"self.items.append(x)", b"self.items"), is_changed(b"self.items = x", b"self.items")
    (True, False)
    """
    return _changing(name).search(code) is not None


@lru_cache(maxsize=256)
def _changing(name: bytes) -> re.Pattern[bytes]:
    what = rb"(?<![\w.])" + re.escape(name)
    index = rb"\[[^\n]*?\]\s*[-+*/|&^@%<>]{0,2}=(?![=])"
    return re.compile(
        rb"%b\s*\.\s*(?:%b)\(|%b%b|\bdel\s+%b\[|%b\s*[-+|&^*]=" % (what, _CHANGING, what, index, what, what)
    )
