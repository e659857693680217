"""Which function a line belongs to, and which functions it calls."""

from __future__ import annotations

import ast
from collections import deque
from dataclasses import dataclass
from functools import lru_cache

from .syntax import parse_tree

__all__ = ["Function", "function_around", "function_at", "functions_of"]


@dataclass(frozen=True)
class Function:
    """A function, method or class body of one file; the module itself has an empty name."""

    name: str
    """Qualified, such as `Basket.add`."""
    first: int
    """First line, decorators included."""
    last: int
    calls: frozenset[str]
    """Names of what it calls, without their owners: `add` for `basket.add(...)`."""


@lru_cache(maxsize=4096)
def functions_of(data: bytes) -> tuple[Function, ...]:
    """Return the functions and classes of a file, outer ones first; the module comes first of all."""
    tree = parse_tree(data)
    found = [Function("", 1, data.count(b"\n") + 1, _calls(tree))]
    todo: deque[tuple[ast.AST, str]] = deque([(tree, "")])
    while todo:
        node, owner = todo.popleft()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{owner}.{child.name}" if owner else child.name
                first = min([child.lineno, *(d.lineno for d in child.decorator_list)])
                found.append(Function(name, first, child.end_lineno or first, _calls(child)))
                todo.append((child, name))
            else:
                todo.append((child, owner))
    return tuple(found)


def function_at(data: bytes, line: int) -> Function:
    """Return the innermost function or class around a line, or the module."""
    return min(
        (f for f in functions_of(data) if f.first <= line <= f.last),
        key=lambda f: (f.last - f.first, -len(f.name)),
        default=functions_of(data)[0],
    )


def function_around(data: bytes, position: int) -> Function:
    """Return the innermost function or class around a byte offset, or the module."""
    return function_at(data, data.count(b"\n", 0, position) + 1)


def _calls(node: ast.AST) -> frozenset[str]:
    found = set()
    for inner in ast.walk(node):
        match inner:
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                found.add(name)
    return frozenset(found)
