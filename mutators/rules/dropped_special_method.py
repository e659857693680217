"""Classes that do not say how they are compared, printed, counted or copied."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.definitions import (
    cut_definition,
    decorator_names,
    is_needed_early,
    is_stub,
    methods,
)
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["SPECIAL", "DroppedSpecialMethod"]

SPECIAL = frozenset(
    {"__eq__", "__ne__", "__hash__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__len__"}
    | {"__contains__", "__iter__", "__reversed__", "__length_hint__", "__missing__", "__delitem__"}
    | {"__repr__", "__str__", "__bytes__", "__format__", "__fspath__", "__dir__", "__delattr__"}
    | {"__index__", "__int__", "__float__", "__neg__", "__pos__", "__abs__", "__invert__", "__round__"}
    | {"__radd__", "__rsub__", "__rmul__", "__rtruediv__", "__rand__", "__ror__", "__rxor__"}
    | {"__iadd__", "__isub__", "__imul__", "__iand__", "__ior__", "__ixor__", "__post_init__"}
    | {"__copy__", "__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__"}
    | {"__getnewargs__", "__init_subclass__", "__subclasshook__", "__instancecheck__"}
)
"""Methods that Python calls by itself, and mostly does not miss."""
_ORDER = {"__lt__", "__le__", "__gt__", "__ge__"}
_MOST = 25
"""Lines; a longer method is not forgotten."""


class DroppedSpecialMethod(Mutator):
    """Drop a special method: a class does not say how it is compared, printed, counted or copied.

    Plants
        Python falls back on what every object does, or on another special method.
    Shows as
        Equal objects that differ, an empty container that is true, a bare address where text was meant.
    """

    family = "definitions"
    sample = Sample(
        before=(
            "class Bag:\n    def __init__(self, items):\n        self.items = items\n\n"
            "    def __len__(self):\n        return len(self.items)\n\n"
            "    def __bool__(self):\n        return any(self.items)\n"
        ),
        after=(
            "class Bag:\n    def __init__(self, items):\n        self.items = items\n\n"
            "    def __len__(self):\n        return len(self.items)\n"
        ),
        test="def test_a_bag_of_zeros_is_false():\n    assert not Bag([0])\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for owner, function in methods(source):
            name = function.name.value
            if name not in SPECIAL or is_stub(function) or len(owner.body.body) < 2:
                continue
            if name in _ORDER and "total_ordering" in decorator_names(owner):
                continue  # it may be the only one of them
            if {"abstractmethod", "overload"} & set(decorator_names(function)):
                continue
            if source.text(function).count(b"\n") > _MOST or is_needed_early(source, name):
                continue
            site = cut_definition(source, function)
            if site is not None:
                yield site

    def explain(self) -> str:
        return f"The class lacks a special method: put {shown(self.old)} back."
