"""Calls that say what to take when nothing is found: `get(key, default)` and its like."""

from __future__ import annotations

import libcst as cst

__all__ = ["fallback_index"]

_FUNCTIONS = {"getattr": 3, "next": 2, "getenv": 2}
_METHODS = {"get": 2, "pop": 2, "getenv": 2}
_BY_NAME = frozenset({"default", "fallback"})
_NAMED = frozenset({"get", "pop", "max", "min", "first", "getint", "getfloat", "getboolean", "getattr"})


def fallback_index(call: cst.Call) -> int | None:
    """Return which argument is the value to fall back on; None where there is none that counts."""
    match call.func:
        case cst.Name(name):
            arity = _FUNCTIONS.get(name)
        case cst.Attribute(attr=cst.Name(name)):
            arity = _METHODS.get(name)
        case _:
            return None
    for index, arg in enumerate(call.args):
        if arg.star:
            return None
        if arg.keyword is not None and arg.keyword.value in _BY_NAME and name in _NAMED:
            return index
    if len(call.args) != arity or any(arg.keyword for arg in call.args):
        return None
    match call.args[-1].value:
        case cst.Name("None") if name not in {"next", "getattr", "pop"}:
            return None
        case _:
            return len(call.args) - 1
