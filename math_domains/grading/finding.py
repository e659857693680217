"""Finding the answer in what a model wrote: the formulas that could be it, the likeliest first.

Nothing here looks back and forth: every search is one pass over at most `LONGEST_TEXT` characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .layout import has_alignment, lines, without_alignment, without_row_space
from .limits import LONGEST_FORMULA, LONGEST_TEXT

__all__ = ["bare", "candidates"]

_BOXES = ("\\boxed", "\\fbox")
_ANNOUNCED = re.compile(
    r"\b(?:answers?|solutions?|solution set|result|roots?|value|antiderivative|integral|derivative|limit"
    r"|eigenvalues?|determinant|inverse(?: matrix)?|points?(?: of intersection)?|decomposition)"
    r"[ \t*]{0,3}(?:\bis\b|\bare\b|:|=)[ \t*]{0,3}(?:given by|therefore|simply|then)?[:*]{0,3}",
    re.IGNORECASE,
)
_CONCLUDED = re.compile(
    r"\b(?:therefore|thus|hence|so|gives|get|obtain|finally|equals|(?:diverges|tends) to)\b[,: ]{0,3}",
    re.IGNORECASE,
)
_SAID_NONE = re.compile(r"\bno (?:real )?(?:solutions?|roots?)\b", re.IGNORECASE)
_REMARK = re.compile(
    r"[,$)(]{0,2}[ \n](?:where|for some|for any|for all|with|is the|are the|because|since|both|which"
    r"|\((?:check|double|since|repeated|twice))[ :)]",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\\(?:text|textbf|mathbf|mathrm)\{[^{}]{0,40}[:=] ?\}")
_STARS = re.compile(r"(?<![^\s])\*\*(?=\S)|(?<=\S)\*\*(?![^\s.,;:])")
_DISPLAYS = (("\\[", "\\]"), ("$$", "$$"), ("\\(", "\\)"), ("$", "$"))
_WORD = re.compile(r"[A-Za-z]{3}")
_LAST_LINES = 3
_BEFORE = " \t\r\n,;:*`"
_EDGES = _BEFORE + "."


def candidates(text: str, *, sides: bool) -> Iterator[str]:
    """Yield what could be the answer in a text.

    What is marked as the answer, by a box, a tag or four hashes, is the only candidate. Otherwise these are
    the whole text if it is a single line, what follows the last announcement (`the answer is`), the last
    formula between dollars, and the last line.

    Args:
        text: what was written.
        sides: whether the right side of an equation can be an answer.
    """
    text = without_row_space(text[-LONGEST_TEXT:])
    if (tagged := _tagged(text)) is not None:
        text = tagged
    if (boxed := _boxed(text)) is not None:
        yield bare(boxed)
        return
    if "\n" in text:
        text = "\n".join(line for _, line in lines(text))
    start = text.rfind("####")
    if start >= 0:
        yield bare(text[start + 4 :].strip().partition("\n")[0])
        return
    text = text.strip()
    seen: set[str] = set()
    for candidate in _likely(text, sides=sides):
        formula = bare(candidate)
        if formula and formula not in seen and len(formula) <= LONGEST_FORMULA:
            seen.add(formula)
            yield formula
    if not seen:
        yield text


def bare(formula: str) -> str:
    """Return a formula without the dollars, stars and full stops around it."""
    formula = _trimmed(formula)
    for left, right in _DISPLAYS:
        if formula.startswith(left) and formula.endswith(right) and len(formula) > len(left):
            inner = formula[len(left) : -len(right)]
            if left not in inner and right not in inner:
                return _trimmed(inner)
    return formula


def _trimmed(formula: str) -> str:
    formula = (
        _STARS.sub("", _LABEL.sub("", formula, count=1)) if "*" in formula or "\\" in formula else formula
    )
    if has_alignment(formula):  # its lines are read one after another
        formula = without_alignment(formula, breaks=" , ")
    return _REMARK.split(formula, maxsplit=1)[0].lstrip(_BEFORE).rstrip(_EDGES)


def _tagged(text: str) -> str | None:
    start = text.rfind("<answer>")
    if start < 0:
        return None
    end = text.find("</answer>", start)
    return text[start + len("<answer>") : end if end >= 0 else len(text)]


def _boxed(text: str) -> str | None:
    """Return what is in the last box that is closed."""
    start = max(text.rfind(box) for box in _BOXES)
    if start < 0:
        return None
    opened = text.find("{", start)
    if opened < 0 or text[start:opened].strip() not in _BOXES:
        return text[start:].partition("ox")[2].removeprefix("ed").partition("\n")[0]
    depth, place = 0, opened
    while place < len(text):
        sign = text[place]
        if sign == "\\":
            place += 1  # an escaped brace opens nothing
        elif sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                return text[opened + 1 : place]
        place += 1
    return text[opened + 1 :]


def _likely(text: str, *, sides: bool) -> Iterator[str]:
    if "\n" not in text:
        yield text
    for pattern in (_ANNOUNCED, _CONCLUDED):
        last = None
        for last in pattern.finditer(text):  # noqa: B007 - the last one counts
            pass
        if last is not None:
            rest = text[last.end() :].lstrip()
            line = rest.partition("\n")[0]
            yield line
            yield line.partition(". ")[0]
            yield from _displayed(rest)
    yield from _displayed(text)
    lines = [line for line in text[-3 * LONGEST_FORMULA :].splitlines() if line.strip()][-_LAST_LINES:]
    for line in reversed(lines):
        yield line
        label, _, rest = line.rpartition(":")
        if _WORD.search(label) is not None:  # and not 2:3
            yield rest
        if sides:
            yield line.rpartition("=")[2]
    if lines and (said := _SAID_NONE.search(lines[-1])) is not None:
        yield said[0]


def _displayed(text: str) -> Iterator[str]:
    """Yield the last formula that is set apart from the text around it."""
    for left, right in _DISPLAYS:
        end = text.rfind(right)
        if end > 0:
            start = text.rfind(left, 0, end)
            if start >= 0:
                yield text[start + len(left) : end]
                return
