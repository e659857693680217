"""Truth asked where only `None` was meant."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.parentheses import in_place_of, strength
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.truths import decides
from rpsdg.mutators.wording import shown

__all__ = ["LooseNoneCheck"]

_NOT = strength(cst.UnaryOperation(cst.Not(), cst.Name("a")))
_MATCHES = {"m", "match", "mo", "found"}
"""Names of what is either `None` or true: for these the two questions are the same."""


class LooseNoneCheck(Mutator):
    """Check for `None` too loosely: `x` is asked for its truth instead of being compared with `None`.

    Plants
        A zero, an empty text or an empty list is taken for a missing value.
    Shows as
        Only values that are there but count as false go wrong.
    Seldom caught
        It takes a test that passes a zero, an empty text or an empty container on purpose, which is
        what the people who wrote the bug had not thought of.
    """

    family = "conditions"
    sample = Sample(
        before="def first(xs, limit=None):\n    return xs[:limit] if limit is not None else xs\n",
        after="def first(xs, limit=None):\n    return xs[:limit] if limit else xs\n",
        test="def test_no_room():\n    assert first([1, 2], 0) == []\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for comparison in source.nodes(cst.Comparison):
            match comparison:
                case cst.Comparison(
                    left=left,
                    comparisons=[
                        cst.ComparisonTarget(
                            operator=cst.Is() | cst.IsNot() as operator, comparator=cst.Name("None")
                        )
                    ],
                ) if decides(source, comparison) and not _is_pointless(source, comparison):
                    text = source.outer_text(left)
                    negated = isinstance(operator, cst.Is)
                    yield in_place_of(source, comparison, b"not " + text if negated else text)

    def explain(self) -> str:
        return (
            f"Only `None` was meant, not every false value: write {shown(self.old)}, not {shown(self.new)}."
        )


def _is_pointless(source: Source, comparison: cst.Comparison) -> bool:
    """Say whether the two questions are the same, or the looser one would look strange."""
    if isinstance(source.parent(comparison), cst.UnaryOperation):
        return True  # `not not x`
    match comparison.left:
        case cst.Name(name) | cst.Attribute(attr=cst.Name(name)) | cst.NamedExpr(target=cst.Name(name)):
            return name in _MATCHES or name.endswith(("_match", "_lock", "_re"))
        case cst.Call(func=cst.Name(name) | cst.Attribute(attr=cst.Name(name))):
            return name in {"match", "search", "fullmatch"}
        case left:
            return strength(left) <= _NOT
