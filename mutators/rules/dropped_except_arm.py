"""One of several kinds of error that nobody deals with."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.exceptions import only_raises, testable_handlers
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.lines import arm_lines
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedExceptArm"]


class DroppedExceptArm(Mutator):
    """Drop an except arm: of the several `except` clauses of a `try`, one is not there.

    Plants
        One kind of error is not dealt with, or is dealt with like all the others.
    Shows as
        An exception that slips through, or a general answer where a special one was promised.
    """

    family = "exceptions"
    sample = Sample(
        before=(
            "def ratio(a, b):\n    try:\n        return a / b\n    except ZeroDivisionError:\n"
            "        return 0.0\n    except TypeError:\n        return None\n"
        ),
        after=(
            "def ratio(a, b):\n    try:\n        return a / b\n    except TypeError:\n        return None\n"
        ),
        test="def test_nothing_in_the_denominator():\n    assert ratio(1, 0) == 0.0\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for statement, handler in testable_handlers(source):
            arms = statement.handlers
            if len(arms) < 2 or (handler is arms[-1] and only_raises(handler)):
                continue  # what the last arm raises again would have left without it as well
            others = [arm for arm in arms if arm is not handler]
            if all(only_raises(arm) for arm in others):
                continue  # they are there to shield something from this arm
            if any(source.text(arm.body) == source.text(handler.body) for arm in others):
                continue  # one of them may catch it
            start, end = arm_lines(source, handler)
            if can_go(source, handler, start, end, may_be_missed=True):
                yield source.cut(start, end)

    def explain(self) -> str:
        return f"One kind of error is forgotten: put {shown(self.old)} back."
