"""Comparisons that ask for the opposite."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.chains import is_asked_again
from rpsdg.mutators.reading.effects import depends_on_platform
from rpsdg.mutators.reading.places import runs_when_called
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["WrongComparison"]

_OPPOSITE = {
    cst.Equal: b"!=",
    cst.NotEqual: b"==",
    cst.In: b"not in",
    cst.NotIn: b"in",
    cst.Is: b"is not",
    cst.IsNot: b"is",
    cst.LessThan: b">",
    cst.LessThanEqual: b">=",
    cst.GreaterThan: b"<",
    cst.GreaterThanEqual: b"<=",
}


class WrongComparison(Mutator):
    """Compare the wrong way: `==` and `!=` trade places, and so do `in` and `not in`, `<` and `>`.

    Plants
        The condition holds where it should not, and fails where it should hold.
    Shows as
        Most inputs take the wrong branch; where the two sides are equal an order may still look right.
    """

    family = "conditions"
    sample = Sample(
        before="def larger(a, b):\n    return a if a > b else b\n",
        after="def larger(a, b):\n    return a if a < b else b\n",
        test="def test_larger():\n    assert larger(1, 2) == 2\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for comparison in source.nodes(cst.Comparison):
            if not _is_sensible(source, comparison):
                continue
            for target in comparison.comparisons:
                yield source.replace(target.operator, _OPPOSITE[type(target.operator)])

    def explain(self) -> str:
        return f"The comparison is the wrong way round: write {shown(self.old)}, not {shown(self.new)}."


def _is_sensible(source: Source, comparison: cst.Comparison) -> bool:
    """Say whether anyone could take the comparison for its opposite, and inputs decide which is right."""
    if not runs_when_called(source, comparison):
        return False
    if depends_on_platform(source.text(comparison)) or is_asked_again(source, comparison, comparison.left):
        return False
    # One `not` too many or too few is the inverted condition; an assertion would fail wherever it stands.
    return not isinstance(source.parent(comparison), cst.UnaryOperation | cst.Assert)
