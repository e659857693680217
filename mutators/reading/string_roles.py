"""What a text in the code is there for: a key, a separator, something to compare with."""

from __future__ import annotations

import libcst as cst

from .places import runs_when_called
from .source import Source

__all__ = ["role_of"]

_LOOKING_UP = {"get", "pop", "setdefault", "getattr", "hasattr", "setattr", "delattr", "getlist", "has_key"}
_CUTTING = {"split", "rsplit", "partition", "rpartition", "strip", "lstrip", "rstrip", "replace", "count"}
_CUTTING |= {"startswith", "endswith", "removeprefix", "removesuffix", "find", "rfind", "index", "rindex"}


def role_of(source: Source, literal: cst.SimpleString) -> str:
    """Return what a text with a meaning for the program is there for, with what it belongs to; or ""."""
    around = source.parent(literal)
    match around:
        case cst.DictElement(key=key):
            return "table" if key is literal else ""
        case _ if not runs_when_called(source, literal):
            return ""
        case cst.Index():
            subscript = source.enclosing(around, cst.Subscript)
            return "key " + source.text(subscript.value).decode() if subscript is not None else ""
        case cst.ComparisonTarget():
            comparison = source.enclosing(around, cst.Comparison)
            return "compared " + source.text(comparison.left).decode() if comparison is not None else ""
        case cst.Comparison(comparisons=[cst.ComparisonTarget(comparator=holder)]):
            return "looked for " + source.text(holder).decode()
        case cst.Element():
            target = source.parent(source.holder(literal)[0])
            if isinstance(target, cst.ComparisonTarget):
                return _role_of_choice(source, target)
            return ""
        case cst.Attribute(attr=cst.Name("join")):
            return "separator"
        case cst.Arg():
            return _role_of_argument(source, around)
        case _:
            return ""


def _role_of_choice(source: Source, target: cst.ComparisonTarget) -> str:
    comparison = source.parent(target)
    return (
        "compared " + source.text(comparison.left).decode() if isinstance(comparison, cst.Comparison) else ""
    )


def _role_of_argument(source: Source, arg: cst.Arg) -> str:
    call = source.parent(arg)
    if not isinstance(call, cst.Call):
        return ""
    if arg.keyword is not None:
        known = arg.keyword.value in {
            "mode",
            "encoding",
            "errors",
            "sep",
            "newline",
            "end",
            "delimiter",
            "byteorder",
        }
        return "option" if known else ""
    match call.func:
        case cst.Attribute(value=owner, attr=cst.Name(name)):
            if name in _LOOKING_UP and call.args[0] is arg:
                return "key " + source.text(owner).decode()
            if name in _CUTTING and call.args[0] is arg:
                return "cut " + source.text(owner).decode()
            if name in {"strftime", "strptime"}:
                return "date"
            if name in {"encode", "decode", "to_bytes", "from_bytes", "open"}:
                return "option"
        case cst.Name(name) if name in _LOOKING_UP and len(call.args) > 1 and call.args[1] is arg:
            return "key " + source.text(call.args[0].value).decode()
        case cst.Name("open") if call.args[0] is not arg:
            return "option"
        case _:
            pass
    return ""
