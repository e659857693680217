"""Slices that begin or end one item off."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.offsets import integer, shifted
from rpsdg.mutators.reading.places import runs_when_called
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.spread import thinned
from rpsdg.mutators.wording import shown

__all__ = ["OffByOneSlice"]


class OffByOneSlice(Mutator):
    """Slice off by one: a part of a sequence begins or ends one item too early or too late.

    Plants
        The item at the edge is left out, or its neighbour is taken along.
    Shows as
        Results lack their first or last item, or carry a separator that should have gone.
    """

    family = "literals"
    sample = Sample(
        before="def without_header(lines):\n    return lines[1:]\n",
        after="def without_header(lines):\n    return lines[:]\n",
        test="def test_header_goes():\n    assert without_header(['h', 'a']) == ['a']\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        yield from thinned(source, list(_moved(source)))

    def explain(self) -> str:
        return f"The slice is off by one: write {shown(self.old)}, not {shown(self.new)}."


def _moved(source: Source) -> Iterator[Site]:
    for part in source.nodes(cst.Slice):
        if not runs_when_called(source, part):
            continue
        texts: list[bytes] = []
        if part.lower is not None:
            texts.extend(_with(source, part, part.lower, _lower(source, part.lower)))
        if part.upper is not None:
            texts.extend(_with(source, part, part.upper, _upper(source, part.upper)))
        for text in texts:
            if not _is_void(text):
                yield source.replace(part, text)


def _lower(source: Source, bound: cst.BaseExpression) -> list[bytes | None]:
    match integer(bound):
        case None:
            return [shifted(source, bound, -1 if _is_sum(bound) else 1)]
        case 0:
            return []
        case 1:
            return [b"", b"2"]
        case -1:
            return [b"-2"]
        case number:
            return [str(number - 1).encode(), str(number + 1).encode()]


def _upper(source: Source, bound: cst.BaseExpression) -> list[bytes | None]:
    match integer(bound):
        case None:
            return [shifted(source, bound, 1), shifted(source, bound, -1)]
        case 0:
            return []
        case 1:
            return [b"2"]
        case -1:
            return [b"", b"-2"]
        case number:
            return [str(number - 1).encode(), str(number + 1).encode()]


def _is_void(text: bytes) -> bool:
    """Say whether everyone sees that the slice is empty: `[3:3]`."""
    lower, _, upper = text.partition(b":")
    return lower.strip().isdigit() and upper.strip().isdigit() and int(lower) >= int(upper)


def _is_sum(bound: cst.BaseExpression) -> bool:
    return isinstance(bound, cst.BinaryOperation) and isinstance(bound.operator, cst.Add) and not bound.lpar


def _with(
    source: Source, part: cst.Slice, bound: cst.BaseExpression, texts: list[bytes | None]
) -> Iterator[bytes]:
    """Yield the whole slice with each text in place of the bound."""
    first, last = source.span(part)
    start, end = source.outer(bound)
    for text in texts:
        if text is not None:
            yield source.data[first:start] + text + source.data[end:last]
