"""Two names for one object, where each should have had its own."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["SharedReference"]

_FLEETING = frozenset(
    {"len", "sum", "min", "max", "any", "all", "sorted", "set", "frozenset", "list", "tuple", "dict", "str"}
    | {"join", "print", "repr", "enumerate", "zip", "map", "filter", "iter", "reversed", "bytes", "extend"}
    | {"isinstance", "hash", "int", "float", "update", "write", "bytearray"}
)
"""Functions that do not keep what they are given."""


class SharedReference(Mutator):
    """Share a reference: the object itself is kept or handed out, where a copy of it was meant.

    Plants
        Two places that hold the same list or dictionary, and one of them changes it.
    Shows as
        The caller's own object, or a stored one, has changed though nobody asked for it.
    """

    family = "calls"
    sample = Sample(
        before="def with_end(words):\n    found = words[:]\n    found.append('.')\n    return found\n",
        after="def with_end(words):\n    found = words\n    found.append('.')\n    return found\n",
        test="def test_words_stay():\n    words = ['a']\n    with_end(words)\n    assert words == ['a']\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for copy in source.nodes(cst.Subscript, cst.List, cst.Dict, cst.ListComp):
            original = _original(copy)
            if not isinstance(original, cst.Name | cst.Attribute | cst.Subscript) or source.is_target(copy):
                continue
            if _outlives(source, copy, source.text(original)):
                yield source.splice(*source.outer(copy), source.outer_text(original))

    def explain(self) -> str:
        return f"The object is shared, not copied: write {shown(self.old)}, not {shown(self.new)}."


def _original(copy: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return the `x` of `x[:]`, `[*x]`, `{**x}` and `[y for y in x]`."""
    match copy:
        case cst.Subscript(value=value, slice=[cst.SubscriptElement(slice=cst.Slice(None, None, None))]):
            return value
        case cst.List(elements=[cst.StarredElement(value=value)]):
            return value
        case cst.Dict(elements=[cst.StarredDictElement(value=value)]):
            return value
        case cst.ListComp(
            elt=cst.Name(element),
            for_in=cst.CompFor(
                target=cst.Name(target), iter=value, ifs=[], inner_for_in=None, asynchronous=None
            ),
        ):
            return value if element == target else None
        case _:
            return None


def _outlives(source: Source, copy: cst.BaseExpression, original: bytes) -> bool:
    """Say whether the copy is kept where it may change, or where the original may."""
    match source.parent(copy):
        case cst.Assign(targets=targets):
            return all(source.text(target.target) != original for target in targets)
        case cst.AnnAssign(target=target):
            return source.text(target) != original
        case cst.Return() | cst.Yield() | cst.Element() | cst.DictElement() | cst.IfExp():
            return True
        case cst.Arg(star="") as arg:
            match source.parent(arg):
                case cst.Call(func=cst.Name(name) | cst.Attribute(attr=cst.Name(name))):
                    return name not in _FLEETING
                case _:
                    return False
        case _:
            return False
