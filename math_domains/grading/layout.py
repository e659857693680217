"""How a text is laid out, which says nothing: alignments, and matrices that go across several lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["has_alignment", "lines", "without_alignment", "without_row_space"]

_KINDS = r"(?:[pbvB]?matrix|smallmatrix|array)"
_MATRIX = re.compile(rf"(\\begin\{{{_KINDS}\}}(?:(?!\\begin\{{).)*?\\end\{{{_KINDS}\}})", re.DOTALL)
_ENDS = re.compile(rf"\\(begin|end)\{{{_KINDS}\}}")
_ROWS = re.compile(r"\[[ ]*(?:\[|\Z)")
_ALIGNMENT = re.compile(r"\\(?:begin|end)\{(?:align|aligned|gather|gathered|equation|cases|split)\*?\}")
_ROW_SPACE = re.compile(r"(?<=\\\\)\[[0-9.]{1,6} ?(?:pt|ex|em|mm|cm)\]")
_MOST_LINES = 16
"""How many lines one matrix may go across."""


def without_row_space(text: str) -> str:
    r"""Return a text in which rows are parted by ``\\`` alone, and not also by a length such as ``[4pt]``."""
    return _ROW_SPACE.sub("", text) if "\\\\[" in text else text


def has_alignment(text: str) -> bool:
    """Say whether there is an environment that lays out lines or cases."""
    return _ALIGNMENT.search(text) is not None


def without_alignment(text: str, *, breaks: str) -> str:
    """Return a text without environments that lay out lines, and without their signs outside of matrices.

    Args:
        text: what is laid out.
        breaks: what to put for a line break.
    """
    parts = _MATRIX.split(_ALIGNMENT.sub("", text))
    parts[::2] = [part.replace("&", " ").replace("\\\\", breaks) for part in parts[::2]]
    return "".join(parts)


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text with the number of each; a matrix over several of them makes them one."""
    start, joined, opened, brackets = 0, "", 0, 0
    for number, line in enumerate(text.splitlines()):
        joined = f"{joined} {line}" if joined else line
        for sign in _ENDS.findall(line):
            opened += 1 if sign == "begin" else -1
        brackets += line.count("[") - line.count("]")
        within = opened > 0 or (brackets > 0 and _ROWS.search(joined) is not None)
        if within and number - start < _MOST_LINES:
            continue
        yield start, joined
        start, joined, opened, brackets = number + 1, "", 0, 0
    if joined:
        yield start, joined
