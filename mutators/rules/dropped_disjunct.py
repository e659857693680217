"""Conditions that forget one of the cases in which they hold."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.chains import chains, operands, shortenings
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.truths import asks, decides, looks_true_or_false
from rpsdg.mutators.wording import shown

__all__ = ["DroppedDisjunct"]


class DroppedDisjunct(Mutator):
    """Drop a disjunct: of the cases joined by `or`, one is not thought of.

    Plants
        The condition fails in a case in which it should hold.
    Shows as
        Only the forgotten case goes wrong; each of the others still works.
    """

    family = "clauses"
    sample = Sample(
        before="def is_blank(line):\n    return not line or line.isspace()\n",
        after="def is_blank(line):\n    return line.isspace()\n",
        test="def test_nothing_is_blank():\n    assert is_blank('')\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for chain in chains(source, cst.Or):
            # `return name or default` is no condition: what is returned there is more than a truth.
            if decides(source, chain) or (
                asks(source, chain) and any(map(looks_true_or_false, operands(chain)))
            ):
                yield from shortenings(source, chain)

    def explain(self) -> str:
        return f"The condition forgets a case: write {shown(self.old)}, not {shown(self.new)}."
