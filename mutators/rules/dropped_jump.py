"""Loops that go on where they should not."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.endings import falls_out_of
from rpsdg.mutators.reading.lines import cut_statement, single
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedJump"]


class DroppedJump(Mutator):
    """Drop a jump: a `break` or `continue` behind other statements of its branch is not there.

    Plants
        The loop goes on after it has found what it looked for, or treats a special item twice.
    Shows as
        The last match wins instead of the first, or one item is counted once more.
    """

    family = "statements"
    sample = Sample(
        before=(
            "def first_long(words):\n    found = None\n    for word in words:\n        if len(word) > 3:\n"
            "            found = word\n            break\n    return found\n"
        ),
        after=(
            "def first_long(words):\n    found = None\n    for word in words:\n        if len(word) > 3:\n"
            "            found = word\n    return found\n"
        ),
        test="def test_the_first_counts():\n    assert first_long(['a', 'long', 'words']) == 'long'\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        jumps: Iterator[cst.Break | cst.Continue] = source.nodes(cst.Break, cst.Continue)
        for jump in jumps:
            line = single(source, jump)
            if line is None or not isinstance(_arm(source, line), cst.If | cst.Else | cst.ExceptHandler):
                continue
            loop = _loop(source, line)
            if isinstance(jump, cst.Continue) and falls_out_of(source, line) is loop:
                continue  # the turn ends there anyway
            if isinstance(jump, cst.Break) and isinstance(loop, cst.While) and _is_only_way_out(source, loop):
                continue
            site = cut_statement(source, line)
            if site is not None:
                yield site

    def explain(self) -> str:
        return f"The loop must not go on there: put the {shown(self.old)} back."


def _arm(source: Source, line: cst.CSTNode) -> cst.CSTNode | None:
    block = source.parent(line)
    return None if block is None else source.parent(block)


def _loop(source: Source, line: cst.CSTNode) -> cst.For | cst.While | None:
    inner, around = line, source.parent(line)
    while around is not None and (not isinstance(around, cst.For | cst.While) or inner is around.orelse):
        inner, around = around, source.parent(around)
    return around


def _is_only_way_out(source: Source, loop: cst.While) -> bool:
    """Say whether the loop could run for ever without one of its breaks."""
    return source.text(loop.test) in {b"True", b"1"} and source.text(loop.body).count(b"break") < 2
