"""Cases that a chain or a `match` does not tell apart."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.effects import depends_on_platform, goes_unseen
from rpsdg.mutators.reading.endings import drives_loop, is_no_op_jump
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.lines import Arm, arm_lines
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedCase"]

_LONGEST = 12
"""Lines that a person may forget to write."""


class DroppedCase(Mutator):
    """Drop a case: one `elif` of a chain, or one `case` of a `match`, is not there.

    Plants
        One kind of value falls through to what is meant for the others, or to nothing at all.
    Shows as
        One kind of input is refused, ignored or taken for another; all other kinds work.
    """

    family = "branches"
    sample = Sample(
        before=(
            "def sign(x):\n    if x > 0:\n        return 1\n    elif x < 0:\n        return -1\n"
            "    return 0\n"
        ),
        after="def sign(x):\n    if x > 0:\n        return 1\n    return 0\n",
        test="def test_negative():\n    assert sign(-3) == -1\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        arms: Iterator[cst.If | cst.MatchCase] = source.nodes(cst.If, cst.MatchCase)
        for arm in arms:
            if source.enclosing(arm, cst.FunctionDef) is None or not _is_seen(source, arm):
                continue
            around = source.parent(arm)
            first = isinstance(around, cst.Match) and around.cases[0] is arm
            start, end = arm_lines(source, arm, first=first)
            if source.data.count(b"\n", start, end) > _LONGEST:
                continue
            if can_go(source, arm, start, end, may_be_missed=True):
                yield source.cut(start, end)

    def explain(self) -> str:
        return f"A case is not told apart from the others: put {shown(self.old)} back."


def _is_seen(source: Source, arm: cst.If | cst.MatchCase) -> bool:
    """Say whether something else would happen without the arm, and a test may see it."""
    around = source.parent(arm)
    following: Arm | None
    match arm, around:
        case cst.If(test=test, orelse=following), cst.If():
            if depends_on_platform(source.text(test)):
                return False
        case _, cst.Match(cases=cases):
            following = next(iter(cases[cases.index(arm) + 1 :]), None)
            if len(cases) < 3:
                return False
        case _:
            return False
    body = source.text(arm.body)
    if following is not None:
        return body != source.text(following.body)
    if goes_unseen(source, arm.body) or drives_loop(source, arm):
        return False
    return not is_no_op_jump(source, _whole(source, arm), body)


def _whole(source: Source, arm: cst.CSTNode) -> cst.CSTNode:
    while isinstance(around := source.parent(arm), cst.If | cst.Match):
        arm = around
    return arm
