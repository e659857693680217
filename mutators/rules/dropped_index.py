"""Whole sequences that are used in place of one item, or of a part."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.repetition import repeats
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedIndex"]


class DroppedIndex(Mutator):
    """Drop an index: all of a sequence is used where its first or last item was meant.

    Plants
        `pair` where `pair[0]` was meant.
    Shows as
        A list where a single value belongs: an equality that never holds, or a `TypeError` further on.
    """

    family = "calls"
    sample = Sample(
        before="def stem(name):\n    return name.split('.')[0]\n",
        after="def stem(name):\n    return name.split('.')\n",
        test="def test_stem():\n    assert stem('a.txt') == 'a'\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for node in source.nodes(cst.Subscript):
            if _is_plain(node) and _may_go(source, node):
                yield source.cut(source.outer(node.value)[1], source.span(node)[1])

    def explain(self) -> str:
        return f"All of it is used where one item was meant: put {shown(self.old)} back."


def _is_plain(node: cst.Subscript) -> bool:
    """Say whether the index is 0, 1, -1 or -2."""
    match node.slice:
        case [cst.SubscriptElement(cst.Index(cst.Integer("0" | "1")))]:
            return True
        case [cst.SubscriptElement(cst.Index(cst.UnaryOperation(cst.Minus(), cst.Integer("1" | "2"))))]:
            return True
        case _:
            return False


def _may_go(source: Source, node: cst.Subscript) -> bool:
    if source.is_target(node) or node.value.lpar or b"\n" in source.text(node):
        return False
    if source.enclosing(node, cst.FunctionDef) is None:
        return False
    around = source.parent(node)
    match around:
        case cst.Arg(star="") | cst.Comparison() | cst.ComparisonTarget() | cst.Index() | cst.DictElement():
            pass
        case cst.Return() | cst.Assign() | cst.FormattedStringExpression() | cst.For() | cst.CompFor():
            pass
        case _:
            return False
    text = source.text(node.value)
    if isinstance(around, cst.Arg):
        call = source.parent(around)
        if isinstance(call, cst.Call) and source.text(call).count(text + b"[") > 1:
            return False  # f(x, x[1]), where f(x[0], x[1]) was, would catch the eye
    return not repeats(source, node, text)
