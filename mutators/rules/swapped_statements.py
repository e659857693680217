"""Two steps taken in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.bindings import Function
from rpsdg.mutators.reading.dataflow import reads, writes
from rpsdg.mutators.reading.effects import callee, is_unseen_call
from rpsdg.mutators.reading.leftovers import scope_of
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["SwappedStatements"]

_ORDERED = {"append", "write", "extend", "push", "insert", "update", "put", "send", "feed"}
"""Methods that leave a trace of the order in which they are called."""


class SwappedStatements(Mutator):
    """Swap two statements: the second step needs what the first one does, and comes before it.

    Plants
        A value is used before it is brought up to date, or overwritten before it is saved.
    Shows as
        Results lag one step behind, or two things come out in the wrong order.
    """

    family = "statements"
    sample = Sample(
        before=(
            "def fib(n):\n    a, b = 0, 1\n    for _ in range(n):\n        total = a + b\n        a = b\n"
            "        b = total\n    return a\n"
        ),
        after=(
            "def fib(n):\n    a, b = 0, 1\n    for _ in range(n):\n        total = a + b\n        b = total\n"
            "        a = b\n    return a\n"
        ),
        test="def test_fib():\n    assert [fib(n) for n in range(6)] == [0, 1, 1, 2, 3, 5]\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        found: list[Site] = []
        for block in source.nodes(cst.IndentedBlock):
            if source.enclosing(block.body[0], cst.FunctionDef) is not None:
                for one, other in pairwise(_step(source, line) for line in block.body):
                    if one is not None and other is not None and _depend(source, one, other):
                        found.extend(_swapped(source, one, other))
        yield from sorted(found, key=lambda site: site.start)

    def explain(self) -> str:
        return f"Two steps are in the wrong order: write {shown(self.old)}, not {shown(self.new)}."


def _step(source: Source, line: cst.BaseStatement) -> cst.SimpleStatementLine | None:
    match line:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call() as call)]):
            return None if is_unseen_call(source, call) else line
        case cst.SimpleStatementLine(body=[cst.Assign() | cst.AugAssign() | cst.Del()]):
            return line
        case _:
            return None


def _depend(source: Source, one: cst.SimpleStatementLine, other: cst.SimpleStatementLine) -> bool:
    """Say whether the order of two steps matters, and the other order may still run."""
    function, node = scope_of(source, one), source.enclosing(one, cst.FunctionDef)
    owner, receiver = _receiver(source, one), _receiver(source, other)
    if function is None or node is None or source.text(one) == source.text(other):
        return False
    if owner is not None and owner == receiver:
        return _method(one) == _method(other) and _method(one) in _ORDERED
    handed_on = (_changes(source, one) - {b"self"}) & reads(source, other)
    overwritten = reads(source, one) & (writes(source, other) - {b"self"})
    if not (handed_on or overwritten) or _is_sum(source, one, other):
        return False
    if node.name.value == "__init__" and any(b"." in text for text in handed_on):
        return False  # the attribute is not there yet
    start, end = source.span(one)[0], source.span(other)[1]
    visible = {binding.name for binding in function.visible(start)}
    fresh = {b.name for b in function.bindings if start <= source.span(b.binder)[0] < end} - visible
    names = {name for name in map(bytes.decode, handed_on) if name.isidentifier()}
    return not names & fresh and all(_is_read_later(source, function, name, other) for name in names)


def _changes(source: Source, line: cst.SimpleStatementLine) -> set[bytes]:
    """Return what has one value before the line and another behind it, both of them of use."""
    match line.body[0]:
        case cst.Assign(value=value):
            return writes(source, line) & reads(source, value)
        case _:
            return writes(source, line)


def _receiver(source: Source, line: cst.CSTNode) -> bytes | None:
    match line:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call(func=cst.Attribute(value=owner)))]):
            return source.text(owner)
        case _:
            return None


def _method(line: cst.CSTNode) -> str:
    match line:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call() as call)]):
            return callee(call)
        case _:
            return ""


def _is_sum(source: Source, one: cst.CSTNode, other: cst.CSTNode) -> bool:
    """Say whether two numbers are added to the same sum: the order does not matter."""
    match one, other:
        case (
            cst.SimpleStatementLine(body=[cst.AugAssign(target=target, value=value)]),
            cst.SimpleStatementLine(body=[cst.AugAssign(target=same, value=more)]),
        ):
            texts = source.text(value) + source.text(more)
            return source.text(target) == source.text(same) and not any(mark in texts for mark in b"'\"[")
        case _:
            return False


def _is_read_later(source: Source, function: Function, name: str, line: cst.CSTNode) -> bool:
    """Say whether somebody still reads `name` when `line` does so too early."""
    start, end = source.span(line)
    around = source.parent(line)
    while around is not None and not isinstance(around, cst.For | cst.While | cst.FunctionDef):
        around = source.parent(around)
    first = end if around is None or isinstance(around, cst.FunctionDef) else source.span(around)[0]
    positions = [source.span(read)[0] for read in function.reads if read.value == name]
    return any(first <= position and not start <= position < end for position in positions)


def _swapped(source: Source, one: cst.SimpleStatementLine, other: cst.SimpleStatementLine) -> Iterator[Site]:
    """Yield the site that lets the lines of two statements change places."""
    if any(line.comment for line in one.leading_lines):
        return  # the comment may speak of the first one only
    start, middle = source.line_start(source.span(one)[0]), source.line_end(source.span(one)[1])
    end = source.line_end(source.span(other)[1])
    if source.line_start(source.span(other)[0]) == middle and source.data[:end].endswith(b"\n"):
        yield source.splice(start, end, source.data[middle:end] + source.data[start:middle])
