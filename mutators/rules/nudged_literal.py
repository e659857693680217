"""Whole numbers that are one off."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.spread import thinned
from rpsdg.mutators.wording import shown

__all__ = ["NudgedLiteral"]

_BITWISE = {b"<<", b">>", b"&", b"|", b"^"}
_POINTLESS = {b"+": {0}, b"-": {0}, b"*": {0, 1}, b"/": {0, 1}, b"//": {0, 1}, b"%": {0, 1}, b"**": {0, 1}}
"""Operands that nobody would write."""


class NudgedLiteral(Mutator):
    """Nudge a literal: a whole number is one too large or one too small.

    Plants
        A wrong start, count, limit or default.
    Shows as
        The first or last item is missing or doubled, or a result is off by one unit.
    """

    family = "literals"
    sample = Sample(
        before="def line_numbers(lines):\n    return list(enumerate(lines, 1))\n",
        after="def line_numbers(lines):\n    return list(enumerate(lines, 2))\n",
        test="def test_first_line_is_one():\n    assert line_numbers(['a']) == [(1, 'a')]\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        yield from thinned(source, list(_nudged(source)))

    def explain(self) -> str:
        return f"The number is off by one: write {shown(self.old)}, not {shown(self.new)}."


def _nudged(source: Source) -> Iterator[Site]:
    for literal in source.nodes(cst.Integer):
        if not _is_plain(literal.value) or _is_fixed(source, literal) or _is_position(source, literal):
            continue
        number = int(literal.value)
        for nudged in (number - 1, number + 1):
            if nudged >= 0 and not _is_odd(source, literal, nudged):
                yield source.replace(literal, f"{nudged:{_style(literal.value)}}".encode())


def _is_plain(text: str) -> bool:
    """Say whether a number is a short decimal one, at most with `_` at the thousands."""
    return len(text) < 20 and text.replace("_", "").isdecimal() and f"{int(text):{_style(text)}}" == text


def _is_position(source: Source, literal: cst.Integer) -> bool:
    """Say whether the number is an index, a bound or an end: those have rules of their own."""
    around = source.parent(literal)
    if isinstance(around, cst.UnaryOperation):
        around = source.parent(around)
    match around:
        case cst.Index() | cst.Slice():
            return True
        case cst.Arg():
            call = source.parent(around)
            return isinstance(call, cst.Call) and source.text(call.func) == b"range"
        case _:
            return False


def _style(text: str) -> str:
    return "_" if "_" in text else ""


def _is_fixed(source: Source, literal: cst.Integer) -> bool:
    """Say whether the number stands for something that cannot be one off: a truth, bits, or a version."""
    around = source.parent(literal)
    if isinstance(around, cst.If | cst.While):
        return True
    if isinstance(around, cst.BinaryOperation | cst.AugAssign):
        return _operator(source, around) in _BITWISE
    comparison = source.enclosing(literal, cst.Comparison)
    return comparison is not None and b"version" in source.text(comparison)


def _is_odd(source: Source, literal: cst.Integer, nudged: int) -> bool:
    """Say whether `nudged` would catch the eye where it stands, as in `x * 1` or `-0`."""
    around = source.parent(literal)
    if isinstance(around, cst.BinaryOperation | cst.AugAssign):
        return nudged in _POINTLESS.get(_operator(source, around), ())
    if isinstance(around, cst.IfExp):
        return str(nudged).encode() in {source.text(around.body), source.text(around.orelse)}
    return isinstance(around, cst.UnaryOperation) and nudged == 0


def _operator(source: Source, node: cst.BinaryOperation | cst.AugAssign) -> bytes:
    return source.text(node.operator).strip().rstrip(b"=")
