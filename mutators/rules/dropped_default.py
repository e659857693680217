"""Lookups that forget what to do when nothing is found."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.commas import cut_item
from rpsdg.mutators.reading.fallbacks import fallback_index
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedDefault"]


class DroppedDefault(Mutator):
    """Drop the default: `get`, `getattr`, `next`, `pop` or `max` has nothing to fall back on.

    Plants
        Where nothing is found, `None` or an exception comes instead of the value that was meant.
    Shows as
        Everything works while the entry is there; without it a `TypeError` or `StopIteration` follows.
    """

    family = "arguments"
    sample = Sample(
        before="def count(counts, word):\n    counts[word] = counts.get(word, 0) + 1\n",
        after="def count(counts, word):\n    counts[word] = counts.get(word) + 1\n",
        test="def test_first():\n    counts = {}\n    count(counts, 'a')\n    assert counts == {'a': 1}\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for call in source.nodes(cst.Call):
            index = fallback_index(call)
            if index is not None and len(call.args) > 1:
                site = cut_item(source, call.args, index)
                if site is not None:
                    yield site

    def explain(self) -> str:
        return f"Nothing says what to take when nothing is found: add the default {shown(self.old)}."
