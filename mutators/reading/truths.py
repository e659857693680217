"""Where only the truth of a value is asked, and which values are truths themselves."""

from __future__ import annotations

import libcst as cst

from .places import runs_when_called
from .source import Source

__all__ = ["asks", "decides", "looks_true_or_false"]

_ASKING = {"all", "any", "bool", "callable", "hasattr", "isinstance", "issubclass", "endswith", "startswith"}
_ASKING_BEGINNINGS = ("is", "has", "can", "should", "contains", "exists", "_is", "_has", "_can", "_should")


def asks(source: Source, node: cst.BaseExpression) -> bool:
    """Say whether `node` is a condition or a part of one; what a function returns counts as well."""
    inner, around = _condition(source, node)
    match around:
        case cst.If() | cst.While() | cst.Assert() | cst.IfExp() | cst.CompIf():
            return around.test is inner
        case cst.Return() | cst.Lambda():
            return True
        case _:
            return False


def decides(source: Source, node: cst.BaseExpression) -> bool:
    """Say whether a branch inside of a function depends on the truth of `node`, and on nothing else of it."""
    inner, around = _condition(source, node)
    match around:
        case cst.If() | cst.While() | cst.IfExp() | cst.CompIf():
            return around.test is inner and runs_when_called(source, around)
        case _:
            return False


def looks_true_or_false(node: cst.BaseExpression) -> bool:
    """Say whether the value is `True` or `False`, as far as the text tells."""
    match node:
        case cst.Comparison() | cst.UnaryOperation(operator=cst.Not()):
            return True
        case cst.BooleanOperation(left=left, right=right):
            return looks_true_or_false(left) and looks_true_or_false(right)
        case cst.Call(func=cst.Name(name) | cst.Attribute(attr=cst.Name(name))):
            return name in _ASKING or name.startswith(_ASKING_BEGINNINGS)
        case cst.Name(name):
            return name in {"True", "False"}
        case _:
            return False


def _condition(source: Source, node: cst.BaseExpression) -> tuple[cst.CSTNode, cst.CSTNode | None]:
    """Climb to the whole condition; return it with what holds it."""
    inner: cst.CSTNode = node
    around = source.parent(node)
    while isinstance(around, cst.BooleanOperation) or (
        isinstance(around, cst.UnaryOperation) and isinstance(around.operator, cst.Not)
    ):
        inner, around = around, source.parent(around)
    return inner, around
