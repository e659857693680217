"""Functions that return something else than what they worked out."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.bindings import Function
from rpsdg.mutators.reading.effects import callee
from rpsdg.mutators.reading.kinds import clashing, kinds
from rpsdg.mutators.reading.leftovers import scope_of
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["WrongReturn"]

_ALTERNATIVES = 2
_MEASURES = frozenset(
    {"cls", "len", "int", "bool", "sum", "id", "hash", "ord", "type", "isinstance", "getattr", "iter"}
    | {"pop", "popleft", "get", "setdefault", "index", "find", "count", "group", "read", "partition"}
)
"""Functions and methods whose results are of another kind than what they are made from."""


class WrongReturn(Mutator):
    """Return the wrong value: what the result was made from comes back, not the result.

    Plants
        A function that does its work for nothing and hands back what it was given.
    Shows as
        Results are right only where there was nothing to do.
    """

    family = "returns"
    sample = Sample(
        before=(
            "def positive(numbers):\n    found = []\n    for number in numbers:\n        if number > 0:\n"
            "            found.append(number)\n    return found\n"
        ),
        after=(
            "def positive(numbers):\n    found = []\n    for number in numbers:\n        if number > 0:\n"
            "            found.append(number)\n    return numbers\n"
        ),
        test="def test_others_go():\n    assert positive([1, -1]) == [1]\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for statement in source.nodes(cst.Return):
            name, function = statement.value, scope_of(source, statement)
            if isinstance(name, cst.Name) and function is not None:
                for other in _origins(source, function, name):
                    yield source.replace(name, other.encode())

    def explain(self) -> str:
        return f"The wrong value is returned: write {shown(self.old)}, not {shown(self.new)}."


def _origins(source: Source, function: Function, name: cst.Name) -> list[str]:
    """Return the variables from which the returned one was made, in the order in which they are read."""
    visible = {binding.name for binding in function.visible(source.span(name)[0])}
    if name.value not in visible or sum(read.value == name.value for read in function.reads) < 2:
        return []  # nothing else reads the result: it would be seen to be unused
    of = kinds(source, function)
    found = [
        other
        for binding in function.bindings
        if binding.name == name.value and isinstance(binding.binder, cst.Assign)
        for other in _made_from(source, function, binding.binder)
        if other in visible - {name.value, "self", "cls", "_"} and not clashing(of[name.value], of[other])
    ]
    return list(dict.fromkeys(found))[:_ALTERNATIVES]


def _made_from(source: Source, function: Function, statement: cst.Assign) -> Iterator[str]:
    """Yield the variable that an assignment turns into another one: `x` in `y = x.strip()`."""
    match statement.value:
        case cst.Call(func=cst.Attribute(value=cst.Name(owner))) as call if owner in function.uses:
            if callee(call) not in _MEASURES:
                yield owner
        case (
            cst.Call(
                func=cst.Name() | cst.Attribute(value=cst.Name()),
                args=[cst.Arg(value=cst.Name(name), keyword=None, star=""), *_],
            ) as call
        ):
            called = callee(call)
            if called not in _MEASURES and not called[0].isupper():
                yield name
        case cst.Subscript(value=cst.Name(name), slice=[cst.SubscriptElement(slice=cst.Slice())]):
            yield name
        case cst.ListComp(for_in=cst.CompFor(iter=cst.Name(name))):
            yield name
        case cst.List(elements=[]):
            yield from _loops_over(source, function)
        case _:
            pass


def _loops_over(source: Source, function: Function) -> Iterator[str]:
    for read in function.reads:
        around = source.parent(read)
        if isinstance(around, cst.For) and around.iter is read:
            yield read.value
