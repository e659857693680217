"""Ranges that begin or end one number off."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.offsets import integer, shifted
from rpsdg.mutators.reading.places import runs_when_called
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["OffByOneRange"]


class OffByOneRange(Mutator):
    """Count off by one: a `range` begins or ends one number too early or too late.

    Plants
        A loop takes one turn too few or too many.
    Shows as
        The first or last item is not handled, or an `IndexError` comes in the last turn.
    """

    family = "literals"
    sample = Sample(
        before="def pairs(xs):\n    return [(xs[i], xs[i + 1]) for i in range(len(xs) - 1)]\n",
        after="def pairs(xs):\n    return [(xs[i], xs[i + 1]) for i in range(len(xs))]\n",
        test="def test_pairs():\n    assert pairs([1, 2, 3]) == [(1, 2), (2, 3)]\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for call in source.nodes(cst.Call):
            if not isinstance(call.func, cst.Name) or call.func.value != "range" or not call.args:
                continue
            if any(arg.star or arg.keyword for arg in call.args) or not runs_when_called(source, call):
                continue
            values = [arg.value for arg in call.args]
            if len(values) > 1:
                yield from _start(source, call, values[0])
            if len(values) == 2 or (len(values) == 3 and integer(values[2]) == -1):
                yield from _replaced(source, call, values[1], (-1, 1))  # with larger steps it hardly matters
            if len(values) == 1:
                yield from _replaced(source, call, values[0], (-1, 1))

    def explain(self) -> str:
        return f"The range is off by one: write {shown(self.old)}, not {shown(self.new)}."


def _start(source: Source, call: cst.Call, start: cst.BaseExpression) -> Iterator[Site]:
    if integer(start) == 1 and len(call.args) == 2:
        first, last = source.span(call)
        behind = source.outer(call.args[1].value)[0]
        opening = source.outer(start)[0]
        if b"\n" not in source.data[opening:behind]:
            yield source.splice(first, last, source.data[first:opening] + source.data[behind:last])
    elif integer(start) == 0:
        yield from _replaced(source, call, start, (1,))
    else:
        yield from _replaced(source, call, start, (-1, 1))


def _replaced(
    source: Source, call: cst.Call, value: cst.BaseExpression, steps: tuple[int, ...]
) -> Iterator[Site]:
    """Yield the whole call with one argument changed: a lone `n - 1` would explain little."""
    first, last = source.span(call)
    start, end = source.outer(value)
    for step in steps:
        text = shifted(source, value, step)
        number = integer(value)
        if text is None or (number is not None and number > 0 and number + step == 0):
            continue
        yield source.splice(first, last, source.data[first:start] + text + source.data[end:last])
