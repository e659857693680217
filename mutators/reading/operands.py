"""The simple operands of each function: variables, attributes and lengths, compared or calculated with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from .source import Source

__all__ = ["Operand", "operands_by_function"]

_SORTS: dict[type[cst.CSTNode], str] = {
    **dict.fromkeys((cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual), "order"),
    **dict.fromkeys((cst.Equal, cst.NotEqual), "equality"),
    **dict.fromkeys((cst.Add, cst.Subtract), "sum"),
    **dict.fromkeys((cst.Multiply, cst.Divide, cst.FloorDivide), "product"),
}


@dataclass(frozen=True)
class Operand:
    """One side of an operation or comparison."""

    node: cst.BaseExpression
    text: bytes
    sort: str
    partner: bytes
    """The operand on the other side."""

    @property
    def name(self) -> str:
        """Its last word: `size` of `self.size`; none for `len(xs)`."""
        match self.node:
            case cst.Name(name) | cst.Attribute(attr=cst.Name(name)):
                return name
            case _:
                return ""


def operands_by_function(source: Source) -> defaultdict[cst.FunctionDef, list[Operand]]:
    """Return the simple operands of each function, in source order."""
    found: defaultdict[cst.FunctionDef, list[Operand]] = defaultdict(list)
    operations: Iterator[cst.BinaryOperation | cst.Comparison] = source.nodes(
        cst.BinaryOperation, cst.Comparison
    )
    for operation in operations:
        function = source.enclosing(operation, cst.FunctionDef)
        match operation:
            case cst.BinaryOperation(left=left, operator=operator, right=right):
                pass
            case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator, right)]):
                pass
            case _:
                continue
        if function is None or type(operator) not in _SORTS:
            continue
        for node, partner in ((left, right), (right, left)):
            if _is_simple(node):
                sort = _SORTS[type(operator)]
                found[function].append(Operand(node, source.text(node), sort, source.text(partner)))
    return found


def _is_simple(node: cst.BaseExpression) -> bool:
    match node:
        case cst.Name(name):
            return name not in {"None", "True", "False"}
        case cst.Attribute(value=cst.Name()):
            return True
        case cst.Call(
            func=cst.Name("len"), args=[cst.Arg(value=cst.Name() | cst.Attribute(value=cst.Name()))]
        ):
            return True
        case _:
            return False
