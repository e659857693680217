"""Loops that change what they run over."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.changes import is_changed
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.reading.standing import standing_alone
from rpsdg.mutators.wording import shown

__all__ = ["MutatedIteration"]

_VIEWS = {"items", "keys", "values"}


class MutatedIteration(Mutator):
    """Mutate what is iterated over: a loop runs over the very container that its body changes.

    Plants
        A loop that should have gone over a copy.
    Shows as
        Every second item is left out, or `dictionary changed size during iteration`.
    Seldom caught
        A loop that changes nothing, or only the last item it sees, runs the same; it takes a test
        with several items to be removed.
    """

    family = "calls"
    sample = Sample(
        before=(
            "def without_zeros(xs):\n    for x in list(xs):\n        if x == 0:\n            xs.remove(x)\n"
            "    return xs\n"
        ),
        after=(
            "def without_zeros(xs):\n    for x in xs:\n        if x == 0:\n            xs.remove(x)\n"
            "    return xs\n"
        ),
        test="def test_two_in_a_row():\n    assert without_zeros([0, 0, 1]) == [1]\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for loop in source.nodes(cst.For):
            if source.enclosing(loop, cst.FunctionDef) is None:
                continue
            match loop.iter:
                case (
                    cst.Call(
                        func=cst.Name("list" | "tuple"), args=[cst.Arg(keyword=None, star="", value=original)]
                    ) as copy
                ):
                    text = standing_alone(source, copy, original)
                case cst.Subscript(
                    value=original, slice=[cst.SubscriptElement(slice=cst.Slice(None, None, None))]
                ):
                    text = source.outer_text(original)
                case _:
                    continue
            if _is_changed_within(source, loop, _container(source, original)):
                yield source.replace(loop.iter, text)

    def explain(self) -> str:
        return f"The loop changes what it runs over: write {shown(self.old)}, not {shown(self.new)}."


def _container(source: Source, node: cst.BaseExpression) -> bytes:
    """Return the text of the list or dictionary that an iterable shows; nothing where it makes a new one."""
    match node:
        case cst.Name() | cst.Attribute():
            return source.text(node)
        case cst.Call(func=cst.Attribute(value=cst.Name() | cst.Attribute() as owner, attr=cst.Name(name))):
            return source.text(owner) if name in _VIEWS and not node.args else b""
        case cst.Call(func=cst.Name("enumerate" | "reversed"), args=[cst.Arg(value=value)]):
            return _container(source, value)
        case _:
            return b""


def _is_changed_within(source: Source, loop: cst.For, container: bytes) -> bool:
    """Say whether the body changes the container, itself or, where others can reach it, by what it calls."""
    if not container:
        return False
    if b"." not in container:
        return is_changed(source.text(loop.body), container)
    names = {node.value for node in descendants(loop.target) if isinstance(node, cst.Name)}
    return is_changed(source.text(loop.body), container) or any(
        isinstance(node, cst.Call) and any(_takes(node, name) for name in names)
        for node in descendants(loop.body)
    )


def _takes(call: cst.Call, name: str) -> bool:
    """Say whether a call is made on what `name` stands for, or is given it."""
    match call.func:
        case cst.Name(called) | cst.Attribute(value=cst.Name(called)) if called == name:
            return True
        case cst.Name(called) if hasattr(builtins, called):
            return False
        case _:
            return any(isinstance(arg.value, cst.Name) and arg.value.value == name for arg in call.args)
