"""Which function a line belongs to, and which functions it calls."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from .syntax import tree_of

__all__ = ["Function", "calls_in", "function_around", "function_at", "functions_of"]


@dataclass(frozen=True)
class Function:
    """A function, method or class body of one file; the module itself has an empty name."""

    name: str
    """Qualified, such as `Basket.add`."""
    first: int
    """First line, decorators included."""
    last: int


@lru_cache(maxsize=4096)
def functions_of(data: bytes) -> tuple[Function, ...]:
    """Return the functions and classes of a file, outer ones first; the module comes first of all."""
    return tuple(function for function, _ in _with_nodes(data))


def _with_nodes(data: bytes) -> Iterator[tuple[Function, ast.AST]]:
    tree = tree_of(data)
    yield Function("", 1, data.count(b"\n") + 1), tree
    todo: deque[tuple[ast.AST, str]] = deque([(tree, "")])
    while todo:
        node, owner = todo.popleft()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{owner}.{child.name}" if owner else child.name
                first = min([child.lineno, *(d.lineno for d in child.decorator_list)])
                yield Function(name, first, child.end_lineno or first), child
                todo.append((child, name))
            elif not isinstance(child, ast.expr):  # no expression holds a function with a name
                todo.append((child, owner))


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


@lru_cache(maxsize=4096)
def calls_in(data: bytes, function: Function) -> frozenset[str]:
    """Return the names that a function of a file calls, without their owners: `add` for `basket.add(...)`."""
    found = set()
    for inner in chain.from_iterable(ast.walk(node) for one, node in _with_nodes(data) if one == function):
        match inner:
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                found.add(name)
    return frozenset(found)
