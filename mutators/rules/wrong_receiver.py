"""The right method or attribute, but of the wrong object."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.attributes import Members, members
from rpsdg.mutators.reading.bindings import Function, functions
from rpsdg.mutators.reading.repetition import repeats
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["WrongReceiver"]

_ALTERNATIVES = 2
_LEAST_LIKENESS = 0.75


class WrongReceiver(Mutator):
    """Ask the wrong object: a method is called on, or a value read from, another object of the same kind.

    Plants
        `self.left.size()` where `self.right.size()` was meant, `self.x` where `other.x` was.
    Shows as
        Results are right only while both objects are in the same state.
    """

    family = "members"
    sample = Sample(
        before="class Point:\n    def __init__(self, x):\n        self.x = x\n\n"
        "    def plus(self, other):\n        return Point(self.x + other.x)\n",
        after="class Point:\n    def __init__(self, x):\n        self.x = x\n\n"
        "    def plus(self, other):\n        return Point(self.x + self.x)\n",
        test="def test_plus():\n    assert Point(1).plus(Point(2)).x == 3\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        known = members(source)
        around = {function.node: function for function in functions(source)}
        for node in source.nodes(cst.Attribute):
            definition = source.enclosing(node, cst.FunctionDef)
            if definition is None or source.is_target(node):
                continue
            match node.value:
                case cst.Name():
                    for name in _others(source, around[definition], node):
                        yield source.replace(node.value, name.encode())
                case cst.Attribute(value=cst.Name()) as receiver:
                    for name in _sisters(source, known, receiver, definition):
                        yield source.replace(receiver.attr, name.encode())

    def explain(self) -> str:
        return f"The wrong object is asked: write {shown(self.old)}, not {shown(self.new)}."


def _others(source: Source, function: Function, node: cst.Attribute) -> Iterator[str]:
    """Yield the parameter that is of the same class as `self`, and the other way round.

    It is of the same class when the function asks both for the same attribute.
    """
    if node.attr.value.startswith("__") or not isinstance(node.value, cst.Name):
        return
    name, asked = node.value.value, f".{node.attr.value}"
    parameters = [b.name for b in function.bindings if b.binder is function.node.params]
    if not parameters or parameters[0] != "self" or name not in parameters:
        return
    for other in parameters[1:] if name == "self" else parameters[:1]:
        both = function.uses.get(other, frozenset()) & function.uses.get(name, frozenset())
        visible = any(b.name == other for b in function.visible(source.span(node)[0]))
        if asked in both and visible and not repeats(source, node.value, other.encode()):
            yield other


def _sisters(source: Source, known: Members, receiver: cst.Attribute, function: cst.FunctionDef) -> list[str]:
    """Return the attributes that hold an object of the same kind as `receiver`, the likeliest first."""
    siblings = known.of(receiver)
    meant = siblings.get(receiver.attr.value)
    around = source.parent(receiver)
    if meant is None or not isinstance(around, cst.Attribute) or source.text(receiver)[:1].isupper():
        return []
    if isinstance(receiver.value, cst.Name) and known.is_module(receiver.value.value):
        return []
    start = source.span(receiver)[0]
    first, last = source.span(function)
    begins = function.name.value == "__init__"
    likeness = {}
    for other in siblings.values():
        if other is meant or f".{around.attr.value}" not in other.uses:
            continue
        if begins and not any(first <= position < start for position in other.set_at):
            continue
        if source.text(receiver.value) != b"self" and not any(first <= p < last for p in other.read_at):
            continue
        likeness[other.name] = meant.likeness(other)
    likely = [
        other
        for other, value in likeness.items()
        if value >= _LEAST_LIKENESS and not repeats(source, receiver.attr, other.encode())
    ]
    return sorted(likely, key=lambda other: (-likeness[other], other))[:_ALTERNATIVES]
