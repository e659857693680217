"""Things that stay where they should be taken away."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.effects import REMOVALS, is_cache
from rpsdg.mutators.reading.endings import drives_loop
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.lines import cut_statement, single
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedDeletion"]


class DroppedDeletion(Mutator):
    """Drop a deletion: an item, a key or everything stays in a collection that should have lost it.

    Plants
        Stale entries.
    Shows as
        Something is found that was removed, counted twice, or a collection grows without end.
    """

    family = "statements"
    sample = Sample(
        before="def move(key, here, there):\n    there[key] = here[key]\n    del here[key]\n",
        after="def move(key, here, there):\n    there[key] = here[key]\n",
        test="def test_move():\n    here = {'a': 1}\n    move('a', here, {})\n    assert not here\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        statements: Iterator[cst.Del | cst.Expr] = source.nodes(cst.Del, cst.Expr)
        for statement in statements:
            line = single(source, statement)
            if line is None or not _removes(statement) or is_cache(source.text(statement)):
                continue
            site = cut_statement(source, line)
            if site is None or source.enclosing(line, cst.FunctionDef) is None or drives_loop(source, line):
                continue
            if can_go(source, line, site.start, site.start + len(site.old)):
                yield site

    def explain(self) -> str:
        return f"Something stays that must go: put {shown(self.old)} back."


def _removes(statement: cst.Del | cst.Expr) -> bool:
    match statement:
        case cst.Del(target=cst.Subscript() | cst.Attribute()):
            return True
        case cst.Expr(value=cst.Call(func=cst.Attribute(attr=cst.Name(method)))):
            return method in REMOVALS
        case _:
            return False
