"""The right operation, but on the wrong value."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.bindings import Function, functions
from rpsdg.mutators.reading.kinds import clashing, kind_by_convention, kinds
from rpsdg.mutators.reading.likeness import is_counterpart, is_plural, spelling
from rpsdg.mutators.reading.operands import Operand, operands_by_function
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["WrongOperand"]

_ALTERNATIVES = 2
_LEAST_LIKENESS = 0.8
_NUMERIC = frozenset({"order", "sum", "product"})


class WrongOperand(Mutator):
    """Use the wrong operand: one side of an operation or comparison is another value that is at hand.

    Plants
        A local copy where the object's own value was meant, a limit where a length was, or the reverse.
    Shows as
        Results are right only while the two values agree, as they do at first or in small cases.
    """

    family = "names"
    sample = Sample(
        before="def room(shelf, limit, reserved):\n    if reserved > limit:\n        return 0\n"
        "    return limit - len(shelf)\n",
        after="def room(shelf, limit, reserved):\n    if reserved > limit:\n        return 0\n"
        "    return limit - reserved\n",
        test="def test_what_stands_there_takes_room():\n    assert room(['a', 'b'], 5, 1) == 3\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        by_function = operands_by_function(source)
        for function in functions(source):
            operands = by_function[function.node]
            for operand in operands:
                for other in _confusable(source, function, operand, operands):
                    yield source.replace(operand.node, other)

    def explain(self) -> str:
        return f"The operation takes the wrong value: write {shown(self.old)}, not {shown(self.new)}."


def _confusable(source: Source, function: Function, operand: Operand, operands: list[Operand]) -> list[bytes]:
    """Return the texts of the values most easily taken for an operand, the likeliest first."""
    visible = {binding.name for binding in function.visible(source.span(operand.node)[0])}
    types = kinds(source, function)
    whole = _whole(source, operand.node)
    likeness: dict[bytes, float] = {}
    for other in operands:
        if other.text in {operand.text, operand.partner} or not _is_mixed(operand.node, other.node):
            continue
        if not {n.value for n in _roots(other.node)} <= visible:
            continue
        value = _likeness(operand, other, types)
        if value >= _LEAST_LIKENESS and other.text not in whole:
            likeness[other.text] = max(value, likeness.get(other.text, 0.0))
    return sorted(likeness, key=lambda text: (-likeness[text], text))[:_ALTERNATIVES]


def _whole(source: Source, node: cst.CSTNode) -> bytes:
    """Return the text of the whole operation that an operand is part of."""
    around = source.parent(node)
    while isinstance(
        around, cst.BinaryOperation | cst.Comparison | cst.ComparisonTarget | cst.BooleanOperation
    ):
        node, around = around, source.parent(around)
    return source.text(node)


def _is_mixed(one: cst.BaseExpression, other: cst.BaseExpression) -> bool:
    """Say whether it is more than one name for another, or one attribute for another of the same object."""
    if isinstance(one, cst.Attribute) and isinstance(other, cst.Attribute):
        return not one.value.deep_equals(other.value)
    return type(one) is not type(other)


def _roots(node: cst.BaseExpression) -> Iterator[cst.Name]:
    """Yield the variables that an operand is made of."""
    match node:
        case cst.Name():
            yield node
        case cst.Attribute(value=value):
            yield from _roots(value)
        case cst.Call(args=[cst.Arg(value=value)]):
            yield from _roots(value)


def _likeness(one: Operand, other: Operand, types: dict[str, str]) -> float:
    """Return how easily two operands are confused: against the same thing, in the same way, spelt alike."""
    if clashing(_kind(one, types), _kind(other, types)) or is_plural(one.name, other.name):
        return 0.0
    if b"len(%b)" % one.text == other.text or one.text == b"len(%b)" % other.text:
        return 0.0  # what has a length is no number
    numeric = one.sort in _NUMERIC and other.sort in _NUMERIC
    if one.sort != other.sort and not numeric:
        return 0.0
    value = spelling(one.name, other.name) if one.name and other.name else 0.25
    value += 0.5 * is_counterpart(one.name, other.name)
    value += 0.5 if one.sort == other.sort else 0.25
    return value + (0.5 if one.partner == other.partner and not one.partner.isdigit() else 0.0)


def _kind(operand: Operand, types: dict[str, str]) -> str:
    if isinstance(operand.node, cst.Call):
        return "int"
    if isinstance(operand.node, cst.Name):
        return types.get(operand.name, "")
    return kind_by_convention(operand.name)
