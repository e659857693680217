"""A program as units that change: functions, classes without their methods, names of modules, and the rest.

A unit is known by its file and its name there. Functions inside a function belong to it, as does all that
is in it. What a module binds at its top (`import re`, `LIMIT = 3`) is one unit a name, called `=LIMIT`; what
else a module does is the unit with the empty name. A unit's hash is that of its syntax: comments, formatting,
docstrings and its place in the file are no part of it, so moving a function changes nothing.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rpsdg.mutators.syntax import tree_of
from rpsdg.sandbox.tree import Tree

from .coverage import LineMask, first_line

__all__ = ["MODULE", "Unit", "UnitId", "enclosing", "unit_at", "units_in", "units_of"]

UnitId = tuple[str, str]
"""Path and name of a unit."""
MODULE = ""
"""The name of the unit that is what a module does besides binding names."""


@dataclass(frozen=True)
class Unit:
    """One unit of a file."""

    name: str
    hash: str
    lines: LineMask
    """Where it is written; of the unit that is the rest of a module nothing is said."""
    body: LineMask
    """Of a function, the lines that run when it is called. Other units run at import."""
    uses: frozenset[str]
    """Names that occur in it: of variables, attributes and arguments, those of calls included."""


def units_in(tree: Tree, path: str) -> Mapping[str, Unit]:
    """Return the units of a file of a tree by name; none where there is no such file."""
    entry = tree.get(path)
    if entry is None or entry.kind == "link":
        return {}
    return units_of(entry.data)


@lru_cache(maxsize=1024)
def units_of(data: bytes) -> Mapping[str, Unit]:
    """Return the units of a file by name. One that cannot be parsed is a single unit, hashed by its bytes."""
    try:
        module = tree_of(data)
        gathered = _gathered(module)
        return {name: _unit(name, nodes) for name, nodes in gathered.items()}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        every = (1 << (data.count(b"\n") + 2)) - 1
        digits = hashlib.sha256(data).hexdigest()[:_DIGITS]
        return {MODULE: Unit(MODULE, digits, every, every, frozenset())}


def unit_at(data: bytes, position: int) -> str:
    """Return the name of the unit around a byte offset: a function, or else a class, or the module.

    >>> unit_at(b"def f():\\n    return 1\\n", 15)
    'f'
    """
    line = data.count(b"\n", 0, position) + 1
    units = units_of(data)
    around = [unit for unit in units.values() if unit.lines >> line & 1]
    return min(around, key=lambda unit: (unit.lines.bit_count(), unit.name)).name if around else MODULE


def enclosing(name: str, units: Mapping[str, Unit]) -> Iterator[str]:
    """Yield the classes that a unit lies in, and the module: what makes the unit what it is."""
    parts = name.split(".")
    for length in range(1, len(parts)):
        outer = ".".join(parts[:length])
        if outer in units:
            yield outer
    if MODULE in units:
        yield MODULE


_DIGITS = 16
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_BLOCKS = ("body", "orelse", "finalbody")


def _gathered(module: ast.Module) -> dict[str, list[ast.AST]]:
    """Return the nodes of each unit; a function that is defined in several branches has several."""
    found: dict[str, list[ast.AST]] = {MODULE: []}

    def gather(body: Sequence[ast.stmt], owner: str) -> None:
        for number, node in enumerate(body):
            prefix = f"{owner}." if owner else ""
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    found.setdefault(prefix + name, []).append(node)
                case ast.ClassDef(name=name):
                    whole = found.setdefault(prefix + name, [])
                    whole += [*node.decorator_list, *node.bases, *node.keywords]
                    gather(node.body, prefix + name)
                case ast.Expr(value=ast.Constant(value=str())) if number == 0:
                    pass  # a docstring
                case ast.If() | ast.Try() | ast.With() | ast.TryStar():
                    found[owner].append(_head(node))
                    for inner in _bodies(node):
                        gather(inner, owner)
                case ast.Import(names=aliases) | ast.ImportFrom(names=aliases) if not owner:
                    for alias in aliases:
                        name = "=" + (alias.asname or alias.name).partition(".")[0]
                        found.setdefault(MODULE if name == "=*" else name, []).append(_alone(node, alias))
                case _:
                    names = [] if owner else [f"={bound}" for bound in _bound(node)]
                    for name in names or [owner]:
                        found.setdefault(name, []).append(node)

    gather(module.body, MODULE)
    return found


def _bodies(node: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    yield from (getattr(node, name, []) for name in _BLOCKS)
    yield from (handler.body for handler in getattr(node, "handlers", []))


def _head(node: ast.stmt) -> ast.AST:
    """Return a block without what is in it: its condition, what it opens, or what it catches."""
    match node:
        case ast.If(test=test):
            return test
        case ast.With(items=items):
            return ast.Tuple([item.context_expr for item in items])
        case ast.Try(handlers=handlers) | ast.TryStar(handlers=handlers):
            return ast.Tuple([handler.type for handler in handlers if handler.type is not None])
    return ast.Pass()


def _bound(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement at the top of a module binds; none if it does something else."""
    match node:
        case ast.Assign(targets=targets):
            bound = [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
            # `TABLE[1] = f` and `a.b = 2` do something to what is there.
            if all(isinstance(target, ast.Name | ast.Tuple | ast.List) for target in targets):
                yield from bound
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.AugAssign(target=ast.Name(id=name)):
            yield name


def _alone(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> ast.AST:
    """Return the import of one name, so that one more in the same line changes nothing for the others."""
    if isinstance(node, ast.ImportFrom):
        alone: ast.AST = ast.ImportFrom(node.module, [alias], node.level)
    else:
        alone = ast.Import([alias])
    return ast.copy_location(alone, node)


def _unit(name: str, nodes: Sequence[ast.AST]) -> Unit:
    lines = body = 0
    for node in nodes if name != MODULE else ():
        lines |= _lines(node)
        if isinstance(node, _FUNCTION):
            body |= _mask(first_line(node.body[0]), node.end_lineno)
    uses = frozenset(word for node in nodes for word in _words(node))
    text = repr([_shape(node) for node in nodes]).encode("utf-8", "surrogatepass")
    return Unit(name, hashlib.sha256(text).hexdigest()[:_DIGITS], lines, body, uses)


def _lines(node: ast.AST) -> LineMask:
    if isinstance(node, _FUNCTION):
        return _mask(first_line(node), node.end_lineno)
    first = getattr(node, "lineno", None)
    return 0 if first is None else _mask(first, getattr(node, "end_lineno", None))


def _mask(first: int, last: int | None) -> LineMask:
    return (1 << ((last or first) + 1)) - (1 << first)


def _words(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.keyword(arg=str(name)):
                yield name


def _shape(value: object) -> object:
    """Return what of a syntax tree counts, the same for every version of Python that reads the file alike."""
    if isinstance(value, list):
        return [_shape(one) for one in value]
    if not isinstance(value, ast.AST):
        return value
    fields = {}
    for name, child in ast.iter_fields(value):
        if name == "body" and isinstance(value, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            child = _without_docstring(child)
        # What is not there has no say: later versions of Python have fields that earlier ones lack.
        if child is not None and child != [] and name not in ("ctx", "kind", "type_comment"):
            fields[name] = _shape(child)
    return type(value).__name__, fields


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
    return body
