"""Failures explained at less cost: pytest parses a whole file anew for every failure that leads through it.

What it prints stays the same. In a file of 5,000 lines each failure takes a tenth of a second otherwise.
"""

from __future__ import annotations

from typing import Any, Dict, Tuple

_MOST = 8  # files


def remember() -> None:
    """Let pytest use a file's syntax tree again; versions that do without the function are left alone."""
    try:
        from _pytest._code import code as explaining
    except ImportError:
        return
    original: Any = getattr(explaining, "getstatementrange_ast", None)
    if original is None:
        return
    trees: Dict[Tuple[str, ...], Any] = {}

    def remembered(lineno: int, source: Any, assertion: bool = False, astnode: Any = None) -> Any:
        lines = tuple(source.lines)
        found = original(lineno, source, assertion, trees.get(lines) if astnode is None else astnode)
        if len(trees) >= _MOST:
            trees.clear()
        trees[lines] = found[0]
        return found

    explaining.getstatementrange_ast = remembered  # type: ignore[attr-defined,unused-ignore] # not public
