"""Python's own exception classes by name, and the handlers that a test can reach."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

import libcst as cst

from .source import Site, Source, descendants

__all__ = [
    "caught",
    "covers",
    "last_name",
    "only_raises",
    "python_exception",
    "testable_handlers",
    "without_name",
]

_OUT_OF_REACH = {"ImportError", "ModuleNotFoundError", "KeyboardInterrupt", "SystemExit", "GeneratorExit"}
"""What tests hardly ever raise: it takes a missing package, or would end the test run."""


def python_exception(name: str) -> type[BaseException] | None:
    """Return the built-in exception class of that name.

    >>> python_exception("IOError"), python_exception("ParseError")
    (<class 'OSError'>, None)
    """
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def covers(wide: str, narrow: str) -> bool:
    """Say whether `except wide` surely catches what `except narrow` catches."""
    if wide == narrow:
        return True
    one, other = python_exception(wide), python_exception(narrow)
    return one is not None and other is not None and issubclass(other, one)


def caught(handler: cst.ExceptHandler) -> list[str]:
    """Return what a handler catches: each class's name without its module; nothing for a bare `except:`."""
    match handler.type:
        case None:
            return []
        case cst.Tuple(elements=elements):
            return [last_name(element.value) for element in elements]
        case single:
            return [last_name(single)]


def last_name(node: cst.BaseExpression) -> str:
    """Return `c` for `a.b.c`; nothing for what is no name."""
    match node:
        case cst.Name(name) | cst.Attribute(attr=cst.Name(name)):
            return name
        case _:
            return ""


def testable_handlers(source: Source) -> Iterator[tuple[cst.Try, cst.ExceptHandler]]:
    """Yield the handlers that a test can reach, each with the `try` it belongs to, in source order."""
    for handler in source.nodes(cst.ExceptHandler):
        statement = source.parent(handler)
        if (
            isinstance(statement, cst.Try)
            and source.enclosing(handler, cst.FunctionDef) is not None
            and not _OUT_OF_REACH & set(caught(handler))
        ):
            yield statement, handler


def only_raises(handler: cst.ExceptHandler) -> bool:
    """Say whether a handler lets everything it catches pass."""
    match handler.body.body:
        case [cst.SimpleStatementLine(body=[cst.Raise(exc=None)]) | cst.Raise(exc=None)]:
            return True
        case _:
            return False


def without_name(source: Source, handler: cst.ExceptHandler, site: Site) -> Site:
    """Return `site`, which takes code out of `handler`; and `as e` goes as well if nothing reads `e` then."""
    if handler.name is None:
        return site
    end, name = site.start + len(site.old), source.text(handler.name.name)
    for node in descendants(handler.body):
        is_read = isinstance(node, cst.Name) and source.text(node) == name
        if is_read and not site.start <= source.span(node)[0] < end:
            return site
    head = source.span(handler)[0]
    start, stop = source.span(handler.name)
    return source.splice(head, end, source.data[head:start] + source.data[stop : site.start] + site.new)
