"""The right object, but not the right method of it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.likeness import is_counterpart, spelling
from rpsdg.mutators.reading.signatures import Signature, callables
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["WrongMethod"]

_ALTERNATIVES = 2
_LEAST_LIKENESS = 0.6
_TABLE = """
strip 0-1 lstrip rstrip; lstrip 0-1 strip; rstrip 0-1 strip; lower 0 upper; upper 0 lower
title 0 capitalize; capitalize 0 title; ljust 1-2 rjust; rjust 1-2 ljust; split 2 rsplit; rsplit 2 split
find 1-3 rfind; rfind 1-3 find; rindex 1-3 index; startswith 1 endswith; endswith 1 startswith
partition 1 rpartition; rpartition 1 partition; removeprefix 1 removesuffix; removesuffix 1 removeprefix
isdigit 0 isalnum; isalnum 0 isalpha; isalpha 0 isalnum; islower 0 isupper; isupper 0 islower
extend 1 append; popleft 0 pop; appendleft 1 append; extendleft 1 extend; discard 1 remove
keys 0 values; values 0 keys; setdefault 2 get; union 1-9 intersection; intersection 1-9 union
issubset 1 issuperset; issuperset 1 issubset; symmetric_difference 1 difference
match 1-3 search; search 1-3 match; fullmatch 1-3 match; read 0 readline; readline 0 read
is_dir 0 exists; is_file 0 exists; exists 0 is_file; rglob 1 glob
"""
"""What methods of common types are mistaken for, and with how many arguments that goes unnoticed."""
_ENTRIES = [entry.split() for entry in _TABLE.replace(";", "\n").strip().splitlines()]
_SIBLINGS = {
    method: (others, range(int(arity[0]), int(arity[-1]) + 1)) for method, arity, *others in _ENTRIES
}


class WrongMethod(Mutator):
    """Call the wrong method: an object is asked to do something close to what was meant.

    Plants
        `startswith` for `endswith`, `get` for `setdefault`, or one method of a class for its neighbour.
    Shows as
        Right for inputs on which both methods agree, and close to right for the others.
    """

    family = "members"
    sample = Sample(
        before="def is_hidden(name):\n    return name.startswith('.')\n",
        after="def is_hidden(name):\n    return name.endswith('.')\n",
        test="def test_dot_files_are_hidden():\n    assert is_hidden('.git')\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for call in source.nodes(cst.Call):
            if isinstance(call.func, cst.Attribute) and source.enclosing(call, cst.FunctionDef) is not None:
                for other in _confusable(source, call, call.func):
                    yield source.replace(call.func.attr, other.encode())

    def explain(self) -> str:
        return f"The wrong method is called: write {shown(self.old)}, not {shown(self.new)}."


def _confusable(source: Source, call: cst.Call, func: cst.Attribute) -> list[str]:
    if isinstance(func.value, cst.Name) and func.value.value in {"self", "cls"}:
        return _neighbours(source, call)
    name = func.attr.value
    if name not in _SIBLINGS or any(arg.star or arg.keyword for arg in call.args):
        return []
    if isinstance(func.value, cst.Name) and func.value.value[:1].isupper():
        return []  # a class or a constant of someone else's making
    others, arity = _SIBLINGS[name]
    if name in {"strip", "lstrip", "rstrip"} and not _is_kept(source, call):
        return []  # asked only whether anything is left: the same from both ends
    return others[:_ALTERNATIVES] if len(call.args) in arity else []


def _is_kept(source: Source, call: cst.Call) -> bool:
    around = source.parent(call)
    return not isinstance(around, cst.Comparison | cst.BooleanOperation | cst.UnaryOperation | cst.If)


def _neighbours(source: Source, call: cst.Call) -> list[str]:
    """Return the methods of the same class that the call could mean as well, the likeliest first."""
    known = callables(source)
    meant, owner = known.meant(source, call), source.enclosing(call, cst.ClassDef)
    if meant is None or owner is None:
        return []
    inside = source.enclosing(call, cst.FunctionDef)
    likeness = {
        other.name: _likeness(meant, other)
        for other in known.methods[owner].values()
        if other is not meant and other.node is not inside and _may_stand_in(meant, other, call)
    }
    likely = [other for other, value in likeness.items() if value >= _LEAST_LIKENESS]
    return sorted(likely, key=lambda other: (-likeness[other], other))[:_ALTERNATIVES]


def _may_stand_in(meant: Signature, other: Signature, call: cst.Call) -> bool:
    return (
        not other.name.startswith("__")
        and other.name.strip("_") != meant.name.strip("_")  # the one that does the other's work
        and not meant.name.startswith("__")
        and other.decorators == meant.decorators
        and other.free(call) is not None
        and meant.free(call) is not None
        and other.returns_value == meant.returns_value
    )


def _likeness(meant: Signature, other: Signature) -> float:
    names = [p.name.value for p in meant.positional], [p.name.value for p in other.positional]
    same = 0.25 if names[0] and names[0] == names[1] else 0.0
    return spelling(meant.name, other.name) + same + 0.5 * is_counterpart(meant.name, other.name)
