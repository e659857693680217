"""Functions and classes without what was to be made of them."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.definitions import decorator_name, is_needed_early, mentions
from rpsdg.mutators.reading.leftovers import strands_import
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedDecorator"]

_SEEN = frozenset(
    {
        "property",
        "cached_property",
        "staticmethod",
        "classmethod",
        "abstractmethod",
        "wraps",
        "total_ordering",
    }
    | {"contextmanager", "asynccontextmanager", "coroutine", "register", "unique", "singledispatch"}
)
"""Decorators that a test sees: others are there for speed, for type checkers or for a framework."""
_CLASS_ALREADY = {"__new__", "__init_subclass__", "__class_getitem__"}
"""Python makes these what the decorator would make them."""


class DroppedDecorator(Mutator):
    """Drop a decorator: a function is defined, and what should be made of it is not made.

    Plants
        A method where a property was meant, a wrapper that hides what it wraps, a handler nobody calls.
    Shows as
        A `TypeError`, a bound method in place of its value, or a wrong `__name__`.
    """

    family = "definitions"
    sample = Sample(
        before=(
            "class Square:\n    def __init__(self, size):\n        self.size = size\n\n"
            "    @property\n    def area(self):\n        return self.size**2\n"
        ),
        after=(
            "class Square:\n    def __init__(self, size):\n        self.size = size\n\n"
            "    def area(self):\n        return self.size**2\n"
        ),
        test="def test_area():\n    assert Square(3).area == 9\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for decorator in source.nodes(cst.Decorator):
            definition = source.parent(decorator)
            name = decorator_name(decorator)
            if not isinstance(definition, cst.FunctionDef | cst.ClassDef):
                continue
            if name not in _SEEN and not name.startswith("register_"):
                continue
            if definition.name.value in _CLASS_ALREADY and name in {"staticmethod", "classmethod"}:
                continue
            if name == "staticmethod" and _is_asked_of_class(source, definition.name.value):
                continue
            if isinstance(definition, cst.FunctionDef) and is_needed_early(source, definition.name.value):
                continue
            start, end = source.span(decorator)
            start, end = source.line_start(start), source.line_end(end)
            if not strands_import(source, start, end):
                yield source.cut(start, end)

    def explain(self) -> str:
        return f"The definition lacks its decorator: put {shown(self.old)} back."


def _is_asked_of_class(source: Source, name: str) -> bool:
    """Say whether only the class itself is asked for the method: there a bare function does as well."""
    around = [source.parent(node) for node in mentions(source, name)]
    owners = [node.value for node in around if isinstance(node, cst.Attribute)]
    return bool(owners) and all(isinstance(o, cst.Name) and o.value[:1].isupper() for o in owners)
