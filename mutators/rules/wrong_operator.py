"""Arithmetic with the wrong operator."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.numeric import Numbers
from rpsdg.mutators.reading.places import runs_when_called
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.spread import thinned
from rpsdg.mutators.wording import shown

__all__ = ["WrongOperator"]

_OTHER = {
    cst.Add: b"-",
    cst.Subtract: b"+",
    cst.Multiply: b"/",
    cst.Divide: b"*",
    cst.FloorDivide: b"/",
    cst.Modulo: b"//",
    cst.Power: b"*",
    cst.BitAnd: b"|",
    cst.BitOr: b"&",
    cst.LeftShift: b">>",
    cst.RightShift: b"<<",
}
_BITWISE = (cst.BitAnd, cst.BitOr, cst.LeftShift, cst.RightShift)


class WrongOperator(Mutator):
    """Calculate with the wrong operator: plus for minus, division for its remainder, `|` for `&`.

    Plants
        A result that is off in sign, size or type.
    Shows as
        Right for the one input, often zero or one, for which the two operators agree.
    """

    family = "operators"
    sample = Sample(
        before="def middle(low, high):\n    return (low + high) // 2\n",
        after="def middle(low, high):\n    return (low + high) / 2\n",
        test="def test_middle():\n    assert middle(1, 4) == 2\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        numbers = Numbers(source)
        wrong = [
            source.replace(operation.operator, _OTHER[type(operation.operator)])
            for operation in source.nodes(cst.BinaryOperation)
            if type(operation.operator) in _OTHER and _is_sensible(source, operation, numbers)
        ]
        yield from thinned(source, wrong)

    def explain(self) -> str:
        return f"The operator is the wrong one: write {shown(self.old)}, not {shown(self.new)}."


def _is_sensible(source: Source, operation: cst.BinaryOperation, numbers: Numbers) -> bool:
    """Say whether both operators fit the operands, and nobody sees the mistake from afar."""
    left, right, operator = operation.left, operation.right, operation.operator
    if not runs_when_called(source, operation) or source.text(left) == source.text(right):
        return False
    if isinstance(operator, _BITWISE):
        return not any(
            _is_type(side) or isinstance(side, cst.BaseString | cst.BaseDict) for side in (left, right)
        )
    if isinstance(left, cst.BaseNumber) and isinstance(right, cst.BaseNumber):
        return False  # `24 * 60`
    if isinstance(operator, cst.Multiply):
        return numbers.has(left) and numbers.has(right)
    if isinstance(operator, cst.Modulo | cst.Power):
        return numbers.has(left)
    return (numbers.has(left) or numbers.has(right)) and not (
        isinstance(left, cst.BaseString | cst.BaseList) or isinstance(right, cst.BaseString | cst.BaseList)
    )


def _is_type(node: cst.BaseExpression) -> bool:
    """Say whether `node` may be a type: `int | None` is a union."""
    match node:
        case cst.Name(name) | cst.Attribute(attr=cst.Name(name)):
            return name in {
                "None",
                "int",
                "str",
                "float",
                "bool",
                "bytes",
                "list",
                "dict",
                "tuple",
                "set",
                "type",
            } or (name[:1].isupper() and not name.isupper())
        case cst.BinaryOperation(left=left, right=right):
            return _is_type(left) or _is_type(right)
        case _:
            return isinstance(node, cst.Subscript)
