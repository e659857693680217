"""Subtractions and divisions the wrong way round."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.numeric import Numbers
from rpsdg.mutators.reading.parentheses import strength
from rpsdg.mutators.reading.places import runs_when_called
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.spread import thinned
from rpsdg.mutators.wording import shown

__all__ = ["SwappedOperands"]

_ORDERED = (cst.Subtract, cst.Divide, cst.FloorDivide, cst.Modulo)


class SwappedOperands(Mutator):
    """Swap the operands: `b - a` stands for `a - b`, and the same with `/`, `//` and `%`.

    Plants
        A difference with the wrong sign, a ratio upside down, or the wrong half of a set difference.
    Shows as
        Right only where the two operands are equal.
    """

    family = "operators"
    sample = Sample(
        before="def width(left, right):\n    return right - left\n",
        after="def width(left, right):\n    return left - right\n",
        test="def test_width():\n    assert width(1, 5) == 4\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        numbers = Numbers(source)
        swapped = [
            _swapped(source, operation)
            for operation in source.nodes(cst.BinaryOperation)
            if isinstance(operation.operator, _ORDERED) and _may_be_mixed_up(source, operation, numbers)
        ]
        yield from thinned(source, swapped)

    def explain(self) -> str:
        return f"The operands are the wrong way round: write {shown(self.old)}, not {shown(self.new)}."


def _may_be_mixed_up(source: Source, operation: cst.BinaryOperation, numbers: Numbers) -> bool:
    left, right = operation.left, operation.right
    if not runs_when_called(source, operation) or source.text(left) == source.text(right):
        return False
    if isinstance(right, cst.BaseNumber | cst.BaseString | cst.BaseDict | cst.Tuple):
        return False  # nobody takes `n - 1` for `1 - n`
    if min(strength(left), strength(right)) <= strength(operation.with_changes(lpar=[], rpar=[])):
        return False  # `a - b - c`
    if any(b"\n" in source.outer_text(side) for side in (left, right)) or _is_signed(left):
        return False
    if isinstance(operation.operator, cst.Subtract):
        return not isinstance(left, cst.BaseNumber) or numbers.has(right)
    if isinstance(left, cst.BaseString):
        return False
    return numbers.has(left) or (not isinstance(operation.operator, cst.Modulo) and numbers.has(right))


def _swapped(source: Source, operation: cst.BinaryOperation) -> Site:
    between = source.data[source.outer(operation.left)[1] : source.outer(operation.right)[0]]
    texts = source.outer_text(operation.right), source.outer_text(operation.left)
    return source.replace(operation, between.join(texts))


def _is_signed(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.UnaryOperation)
