"""setup.py, parsed and never run: what is computed there is left to the build inside the sandbox."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from ..tree import Tree
from .files import known, strings, text
from .pep621 import extras_wanted
from .reading import Reading, Wanted, purpose_of
from .requirements import read_lines

__all__ = ["parse_module", "read_setup_py"]

_READ = (
    "name",
    "version",
    "python_requires",
    "classifiers",
    "install_requires",
    "tests_require",
    "extras_require",
)


class _ComputedError(Exception):
    """An expression that only running it could tell the value of."""


def read_setup_py(tree: Tree) -> Reading:
    """Read the literal arguments of the call of `setup`."""
    module = parse_module(text(tree, "setup.py"))
    if module is None:
        return Reading(installable="setup.py" in tree)
    call = next(
        (
            node
            for node in ast.walk(module)
            if isinstance(node, ast.Call) and _name(node.func).rpartition(".")[2] == "setup"
        ),
        None,
    )
    if call is None:
        return Reading(installable=True)
    names = {
        target.id: node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    values: dict[str, object] = {}
    unread: list[str] = []
    for keyword in call.keywords:
        if keyword.arg in _READ:
            try:
                values[keyword.arg] = _value(keyword.value, names, 0)
            except _ComputedError:
                unread.append(f"setup.py: `{keyword.arg}` is computed")
    needed = strings(values.get("install_requires"))
    wanted = [Wanted(text, "setup.py install_requires", "runtime") for text in needed]
    extras = values.get("extras_require")
    for name, texts in extras.items() if isinstance(extras, dict) else ():
        wanted += extras_wanted(str(name), strings(texts), "setup.py extras_require")
    if "extras_require" not in values:
        # The names alone: their requirements are then asked of the build.
        keyword_value = next((k.value for k in call.keywords if k.arg == "extras_require"), None)
        for name in _keys(keyword_value, names):
            if purpose_of(name) != "other":
                wanted.append(Wanted(f".[{name}]", f"setup.py extras_require {name}", purpose_of(name)))
    tests = read_lines(tree, strings(values.get("tests_require")), "setup.py tests_require", "test")
    return Reading(
        name=known(values.get("name")),
        version=known(values.get("version")),
        requires_python=known(values.get("python_requires")),
        classifiers=strings(values.get("classifiers")),
        installable=True,
        wanted=(*wanted, *tests.wanted),
        unread=(*unread, *tests.unread),
    )


def parse_module(source: str | None) -> ast.Module | None:
    """Parse a module of any age and intent; None where it cannot be."""
    try:
        return ast.parse(source) if source is not None else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _value(node: ast.expr, names: Mapping[str, ast.expr], depth: int) -> object:
    """Return a value that is written out, if need be under names and as sums."""
    if depth > 20:
        raise _ComputedError
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name) if name in names:
            return _value(names[name], {k: v for k, v in names.items() if k != name}, depth + 1)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_value(item, names, depth + 1) for item in items]
        case ast.Dict(keys=keys, values=values):
            return {
                _hashable(_value(key, names, depth + 1)): _value(value, names, depth + 1)
                for key, value in zip(keys, values, strict=True)
                if key is not None
            }
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            return {k.arg: _value(k.value, names, depth + 1) for k in keywords if k.arg is not None}
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = _value(left, names, depth + 1), _value(right, names, depth + 1)
            if isinstance(first, list) and isinstance(second, list):
                return [*first, *second]
            if isinstance(first, str) and isinstance(second, str) and len(first) + len(second) < 10_000:
                return first + second
    raise _ComputedError


def _hashable(value: object) -> object:
    if isinstance(value, list | dict):
        raise _ComputedError
    return value


def _keys(node: ast.expr | None, names: Mapping[str, ast.expr]) -> list[str]:
    if isinstance(node, ast.Name):
        node = names.get(node.id)
    if isinstance(node, ast.Dict):
        return [k.value for k in node.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)]
    if isinstance(node, ast.Call) and _name(node.func) == "dict":
        return [k.arg for k in node.keywords if k.arg is not None]
    return []


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_name(value)}.{name}"
    return ""
