"""Methods that are not there, though something calls them."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.definitions import (
    cut_definition,
    decorator_names,
    is_needed_early,
    is_stub,
    lineage,
    mentions,
    methods,
)
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

from .dropped_special_method import SPECIAL

__all__ = ["DroppedMethod"]

_KEPT = SPECIAL | {"__init__", "__new__"}
_PLAIN = {"property", "staticmethod", "classmethod", "cached_property", "override", "contextmanager"}
_MOST = 25
"""Lines; a longer method is not forgotten."""


class DroppedMethod(Mutator):
    """Drop a method: a class lacks a method that overrides its base's, or that its other methods call.

    Plants
        The base class's version is used in its place, or there is none at all.
    Shows as
        A result that does not fit the class, or an `AttributeError`.
    """

    family = "definitions"
    sample = Sample(
        before=(
            "class Shape:\n    def area(self):\n        return 0\n\n\nclass Square(Shape):\n    size = 2\n\n"
            "    def area(self):\n        return self.size**2\n"
        ),
        after=(
            "class Shape:\n    def area(self):\n        return 0\n\n\nclass Square(Shape):\n    size = 2\n"
        ),
        test="def test_area():\n    assert Square().area() == 4\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        found = list(methods(source))
        defined = {(owner, function.name.value) for owner, function in found if not is_stub(function)}
        for owner, function in found:
            name = function.name.value
            if name in _KEPT or (owner, name) not in defined or len(owner.body.body) < 2:
                continue
            if set(decorator_names(function)) - _PLAIN or source.text(function).count(b"\n") > _MOST:
                continue
            overrides = any((base, name) in defined for base in lineage(source, owner)[0])
            if not (overrides or _is_called(source, owner, function)) or is_needed_early(source, name):
                continue
            site = cut_definition(source, function)
            if site is not None:
                yield site

    def explain(self) -> str:
        return f"The class lacks a method: put {shown(self.old)} back."


def _is_called(source: Source, owner: cst.ClassDef, function: cst.FunctionDef) -> bool:
    """Say whether another method of the class asks `self` or `cls` for the method."""
    first, last = source.span(owner)
    start, end = source.span(function)
    for node in mentions(source, function.name.value):
        match source.parent(node):
            case cst.Attribute(value=cst.Name("self" | "cls"), attr=attribute) if attribute is node:
                position = source.span(node)[0]
                if first < position < last and not start < position < end:
                    return True
    return False
