"""What code needs of a piece that is taken out of it, and what would be left behind without a use."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

import libcst as cst

from .bindings import Function, functions
from .source import Source, descendants

__all__ = ["can_go", "is_missed", "scope_of", "strands_import"]

_INSEPARABLE = (
    *(cst.Import, cst.ImportFrom, cst.FunctionDef, cst.ClassDef),
    *(cst.NamedExpr, cst.Global, cst.Nonlocal, cst.Match),
)
_WORD = re.compile(rb"[A-Za-z_]\w*")


def can_go(source: Source, node: cst.CSTNode, start: int, end: int, *, may_be_missed: bool = False) -> bool:
    """Say whether the bytes from `start` to `end` can go without a trace.

    `node` is what stands there. The rest must keep a use for every name it reads, stay a generator if it was
    one, and, unless it `may_be_missed`, have no use for a name bound in it.
    """
    parts = list(descendants(node))
    if any(isinstance(part, _INSEPARABLE) and start <= source.span(part)[0] < end for part in parts):
        return False
    if not may_be_missed and is_missed(source, node, start, end):
        return False
    if _leaves_unused(source, node, start, end):
        return False
    yields = [part for part in parts if isinstance(part, cst.Yield) and start <= source.span(part)[0] < end]
    return not yields or _yields_elsewhere(source, node, start, end)


def is_missed(source: Source, node: cst.CSTNode, start: int, end: int) -> bool:
    """Say whether other code reads a name that only the bytes from `start` to `end` bind for it."""
    function = scope_of(source, node)
    if function is None:
        return False
    bound = {b.name for b in function.bindings if start <= source.span(b.binder)[0] < end}
    here = source.span(node)[0]  # `start` may be at the beginning of the line, before the function's body
    bound -= {binding.name for binding in function.visible(here) if source.span(binding.binder)[0] < start}
    for name in function.reads:
        position = source.span(name)[0]
        if name.value in bound and not start <= position < end:
            found = [b for b in function.visible(position) if b.name == name.value]
            if not found or any(start <= source.span(b.binder)[0] < end for b in found):
                return True
    return False


def scope_of(source: Source, node: cst.CSTNode) -> Function | None:
    """Return the names of the function around `node`."""
    function = source.enclosing(node, cst.FunctionDef)
    return None if function is None else _scopes(source).get(function)


def _leaves_unused(source: Source, node: cst.CSTNode, start: int, end: int) -> bool:
    """Say whether a name is bound or imported for the bytes from `start` to `end` alone."""
    function = scope_of(source, node)
    if function is not None:
        lonely = {name.value for name in function.reads if start <= source.span(name)[0] < end}
        lonely -= {name.value for name in function.reads if not start <= source.span(name)[0] < end}
        for binding in function.bindings:
            inside = start <= source.span(binding.binder)[0] < end
            if binding.name in lonely and not inside and not isinstance(binding.binder, cst.Parameters):
                return True
    return strands_import(source, start, end)


def strands_import(source: Source, start: int, end: int) -> bool:
    """Say whether something is imported for the bytes from `start` to `end` alone."""
    imported, words = _words(source)
    here = Counter(_WORD.findall(source.data, start, end))
    return any(word in imported and words[word] - count <= 1 for word, count in here.items())


def _yields_elsewhere(source: Source, node: cst.CSTNode, start: int, end: int) -> bool:
    function = source.enclosing(node, cst.FunctionDef)
    return any(
        source.enclosing(other, cst.FunctionDef) is function
        for other in source.nodes(cst.Yield)
        if not start <= source.span(other)[0] < end
    )


@lru_cache(maxsize=2)  # rules take one file after the other
def _scopes(source: Source) -> dict[cst.FunctionDef, Function]:
    return {function.node: function for function in functions(source)}


@lru_cache(maxsize=2)
def _words(source: Source) -> tuple[frozenset[bytes], Counter[bytes]]:
    """Return the names a file imports, and how often each word stands in it."""
    imported: set[bytes] = set()
    for statement in source.nodes(cst.Import, cst.ImportFrom):
        imported.update(_WORD.findall(source.text(statement)))
    return frozenset(imported), Counter(_WORD.findall(source.data))
