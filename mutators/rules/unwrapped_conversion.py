"""Values that are used without being converted first."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.standing import standing_alone
from rpsdg.mutators.wording import shown

__all__ = ["UnwrappedConversion"]

_CONVERSIONS = frozenset(
    {"abs", "bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "iter", "list"}
    | {"repr", "reversed", "round", "set", "sorted", "str", "tuple"}
    | {"Counter", "Decimal", "Fraction", "OrderedDict", "Path", "deque"}
)


class UnwrappedConversion(Mutator):
    """Unwrap a conversion: a value is used as it came, though it should have become another type first.

    Plants
        Text where a number was meant, a shared list where a copy was, an unsorted one where order counts.
    Shows as
        A `TypeError` some calls later, an equality that never holds, or a caller's object changed in place.
    """

    family = "calls"
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
                        yield source.replace(call, standing_alone(source, call, value))

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
        case cst.For():
            return source.text(call.func) in {b"list", b"tuple"}  # mutated-iteration does these
        case _:
            return False
