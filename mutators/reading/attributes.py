"""The attributes that a file reads, object by object, and how each is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache

import libcst as cst

from .bindings import use
from .kinds import clashing, kind_by_convention, kind_of, kind_of_use
from .likeness import alike, is_counterpart, is_plural, spelling
from .source import Source

__all__ = ["Member", "Members", "members"]

_NO_VALUES = (cst.ImportAlias, cst.ImportFrom, cst.Import)


@dataclass
class Member:
    """One attribute of one object, as all of a file or function uses it."""

    name: str
    uses: set[str] = field(default_factory=set)
    written: str = ""
    """The type of what is assigned to it, as far as it shows."""
    set_at: list[int] = field(default_factory=list)
    """Where it is assigned."""
    read_at: list[int] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The type of its value, or ""."""
        return self.written or kind_of_use(frozenset(self.uses)) or kind_by_convention(self.name)

    @property
    def is_data(self) -> bool:
        """Whether it holds a value, rather than being a method."""
        return bool(self.set_at) or bool(self.uses - {"called"})

    def likeness(self, other: Member) -> float:
        """Return how easily the two are confused: used alike, spelt alike, or halves of a pair."""
        if clashing(self.kind, other.kind) or is_plural(self.name, other.name):
            return 0.0
        same = 0.25 if self.kind and self.kind == other.kind else 0.0
        paired = 0.5 if is_counterpart(self.name, other.name) else 0.0
        return alike(self.uses, other.uses) + spelling(self.name, other.name) + same + paired


class Members:
    """Attributes by the object they belong to.

    `self` is one object in all of a class; an imported or capitalised name is one in all of a file; any
    other name or path is one within a function.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._imported = _imported(source)
        self._groups: defaultdict[Hashable, dict[str, Member]] = defaultdict(dict)
        for node in source.nodes(cst.Attribute):
            group = self.group(node)
            if group is not None and not isinstance(source.parent(node), _NO_VALUES):
                self._note(node, self._groups[group])

    def group(self, node: cst.Attribute) -> Hashable | None:
        """Return what stands for the object whose attribute `node` is."""
        owner = node.value
        match owner:
            case cst.Name("self" | "cls"):
                return self._source.enclosing(node, cst.ClassDef), "self"
            case cst.Name(name) if name in self._imported or name[:1].isupper():
                return None, name
            case cst.Name() | cst.Attribute():
                return self._source.enclosing(node, cst.FunctionDef), self._source.text(owner)
            case _:
                return None

    def of(self, node: cst.Attribute) -> dict[str, Member]:
        """Return all attributes that are used of the same object, by name."""
        group = self.group(node)
        return self._groups[group] if group is not None else {}

    def is_module(self, name: str) -> bool:
        """Say whether a name is imported: a module, or something out of one."""
        return name in self._imported

    def _note(self, node: cst.Attribute, group: dict[str, Member]) -> None:
        name = node.attr.value
        member = group.setdefault(name, Member(name))
        start = self._source.span(node)[0]
        if not self._source.is_target(node):
            member.uses.add(use(self._source, node))
            member.read_at.append(start)
            return
        holder = self._source.holder(node)[1]
        if not isinstance(holder, cst.Del):
            member.set_at.append(start)
        around = self._source.parent(holder) if isinstance(holder, cst.AssignTarget) else holder
        if isinstance(around, cst.Assign | cst.AnnAssign) and self._source.parent(node) is holder:
            member.written = member.written or kind_of(around.value)


@lru_cache(maxsize=8)  # many rules ask for the same file
def members(source: Source) -> Members:
    """Return the attributes that a file uses."""
    return Members(source)


def _imported(source: Source) -> frozenset[str]:
    names: set[str] = set()
    for alias in source.nodes(cst.ImportAlias):
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            names.add(alias.asname.name.value)
        else:
            names.add(source.text(alias.name).decode().partition(".")[0])
    return frozenset(names)
