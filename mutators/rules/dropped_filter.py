"""Comprehensions that let everything through."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.wording import shown

__all__ = ["DroppedFilter"]


class DroppedFilter(Mutator):
    """Drop a filter: a comprehension lacks its `if`, and takes every item.

    Plants
        Items that should be left out are kept.
    Shows as
        Results are right as long as every item passes; one that does not shows up, or makes it raise.
    """

    family = "clauses"
    sample = Sample(
        before="def words(text):\n    return [w for w in text.split(' ') if w]\n",
        after="def words(text):\n    return [w for w in text.split(' ')]\n",
        test="def test_double_blank():\n    assert words('a  b') == ['a', 'b']\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for clause in source.nodes(cst.CompFor):
            before = source.outer(clause.iter)[1]
            for condition in clause.ifs:
                end = source.outer(condition.test)[1]
                if not _is_needed(source, condition, before, end):
                    yield source.cut(before, end)
                before = end

    def explain(self) -> str:
        return f"Too many items pass: put {shown(self.old)} back."


def _is_needed(source: Source, condition: cst.CompIf, start: int, end: int) -> bool:
    """Say whether the comprehension falls apart without the condition, or keeps a comment on it."""
    behind = source.data[end : source.line_end(end)]
    if b"#" in source.data[start : source.line_end(start)] and b"\n" in source.data[start:end]:
        return True
    if behind.lstrip().startswith(b"#") or behind[:1].isalnum():
        return True
    return any(isinstance(node, cst.NamedExpr) for node in descendants(condition.test))
