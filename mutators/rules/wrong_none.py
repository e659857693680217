"""`None` where an empty value was meant, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.kinds import kind_by_convention, kind_of
from rpsdg.mutators.reading.places import is_for_people, runs_when_called
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["WrongNone"]

_EMPTY = {
    "int": b"0",
    "str": b"''",
    "text": b"''",
    "list": b"[]",
    "dict": b"{}",
    "tuple": b"()",
    "bool": b"False",
}


class WrongNone(Mutator):
    """Mistake `None` for an empty value, or an empty value for `None`.

    Plants
        `None` where a list, a text or a number was meant, or one that is empty where `None` has a meaning.
    Shows as
        A `TypeError` when there is nothing to work on, or "missing" and "empty" can no longer be told apart.
    """

    family = "literals"
    sample = Sample(
        before="def words(line):\n    if not line:\n        return []\n    return line.split()\n",
        after="def words(line):\n    if not line:\n        return None\n    return line.split()\n",
        test="def test_no_words():\n    assert words('') == []\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        values: Iterator[Value] = source.nodes(
            cst.Name, cst.Integer, cst.SimpleString, cst.List, cst.Dict, cst.Tuple
        )
        for value in values:
            if _is_empty(source, value) or source.text(value) == b"None":
                new = _instead(source, value)
                if new and runs_when_called(source, value) and not is_for_people(source, value):
                    yield source.replace(value, new)

    def explain(self) -> str:
        return f"Nothing and `None` are not the same here: write {shown(self.old)}, not {shown(self.new)}."


Value = cst.Name | cst.Integer | cst.SimpleString | cst.List | cst.Dict | cst.Tuple


def _is_empty(source: Source, value: Value) -> bool:
    return source.text(value) in {b"0", b"''", b'""', b"b''", b"[]", b"{}", b"()", b"False"}


def _instead(source: Source, value: Value) -> bytes:
    """Return what is written in the value's place, nothing where it is safe from being mistaken."""
    is_none = source.text(value) == b"None"
    match source.parent(value):
        case cst.Return() as leaving:
            return _EMPTY[_returned(source, leaving)] if is_none else b"None"
        case cst.Assign(
            targets=[cst.AssignTarget(target=cst.Name(name) | cst.Attribute(attr=cst.Name(name)))]
        ):
            kind = kind_by_convention(name)
        case cst.Arg(keyword=cst.Name(name)):
            kind = kind_by_convention(name)
        case _:
            return b""
    if is_none:
        return _EMPTY.get(kind, b"")
    return b"" if source.text(value) == b"False" else b"None"  # a flag that is `None` is as good as off


def _returned(source: Source, leaving: cst.Return) -> str:
    """Return the kind of value that the function returns elsewhere."""
    function = source.enclosing(leaving, cst.FunctionDef)
    if function is not None:
        for node in source.nodes(cst.Return):
            if node.value is not None and source.enclosing(node, cst.FunctionDef) is function:
                kind = kind_of(node.value)
                if kind in _EMPTY:
                    return kind
    return "bool"
