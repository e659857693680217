"""Counters, positions and collections that do not move."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.endings import drives_loop
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.lines import cut_statement, single
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedUpdate"]


class DroppedUpdate(Mutator):
    """Drop an update: a statement with `+=` or the like is not there.

    Plants
        A counter that stands still, a position that lags behind, a part that is not added.
    Shows as
        Totals are too small, the same place is read twice, or a piece of the result is missing.
    """

    family = "statements"
    sample = Sample(
        before=(
            "def count(words):\n    n = 0\n    for word in words:\n        assert word\n        n += 1\n"
            "    return n\n"
        ),
        after="def count(words):\n    n = 0\n    for word in words:\n        assert word\n    return n\n",
        test="def test_count():\n    assert count(['a', 'b']) == 2\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for update in source.nodes(cst.AugAssign):
            line = single(source, update)
            if line is None or source.enclosing(line, cst.FunctionDef) is None or drives_loop(source, line):
                continue
            site = cut_statement(source, line)
            if site is not None and can_go(source, line, site.start, site.start + len(site.old)):
                yield site

    def explain(self) -> str:
        return f"An update is missing: put {shown(self.old)} back."
