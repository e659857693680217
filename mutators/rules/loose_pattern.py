"""Regular expressions that match too much, too little or too far."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["LoosePattern"]

_MODULES = {"re", "_re", "regex"}
_FUNCTIONS = {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
_FROM_THE_START = {"match", "fullmatch"}
_TOKEN = re.compile(
    rb"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:P?[<=!:>]+(?:\w+>)?|[a-zA-Z-]+[:)])|[*+?][?+]?|\{\d*,?\d*\}[?+]?|.",
    re.DOTALL,
)
"""One piece of a pattern: an escape, a set, the opening of a group, a quantifier or a character."""


class LoosePattern(Mutator):
    r"""Loosen a pattern: a regular expression lacks an anchor, a quantifier or an escape.

    Plants
        The pattern also matches in the middle or any character for a dot, or no longer matches two or none.
    Shows as
        Simple texts still match; longer ones, or ones that should be refused, go wrong.
    Seldom caught
        Tests match texts that are right; it takes one that is almost right and must be refused.
    """

    family = "literals"
    sample = Sample(
        before="import re\n\n\ndef is_version(s):\n    return re.match(r'\\d+\\.\\d+$', s) is not None\n",
        after="import re\n\n\ndef is_version(s):\n    return re.match(r'\\d+\\.\\d+', s) is not None\n",
        test="def test_no_version():\n    assert not is_version('1.5beta')\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for call in source.nodes(cst.Call):
            match call:
                case cst.Call(
                    func=cst.Attribute(value=cst.Name(module), attr=cst.Name(function)),
                    args=[cst.Arg(value=cst.SimpleString() as literal), *_],
                ) if module in _MODULES and function in _FUNCTIONS and _is_readable(literal):
                    yield from _loosened(source, literal, _used(source, call, function))

    def explain(self) -> str:
        return f"The pattern does not say what was meant: write {shown(self.old)}, not {shown(self.new)}."


def _used(source: Source, call: cst.Call, function: str) -> str:
    """Return the function the pattern is used with; of a compiled one, what it is most loosely used with."""
    match source.parent(call):
        case cst.Assign(
            targets=[cst.AssignTarget(target=cst.Name(name) | cst.Attribute(attr=cst.Name(name)))]
        ):
            found = set(re.findall(rb"\b" + name.encode() + rb"\.(\w+)\(", source.data))
            return found.pop().decode() if len(found) == 1 else function
        case _:
            return function


def _is_readable(literal: cst.SimpleString) -> bool:
    """Say whether the pattern is what stands in the file: no Python escapes, no pattern over many lines."""
    raw = "r" in literal.prefix.lower() or "\\" not in literal.raw_value
    return raw and "\n" not in literal.raw_value and "(?x" not in literal.raw_value


def _loosened(source: Source, literal: cst.SimpleString, function: str) -> Iterator[Site]:
    text = source.text(literal)
    head = len(literal.prefix) + len(literal.quote)
    body = text[head : len(text) - len(literal.quote)]
    tokens = _TOKEN.findall(body)
    for index, kept in _weaker(tokens, function):
        new = b"".join(tokens[:index]) + kept + b"".join(tokens[index + 1 :])
        if new:
            yield source.replace(literal, text[:head] + new + text[len(text) - len(literal.quote) :])


def _weaker(tokens: list[bytes], function: str) -> Iterator[tuple[int, bytes]]:
    """Yield which token becomes what: at most one of each kind, and never one that changes nothing."""
    if len(tokens) > 1:
        if tokens[0] in {b"^", rb"\A"} and function not in _FROM_THE_START:
            yield 0, b""
        if tokens[-1] in {b"$", rb"\Z"} and function != "fullmatch":
            yield len(tokens) - 1, b""
    kinds = [
        {b"*?": b"*", b"+?": b"+"},  # too far
        {b"+": b"", b"*": b"+", b"?": b""},  # too little
        {rb"\.": b".", rb"\b": b""},  # too much
    ]
    for replaced in kinds:
        for index, token in enumerate(tokens):
            following = tokens[index + 1] if index + 1 < len(tokens) else b""
            if token in replaced and not (token == rb"\b" and following[:1] in {b"*", b"+", b"?", b"{"}):
                yield index, replaced[token]
                break
