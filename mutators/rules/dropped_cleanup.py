"""What must happen in the end, and does not happen at all."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.blocks import keep_blocks
from rpsdg.mutators.reading.effects import goes_unseen
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.lines import arm_lines
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedCleanup"]

_LONGEST = 8
"""Lines; nobody forgets more of them."""


class DroppedCleanup(Mutator):
    """Drop the cleanup: what a `finally` puts back in order stays as it is.

    Plants
        A flag that stays set, an entry that stays registered, a resource that stays open.
    Shows as
        The first call is right; the second one, or a look at the state in between, is not.
    Seldom caught
        Tests call once and look at the result; what stays open or registered shows in the next
        call, and each test starts with fresh objects.
    """

    family = "exceptions"
    sample = Sample(
        before=(
            "active = []\n\n\ndef run(job):\n    active.append(job)\n    try:\n        return job()\n"
            "    finally:\n        active.remove(job)\n"
        ),
        after="active = []\n\n\ndef run(job):\n    active.append(job)\n    return job()\n",
        test="def test_nothing_is_left():\n    run(int)\n    assert active == []\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        yield from sorted(_found(source), key=lambda site: site.start)

    def explain(self) -> str:
        if self.new:
            return f"The cleanup is missing: write {shown(self.old)}, not {shown(self.new)}."
        return f"The cleanup is missing: put {shown(self.old)} back."


def _found(source: Source) -> Iterator[Site]:
    for arm in source.nodes(cst.Finally):
        statement = source.parent(arm)
        if not isinstance(statement, cst.Try) or goes_unseen(source, arm.body) or _only_forgets(arm):
            continue
        start, end = arm_lines(source, arm)
        if source.data.count(b"\n", start, end) > _LONGEST or not can_go(source, statement, start, end):
            continue
        if statement.handlers:
            yield source.cut(start, end)
        elif (site := keep_blocks(source, statement, [statement.body])) is not None:
            yield site


def _only_forgets(arm: cst.Finally) -> bool:
    """Say whether the cleanup does no more than let go of a local object."""
    match arm.body.body:
        case [
            cst.SimpleStatementLine(
                body=[cst.Assign([cst.AssignTarget(cst.Name())], cst.Name("None")) | cst.Del(cst.Name())]
            )
        ]:
            return True
        case _:
            return False
