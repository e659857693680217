"""Generators that give a whole series as one item."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["UndelegatedYield"]


class UndelegatedYield(Mutator):
    """Yield without delegating: `yield from` loses its `from`.

    Plants
        A generator that gives another generator, where it should give that one's items.
    Shows as
        Generators or lists turn up among the items, or an item lacks an attribute.
    """

    family = "returns"
    sample = Sample(
        before="def flat(rows):\n    for row in rows:\n        yield from row\n",
        after="def flat(rows):\n    for row in rows:\n        yield row\n",
        test="def test_flat():\n    assert list(flat([[1], [2]])) == [1, 2]\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for value in source.nodes(cst.Yield):
            if isinstance(value.value, cst.From):
                start, end = source.span(value)[0], source.outer(value.value.item)[0]
                if b"\n" not in source.data[start:end]:
                    yield source.splice(start, end, b"yield ")

    def explain(self) -> str:
        return f"The items are meant, not the series of them: write {shown(self.old)}, not {shown(self.new)}."
