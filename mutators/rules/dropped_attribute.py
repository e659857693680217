"""Objects that are used in place of what they hold."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.attributes import Members, members
from rpsdg.mutators.reading.repetition import repeats
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedAttribute"]

_PAYLOADS = frozenset(
    {"value", "name", "text", "data", "id", "key", "content", "contents", "code", "args", "path", "string"}
    | {"body", "payload", "label", "title", "pattern", "lineno", "line", "message", "msg", "type", "values"}
    | {
        "real",
        "days",
        "seconds",
        "stem",
        "raw",
        "parent",
        "node",
        "item",
        "element",
        "number",
        "index",
        "size",
    }
    | {
        "url",
        "status_code",
        "status",
        "version",
        "token",
        "symbol",
        "kind",
        "tag",
        "names",
        "elements",
        "items",
    }
    | {"children", "columns", "shape", "dtype", "pk", "T", "st_size", "st_mtime", "hexversion", "returncode"}
)
"""Attributes that hold what the object is about, so that one is easily taken for the other."""


class DroppedAttribute(Mutator):
    """Drop an attribute: an object is used where the value it holds was meant.

    Plants
        `node` where `node.value` was meant.
    Shows as
        An equality that never holds, a wrong text, or a `TypeError` in a function further on.
    """

    family = "calls"
    sample = Sample(
        before="class Word:\n    def __init__(self, text):\n        self.text = text\n\n\n"
        "def is_end(word):\n    return word.text == 'end'\n",
        after="class Word:\n    def __init__(self, text):\n        self.text = text\n\n\n"
        "def is_end(word):\n    return word == 'end'\n",
        test="def test_end():\n    assert is_end(Word('end'))\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        known = members(source)
        for node in source.nodes(cst.Attribute):
            if node.attr.value in _PAYLOADS and _may_go(source, known, node):
                yield source.cut(source.outer(node.value)[1], source.span(node)[1])

    def explain(self) -> str:
        return f"The object is used in place of what it holds: put {shown(self.old)} back."


def _may_go(source: Source, known: Members, node: cst.Attribute) -> bool:
    owner = node.value
    match owner:
        case cst.Name(name):
            if name in {"self", "cls"} or known.is_module(name) or name[:1].isupper():
                return False
        case cst.Attribute() | cst.Subscript():
            first = source.text(owner).partition(b".")[0].decode()
            if known.is_module(first) and not isinstance(owner, cst.Subscript):
                return False
        case _:
            return False
    if owner.lpar or b"\n" in source.text(node) or source.enclosing(node, cst.FunctionDef) is None:
        return False
    if source.is_target(node):
        return False
    match source.parent(node):
        case cst.Arg(star="") | cst.Comparison() | cst.ComparisonTarget() | cst.Index() | cst.DictElement():
            pass
        case cst.Return() | cst.Assign() | cst.FormattedStringExpression() | cst.Element() | cst.Yield():
            pass
        case _:
            return False
    return not repeats(source, node, source.text(owner))
