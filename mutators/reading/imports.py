"""Functions of other modules, as one file imports and calls them."""

from __future__ import annotations

from collections import defaultdict

import libcst as cst

from .attributes import members
from .likeness import closest
from .source import Source

__all__ = ["Imported"]


class Imported:
    """Functions of other modules, by where they come from and how this file calls them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._members = members(source)
        self._origins: dict[str, object] = {}
        for statement in source.nodes(cst.ImportFrom):
            if not isinstance(statement.names, cst.ImportStar):
                for alias in statement.names:
                    name = alias.asname.name if alias.asname is not None else alias.name
                    self._origins[source.text(name).decode()] = statement
        self._called: defaultdict[object, set[str]] = defaultdict(set)
        for call in source.nodes(cst.Call):
            self._called[self._key(call)].add(self._name(call))

    def siblings(self, call: cst.Call) -> list[str]:
        """Return names imported by the same statement that are called in the same way."""
        name = self._name(call)
        return closest(name, self._called[self._key(call)]) if name in self._origins else []

    def relatives(self, call: cst.Call) -> list[str]:
        """Return functions of the same imported module that are called in the same way."""
        match call.func:
            case cst.Attribute(value=cst.Name(owner)) if self._members.is_module(owner):
                return closest(self._name(call), self._called[self._key(call)])
            case _:
                return []

    def _name(self, call: cst.Call) -> str:
        match call.func:
            case cst.Name(name) | cst.Attribute(attr=cst.Name(name)):
                return name
            case _:
                return ""

    def _key(self, call: cst.Call) -> object:
        match call.func:
            case cst.Name(name):
                return self._origins.get(name), name[:1].isupper(), _shape(call)
            case cst.Attribute(value=owner, attr=cst.Name(name)):
                return self._source.text(owner), name[:1].isupper(), _shape(call)
            case _:
                return None


def _shape(call: cst.Call) -> tuple[int, frozenset[str]]:
    """Return how many arguments a call passes by position, and the names of the others."""
    named = frozenset(arg.keyword.value for arg in call.args if arg.keyword is not None)
    return len(call.args) - len(named), named | {arg.star for arg in call.args if arg.star}
