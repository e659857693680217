"""Which code no test is likely to see: what it prints, how fast it is, where it runs."""

from __future__ import annotations

import re

import libcst as cst

from .source import Source

__all__ = ["REMOVALS", "callee", "depends_on_platform", "goes_unseen", "is_cache", "is_unseen_call"]

_UNSEEN = frozenset(
    {
        "print",
        "pprint",
        "print_exc",
        "print_help",
        "print_usage",
        "debug",
        "info",
        "warning",
        "warn",
        "error",
        "exception",
        "log",
        "_log",
    }
    | {
        "sleep",
        "collect",
        "flush",
        "close",
        "shutdown",
        "add_argument",
        "add_option",
        "add_parser",
        "set_defaults",
        "set_trace",
    }
    | {"exit", "_exit", "filterwarnings", "simplefilter", "audit", "breakpoint", "incref", "decref"}
)
REMOVALS = frozenset(
    {"pop", "popleft", "popitem", "clear", "discard", "remove", "difference_update", "unlink"}
)
"""Methods that take something away; as statements they are there for nothing else."""
_STREAMS = re.compile(rb"\b(stdout|stderr|log(ger|ging)?|warnings)\b")
_PLATFORM = re.compile(
    rb"\b(platform|version_info|hexversion|os\.name|os\.sep|os\.altsep|sys\.flags|__debug__|DEBUG|MS_?WINDOWS"
    rb"|(IS_|ON_|_)?(PY[23]\d*|PYPY|CPYTHON|WIN(DOWS|32)?|MAC(OS)?|OSX|CYGWIN))\b"
)
_CACHE = re.compile(rb"cache|memo", re.IGNORECASE)


def callee(call: cst.Call) -> str:
    """Return the last part of the name of what is called; empty when it has none."""
    match call.func:
        case cst.Name(name) | cst.Attribute(attr=cst.Name(name)):
            return name
        case _:
            return ""


def is_unseen_call(source: Source, call: cst.Call) -> bool:
    """Say whether a call is there for a reader of the screen, for the operating system or for speed."""
    return callee(call) in _UNSEEN or _STREAMS.search(source.text(call.func)) is not None


def goes_unseen(source: Source, body: cst.BaseSuite) -> bool:
    """Say whether a block does nothing but print, log and wait."""
    for line in body.body:
        if not isinstance(line, cst.SimpleStatementLine):
            if isinstance(body, cst.IndentedBlock):
                return False
            small: list[cst.CSTNode] = [line]
        else:
            small = list(line.body)
        for statement in small:
            match statement:
                case cst.Pass() | cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString()):
                    pass
                case cst.Expr(value=cst.Call() as call) if is_unseen_call(source, call):
                    pass
                case _:
                    return False
    return True


def depends_on_platform(text: bytes) -> bool:
    """Say whether a condition has the same answer all through a test run."""
    return _PLATFORM.search(text) is not None


def is_cache(text: bytes) -> bool:
    """Say whether code looks as if it only kept a result for the next time."""
    return _CACHE.search(text) is not None
