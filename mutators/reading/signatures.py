"""The functions, methods and classes of a file, and which of them a call certainly means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import libcst as cst

from .source import Source, descendants

__all__ = ["Callables", "Signature", "callables", "is_forwarded"]

_HARMLESS = frozenset({"staticmethod", "classmethod", "cache", "lru_cache", "contextmanager", "wraps"})
"""Decorators that leave a function's parameters as they are."""


@dataclass(frozen=True)
class Signature:
    """What a function of this file takes, `self` or `cls` left out."""

    node: cst.FunctionDef
    positional: tuple[cst.Param, ...]
    keyword_only: tuple[cst.Param, ...]
    is_open: bool
    """Whether it takes any number of arguments or keywords."""
    decorators: frozenset[str]

    @property
    def name(self) -> str:
        """The function's name."""
        return self.node.name.value

    @property
    def parameters(self) -> tuple[cst.Param, ...]:
        """Every parameter with a name of its own."""
        return self.positional + self.keyword_only

    def free(self, call: cst.Call) -> list[cst.Param] | None:
        """Return the parameters that `call` gives no value; None where it does not fit or does not tell."""
        if any(arg.star for arg in call.args):
            return None
        given = sum(1 for arg in call.args if arg.keyword is None)
        named = {arg.keyword.value for arg in call.args if arg.keyword is not None}
        free = [p for p in self.positional[given:] + self.keyword_only if p.name.value not in named]
        known = {p.name.value for p in self.positional[given:] + self.keyword_only}
        if (given > len(self.positional) or named - known) and not self.is_open:
            return None
        return None if any(p.default is None for p in free) else free

    @cached_property
    def returns_value(self) -> bool:
        """Whether the function gives something back."""
        return any(isinstance(n, cst.Return) and n.value is not None for n in descendants(self.node.body))


@dataclass(frozen=True)
class Callables:
    """What can be called by name in one file."""

    functions: dict[str, Signature]
    """Functions of the module by name; only those that are defined once."""
    methods: dict[cst.ClassDef, dict[str, Signature]]
    classes: dict[str, cst.ClassDef]

    def meant(self, source: Source, call: cst.Call) -> Signature | None:
        """Return the function that `call` calls, or None when it is not certainly one of this file."""
        match call.func:
            case cst.Name(name) if name in self.functions:
                return self.functions[name]
            case cst.Name(name) if name in self.classes:
                return self.methods[self.classes[name]].get("__init__")
            case cst.Attribute(value=cst.Name("self" | "cls"), attr=cst.Name(name)):
                owner = source.enclosing(call, cst.ClassDef)
                return self.methods.get(owner, {}).get(name) if owner is not None else None
            case _:
                return None


@lru_cache(maxsize=8)  # many rules ask for the same file
def callables(source: Source) -> Callables:
    """Return what can be called by name in one file."""
    nodes: list[cst.FunctionDef] = list(source.nodes(cst.FunctionDef))
    classes: list[cst.ClassDef] = list(source.nodes(cst.ClassDef))
    once = Counter(
        node.name.value for node in _definitions(nodes, classes) if _owner(source, node) is source.module
    )
    functions: dict[str, Signature] = {}
    methods: dict[cst.ClassDef, dict[str, Signature]] = {node: {} for node in classes}
    for node in nodes:
        owner = _owner(source, node)
        signature = _signature(node, is_method=isinstance(owner, cst.ClassDef))
        if signature is None:
            continue
        if owner is source.module and once[node.name.value] == 1:
            functions[node.name.value] = signature
        elif isinstance(owner, cst.ClassDef):
            methods[owner][node.name.value] = signature
    known = {
        n.name.value: n for n in classes if _owner(source, n) is source.module and once[n.name.value] == 1
    }
    return Callables(functions, methods, known)


def _definitions(
    nodes: list[cst.FunctionDef], classes: list[cst.ClassDef]
) -> Iterator[cst.FunctionDef | cst.ClassDef]:
    yield from nodes
    yield from classes


def is_forwarded(source: Source, arg: cst.Arg) -> bool:
    """Say whether an argument passes on a parameter of the function around it: `*args`, `**kwargs`, `k=k`."""
    match arg:
        case cst.Arg(keyword=None, star="*" | "**", value=cst.Name(name)):
            pass
        case cst.Arg(keyword=cst.Name(keyword), value=cst.Name(name)) if keyword == name:
            pass
        case _:
            return False
    function = source.enclosing(arg, cst.FunctionDef)
    return function is not None and name in {p.name.value for p in _all_parameters(function.params)}


def _all_parameters(parameters: cst.Parameters) -> Iterator[cst.Param]:
    yield from (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params)
    if isinstance(parameters.star_arg, cst.Param):
        yield parameters.star_arg
    if parameters.star_kwarg is not None:
        yield parameters.star_kwarg


def _owner(source: Source, node: cst.FunctionDef | cst.ClassDef) -> cst.CSTNode | None:
    """Return the module, class or block that a definition stands in."""
    block = source.parent(node)
    if isinstance(block, cst.IndentedBlock):
        around = source.parent(block)
        return around if isinstance(around, cst.ClassDef) else block
    return block


def _signature(node: cst.FunctionDef, *, is_method: bool) -> Signature | None:
    decorators = {_decorator(decorator) for decorator in node.decorators}
    if decorators - _HARMLESS:
        return None
    parameters = node.params
    positional = (*parameters.posonly_params, *parameters.params)
    if is_method and "staticmethod" not in decorators:
        positional = positional[1:]
    is_open = isinstance(parameters.star_arg, cst.Param) or parameters.star_kwarg is not None
    return Signature(node, positional, tuple(parameters.kwonly_params), is_open, frozenset(decorators))


def _decorator(decorator: cst.Decorator) -> str:
    value = decorator.decorator
    value = value.func if isinstance(value, cst.Call) else value
    match value:
        case cst.Name(name) | cst.Attribute(attr=cst.Name(name)):
            return name
        case _:
            return ""
