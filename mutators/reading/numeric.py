"""Which expressions are numbers, as far as one file tells."""

from __future__ import annotations

import libcst as cst

from .kinds import kind_by_convention, kind_of
from .source import Source

__all__ = ["Numbers"]

_MEASURING = {"divmod", "time", "monotonic", "perf_counter", "tell", "sqrt", "floor", "ceil", "total_seconds"}
_UNITS = {"x", "y", "year", "month", "day", "hour", "minute", "second", "hours", "minutes", "seconds", "days"}
_NUMBERS_ONLY = (cst.Subtract, cst.Divide, cst.FloorDivide, cst.Power)
_ARITHMETIC = (*_NUMBERS_ONLY, cst.Add, cst.Multiply, cst.Modulo)
_ORDERING = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual)


class Numbers:
    """What one file does arithmetic with."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._texts: set[bytes] = set()
        self._not: set[bytes] = set()
        for operation in source.nodes(cst.BinaryOperation):
            sides = (operation.left, operation.right)
            if any(_is_sequence(side) for side in sides):
                self._not.update(source.text(side) for side in sides)
            elif isinstance(operation.operator, (*_NUMBERS_ONLY, cst.Add)) and any(map(_is_number, sides)):
                self._texts.update(source.text(side) for side in sides)
        for comparison in source.nodes(cst.Comparison):
            for target in comparison.comparisons:
                if isinstance(target.operator, _ORDERING) and _is_number(target.comparator):
                    self._texts.add(source.text(comparison.left))
        for augmented in source.nodes(cst.AugAssign):
            if _is_number(augmented.value):
                self._texts.add(source.text(augmented.target))
            elif _is_sequence(augmented.value):
                self._not.add(source.text(augmented.target))

    def has(self, node: cst.BaseExpression) -> bool:
        """Say whether `node` is surely enough a number."""
        match node:
            case cst.Name() | cst.Attribute():
                text = self._source.text(node)
                name = text.rpartition(b".")[2].decode()
                typical = kind_by_convention(name) == "int" or name in _UNITS
                return text not in self._not and (typical or text in self._texts)
            case cst.BinaryOperation(left=left, operator=operator, right=right):
                return isinstance(operator, _ARITHMETIC) and self.has(left) and self.has(right)
            case _:
                return _is_number(node)


def _is_number(node: cst.BaseExpression) -> bool:
    match node:
        case cst.UnaryOperation(operator=cst.Minus(), expression=inner):
            return _is_number(inner)
        case cst.Call(func=cst.Name(name) | cst.Attribute(attr=cst.Name(name))) if name in _MEASURING:
            return True
        case _:
            return kind_of(node) in {"int", "float"}


def _is_sequence(node: cst.BaseExpression) -> bool:
    match node:
        case cst.BinaryOperation(left=left, right=right):
            return _is_sequence(left) or _is_sequence(right)
        case _:
            return kind_of(node) in {"str", "text", "bytes", "list", "tuple", "path"}
