"""Code that no longer expects what may go wrong in it."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.blocks import keep_blocks
from rpsdg.mutators.reading.exceptions import only_raises, testable_handlers
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedHandler"]

_LONGEST = 30
"""Lines; to move more of them one level out is no small mistake."""


class DroppedHandler(Mutator):
    """Drop a handler: code that may raise stands there without the `try` and `except` around it.

    Plants
        An exception that was expected, and had an answer, reaches the caller.
    Shows as
        Good inputs work; a bad one raises where a default or a better error was promised.
    """

    family = "exceptions"
    sample = Sample(
        before=(
            "def parse(text):\n    try:\n        return int(text)\n    except ValueError:\n"
            "        return None\n"
        ),
        after="def parse(text):\n    return int(text)\n",
        test="def test_no_number():\n    assert parse('x') is None\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for statement, handler in sorted(testable_handlers(source), key=lambda found: source.span(found[0])):
            if handler is not statement.handlers[0] or statement.finalbody is not None:
                continue
            if all(only_raises(arm) for arm in statement.handlers):
                continue
            start, end = source.span(handler)[0], source.span(statement.handlers[-1])[1]
            if not can_go(source, statement, start, end, may_be_missed=True):
                continue
            orelse = [statement.orelse.body] if statement.orelse is not None else []
            site = keep_blocks(source, statement, [statement.body, *orelse])
            if site is not None and site.old.count(b"\n") <= _LONGEST:
                yield site

    def explain(self) -> str:
        return f"An exception is not handled: write {shown(self.old)}, not {shown(self.new)}."
