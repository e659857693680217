"""Spans of time as people write them."""

from __future__ import annotations

import re

from rpsdg.traces.errors import UsageError

__all__ = ["in_words", "seconds_in"]

_UNITS = {"d": 86_400, "h": 3600, "m": 60, "s": 1}
_SPAN = re.compile(r"(?:(\d+(?:\.\d+)?)\s*([dhms])\s*)+")
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([dhms])")


def seconds_in(text: str) -> float:
    """Return the seconds of a span such as `90s`, `20m` or `1h30m`.

    >>> seconds_in("1h30m")
    5400.0

    Raises:
        UsageError: it is none, or it is nothing.
    """
    written = text.strip().lower()
    total = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(written))
    if not _SPAN.fullmatch(written) or not total > 0:
        raise UsageError(
            f"a span of time such as `20m`, `2h` or `1h30m` was expected, not `{text}`",
            hint="The units are d, h, m and s.",
        )
    return float(total)


def in_words(seconds: float) -> str:
    """Return a span of time as it is read: two units of it at most.

    >>> [in_words(s) for s in (0.34, 12.3, 75, 7260)]
    ['0.3 s', '12 s', '1 min 15 s', '2 h 1 min']
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
