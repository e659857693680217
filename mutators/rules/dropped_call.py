"""Steps that are not taken."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.definitions import base_call
from rpsdg.mutators.reading.effects import REMOVALS, callee, is_cache, is_unseen_call
from rpsdg.mutators.reading.endings import drives_loop
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.lines import cut_statement, single
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedCall"]

_POINTLESS = frozenset(dir(builtins)) - {"setattr", "next"}


class DroppedCall(Mutator):
    """Drop a call: something that should be done on the way is not done.

    Plants
        An item that is not added, a check that is not made, a state that is not brought up to date.
    Shows as
        A result lacks something, bad input is taken, or an object is half prepared.
    """

    family = "statements"
    sample = Sample(
        before="def ranked(scores):\n    scores = list(scores)\n    scores.sort()\n    return scores\n",
        after="def ranked(scores):\n    scores = list(scores)\n    return scores\n",
        test="def test_lowest_first():\n    assert ranked([2, 1]) == [1, 2]\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for call in source.nodes(cst.Call):
            line = _line(source, call)
            if line is None or not _does_something(source, call):
                continue
            site = cut_statement(source, line)
            if site is None or drives_loop(source, line):
                continue
            if can_go(source, line, site.start, site.start + len(site.old)):
                yield site

    def explain(self) -> str:
        return f"A step is left out: put {shown(self.old)} back."


def _line(source: Source, call: cst.Call) -> cst.SimpleStatementLine | None:
    """Return the line that holds nothing but the call."""
    around = source.parent(call)
    if isinstance(around, cst.Await):
        around = source.parent(around)
    if not isinstance(around, cst.Expr) or source.enclosing(around, cst.FunctionDef) is None:
        return None
    return single(source, around)


def _does_something(source: Source, call: cst.Call) -> bool:
    """Say whether a test may notice that the call is missing."""
    name = callee(call)
    if base_call(source, call):
        return False  # dropped-super does these
    if not name or name in REMOVALS or is_unseen_call(source, call) or is_cache(source.text(call)):
        return False
    return isinstance(call.func, cst.Attribute) or name not in _POINTLESS
