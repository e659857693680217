"""Writing an expression where another one stood, with the parentheses it needs and no more."""

from __future__ import annotations

import libcst as cst

from .source import Site, Source

__all__ = ["in_place_of", "strength"]

_OPERATORS: tuple[tuple[type[cst.CSTNode], ...], ...] = (
    (cst.Or,),
    (cst.And,),
    (cst.Not,),
    (cst.Comparison,),
    (cst.BitOr,),
    (cst.BitXor,),
    (cst.BitAnd,),
    (cst.LeftShift, cst.RightShift),
    (cst.Add, cst.Subtract),
    (cst.Multiply, cst.Divide, cst.FloorDivide, cst.Modulo, cst.MatrixMultiply),
    (cst.Plus, cst.Minus, cst.BitInvert),
    (cst.Power,),
    (cst.Await,),
)
"""The operators of Python, the loosest first."""
_LOOSEST = (
    *(cst.NamedExpr, cst.Lambda, cst.IfExp, cst.GeneratorExp, cst.Yield),
    *(cst.Tuple, cst.StarredElement),
)


def strength(node: cst.BaseExpression) -> int:
    """Return how tightly an expression holds together where it is written: 0 for a lambda, most for a name.

    >>> strength(cst.parse_expression("a + b")) < strength(cst.parse_expression("a * b"))
    True
    >>> strength(cst.parse_expression("(a + b)")) == strength(cst.parse_expression("a"))
    True
    """
    if node.lpar:
        return len(_OPERATORS) + 1
    if isinstance(node, _LOOSEST):
        return 0
    kind: cst.CSTNode = node
    if isinstance(node, cst.BooleanOperation | cst.BinaryOperation | cst.UnaryOperation):
        kind = node.operator
    return next((i for i, kinds in enumerate(_OPERATORS, 1) if isinstance(kind, kinds)), len(_OPERATORS) + 1)


def in_place_of(source: Source, node: cst.BaseExpression, text: bytes) -> Site:
    """Write `text` in place of `node`, and of its own parentheses unless something still needs them."""
    start, end = source.outer(node)
    neighbours = source.data[max(start - 1, 0) : start] + source.data[end : end + 1]
    glued = any(chr(byte).isalnum() or chr(byte) in "_{" for byte in neighbours)
    if glued or b"\n" in text:
        return source.replace(node, text)
    return source.splice(start, end, text)
