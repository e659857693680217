"""Coroutines that are called and never awaited."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.effects import is_unseen_call
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.syntax import is_expression
from rpsdg.mutators.wording import shown

__all__ = ["MissingAwait"]


class MissingAwait(Mutator):
    """Miss an await: a coroutine is called like an ordinary function, and nobody waits for it.

    Plants
        A coroutine object where its result was meant, or work that is never done.
    Shows as
        `coroutine was never awaited`, or a `TypeError` from the first who uses the result.
    """

    family = "contexts"
    sample = Sample(
        before=(
            "async def fetch():\n    return 1\n\n\nasync def total():\n    first = await fetch()\n"
            "    return first + 1\n"
        ),
        after=(
            "async def fetch():\n    return 1\n\n\nasync def total():\n    first = fetch()\n"
            "    return first + 1\n"
        ),
        test="import asyncio\n\n\ndef test_total():\n    assert asyncio.run(total()) == 2\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for node in source.nodes(cst.Await):
            value = node.expression
            is_called = isinstance(value, cst.Call) and not is_unseen_call(source, value)
            if isinstance(source.parent(node), cst.Expr) and not is_called:
                continue  # a bare name on a line would catch the eye
            text = source.outer_text(value)
            start, end = source.outer(node)
            glued = chr(source.data[start - 1]).isalnum() if start else False
            if node.lpar and (glued or not is_expression(text) or not _is_atom(value)):
                yield source.replace(node, text)
            else:
                yield source.splice(start, end, text)

    def explain(self) -> str:
        return f"The coroutine is not awaited: write {shown(self.old)}, not {shown(self.new)}."


def _is_atom(value: cst.BaseExpression) -> bool:
    return isinstance(value, cst.Name | cst.Attribute | cst.Call | cst.Subscript) or bool(value.lpar)
