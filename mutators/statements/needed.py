"""Names without which no solver could know what the hidden tests want."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rpsdg.mutators.scope import is_mutable
from rpsdg.mutators.syntax import tree_of
from rpsdg.sandbox.tree import Tree

__all__ = ["Needed", "needed_names", "unnamed"]

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True)
class Needed:
    """Something of the program that failing tests use and that the program with the bug does not have."""

    name: str
    """The word that the tests use."""
    shown: str
    """How to call it, such as `clamp(value, low, high=...)`; defaults are not told."""


@dataclass(frozen=True)
class _Definition:
    path: str
    qualified: str
    """Name of the function, class, attribute or variable, with that of its class."""
    parameter: str
    """Name of a parameter of it, or ``."""

    @property
    def name(self) -> str:
        return self.parameter or self.qualified.rpartition(".")[2]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The ways in which a test can mean it by its name."""
        if self.parameter:
            return ("keyword", "text")
        return ("attribute", "text") if "." in self.qualified else ("name", "attribute", "text")


def needed_names(buggy: Tree, fixed: Tree, test_files: Collection[str]) -> tuple[Needed, ...]:
    """Return what the failing tests use by name and the buggy program does not define, sorted.

    Args:
        buggy, fixed: the program with and without the bug.
        test_files: paths of the files that hold failing tests.
    """
    changed = [path for path in buggy.changed(fixed) if path.endswith(".py") and is_mutable(path)]
    right, wrong = {}, set()
    for path in changed:
        right.update(_definitions(path, fixed))
        wrong |= set(_definitions(path, buggy))
    missing = {d: shown for d, shown in right.items() if d not in wrong and not d.name.startswith("__")}
    if not missing:
        return ()
    used = {use for path in _with_conftests(test_files, fixed) for use in _used(fixed, path)}
    inherited = _method_names(buggy)
    found = {
        Needed(definition.name, shown)
        for definition, shown in missing.items()
        if any((kind, definition.name) in used for kind in definition.kinds)
        and not _inherits(definition, inherited)
    }
    whole = {needed.shown.partition("(")[0].rpartition(".")[2] for needed in found}
    # A new function brings its parameters with it: it is told once.
    return tuple(
        sorted(
            (
                n
                for n in found
                if n.name in whole or n.shown not in {o.shown for o in found if o.name in whole}
            ),
            key=lambda needed: (needed.shown, needed.name),
        )
    )


def unnamed(text: str, needed: Collection[Needed]) -> list[str]:
    """Return the needed names that do not stand in a text as words of their own."""
    words = set(re.findall(r"\w+", text))
    return [one.name for one in needed if one.name not in words]


def _definitions(path: str, tree: Tree) -> dict[_Definition, str]:
    """Return what a file of the program defines outside of functions, each with how to call it."""
    entry = tree.get(path)
    found: dict[_Definition, str] = {}
    if entry is not None:
        for qualified, node, shown in _top(_parsed(entry.data), ""):
            found[_Definition(path, qualified, "")] = shown
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for parameter in _parameters(node):
                    found[_Definition(path, qualified, parameter)] = shown
    return found


def _top(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.stmt, str]]:
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield f"{prefix}{name}", node, _signature(node, prefix)
                if prefix:
                    for attribute in _own_attributes(node):
                        yield f"{prefix}{attribute}", node.body[0], f"{prefix}{attribute}"
            case ast.ClassDef(name=name):
                makers = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
                made = _signature(makers[0], ".").removeprefix(".__init__") if makers else ""
                yield f"{prefix}{name}", node, f"{prefix}{name}{made}"
                yield from _top(node.body, f"{prefix}{name}.")
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                for alias in names:
                    bound = alias.asname or alias.name.partition(".")[0]
                    yield f"{prefix}{bound}", node, f"{prefix}{bound}"
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                        yield f"{prefix}{inner.id}", node, f"{prefix}{inner.id}"
            case ast.If() | ast.Try() | ast.With():
                for field in ("body", "orelse", "finalbody"):
                    yield from _top(getattr(node, field, []), prefix)
                for handler in getattr(node, "handlers", []):
                    yield from _top(handler.body, prefix)


def _own_attributes(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Yield what a method sets on its object."""
    if not function.args.args:
        return
    own = function.args.args[0].arg
    for node in ast.walk(function):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute, ctx=ast.Store()) if name == own:
                yield attribute


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    args = function.args
    return [a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)]


def _signature(function: ast.FunctionDef | ast.AsyncFunctionDef, prefix: str) -> str:
    args = function.args
    positional = [*args.posonlyargs, *args.args]
    optional = len(positional) - len(args.defaults)
    parts = [a.arg + ("=..." if n >= optional else "") for n, a in enumerate(positional)]
    if args.posonlyargs:
        parts.insert(len(args.posonlyargs), "/")
    static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list)
    if prefix and parts and not static:
        del parts[0]
    if any(isinstance(d, ast.Name) and d.id == "property" for d in function.decorator_list):
        return f"{prefix}{function.name}"
    if args.vararg:
        parts.append(f"*{args.vararg.arg}")
    elif args.kwonlyargs:
        parts.append("*")
    for a, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        parts.append(a.arg + ("=..." if default is not None else ""))
    if args.kwarg:
        parts.append(f"**{args.kwarg.arg}")
    return f"{prefix}{function.name}({', '.join(parts)})"


def _with_conftests(test_files: Collection[str], tree: Tree) -> set[str]:
    found = set(test_files)
    for path in test_files:
        parts = path.split("/")[:-1]
        found |= {"/".join([*parts[:n], "conftest.py"]) for n in range(len(parts) + 1)}
    return {path for path in found if path in tree}


def _used(tree: Tree, path: str) -> Iterator[tuple[str, str]]:
    """Yield every name by which a test file could mean something of the program, behind how it is used."""
    for node in ast.walk(ast.Module(_parsed(tree[path].data), [])):
        match node:
            case ast.Name(id=name):
                yield "name", name
            case ast.Attribute(attr=name):
                yield "attribute", name
            case ast.keyword(arg=str(name)):
                yield "keyword", name
            case ast.alias(name=name):
                yield from (("name", part) for part in name.split("."))
            case ast.Constant(value=str(text)) if _DOTTED.fullmatch(text):
                yield from (("text", part) for part in text.split("."))  # `getattr`, `monkeypatch.setattr`


def _method_names(tree: Tree) -> dict[str, tuple[set[str], set[str]]]:
    """Return bases and names of every class of the program, by the class's name."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for path in tree:
        if path.endswith(".py") and is_mutable(path) and b"class " in tree[path].data:
            for node in ast.walk(ast.Module(_parsed(tree[path].data), [])):
                if isinstance(node, ast.ClassDef):
                    bases, names = found.setdefault(node.name, (set(), set()))
                    bases |= {b.attr if isinstance(b, ast.Attribute) else b.id for b in node.bases
                              if isinstance(b, ast.Attribute | ast.Name)}  # fmt: skip
                    names |= {q for q, _, _ in _top(node.body, "")}
    return found


def _inherits(definition: _Definition, classes: dict[str, tuple[set[str], set[str]]]) -> bool:
    """Say whether a missing method is still there, because a base class has one of that name."""
    cls, _, name = definition.qualified.rpartition(".")
    if not cls or (definition.parameter and name in classes.get(cls.rpartition(".")[2], (set(), set()))[1]):
        return False  # the method is there, only the parameter is not
    seen: set[str] = set()
    ahead = [*classes.get(cls.rpartition(".")[2], (set(), set()))[0]]
    while ahead:
        base = ahead.pop()
        if base in seen:
            continue
        seen.add(base)
        bases, names = classes.get(base, (set(), set()))
        if name in names:
            return True
        ahead += bases
    return False


def _parsed(data: bytes) -> list[ast.stmt]:
    try:
        return tree_of(data).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
