"""Edits that make code say the same thing twice, as in `x == x`: no one writes it, and everyone sees it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from .source import Source

__all__ = ["repeats"]

_HIGHEST = 6
_POINTLESS = (cst.Subtract, cst.Divide, cst.FloorDivide, cst.Modulo, cst.BitAnd, cst.BitOr, cst.BitXor)


def repeats(source: Source, node: cst.CSTNode, new: bytes, *, arguments: bool = True) -> bool:
    """Say whether `new` in place of `node` makes `x == x`, `x - x`, `x and x`, `x = x` or the like.

    Args:
        source: the file.
        node: what would be replaced.
        new: the text that would stand there.
        arguments: whether an argument or element that is there twice counts.
    """
    start, end = source.span(node)
    inner: cst.CSTNode = node
    for _ in range(_HIGHEST):
        around = source.parent(inner)
        if around is None or isinstance(
            around, cst.BaseSuite | cst.BaseStatement | cst.BaseCompoundStatement
        ):
            return False
        first, last = source.span(_value(inner))
        if first <= start and end <= last:
            text = source.data[first:start] + new + source.data[end:last]
            beside = _beside(around, arguments=arguments)
            if any(text == source.text(_value(other)) for other in beside if other is not inner):
                return True
        inner = around
    return False


def _value(node: cst.CSTNode) -> cst.CSTNode:
    match node:
        case cst.Arg(value=value) | cst.Element(value=value):
            return value
        case cst.ComparisonTarget(comparator=comparator):
            return comparator
        case cst.AssignTarget(target=target):
            return target
        case _:
            return node


def _beside(around: cst.CSTNode, *, arguments: bool) -> Iterator[cst.CSTNode]:
    match around:
        case cst.Comparison(left=left, comparisons=targets):
            yield from (left, *targets)
        case cst.BinaryOperation(left=left, operator=operator, right=right):
            if isinstance(operator, _POINTLESS):
                yield from (left, right)
        case cst.BooleanOperation(left=left, right=right):
            while isinstance(left, cst.BooleanOperation) and not left.lpar:
                yield left.right
                left = left.left
            yield from (left, right)
        case cst.Call(args=args):
            yield from args if arguments else ()
        case cst.Tuple(elements=elements) | cst.List(elements=elements) | cst.Set(elements=elements):
            yield from elements if arguments else ()
        case cst.Assign(targets=targets, value=value):
            yield from (*targets, value)
        case cst.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
