"""Which local names are certainly bound where in a function, and how each is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import libcst as cst

from .source import Source

__all__ = ["Binding", "Function", "functions", "use"]
_PATTERNS = (cst.MatchPattern, cst.MatchKeywordElement)


@dataclass(frozen=True)
class Binding:
    """A name that holds a value wherever control reaches the bytes from `start` to `end`.

    Control flow is followed by blocks alone: what is assigned inside an `if` counts only to the end of that
    block. That misses some places and is never wrong about one.
    """

    name: str
    start: int
    end: int
    binder: cst.CSTNode
    """The statement, parameter list or clause that binds it."""


@dataclass(frozen=True, eq=False)
class Function:
    """One function's own local names; functions inside it are functions of their own."""

    node: cst.FunctionDef
    bindings: tuple[Binding, ...]
    reads: tuple[cst.Name, ...]
    """Every read of a name the function binds, in source order."""
    uses: dict[str, frozenset[str]]
    """What the function does with each name: which attributes it reads, whether it calls or compares it."""

    def visible(self, position: int) -> list[Binding]:
        """Return the bindings in force at `position`, the latest one of each name, in order of binding."""
        found = {b.name: b for b in self.bindings if b.start <= position < b.end}
        return sorted(found.values(), key=lambda b: (b.start, b.name))


@lru_cache(maxsize=8)  # many rules ask for the same file
def functions(source: Source) -> tuple[Function, ...]:
    """Return every function of a file with its local names, in source order."""
    names: defaultdict[cst.FunctionDef, list[cst.Name]] = defaultdict(list)
    for name in source.nodes(cst.Name):
        function = source.enclosing(name, cst.FunctionDef)
        if function is not None:
            names[function].append(name)
    return tuple(_function(source, node, names[node]) for node in source.nodes(cst.FunctionDef))


def _function(source: Source, node: cst.FunctionDef, names: list[cst.Name]) -> Function:
    bindings = [binding for name in names for binding in _bound(source, name)]
    unsure = {name.value for name in names if _is_unsure(source, name)}
    bindings = [binding for binding in bindings if binding.name not in unsure]
    bound = {binding.name for binding in bindings}
    reads = [name for name in names if name.value in bound and _is_read(source, name)]
    uses: defaultdict[str, set[str]] = defaultdict(set)
    for name in reads:
        uses[name.value].add(use(source, name))
    by_name = {name: frozenset(found) for name, found in uses.items()}
    return Function(node, tuple(bindings), tuple(reads), by_name)


def _bound(source: Source, name: cst.Name) -> Iterator[Binding]:
    """Yield where `name` is bound by standing where it stands; nothing for a mere read."""
    whole, holder = source.holder(name)
    match holder:
        case cst.Param(name=bound) if bound is name:
            function = source.enclosing(holder, cst.FunctionDef | cst.Lambda)  # type: ignore[arg-type] # a union
            if isinstance(function, cst.FunctionDef | cst.Lambda):
                yield Binding(name.value, *source.span(function.body), function.params)
        case cst.AssignTarget():
            yield from _to_block_end(source, name, source.parent(holder))
        case cst.AnnAssign(target=target, value=value) if target is whole and value is not None:
            yield from _to_block_end(source, name, holder)
        case cst.For(target=target) if target is whole:
            yield Binding(name.value, *source.span(holder.body), holder)
        case cst.CompFor(target=target) if target is whole:
            yield from _in_comprehension(source, name, holder)
        case cst.AsName():
            item = source.parent(holder)
            clause = source.parent(item) if isinstance(item, cst.WithItem) else item
            if isinstance(clause, cst.With | cst.ExceptHandler):
                yield Binding(name.value, *source.span(clause.body), clause)


def _to_block_end(source: Source, name: cst.Name, statement: cst.CSTNode | None) -> Iterator[Binding]:
    if statement is None:
        return
    block = source.enclosing(statement, cst.BaseSuite)  # type: ignore[type-abstract] # only asked for
    if block is not None:
        yield Binding(name.value, source.span(statement)[1], source.span(block)[1], statement)


def _in_comprehension(source: Source, name: cst.Name, clause: cst.CompFor) -> Iterator[Binding]:
    outermost: cst.CSTNode = clause
    around = source.parent(clause)
    while isinstance(around, cst.CompFor):
        outermost, around = around, source.parent(around)
    if around is not None:
        start, end = source.span(around)
        yield Binding(name.value, start, source.span(outermost)[0], clause)  # the element
        yield Binding(name.value, source.outer(clause.iter)[1], end, clause)  # the conditions and inner loops


def _is_unsure(source: Source, name: cst.Name) -> bool:
    """Say whether `name` is taken away here, or belongs to a scope outside of the function."""
    _, holder = source.holder(name)
    return isinstance(holder, cst.Del | cst.NameItem)


def _is_read(source: Source, name: cst.Name) -> bool:
    around = source.parent(name)
    match around:
        case cst.Attribute(value=value):
            return value is name and not isinstance(source.parent(around), _PATTERNS)
        case cst.Arg(value=value):
            return value is name
        case cst.Param() | cst.FunctionDef() | cst.ClassDef() | cst.ImportAlias() | cst.NameItem():
            return False
        case _:
            return not isinstance(around, _PATTERNS) and not source.is_target(name)


def use(source: Source, node: cst.BaseExpression) -> str:
    """Return what is done with a value where it is read: which attribute is taken, what it is passed to."""
    around = source.parent(node)
    match around:
        case cst.Attribute(attr=cst.Name(attribute)):
            return f".{attribute}"
        case cst.Call():
            return "called"
        case cst.Arg():
            call = source.parent(around)
            return source.text(call.func).decode() if isinstance(call, cst.Call) else "base"
        case _:
            return type(around).__name__
