"""Constants of the wrong type."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.numeric import Numbers
from rpsdg.mutators.reading.offsets import integer
from rpsdg.mutators.reading.places import is_for_people, runs_when_called
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["ConstantType"]

Constant = cst.Integer | cst.SimpleString | cst.List | cst.Tuple


class ConstantType(Mutator):
    """Write the right constant with the wrong type: `'1'` for `1`, text for bytes, a list for a tuple.

    Plants
        A value that looks right where it is printed and equals nothing it is compared with.
    Shows as
        A comparison that never holds, a key that is never found, or a `TypeError` where types must agree.
    """

    family = "literals"
    sample = Sample(
        before="def is_chunked(flag):\n    return flag == '1'\n",
        after="def is_chunked(flag):\n    return flag == 1\n",
        test="def test_chunked():\n    assert is_chunked('1')\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        numbers = Numbers(source)
        binary = {literal.raw_value for literal in source.nodes(cst.SimpleString) if "b" in literal.prefix}
        constants: Iterator[Constant] = source.nodes(cst.Integer, cst.SimpleString, cst.List, cst.Tuple)
        for constant in constants:
            new = _retyped(source, constant, binary, numbers)
            if new and runs_when_called(source, constant) and not is_for_people(source, constant):
                start, end = (
                    source.outer(constant) if isinstance(constant, cst.Tuple) else source.span(constant)
                )
                yield source.splice(start, end, new)

    def explain(self) -> str:
        return f"The value has the wrong type: write {shown(self.old)}, not {shown(self.new)}."


def _retyped(source: Source, constant: Constant, binary: set[str], numbers: Numbers) -> bytes:
    """Return the constant with another type, nothing where nobody would mistake it."""
    match constant:
        case cst.Integer() if integer(constant) is not None and _may_be_either(source, constant, numbers):
            return b"'" + source.text(constant) + b"'"
        case cst.SimpleString(prefix="", raw_value=text) if text.isdecimal() and _may_be_either(
            source, constant, numbers
        ):
            return text.encode() if str(int(text)) == text else b""
        case cst.SimpleString(prefix="b", raw_value=text) if text and "\\" not in text:
            return source.text(constant)[1:] if _is_matched(source, constant) else b""
        case cst.SimpleString(prefix="", raw_value=text) if text in binary and text.isascii():
            return b"b" + source.text(constant) if _is_matched(source, constant) else b""
        case cst.List() | cst.Tuple() if isinstance(source.parent(constant), cst.Return):
            return _other_sequence(source, constant)
        case _:
            return b""


def _may_be_either(source: Source, constant: cst.BaseExpression, numbers: Numbers) -> bool:
    """Say whether what the value belongs to could be a number as well as a text of digits."""
    match source.parent(constant):
        case cst.ComparisonTarget(operator=cst.Equal() | cst.NotEqual()) as target:
            comparison = source.parent(target)
            return isinstance(comparison, cst.Comparison) and _may_be_text(comparison.left, numbers)
        case cst.DictElement() | cst.Arg(keyword=cst.Name()):
            return True
        case cst.Arg() as arg:
            call = source.parent(arg)
            match call:
                case cst.Call(func=cst.Attribute(attr=cst.Name("get")), args=[_, default]):
                    return default is arg and isinstance(source.parent(call), cst.Assign | cst.Return)
                case _:
                    return False
        case cst.Index():
            return isinstance(constant, cst.SimpleString)
        case _:
            return False


def _may_be_text(node: cst.BaseExpression, numbers: Numbers) -> bool:
    """Say whether `node` is not plainly a number: a field, an option, something that was read."""
    return isinstance(node, cst.Name | cst.Attribute | cst.Subscript) and not numbers.has(node)


def _is_matched(source: Source, literal: cst.SimpleString) -> bool:
    """Say whether the literal must be of the type of some other value beside it."""
    match source.parent(literal):
        case cst.ComparisonTarget() | cst.Attribute() | cst.Return():
            return True
        case cst.BinaryOperation(operator=operator):
            return isinstance(operator, cst.Add)
        case cst.Arg(keyword=None) as arg:
            call = source.parent(arg)  # two types in one call would catch the eye
            return isinstance(call, cst.Call) and sum(_is_literal(other) for other in call.args) == 1
        case _:
            return False


def _is_literal(arg: cst.Arg) -> bool:
    return isinstance(arg.value, cst.BaseString)


def _other_sequence(source: Source, display: cst.List | cst.Tuple) -> bytes:
    text = source.outer_text(display)
    if len(display.elements) == 1 or b"#" in text or bool(display.lpar) == isinstance(display, cst.List):
        return b""  # whoever writes `return a, b` does not think of a tuple, and of a list even less
    return b"(" + text[1:-1] + b")" if isinstance(display, cst.List) else b"[" + text[1:-1] + b"]"
