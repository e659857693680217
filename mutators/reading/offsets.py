"""An expression with one more or one less of it, as people write that."""

from __future__ import annotations

import libcst as cst

from .parentheses import strength
from .source import Source

__all__ = ["integer", "shifted"]


def integer(node: cst.BaseExpression | None) -> int | None:
    """Return the whole number that is written here in plain decimals, with or without a minus before it."""
    match node:
        case cst.Integer(value=text) if text.isdecimal() and str(int(text)) == text:
            return int(text)
        case cst.UnaryOperation(operator=cst.Minus(), expression=cst.Integer(value=text)) if text.isdecimal():
            return -int(text)
        case _:
            return None


def shifted(source: Source, node: cst.BaseExpression, by: int) -> bytes | None:
    """Return the text of `node` plus `by`, which is 1 or -1; None where nobody would write that."""
    number = integer(node)
    if number is not None:
        return str(number + by).encode()
    match node:
        case cst.BinaryOperation(left=left, operator=cst.Add() | cst.Subtract() as operator, right=right):
            step = integer(right)
            if step != 1 or node.lpar or isinstance(operator, cst.Add) == (by > 0):
                return None
            return source.outer_text(left)
        case _:
            text = source.outer_text(node)
            if strength(node) < strength(_SUM) or b"\n" in text:
                return None
            return text + (b" + 1" if by > 0 else b" - 1")


_SUM = cst.BinaryOperation(cst.Name("a"), cst.Add(), cst.Name("b"))
