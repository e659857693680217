"""Formats that leave out how a value is to be written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.places import is_for_people
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["LooseFormat"]

_SPEC = re.compile(
    rb"(?P<align>(?:.?[<>=^])?)(?P<sign>[-+ ]?)(?P<alt>#?)(?P<zero>0?)(?P<width>\d*)(?P<group>[,_]?)"
    rb"(?P<precision>(?:\.\d+)?)(?P<type>[bcdeEfFgGnosxX%]?)"
)
_PERCENT = re.compile(rb"%(?P<key>(?:\(\w+\))?)(?P<spec>[-+ #0]*\d*(?:\.\d+)?)(?P<type>[diouxXeEfFgGrsa%])")
_FIELD = re.compile(
    rb"(?<!\{)\{(?P<name>[\w.\[\]]*)(?P<conversion>(?:![rsa])?)(?P<spec>(?::[^{}]*)?)\}(?!\})"
)
_MOST = 2
"""Sites in one format string."""


class LooseFormat(Mutator):
    """Loosen a format: a width, a precision, a leading zero or a `!r` is missing.

    Plants
        A value is written with too many digits, without its padding or without its quotes.
    Shows as
        Texts differ in a digit, a blank or a quote, and only for some values.
    Seldom caught
        The width or precision matters for some values only; tests of messages compare a part, or none.
    """

    family = "literals"
    sample = Sample(
        before="def clock(h, m):\n    return f'{h}:{m:02d}'\n",
        after="def clock(h, m):\n    return f'{h}:{m:d}'\n",
        test="def test_five_past():\n    assert clock(9, 5) == '9:05'\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        parts: Iterator[cst.FormattedStringExpression | cst.SimpleString] = source.nodes(
            cst.FormattedStringExpression, cst.SimpleString
        )
        for part in parts:
            if is_for_people(source, part):
                continue
            if isinstance(part, cst.FormattedStringExpression):
                yield from _expression(source, part)
            else:
                yield from _literal(source, part)

    def explain(self) -> str:
        return f"The format is too loose: write {shown(self.old)}, not {shown(self.new)}."


def _expression(source: Source, part: cst.FormattedStringExpression) -> Iterator[Site]:
    """Yield `{x!r:>10}` without its conversion, and with a looser format."""
    if part.equal is not None:
        return
    head = source.data[source.span(part)[0] : source.outer(part.expression)[1]]
    conversion = b"!" + part.conversion.encode() if part.conversion else b""
    spec = b"".join(source.text(piece) for piece in part.format_spec or ())
    colon = b":" if part.format_spec else b""
    if source.text(part) != head + conversion + colon + spec + b"}":
        return  # blanks in between
    if conversion == b"!r":
        yield source.replace(part, head + colon + spec + b"}")
    looser = _looser(spec)
    if looser is not None:
        yield source.replace(part, head + conversion + (b":" + looser if looser else b"") + b"}")


def _literal(source: Source, literal: cst.SimpleString) -> Iterator[Site]:
    match source.parent(literal):
        case cst.BinaryOperation(left=left, operator=cst.Modulo()) if left is literal:
            pairs = list(_percents(source, literal))
        case cst.Attribute(attr=cst.Name("format")) as method:
            call = source.parent(method)
            pairs = list(_fields(source, literal)) if isinstance(call, cst.Call) else []
        case cst.Arg() as arg:
            call = source.parent(arg)
            looser = _looser(literal.raw_value.encode()) if _is_spec(source, call, arg) else None
            if looser:
                quote = literal.quote.encode()
                yield source.replace(literal, quote + looser + quote)
            return
        case _:
            return
    for start, old, new in pairs[:_MOST]:
        yield Site(start, old, new)


def _is_spec(source: Source, call: cst.CSTNode | None, arg: cst.Arg) -> bool:
    """Say whether `arg` is the format in `format(value, ".2f")`."""
    return isinstance(call, cst.Call) and source.text(call.func) == b"format" and call.args[-1] is arg


def _percents(source: Source, literal: cst.SimpleString) -> Iterator[tuple[int, bytes, bytes]]:
    for found in _PERCENT.finditer(source.text(literal)):
        spec, kind = found["spec"], found["type"]
        new = kind
        if kind == b"r":
            new, spec = b"s", found["spec"]
        elif not spec or kind == b"%":
            continue
        else:
            spec = spec.partition(b".")[0] if b"." in spec else b""
        yield source.span(literal)[0] + found.start(), found[0], b"%" + found["key"] + spec + new


def _fields(source: Source, literal: cst.SimpleString) -> Iterator[tuple[int, bytes, bytes]]:
    for found in _FIELD.finditer(source.text(literal)):
        spec, conversion = found["spec"], found["conversion"]
        if conversion == b"!r":
            conversion = b""
        else:
            looser = _looser(spec[1:])
            if looser is None:
                continue
            spec = b":" + looser if looser else b""
        start = source.span(literal)[0] + found.start()
        yield start, found[0], b"{" + found["name"] + conversion + spec + b"}"


def _looser(spec: bytes) -> bytes | None:
    """Return a format with less in it; None where there is nothing to forget.

    >>> [_looser(spec) for spec in (b".2f", b"02d", b">10", b"x", b"d", b"%Y")]
    [b'f', b'd', b'', b'', None, None]
    """
    found = _SPEC.fullmatch(spec)
    if not spec or found is None:
        return None
    if found["precision"]:
        return spec.replace(found["precision"], b"", 1)
    if found["width"]:
        return found["sign"] + found["alt"] + found["group"] + found["type"]
    if found["group"] or found["sign"]:
        return found["alt"] + found["type"]
    return None if found["type"] in {b"d", b"s", b"n", b"g", b"f"} else b""
