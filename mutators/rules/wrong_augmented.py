"""Assignments that forget, or reverse, what they should add."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.endings import drives_loop
from rpsdg.mutators.reading.numeric import Numbers
from rpsdg.mutators.reading.places import runs_when_called
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["WrongAugmented"]

_OTHERS: dict[type[cst.BaseAugOp], tuple[bytes, ...]] = {
    cst.AddAssign: (b"=", b"-="),
    cst.SubtractAssign: (b"=", b"+="),
    cst.MultiplyAssign: (b"=", b"+="),
    cst.DivideAssign: (b"*=",),
    cst.FloorDivideAssign: (b"/=",),
    cst.BitOrAssign: (b"=", b"&="),
    cst.BitAndAssign: (b"=", b"|="),
    cst.LeftShiftAssign: (b">>=",),
    cst.RightShiftAssign: (b"<<=",),
}
_NUMBERS_ONLY = {b"-=", b"+=", b"*=", b"/="}


class WrongAugmented(Mutator):
    """Update the wrong way: `+=` becomes `=`, or `-=`, or `|=` becomes `&=`.

    Plants
        Only the last value is kept, or what should be added is taken away.
    Shows as
        Right for a single item; sums, counts and collected flags of several are wrong.
    """

    family = "operators"
    sample = Sample(
        before="def total(xs):\n    n = 0\n    for x in xs:\n        n += x\n    return n\n",
        after="def total(xs):\n    n = 0\n    for x in xs:\n        n = x\n    return n\n",
        test="def test_total():\n    assert total([1, 2]) == 3\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        numbers = Numbers(source)
        for update in source.nodes(cst.AugAssign):
            if not runs_when_called(source, update) or drives_loop(source, update):
                continue
            for new in _OTHERS.get(type(update.operator), ()):
                if new not in _NUMBERS_ONLY or numbers.has(update.value) or numbers.has(update.target):
                    start, end = source.span(update)
                    first, last = source.span(update.operator)
                    yield source.splice(start, end, source.data[start:first] + new + source.data[last:end])

    def explain(self) -> str:
        return f"The update is the wrong one: write {shown(self.old)}, not {shown(self.new)}."
