"""Code that runs without the `with` it needs around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.blocks import keep_blocks
from rpsdg.mutators.reading.commas import cut_item
from rpsdg.mutators.reading.leftovers import can_go, scope_of
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedContext"]

_LONGEST = 30
"""Lines; to move more of them one level out is no small mistake."""
_UNSEEN = re.compile(
    rb"lock|mutex|semaphore|_cond\b|catch_warnings|nullcontext|profil|timer|sock|open\(|file|^fp?$",
    re.IGNORECASE,
)
"""What only other threads, a clock or a log would notice."""


class DroppedContext(Mutator):
    """Drop the context: code runs without the context manager that belongs around it.

    Plants
        What the manager sets up, holds back or undoes is not set up, held back or undone.
    Shows as
        An exception that was to be suppressed, a setting that has no effect, or one that stays.
    Seldom caught
        Locks, closed files and suppressed warnings matter under load or at the end of the process;
        a test that calls once, from one thread, sees no difference.
    """

    family = "contexts"
    sample = Sample(
        before=(
            "from contextlib import suppress\n\n\ndef forget(table, *keys):\n    for key in keys:\n"
            "        with suppress(KeyError):\n            del table[key]\n\n\n"
            "def quietly(job):\n    with suppress(Exception):\n        job()\n"
        ),
        after=(
            "from contextlib import suppress\n\n\ndef forget(table, *keys):\n    for key in keys:\n"
            "        del table[key]\n\n\n"
            "def quietly(job):\n    with suppress(Exception):\n        job()\n"
        ),
        test="def test_unknown_key():\n    forget({}, 1)\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for statement in source.nodes(cst.With):
            for index, item in enumerate(statement.items):
                if _UNSEEN.search(source.text(item.item)) or source.enclosing(item, cst.FunctionDef) is None:
                    continue
                start, end = source.span(item)
                if _is_used(source, item) or not can_go(source, item, start, end, may_be_missed=True):
                    continue
                if len(statement.items) > 1:
                    site = cut_item(source, statement.items, index)
                else:
                    site = keep_blocks(source, statement, [statement.body])
                if site is not None and site.old.count(b"\n") <= _LONGEST:
                    yield site

    def explain(self) -> str:
        if self.new:
            return f"The code needs a context around it: write {shown(self.old)}, not {shown(self.new)}."
        return f"The code needs one more context around it: add {shown(self.old)} to the `with`."


def _is_used(source: Source, item: cst.WithItem) -> bool:
    """Say whether code reads what the manager returns."""
    if item.asname is None:
        return False
    function = scope_of(source, item)
    name = source.text(item.asname.name).decode()
    return function is None or not name.isidentifier() or any(read.value == name for read in function.reads)
