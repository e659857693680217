"""`and` where `or` was meant, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.chains import chains, operands, operators
from rpsdg.mutators.reading.parentheses import in_place_of
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.truths import decides, looks_true_or_false
from rpsdg.mutators.wording import shown

__all__ = ["ConfusedConnective"]


class ConfusedConnective(Mutator):
    """Confuse the connectives: a condition says `and` for `or`, or `or` for `and`.

    Plants
        One part is enough where all are needed, or all are needed where one is enough.
    Shows as
        Right when the parts agree, wrong as soon as they differ.
    """

    family = "clauses"
    sample = Sample(
        before="def inside(x, low, high):\n    return x >= low and x < high\n",
        after="def inside(x, low, high):\n    return x >= low or x < high\n",
        test="def test_too_small():\n    assert not inside(0, 1, 9)\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for chain in chains(source, cst.And, cst.Or):
            returned = isinstance(source.parent(chain), cst.Return) and all(
                map(looks_true_or_false, operands(chain))
            )
            if (decides(source, chain) or returned) and not _looks_odd(source, chain):
                yield _confused(source, chain)

    def explain(self) -> str:
        return f"The connective is the wrong one: write {shown(self.old)}, not {shown(self.new)}."


def _looks_odd(source: Source, chain: cst.BooleanOperation) -> bool:
    """Say whether parentheses would be left that the other connective makes pointless."""
    if chain.lpar and b"\n" in source.outer_text(chain):
        return isinstance(source.parent(chain), cst.BooleanOperation)
    return any(
        isinstance(part, cst.BooleanOperation)
        and part.lpar
        and not isinstance(part.operator, type(chain.operator))
        for part in operands(chain)
    )


def _confused(source: Source, chain: cst.BooleanOperation) -> Site:
    new = b"or" if isinstance(chain.operator, cst.And) else b"and"
    start, end = source.span(chain)
    text, behind = b"", start
    for operator in operators(chain):
        first, last = source.span(operator)
        text += source.data[behind:first] + new
        behind = last
    text += source.data[behind:end]
    around = source.parent(chain)
    if isinstance(around, cst.BooleanOperation) and not isinstance(around.operator, type(chain.operator)):
        # The parentheses were there for the old connective.
        return in_place_of(source, chain, text)
    return source.splice(start, end, text)
