"""Calls in which two keyword arguments have each other's values."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.bindings import functions
from rpsdg.mutators.reading.exchange import are_alike, exchanged
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["SwappedKeywords"]


class SwappedKeywords(Mutator):
    """Swap two keywords' values: each of two named arguments gets what was meant for the other.

    Plants
        A width that arrives as the height, a flag that sets another option.
    Shows as
        Right where both values are the same; elsewhere two settings have changed places.
    """

    family = "arguments"
    sample = Sample(
        before="def box(width, height):\n    return dict(width=width, height=height)\n",
        after="def box(width, height):\n    return dict(width=height, height=width)\n",
        test="def test_width():\n    assert box(3, 2)['width'] == 3\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        around = {function.node: function for function in functions(source)}
        for call in source.nodes(cst.Call):
            definition = source.enclosing(call, cst.FunctionDef)
            if definition is None:
                continue
            for one, other in zip(call.args, call.args[1:], strict=False):
                if one.keyword is None or other.keyword is None:
                    continue
                first, last, new = exchanged(source, one.value, other.value)
                if b"#" in new or b"\n" in source.text(one.value) + source.text(other.value):
                    continue
                if are_alike(source, around[definition], one.value, other.value):
                    yield source.splice(first, last, new)

    def explain(self) -> str:
        return (
            f"Two keyword arguments have each other's values: write {shown(self.old)}, not {shown(self.new)}."
        )
