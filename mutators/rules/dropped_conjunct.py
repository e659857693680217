"""Conditions that forget one of the things that must hold."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.chains import chains, shortenings
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.truths import asks
from rpsdg.mutators.wording import shown

__all__ = ["DroppedConjunct"]


class DroppedConjunct(Mutator):
    """Drop a conjunct: of the conditions joined by `and`, one is not asked.

    Plants
        The condition holds in cases in which it should not.
    Shows as
        Only inputs that fail the forgotten part, and nothing but that part, go wrong.
    """

    family = "clauses"
    sample = Sample(
        before="def is_digit(c):\n    return len(c) == 1 and c.isdigit()\n",
        after="def is_digit(c):\n    return c.isdigit()\n",
        test="def test_two_digits_are_not_one():\n    assert not is_digit('12')\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for chain in chains(source, cst.And):
            if asks(source, chain):
                yield from shortenings(source, chain)

    def explain(self) -> str:
        return f"The condition asks too little: write {shown(self.old)}, not {shown(self.new)}."
