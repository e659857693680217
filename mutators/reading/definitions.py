"""The classes and functions of a file, and where else their names stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

import libcst as cst

from .leftovers import strands_import
from .lines import cut_statement, statement_lines
from .places import runs_when_called
from .source import Site, Source

__all__ = [
    "assigned",
    "base_call",
    "cut_definition",
    "cut_from_module",
    "decorator_name",
    "decorator_names",
    "defines",
    "is_needed_early",
    "is_stub",
    "lineage",
    "mentions",
    "methods",
]


def methods(source: Source) -> Iterator[tuple[cst.ClassDef, cst.FunctionDef]]:
    """Yield the methods of the classes of a file that are defined once there, in source order."""
    for function in source.nodes(cst.FunctionDef):
        block = source.parent(function)
        owner = source.parent(block) if block is not None else None
        if not isinstance(owner, cst.ClassDef) or not isinstance(block, cst.IndentedBlock):
            continue
        if sum(defines(statement, function.name.value) for statement in block.body) == 1:
            yield owner, function


def defines(statement: cst.CSTNode, name: str) -> bool:
    """Say whether a statement of a class or module gives `name` a value."""
    match statement:
        case cst.FunctionDef(name=cst.Name(defined)) | cst.ClassDef(name=cst.Name(defined)):
            return defined == name
        case cst.SimpleStatementLine(body=[small]):
            return assigned(small) == name
        case cst.If() | cst.Try():
            return any(defines(inner, name) for block in _blocks(statement) for inner in block.body)
        case _:
            return False


def _blocks(statement: cst.If | cst.Try) -> Iterator[cst.BaseSuite]:
    yield statement.body
    arms: list[cst.CSTNode | None] = [statement.orelse]
    if isinstance(statement, cst.Try):
        arms += [*statement.handlers, statement.finalbody]
    for arm in arms:
        if isinstance(arm, cst.If):
            yield from _blocks(arm)
        elif isinstance(arm, cst.Else | cst.ExceptHandler | cst.Finally):
            yield arm.body


def assigned(small: cst.CSTNode) -> str:
    """Return the one name that a statement assigns; empty when it does not, or does more."""
    match small:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))]):
            return name
        case cst.AnnAssign(target=cst.Name(name), value=value) if value is not None:
            return name
        case _:
            return ""


def lineage(source: Source, node: cst.ClassDef) -> tuple[list[cst.ClassDef], bool]:
    """Return the bases of a class that this file defines, nearest first, and whether these are all it has."""
    found: list[cst.ClassDef] = []
    complete = True
    todo = [node]
    for current in todo:
        for base in current.bases:
            name = base.value.value if isinstance(base.value, cst.Name) and not base.star else ""
            known = _classes(source).get(name)
            if known is None:
                complete = complete and name == "object"
            elif known is not node and known not in found:
                found.append(known)
                todo.append(known)
    return found, complete


def mentions(source: Source, name: str) -> list[cst.Name]:
    """Return every place where `name` stands in code, keywords and definitions left out, annotations not."""
    return _mentions(source).get(name, [])


def is_needed_early(source: Source, name: str) -> bool:
    """Say whether `name` is read while the file is imported."""
    return any(
        not source.is_target(node) and not runs_when_called(source, node) for node in mentions(source, name)
    )


def is_stub(function: cst.FunctionDef) -> bool:
    """Say whether a function is there to be replaced, or does nothing."""
    for line in function.body.body:
        match line:
            case cst.SimpleStatementLine(
                body=[cst.Pass() | cst.Expr(value=cst.BaseString() | cst.Ellipsis())]
            ):
                continue
            case cst.SimpleStatementLine(body=[cst.Raise(exc=cst.Name("NotImplementedError"))]):
                continue
            case cst.SimpleStatementLine(
                body=[cst.Raise(exc=cst.Call(func=cst.Name("NotImplementedError")))]
            ):
                continue
            case cst.Pass() | cst.Expr(value=cst.Ellipsis()):
                continue
            case _:
                return False
    return True


def decorator_names(node: cst.FunctionDef | cst.ClassDef) -> list[str]:
    """Return the last part of each decorator's name: `wraps` for `@functools.wraps(f)`."""
    return [decorator_name(decorator) for decorator in node.decorators]


def decorator_name(decorator: cst.Decorator) -> str:
    """Return the last part of a decorator's name; empty when it has none."""
    called = decorator.decorator
    match called.func if isinstance(called, cst.Call) else called:
        case cst.Name(name) | cst.Attribute(attr=cst.Name(name)):
            return name
        case _:
            return ""


def cut_definition(source: Source, node: cst.FunctionDef) -> Site | None:
    """Return the site that removes a function; None where it would leave an import without a use."""
    in_module = isinstance(source.parent(node), cst.Module)
    site = cut_from_module(source, node) if in_module else cut_statement(source, node)
    if site is None or strands_import(source, site.start, site.start + len(site.old)):
        return None
    return site


def cut_from_module(source: Source, statement: cst.FunctionDef | cst.SimpleStatementLine) -> Site | None:
    """Return the site that removes a statement of the module, with the blank lines that are too many then.

    None where a comment heads it, which may head what follows as well, and for the last one of the file.
    """
    body = source.module.body
    if statement is body[-1] or any(line.comment is not None for line in statement.leading_lines):
        return None
    start, end = statement_lines(source, statement, source.module)
    while source.is_blank(start):
        start = source.line_end(start)
    if start == 0 or source.is_blank(start - 1):
        while source.is_blank(end):
            end = source.line_end(end)
    return source.cut(start, end)


@lru_cache(maxsize=2)  # rules take one file after the other
def _classes(source: Source) -> Mapping[str, cst.ClassDef]:
    return {node.name.value: node for node in source.nodes(cst.ClassDef)}


@lru_cache(maxsize=2)
def _mentions(source: Source) -> Mapping[str, list[cst.Name]]:
    found: defaultdict[str, list[cst.Name]] = defaultdict(list)
    for node in source.every(cst.Name):
        around = source.parent(node)
        if isinstance(around, cst.FunctionDef | cst.ClassDef | cst.Param) and around.name is node:
            continue
        if isinstance(around, cst.Arg) and around.keyword is node:
            continue
        found[node.value].append(node)
    return found


def base_call(source: Source, call: cst.Call) -> str:
    """Return the name of the method that `super().method(...)` or `Base.method(self, ...)` calls, or ""."""
    match call.func:
        case cst.Attribute(value=cst.Call(func=cst.Name("super")), attr=cst.Name(method)):
            return method
        case cst.Attribute(value=cst.Name(base), attr=cst.Name(method)):
            owner = source.enclosing(call, cst.ClassDef)
            first = call.args[0].value if call.args else None
            if owner is not None and isinstance(first, cst.Name) and first.value in {"self", "cls"}:
                known = [b.value.value for b in owner.bases if isinstance(b.value, cst.Name)]
                return method if base in known else ""
    return ""
