"""Returns that stand one level too deep."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.endings import always_leaves, is_generator
from rpsdg.mutators.reading.lines import single
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["EarlyReturn"]


class EarlyReturn(Mutator):
    """Return too early: the return behind a loop is indented like the loop's body.

    Plants
        A loop that never reaches its second turn.
    Shows as
        Only the first item counts; with no items at all the result is `None`.
    """

    family = "returns"
    sample = Sample(
        before="def has_even(ns):\n    for n in ns:\n        if n % 2 == 0:\n            return True\n"
        "    return False\n",
        after="def has_even(ns):\n    for n in ns:\n        if n % 2 == 0:\n            return True\n"
        "        return False\n",
        test="def test_second():\n    assert has_even([1, 2])\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for statement in source.nodes(cst.Return):
            line = single(source, statement)
            if line is None or statement.value is None or any(empty.comment for empty in line.leading_lines):
                continue
            loop = _loop_before(source, line)
            function = source.enclosing(statement, cst.FunctionDef)
            if loop is None or function is None or is_generator(source, function):
                continue
            inner = _indentation(source, loop.body.body[0])
            outer = _indentation(source, line)
            start, end = source.span(line)
            if b"\n" not in source.data[start:end] and inner.startswith(outer):
                start -= len(outer)
                yield source.splice(start, end, inner + source.data[start + len(outer) : end])

    def explain(self) -> str:
        return f"The line {shown(self.old)} stands too deep: it belongs behind the loop, not into it."


def _loop_before(source: Source, line: cst.SimpleStatementLine) -> cst.For | cst.While | None:
    """Return the loop right before a line, if its turns can end with that line."""
    block = source.parent(line)
    if not isinstance(block, cst.IndentedBlock):
        return None
    index = block.body.index(line)
    loop = block.body[index - 1] if index else None
    if not isinstance(loop, cst.For | cst.While) or loop.orelse is not None:
        return None
    body = loop.body
    if not isinstance(body, cst.IndentedBlock) or always_leaves(body):
        return None
    if any(empty.comment for empty in body.footer):
        return None
    return loop


def _indentation(source: Source, node: cst.CSTNode) -> bytes:
    start = source.span(node)[0]
    return source.data[source.line_start(start) : start]
