"""Handlers that also catch what comes after the code they were written for."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.blocks import block_lines, indent_of
from rpsdg.mutators.reading.effects import callee, is_unseen_call
from rpsdg.mutators.reading.endings import always_leaves
from rpsdg.mutators.reading.exceptions import only_raises, testable_handlers
from rpsdg.mutators.reading.lines import arm_lines, statement_lines
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.wording import shown

__all__ = ["WidenedTry"]

_MOST = 4
"""Statements of an `else:` that may move at once."""
_SAFE = {"append", "add", "extend", "isinstance", "len", "format", "join", "bool", "repr", "type", "audit"}
"""Functions that do not fail."""


class WidenedTry(Mutator):
    """Widen a try: the code that goes on with the result stands inside the `try` as well.

    Plants
        An error in that code is taken for the one that the handler expects.
    Shows as
        A bug of a callback is answered with a default, and its exception is never seen.
    Seldom caught
        It takes a test in which the code that goes on raises the very exception the handler expects.
    """

    family = "exceptions"
    sample = Sample(
        before=(
            "def apply(f, table, key):\n    try:\n        value = table[key]\n    except KeyError:\n"
            "        return None\n    return f(value)\n"
        ),
        after=(
            "def apply(f, table, key):\n    try:\n        value = table[key]\n        return f(value)\n"
            "    except KeyError:\n        return None\n"
        ),
        test=(
            "def test_errors_of_the_function():\n    try:\n        apply({}.__getitem__, {1: 2}, 1)\n"
            "    except KeyError:\n        return\n    raise AssertionError\n"
        ),
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for statement, handler in sorted(testable_handlers(source), key=lambda found: source.span(found[0])):
            if handler is not statement.handlers[0] or not isinstance(statement.body, cst.IndentedBlock):
                continue
            if always_leaves(statement.body) or all(only_raises(arm) for arm in statement.handlers):
                continue
            site = (
                _with_else(source, statement)
                if statement.orelse is not None
                else _with_next(source, statement)
            )
            if site is not None:
                yield site

    def explain(self) -> str:
        return f"The `try` covers too much: write {shown(self.old)}, not {shown(self.new)}."


def _with_else(source: Source, statement: cst.Try) -> Site | None:
    """Move what stands under `else:` to the end of the body."""
    orelse = statement.orelse
    if orelse is None or not isinstance(orelse.body, cst.IndentedBlock) or len(orelse.body.body) > _MOST:
        return None
    if not _may_raise(source, orelse.body):
        return None
    if indent_of(source, orelse.body.body[0]) != indent_of(source, statement.body.body[0]):
        return None
    start, end = block_lines(source, orelse.body)
    return _moved(source, statement, source.data[start:end], arm_lines(source, orelse)[0], end)


def _with_next(source: Source, statement: cst.Try) -> Site | None:
    """Move the line behind the statement to the end of the body, if it is only reached from there."""
    block = source.parent(statement)
    if statement.finalbody is not None or not isinstance(block, cst.IndentedBlock):
        return None
    if not all(always_leaves(arm.body) for arm in statement.handlers):
        return None
    line = next(iter(block.body[block.body.index(statement) + 1 :]), None)
    if not isinstance(line, cst.SimpleStatementLine) or not _may_raise(source, line):
        return None
    own = source.data[source.span(line)[0] : source.line_end(source.span(line)[1])]
    if own.count(b"\n") != 1 or any(above.comment is not None for above in line.leading_lines):
        return None
    start, end = statement_lines(source, line, block)
    return _moved(source, statement, indent_of(source, statement.body.body[0]) + own, start, end)


def _moved(source: Source, statement: cst.Try, text: bytes, start: int, end: int) -> Site:
    """Return the site that takes the lines from `start` to `end` away, and adds `text` to the body."""
    first, behind = source.line_start(source.span(statement)[0]), block_lines(source, statement.body)[1]
    return source.splice(first, end, source.data[first:behind] + text + source.data[behind:start])


def _may_raise(source: Source, node: cst.CSTNode) -> bool:
    """Say whether code does something that may well fail."""
    for inner in descendants(node):
        match inner:
            case cst.Call() if callee(inner) not in _SAFE and not is_unseen_call(source, inner):
                return True
            case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index())]):
                if not source.is_target(inner):
                    return True
            case cst.Raise() | cst.Await() | cst.Yield():
                return True
    return False
