"""Ordering comparisons that keep or lose their boundary value."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.source import Site, Source

__all__ = ["ShiftedBoundary"]

_TWIN = {b"<": b"<=", b"<=": b"<", b">": b">=", b">=": b">"}


class ShiftedBoundary(Mutator):
    """Keep the comparison, lose its boundary: `<` and `<=` trade places, and so do `>` and `>=`.

    Plants
        An off-by-one: the boundary value is wrongly kept, or wrongly dropped.
    Shows as
        Only tests that touch the exact boundary fail; their neighbours pass.
    """

    family = "conditions"
    sample = Sample(
        before="def is_adult(age):\n    return age >= 18\n",
        after="def is_adult(age):\n    return age > 18\n",
        test="def test_eighteen_is_adult():\n    assert is_adult(18)\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for comparison in source.nodes(cst.Comparison):
            for target in comparison.comparisons:
                operator = target.operator
                if isinstance(
                    operator, cst.LessThan | cst.LessThanEqual | cst.GreaterThan | cst.GreaterThanEqual
                ):
                    token = source.text(operator).strip()
                    start = source.span(operator)[0] + source.text(operator).index(token)
                    yield Site(start, token, _TWIN[token])

    def explain(self) -> str:
        return (
            f"The value on the boundary is on the wrong side: write `{self.old.decode()}`, "
            f"not `{self.new.decode()}`."
        )
