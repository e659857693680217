"""An expression put in place of the call around it, in parentheses where it needs them there."""

from __future__ import annotations

import libcst as cst

from rpsdg.mutators.syntax import is_expression

from .source import Source

__all__ = ["standing_alone"]

_ATOMS = (
    *(cst.Name, cst.Attribute, cst.Call, cst.Subscript),
    *(cst.BaseNumber, cst.BaseString, cst.BaseList, cst.BaseSet, cst.BaseDict),
)
_OPERATIONS = (
    *(cst.BinaryOperation, cst.BooleanOperation, cst.Comparison),
    *(cst.UnaryOperation, cst.IfExp, cst.Await),
)


def standing_alone(source: Source, call: cst.Call, value: cst.BaseExpression) -> bytes:
    """Return the argument's text, in parentheses where it needs them outside of the call."""
    text = source.outer_text(value)
    around = source.parent(call)
    if value.lpar:
        bare = True
    elif isinstance(value, cst.GeneratorExp):
        bare = bool(call.lpar) or _is_only_argument(source, around)
    else:
        bare = isinstance(value, _ATOMS) or (
            isinstance(value, _OPERATIONS) and _is_roomy(around, call, value)
        )
        bare = bare and not _is_broken(text) and not _clashes(source, call, value)
    return text if bare else b"(" + text + b")"


def _is_only_argument(source: Source, node: cst.CSTNode | None) -> bool:
    match node:
        case cst.Arg(keyword=None, star="", comma=cst.MaybeSentinel.DEFAULT):
            call = source.parent(node)
            return isinstance(call, cst.Call) and len(call.args) == 1
        case _:
            return False


def _is_roomy(around: cst.CSTNode | None, call: cst.Call, value: cst.BaseExpression) -> bool:
    """Say whether the operation may stand in the call's place without parentheses."""
    if call.lpar:
        return True
    match around:
        case cst.Arg(star=""):
            return True
        case cst.Assign() | cst.AugAssign() | cst.Return() | cst.Element() | cst.DictElement() | cst.Index():
            return True
        case cst.CompFor():
            return not isinstance(value, cst.IfExp)
        case cst.For() | cst.If() | cst.While():
            return True
        case _:
            return False


def _is_broken(text: bytes) -> bool:
    """Say whether the text runs over a line end that only the call's parentheses allow."""
    if b"\n" not in text:
        return False
    return not is_expression(text)


def _clashes(source: Source, call: cst.Call, value: cst.BaseExpression) -> bool:
    """Say whether the bare argument would run into what stands around the call."""
    behind = source.data[source.span(call)[1] :][:1]
    match source.parent(call):
        case cst.Attribute():
            return isinstance(value, cst.Integer)  # `5.real` is a malformed number
        case cst.FormattedStringExpression():
            return source.text(value).startswith(b"{")
        case _:
            return behind.isalnum() or behind == b"_"
