"""The right object, but not the right attribute of it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.attributes import Member, Members, members
from rpsdg.mutators.reading.repetition import repeats
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["WrongAttribute"]

_ALTERNATIVES = 2
_LEAST_LIKENESS = 0.9


class WrongAttribute(Mutator):
    """Read the wrong attribute: an object is asked for another of its values than the one that was meant.

    Plants
        A mix-up of two attributes that look alike or serve alike.
    Shows as
        Results are right only for objects that have the same value in both.
    """

    family = "members"
    sample = Sample(
        before="class Box:\n    def __init__(self, width, height):\n        self.width = width\n"
        "        self.height = height\n\n    def area(self):\n        return self.width * self.height\n",
        after="class Box:\n    def __init__(self, width, height):\n        self.width = width\n"
        "        self.height = height\n\n    def area(self):\n        return self.width * self.width\n",
        test="def test_area():\n    assert Box(2, 3).area() == 6\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        known = members(source)
        for node in source.nodes(cst.Attribute):
            for other in _confusable(source, known, node):
                yield source.replace(node.attr, other.encode())

    def explain(self) -> str:
        return f"The wrong attribute is read: write {shown(self.old)}, not {shown(self.new)}."


def _confusable(source: Source, known: Members, node: cst.Attribute) -> list[str]:
    """Return the attributes most easily taken for the one that is read, the likeliest first."""
    siblings = known.of(node)
    meant = siblings.get(node.attr.value)
    if meant is None or len(siblings) < 2 or not _is_read(source, node):
        return []
    function = source.enclosing(node, cst.FunctionDef)
    if function is None:
        return []  # what the module needs to be loaded at all
    likeness = {
        other.name: meant.likeness(other)
        for other in siblings.values()
        if other is not meant and _may_stand_in(source, function, node, other, known)
    }
    likely = [
        other
        for other, value in likeness.items()
        if value >= _LEAST_LIKENESS and not repeats(source, node.attr, other.encode())
    ]
    return sorted(likely, key=lambda other: (-likeness[other], other))[:_ALTERNATIVES]


def _is_read(source: Source, node: cst.Attribute) -> bool:
    """Say whether the value itself is used: not called, and not merely passed through to a part of it."""
    if source.is_target(node) or node.attr.value.startswith("__"):
        return False
    match source.parent(node):
        case cst.Call() | cst.Attribute() | cst.Decorator() | cst.ImportFrom() | cst.ImportAlias():
            return False
        case cst.MatchValue() | cst.MatchClass() | cst.ExceptHandler():
            return False
        case _:
            return True


def _may_stand_in(
    source: Source, function: cst.FunctionDef, node: cst.Attribute, other: Member, known: Members
) -> bool:
    """Say whether the object surely has the other attribute by then."""
    if not other.is_data or other.name.startswith("__"):
        return False
    start = source.span(node)[0]
    first, last = source.span(function)
    is_self = source.text(node.value) in {b"self", b"cls"}
    if is_self and function.name.value == "__init__":
        return any(first <= position < start for position in other.set_at)
    is_shared = isinstance(node.value, cst.Name) and known.is_module(node.value.value)
    if is_self or is_shared or source.text(node.value)[:1].isupper():
        return node.attr.value.isupper() == other.name.isupper()
    return any(first <= position < last for position in (*other.read_at, *other.set_at))
