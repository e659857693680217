"""Failures explained at less cost, in the same words.

To show the statement that failed, pytest parses the whole file and walks through its syntax tree, anew for
every failure. In a file of 5,000 lines that takes a fifth of a second each. Here a file is parsed once; of
its tree is kept what pytest looks for, where statements begin, and it looks around the line alone.
"""

from __future__ import annotations

import ast
import warnings
from bisect import bisect_right
from typing import Any, Dict, Tuple

_MOST = 8  # files
known: Dict[Tuple[str, ...], Any] = {}  # the trees of files that were parsed before this process was born
_BLOCKS = frozenset(("body", "orelse", "finalbody", "handlers", "cases"))


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
        if astnode is None:
            lines = tuple(source.lines)
            if lines not in known and lines not in trees:
                if len(trees) >= _MOST:
                    trees.clear()
                trees[lines] = statements(str(source))
            astnode = known.get(lines) or trees[lines]
        # Pytest hands the tree back for the next place in the file: it must stay whole.
        return (astnode, *original(lineno, source, assertion, around(astnode, lineno))[1:])

    explaining.getstatementrange_ast = remembered  # type: ignore[attr-defined,unused-ignore] # not public


def statements(text: str) -> ast.Module:
    """Return the syntax tree of a file without the expressions. Raises SyntaxError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    strip(tree)
    return tree


def around(tree: ast.Module, line: int) -> ast.Module:
    """Return the statement that holds a line, counted from 0, and the next: more is not asked for."""
    firsts = [
        min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))]) for node in tree.body
    ]
    index = bisect_right(firsts, line + 1) - 1
    return tree if index < 0 else ast.Module(body=tree.body[index : index + 2], type_ignores=[])


def strip(node: ast.AST) -> None:
    """Take everything out of a statement but its blocks and its decorators."""
    for field in node._fields:
        if field in _BLOCKS:
            for child in getattr(node, field):
                strip(child)
        elif field != "decorator_list" and hasattr(node, field):
            delattr(node, field)
