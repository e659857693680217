"""Whether an edit changes what Python runs at all: asked before it costs a test run."""

from __future__ import annotations

import ast
from collections.abc import Hashable
from functools import lru_cache
from itertools import dropwhile
from types import CodeType

from .syntax import compile_tree, parse_tree

__all__ = ["same_bytecode"]


def same_bytecode(before: bytes, after: bytes) -> bool:
    """Say whether two versions of a file certainly compile to the same code, docstrings and positions aside.

    Nothing is executed. False also where this Python cannot compile one of them.

    >>> same_bytecode(b"x = 60 * 60\\n", b"x = 3600  # an hour\\n")
    True
    >>> same_bytecode(b"x = 1\\n", b"x = True\\n")
    False
    """
    one = _fingerprint(before)
    return one is not None and one == _fingerprint(after)


@lru_cache(maxsize=128)  # one file is compared with each of its mutants
def _fingerprint(data: bytes) -> Hashable | None:
    """Return what identifies the compiled file, or None when it does not compile."""
    try:
        tree = parse_tree(data)
        for node in ast.walk(tree):
            _drop_docstring(node)
        return _of_code(compile_tree(tree))
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return None


def _drop_docstring(node: ast.AST) -> None:
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        rest = list(dropwhile(_is_string, node.body))  # all of them, or the second would become the docstring
        node.body[:] = rest or [ast.copy_location(ast.Pass(), node.body[0])] if node.body else []


def _is_string(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case _:
            return False


def _of_code(code: CodeType) -> Hashable:
    return (
        code.co_name,
        code.co_flags,
        (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount),
        (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars),
        code.co_code,
        code.co_exceptiontable,
        tuple(_of_constant(constant) for constant in code.co_consts),
    )


def _of_constant(constant: object) -> Hashable:
    """Return a constant with its type: `1`, `1.0` and `True` are equal, and so are `0.0` and `-0.0`."""
    kind = type(constant).__name__
    match constant:
        case CodeType():
            return kind, _of_code(constant)
        case tuple():
            return kind, tuple(_of_constant(item) for item in constant)
        case frozenset():
            return kind, frozenset(_of_constant(item) for item in constant)
        case slice():
            return kind, tuple(_of_constant(part) for part in (constant.start, constant.stop, constant.step))
        case float() | complex():
            return kind, repr(constant)
        case _:
            return kind, constant
