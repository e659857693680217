"""Values that are used without being converted first."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.source import Site, Source
from rpsdg.mutators.syntax import is_expression
from rpsdg.mutators.wording import shown

__all__ = ["UnwrappedConversion"]

_CONVERSIONS = frozenset(
    {"abs", "bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "iter", "list"}
    | {"repr", "reversed", "round", "set", "sorted", "str", "tuple"}
    | {"Counter", "Decimal", "Fraction", "OrderedDict", "Path", "deque"}
)
_ATOMS = (
    *(cst.Name, cst.Attribute, cst.Call, cst.Subscript),
    *(cst.BaseNumber, cst.BaseString, cst.BaseList, cst.BaseSet, cst.BaseDict),
)
_OPERATIONS = (
    *(cst.BinaryOperation, cst.BooleanOperation, cst.Comparison),
    *(cst.UnaryOperation, cst.IfExp, cst.Await),
)


class UnwrappedConversion(Mutator):
    """Unwrap a conversion: a value is used as it came, though it should have become another type first.

    Plants
        Text where a number was meant, a shared list where a copy was, an unsorted one where order counts.
    Shows as
        A `TypeError` some calls later, an equality that never holds, or a caller's object changed in place.
    """

    family = "conversions"
    sample = Sample(
        before="def total(fields):\n    return sum(int(field) for field in fields)\n",
        after="def total(fields):\n    return sum(field for field in fields)\n",
        test="def test_text_is_counted():\n    assert total(['1', '2']) == 3\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for call in source.nodes(cst.Call):
            match call:
                case cst.Call(func=cst.Name(name), args=[cst.Arg(keyword=None, star="", value=value)]):
                    if name in _CONVERSIONS and not _is_pointless(source, call, value):
                        yield source.replace(call, _standing_alone(source, call, value))

    def explain(self) -> str:
        return f"A conversion is missing: write {shown(self.old)}, not {shown(self.new)}."


def _is_pointless(source: Source, call: cst.Call, value: cst.BaseExpression) -> bool:
    """Say whether nobody would write, or nobody could notice, the value without its conversion."""
    if isinstance(value, cst.SimpleString):
        return True  # as in float("inf")
    match source.parent(call):
        case cst.Expr():
            return True  # the call is there for what it raises
        case cst.FormattedStringExpression(conversion=None, format_spec=None):
            return source.text(call.func) == b"str"
        case cst.Assign(targets=[cst.AssignTarget(target=target)]):
            return source.text(target) == source.text(value)  # `x = x` would catch the eye
        case _:
            return False


def _standing_alone(source: Source, call: cst.Call, value: cst.BaseExpression) -> bytes:
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
