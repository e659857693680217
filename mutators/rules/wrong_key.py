"""The right container, but not the right entry of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.bindings import Function, functions, use
from rpsdg.mutators.reading.kinds import clashing, kinds
from rpsdg.mutators.reading.likeness import alike, is_counterpart, is_plural, spelling
from rpsdg.mutators.reading.repetition import repeats
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["WrongKey"]

_ALTERNATIVES = 2
_LEAST_LIKENESS = 0.5


class WrongKey(Mutator):
    """Use the wrong key: a container is asked for another of its entries than the one that was meant.

    Plants
        One index or key in place of another that the same container is asked for elsewhere.
    Shows as
        A neighbour's value, or a `KeyError` where the other entry is not there.
    """

    family = "literals"
    sample = Sample(
        before="def area(box):\n    return box['width'] * box['height']\n\n\n"
        "def room(box, above):\n    return box['height'] + above\n",
        after="def area(box):\n    return box['width'] * box['height']\n\n\n"
        "def room(box, above):\n    return box['width'] + above\n",
        test="def test_room():\n    assert room({'width': 3, 'height': 1}, 2) == 3\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        around = {function.node: function for function in functions(source)}
        lookups = list(_lookups(source))
        by_group: defaultdict[Hashable, list[_Lookup]] = defaultdict(list)
        for lookup in lookups:
            by_group[lookup.group].append(lookup)
        for lookup in lookups:
            for other in _confusable(source, around[lookup.function], lookup, by_group[lookup.group]):
                yield source.replace(lookup.key, other)

    def explain(self) -> str:
        return f"The wrong entry is looked up: write {shown(self.old)}, not {shown(self.new)}."


@dataclass(frozen=True)
class _Lookup:
    """One place that asks a container for an entry."""

    key: cst.Name | cst.SimpleString
    function: cst.FunctionDef
    group: Hashable
    use: str
    """What is done with the entry."""


def _lookups(source: Source) -> Iterator[_Lookup]:
    """Yield the lookups by variable and by text, in source order.

    Variables are compared within a function. Texts are compared in all of a file, because the same sort of
    record often goes by the same name everywhere.
    """
    nodes: Iterator[cst.Subscript | cst.Call] = source.nodes(cst.Subscript, cst.Call)
    for node in nodes:
        match node:
            case cst.Subscript(value=value, slice=[cst.SubscriptElement(cst.Index(key))]):
                pass
            case cst.Call(func=cst.Attribute(value=value, attr=cst.Name("get")), args=[cst.Arg(key), *_]):
                pass
            case _:
                continue
        function = source.enclosing(node, cst.FunctionDef)
        _, holder = source.holder(node)
        if function is None or isinstance(holder, cst.Del) or not isinstance(value, cst.Name | cst.Attribute):
            continue
        done = "set" if source.is_target(node) else use(source, node)
        if isinstance(key, cst.Name):
            yield _Lookup(key, function, (function, source.text(value)), done)
        elif isinstance(key, cst.SimpleString):
            yield _Lookup(key, function, (None, source.text(value), key.prefix), done)


def _confusable(source: Source, function: Function, lookup: _Lookup, others: list[_Lookup]) -> list[bytes]:
    """Return the keys most easily taken for the one that is used, the likeliest first."""
    meant = _name(lookup.key)
    visible = {binding.name for binding in function.visible(source.span(lookup.key)[0])}
    types = kinds(source, function)
    uses: defaultdict[str, set[str]] = defaultdict(set)
    texts: dict[str, bytes] = {}
    for other in others:
        uses[_name(other.key)].add(other.use)
        texts.setdefault(_name(other.key), source.text(other.key))
    likeness: dict[bytes, float] = {}
    for name, text in texts.items():
        if (
            name == meant
            or is_plural(name, meant)
            or (isinstance(lookup.key, cst.Name) and name not in visible)
        ):
            continue
        if isinstance(lookup.key, cst.Name) and clashing(types.get(name, ""), types.get(meant, "")):
            continue
        value = alike(uses[name], uses[meant]) + spelling(name, meant) + 0.5 * is_counterpart(name, meant)
        if value >= _LEAST_LIKENESS and lookup.use in uses[name] and not repeats(source, lookup.key, text):
            likeness[text] = value
    return sorted(likeness, key=lambda text: (-likeness[text], text))[:_ALTERNATIVES]


def _name(key: cst.Name | cst.SimpleString) -> str:
    return key.value if isinstance(key, cst.Name) else key.raw_value
