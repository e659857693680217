"""Calls that pass one argument too few."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.commas import cut_item, emptied
from rpsdg.mutators.reading.fallbacks import fallback_index
from rpsdg.mutators.reading.signatures import is_forwarded
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedArgument"]

_VARIADIC = {"chain", "intersection", "join", "map", "max", "min", "print", "product", "union", "zip"}
"""Functions that take any number of values: any one of them can be missing."""
_FIXED = {"delattr", "divmod", "filter", "hasattr", "isinstance", "issubclass", "setattr", "super"}
"""Functions that need every argument: no one would leave one out for long."""
_TYPING = {"NamedTuple", "NewType", "ParamSpec", "TypeVar", "cast", "namedtuple"}
"""Functions whose arguments no test sees."""


class DroppedArgument(Mutator):
    """Drop an argument: a call no longer passes on what the callee needs to know.

    Plants
        The callee falls back on its default, or sees one value too few.
    Shows as
        Results are right wherever the default happens to be right, or the call raises a `TypeError`.
    """

    family = "arguments"
    sample = Sample(
        before="def by_length(words):\n    return sorted(words, key=len)\n",
        after="def by_length(words):\n    return sorted(words)\n",
        test="def test_short_words_come_first():\n    assert by_length(['aa', 'b']) == ['b', 'aa']\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for call in source.nodes(cst.Call):
            if _name(call) in _FIXED | _TYPING:
                continue
            for index in _droppable(call):
                if is_forwarded(source, call.args[index]) or index == fallback_index(call):
                    continue  # these mistakes have mutators of their own
                site = cut_item(source, call.args, index) if len(call.args) > 1 else emptied(source, call)
                if site is not None:
                    yield site

    def explain(self) -> str:
        return f"The call passes too little: add the argument {shown(self.old)}."


def _droppable(call: cst.Call) -> list[int]:
    """Return which arguments can go without the others changing their meaning."""
    named = [i for i, arg in enumerate(call.args) if arg.keyword or arg.star == "**"]
    positional = [i for i, arg in enumerate(call.args) if i not in named]
    if len(positional) < 2:
        positional = []
    elif _name(call) not in _VARIADIC:
        positional = positional[-1:]
    return sorted(named + positional)


def _name(call: cst.Call) -> str:
    match call.func:
        case cst.Name(name) | cst.Attribute(attr=cst.Name(name)):
            return name
        case _:
            return ""
