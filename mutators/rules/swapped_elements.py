"""Tuples with two values in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.places import runs_when_called
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.spread import evenly
from rpsdg.mutators.wording import shown

__all__ = ["SwappedElements"]

_MOST = 2
"""Pairs of one tuple."""


class SwappedElements(Mutator):
    """Swap two elements: neighbours in a tuple that is returned or unpacked stand in the wrong order.

    Plants
        Two values that each go by the other's name.
    Shows as
        Right when the two are equal; otherwise the wrong one of them is used, or a `TypeError` comes.
    """

    family = "elements"
    sample = Sample(
        before="def division(a, b):\n    return a // b, a % b\n",
        after="def division(a, b):\n    return a % b, a // b\n",
        test="def test_division():\n    assert division(7, 2) == (3, 1)\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for row in source.nodes(cst.Tuple):
            if len(row.elements) > 1 and _is_handed_over(source, row) and runs_when_called(source, row):
                for index in evenly(range(len(row.elements) - 1), _MOST):
                    yield from _swapped(source, row.elements[index], row.elements[index + 1])

    def explain(self) -> str:
        return f"Two elements are in the wrong order: write {shown(self.old)}, not {shown(self.new)}."


def _is_handed_over(source: Source, row: cst.Tuple) -> bool:
    """Say whether the tuple is returned, or takes apart what was returned."""
    around = source.parent(row)
    match around:
        case cst.Return() | cst.Yield() | cst.Lambda():
            return True
        case cst.For(target=target) | cst.CompFor(target=target):
            return target is row
        case cst.AssignTarget():
            statement = source.parent(around)
            # `a, b = b, a` and `x, y = 0, 1` show at a glance what goes where.
            return isinstance(statement, cst.Assign) and not isinstance(statement.value, cst.Tuple | cst.List)
        case _:
            return False


def _swapped(source: Source, one: cst.BaseElement, other: cst.BaseElement) -> Iterator[Site]:
    if isinstance(one, cst.StarredElement) or isinstance(other, cst.StarredElement):
        return
    first, second = source.outer(one.value), source.outer(other.value)
    texts = source.data[slice(*first)], source.data[slice(*second)]
    between = source.data[first[1] : second[0]]
    if texts[0] != texts[1] and b"#" not in between and b"\n" not in texts[0] + texts[1] + between:
        yield source.splice(first[0], second[1], between.join(reversed(texts)))
