"""Units of answers, which are told by how they are spelt."""

from __future__ import annotations

import re

__all__ = ["without_unit"]

_MARKED_WORD = re.compile(r"\\(?:text|mathrm|textrm|mbox|operatorname)[ ]?\{([^{}]{0,40})\}")
_NOISE = " ~{}$\\,;"
_NO_NOISE = str.maketrans("", "", _NOISE)
_EDGES = " ~{$\\,;.:*`"


def without_unit(formula: str, unit: str) -> tuple[str, bool]:
    """Return a formula without the unit behind it, and whether there was one.

    Args:
        formula: such as ``5 \\text{ cm}``.
        unit: spellings of it, a bar between them; none where the problem has no unit.
    """
    plain = _MARKED_WORD.sub(r" \1 ", formula).rstrip(_EDGES)
    for spelling in unit.split("|"):
        wanted = spelling.translate(_NO_NOISE)
        rest = _stripped(plain, wanted)
        if rest is not None and rest.strip() and not (rest[-1].isalpha() and wanted[0].isalpha()):
            return rest.rstrip(_EDGES), True
    return formula, False


def _stripped(text: str, wanted: str) -> str | None:
    """Return what stands before a unit at the end of a text, noise between its letters left out."""
    place = len(text)
    for sign in reversed(wanted):
        while place and text[place - 1] in _NOISE:
            place -= 1
        if not place or text[place - 1] != sign:
            return None
        place -= 1
    return text[:place]
