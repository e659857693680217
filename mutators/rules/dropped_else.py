"""Conditions whose other side is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.effects import depends_on_platform, goes_unseen
from rpsdg.mutators.reading.endings import drives_loop, falls_out_of, is_no_op_jump
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.lines import arm_lines
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedElse"]

_LONGEST = 12
"""Lines that a person may forget to write."""


class DroppedElse(Mutator):
    """Drop an else: what should happen when the condition does not hold is not there.

    Plants
        Nothing is done, stored or raised where the condition is false.
    Shows as
        One of two cases comes back unchanged, empty or as `None`.
    """

    family = "branches"
    sample = Sample(
        before=(
            "def split(numbers):\n    even, odd = [], []\n    for n in numbers:\n        if n % 2 == 0:\n"
            "            even.append(n)\n        else:\n            odd.append(n)\n    return even, odd\n"
        ),
        after=(
            "def split(numbers):\n    even, odd = [], []\n    for n in numbers:\n        if n % 2 == 0:\n"
            "            even.append(n)\n    return even, odd\n"
        ),
        test="def test_odd_numbers():\n    assert split([1, 2]) == ([2], [1])\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for block in source.nodes(cst.Else):
            arm = source.parent(block)
            if not isinstance(arm, cst.If) or source.enclosing(block, cst.FunctionDef) is None:
                continue
            if not _is_seen(source, block, arm):
                continue
            start, end = arm_lines(source, block)
            if source.data.count(b"\n", start, end) <= _LONGEST and can_go(source, block, start, end):
                yield source.cut(start, end)

    def explain(self) -> str:
        return f"Nothing happens where the condition is false: put {shown(self.old)} back."


def _is_seen(source: Source, block: cst.Else, arm: cst.If) -> bool:
    whole = arm
    while isinstance(around := source.parent(whole), cst.If):
        whole = around
    if isinstance(falls_out_of(source, whole), cst.FunctionDef) and _returns(block.body):
        return False  # a function that ends in an `if` with a `return` looks unfinished
    return not (
        goes_unseen(source, block.body)
        or depends_on_platform(source.text(arm.test))
        or drives_loop(source, block)
        or is_no_op_jump(source, whole, source.text(block.body))
    )


def _returns(body: cst.BaseSuite) -> bool:
    last = body.body[-1]
    return isinstance(last, cst.SimpleStatementLine) and isinstance(last.body[-1], cst.Return)
