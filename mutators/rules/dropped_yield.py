"""Generators that leave something out."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.endings import drives_loop
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.lines import cut_statement, single
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.wording import shown

__all__ = ["DroppedYield"]


class DroppedYield(Mutator):
    """Drop a yield: a generator gives one thing less than it should.

    Plants
        The head, the rest or one kind of item is worked out and not given.
    Shows as
        The first or the last item is missing, or one kind of item never comes.
    """

    family = "returns"
    sample = Sample(
        before=(
            "def walk(tree):\n    yield tree[0]\n    for child in tree[1:]:\n        yield from walk(child)\n"
        ),
        after="def walk(tree):\n    for child in tree[1:]:\n        yield from walk(child)\n",
        test="def test_walk():\n    assert list(walk([1, [2]])) == [1, 2]\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for value in source.nodes(cst.Yield):
            statement = source.parent(value)
            line = single(source, statement) if isinstance(statement, cst.Expr) else None
            site = cut_statement(source, line) if line is not None else None
            if line is None or site is None or drives_loop(source, line):
                continue
            if not _loop_is_left_useful(source, line):
                continue
            if can_go(source, line, site.start, site.start + len(site.old)):
                yield site

    def explain(self) -> str:
        return f"The generator leaves something out: put {shown(self.old)} back."


def _loop_is_left_useful(source: Source, line: cst.SimpleStatementLine) -> bool:
    """Say whether the loop around the line, if there is one, still does something without it."""
    loop: cst.CSTNode | None = line
    while loop is not None and not isinstance(loop, cst.For | cst.While):
        loop = source.parent(loop)
        if isinstance(loop, cst.FunctionDef):
            return True
    first, last = source.span(line)
    return loop is None or any(
        isinstance(part, cst.Expr | cst.AugAssign) and not first <= source.span(part)[0] < last
        for part in descendants(loop)
    )
