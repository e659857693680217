"""Python's own parser, for use by several threads."""

from __future__ import annotations

import ast
import threading
import warnings
from functools import lru_cache
from types import CodeType

__all__ = ["compile_tree", "is_expression", "parse_expression", "parse_tree", "tree_of"]

# CPython 3.11 and 3.12 count the depth of AST objects once for the whole interpreter: two threads that parse
# at the same time can end in "SystemError: AST constructor recursion depth mismatch" (python/cpython#106905).
# Silencing warnings is not safe between threads, either.
_LOCK = threading.RLock()


def parse_tree(source: bytes | str) -> ast.Module:
    """Return the syntax tree of a file, without printing its SyntaxWarnings.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `ast.parse` does.
    """
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


@lru_cache(maxsize=8)  # for a file of 5,000 lines, parsing takes 60 ms and the tree 20 MB
def tree_of(data: bytes) -> ast.Module:
    """Return the syntax tree of a file, which others read, too: it must not be changed.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `ast.parse` does.
    """
    return parse_tree(data)


def parse_expression(text: str) -> ast.expr:
    """Return the syntax tree of an expression.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `ast.parse` does.
    """
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, mode="eval").body


def is_expression(text: bytes) -> bool:
    """Say whether a text is one expression as it stands, without parentheses around it."""
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text, mode="eval")
        except SyntaxError:
            return False
    return True


def compile_tree(tree: ast.Module) -> CodeType:
    """Compile a syntax tree; nothing is executed.

    Raises:
        SyntaxError, ValueError, OverflowError, RecursionError, MemoryError: as `compile` does.
    """
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(tree, "<compared>", "exec", dont_inherit=True, optimize=0)
