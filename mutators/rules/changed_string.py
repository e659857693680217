"""Keys, separators, modes and other texts with a meaning that are nearly right."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.likeness import spelling
from rpsdg.mutators.reading.places import is_for_people
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.spread import thinned
from rpsdg.mutators.reading.string_roles import role_of
from rpsdg.mutators.wording import shown

__all__ = ["ChangedString"]

_TURNED = {
    "r": "rb", "rb": "r", "w": "a", "a": "w", "wb": "w", "ab": "wb", "rt": "rb", "r+": "r+b", "x": "w",
    "utf-8": "ascii", "utf8": "ascii", "UTF-8": "ascii", "ascii": "utf-8", "latin-1": "utf-8",
    "strict": "ignore", "ignore": "strict", "replace": "ignore", "surrogateescape": "strict",
    "little": "big", "big": "little", "-": "_", "_": "-", ",": ", ", ", ": ",", ":": ": ", ": ": ":",
    "; ": ";", ";": ",", "\\r\\n": "\\n", "\\n": "\\r\\n", "\\t": " ",
}  # fmt: skip
"""Modes, encodings and separators, and what is written for them by mistake."""
_DATES = {"%d": "%m", "%m": "%M", "%Y": "%y", "%H": "%I", "%M": "%m", "%y": "%Y", "%B": "%b", "%A": "%a"}
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*([_-][A-Za-z0-9]+)*")
_LONGEST = 40
_LEAST_LIKENESS = 0.5


class ChangedString(Mutator):
    """Change a string: a key, a separator, a mode or a format is nearly, but not quite, the right one.

    Plants
        Another choice, a lost blank, another case, a hyphen for an underscore, a plural for a singular.
    Shows as
        A `KeyError`, a branch that is never taken, or parts that are cut or joined at the wrong places.
    """

    family = "literals"
    sample = Sample(
        before="def csv(fields):\n    return ', '.join(fields)\n",
        after="def csv(fields):\n    return ','.join(fields)\n",
        test="def test_two_fields():\n    assert csv(['a', 'b']) == 'a, b'\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        found = []
        groups: defaultdict[str, set[str]] = defaultdict(set)
        for literal in source.nodes(cst.SimpleString):
            role = role_of(source, literal)
            if role and len(literal.raw_value) <= _LONGEST and not is_for_people(source, literal):
                found.append((literal, role))
                groups[role].add(literal.raw_value)
        sites = []
        for literal, role in thinned(source, found):
            for new in _alternatives(literal, role, groups[role], _beside(source, literal)):
                quote = literal.quote
                sites.append(source.replace(literal, f"{literal.prefix}{quote}{new}{quote}".encode()))
        yield from thinned(source, sites)

    def explain(self) -> str:
        return f"The text is not quite the right one: write {shown(self.old)}, not {shown(self.new)}."


def _alternatives(literal: cst.SimpleString, role: str, group: set[str], taken: set[str]) -> list[str]:
    """Return at most one other text of the same role, and one that is nearly the same."""
    text = literal.raw_value
    if role == "date":
        found = next((code for code in _DATES if code in text), None)
        return [text.replace(found, _DATES[found], 1)] if found else []
    if "%" in text or "{" in text:
        return []
    near = _near(text, role)
    if near in taken:
        near = ""
    if not _is_word(text) or not role.startswith("compared "):  # a wrong key is another rule
        return [near] if near else []
    likeness = {other: spelling(text, other) for other in group - taken - {text, near} if _is_word(other)}
    likely = [other for other, value in likeness.items() if value >= _LEAST_LIKENESS]
    nearest = sorted(likely, key=lambda other: (-likeness[other], other))[:1]
    return [*nearest, near] if near else nearest


def _beside(source: Source, literal: cst.SimpleString) -> set[str]:
    """Return the texts next to it: twice the same, as in `x.replace('-', '-')`, would catch the eye."""
    match source.parent(source.parent(literal) or literal):
        case cst.Call(args=args):
            values: list[cst.BaseExpression | None] = [arg.value for arg in args]
        case cst.Dict(elements=elements):
            values = [element.key for element in elements if isinstance(element, cst.DictElement)]
        case cst.Tuple(elements=elements) | cst.List(elements=elements) | cst.Set(elements=elements):
            values = [element.value for element in elements]
        case _:
            values = []
    return {value.raw_value for value in values if isinstance(value, cst.SimpleString)}


def _is_word(text: str) -> bool:
    return _WORD.fullmatch(text) is not None


def _near(text: str, role: str) -> str:
    """Return the text as someone may misremember it, or ""."""
    if role == "option" or text in _TURNED:
        return _TURNED.get(text, "")
    if text.startswith("__") or not text.strip() or "\\" in text:
        return " " if text == "  " else ""
    if text != text.strip():
        return text.rstrip() if text != text.rstrip() else text.lstrip()
    if _is_word(text):
        return _near_word(text, role)
    if re.search(r"\w\s+\w", text) or len(text) < 2:
        return ""  # prose, or a sign that nothing is near to
    return text[1:] if not text[0].isalnum() else text[:-1] if not text[-1].isalnum() else ""


def _near_word(text: str, role: str) -> str:
    if "-" in text:
        return text.replace("-", "_")
    if "_" in text:
        return text.replace("_", "-") if role.startswith(("key ", "table")) else text.replace("_", "")
    if len(text) < 3:
        return text.swapcase() if text.isalpha() else ""
    if text != text.lower():
        return text.lower()
    if text.endswith("s"):
        return text[:-1] if not text.endswith("ss") else ""
    if not text.isalpha():
        return ""
    doubled = re.search(r"([a-z])\1", text)
    if doubled:
        return text[: doubled.start()] + text[doubled.start() + 1 :]
    if len(text) > 3 and role.startswith("key "):
        return text + "s"
    return _mistyped(text) if len(text) > 4 else ""


def _mistyped(text: str) -> str:
    """Return the word with two letters in the wrong order.

    >>> _mistyped("option")
    'opiton'
    """
    middle = len(text) // 2
    return text[: middle - 1] + text[middle] + text[middle - 1] + text[middle + 1 :]
