"""Type checks that lack one of the types."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.commas import cut_item
from rpsdg.mutators.reading.parentheses import in_place_of
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.spread import evenly
from rpsdg.mutators.wording import shown

__all__ = ["NarrowedIsinstance"]

_BASES = {
    "bool": "int",
    "OrderedDict": "dict",
    "defaultdict": "dict",
    "Counter": "dict",
    "IOError": "OSError",
}
"""Types that need not be named next to the other."""
_MOST = 3
"""Types of one tuple."""


class NarrowedIsinstance(Mutator):
    """Narrow an `isinstance`: of the types that are let in, one is missing.

    Plants
        A kind of value that is as good as the others is treated as something else.
    Shows as
        Lists work and tuples do not, text works and bytes do not.
    """

    family = "conditions"
    sample = Sample(
        before="def flat(x):\n    return list(x) if isinstance(x, (list, tuple)) else [x]\n",
        after="def flat(x):\n    return list(x) if isinstance(x, list) else [x]\n",
        test="def test_tuples_are_unpacked():\n    assert flat((1, 2)) == [1, 2]\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for call in source.nodes(cst.Call):
            match call:
                case cst.Call(
                    func=cst.Name("isinstance" | "issubclass"), args=[_, cst.Arg(value=cst.Tuple() as kinds)]
                ):
                    yield from _tuple(source, kinds)
                case cst.Call(
                    func=cst.Name("isinstance" | "issubclass"),
                    args=[_, cst.Arg(value=cst.BinaryOperation(left, cst.BitOr(), right) as union)],
                ):
                    yield in_place_of(source, union, source.outer_text(right))
                    yield in_place_of(source, union, source.outer_text(left))

    def explain(self) -> str:
        if self.new:
            return f"A type is missing: write {shown(self.old)}, not {shown(self.new)}."
        return f"A type is missing: put {shown(self.old)} back."


def _tuple(source: Source, kinds: cst.Tuple) -> Iterator[Site]:
    names = [source.text(element).decode() for element in kinds.elements]
    for index in evenly(range(len(names)), _MOST):
        name = names[index]
        if name.startswith("*") or _BASES.get(name) in names or names.count(name) > 1:
            continue
        if len(names) > 2:
            site = cut_item(source, kinds.elements, index)
            if site is not None:
                yield site
        elif len(names) == 2 and not names[1 - index].startswith("*"):
            kept = source.outer_text(kinds.elements[1 - index].value)
            if b"#" not in source.outer_text(kinds):
                yield source.splice(*source.outer(kinds), kept)
