"""Looking for something in the wrong place."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.places import runs_when_called
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.truths import decides
from rpsdg.mutators.wording import shown

__all__ = ["WrongMembership"]

_MAPPING_METHODS = rb"([A-Za-z_][\w.]*)\.(?:items|values|keys|setdefault)\("


class WrongMembership(Mutator):
    """Look in the wrong place: among the values of a dictionary, or anywhere in a text.

    Plants
        Keys are looked for among the values, or a beginning is found in the middle as well.
    Shows as
        What is there is not found, or a text that only mentions the beginning counts too.
    """

    family = "conditions"
    sample = Sample(
        before="def is_comment(line):\n    return True if line.startswith('#') else False\n",
        after="def is_comment(line):\n    return True if '#' in line else False\n",
        test="def test_code_with_a_comment():\n    assert not is_comment('x = 1  # one')\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        mappings = set(re.findall(_MAPPING_METHODS, source.data))
        candidates: Iterator[cst.ComparisonTarget | cst.Call] = source.nodes(cst.ComparisonTarget, cst.Call)
        for node in candidates:
            match node:
                case cst.ComparisonTarget(operator=cst.In() | cst.NotIn(), comparator=holder):
                    if runs_when_called(source, node):
                        yield from _among_values(source, holder, mappings)
                case cst.Call(
                    func=cst.Attribute(value=text, attr=cst.Name("startswith" | "endswith")),
                    args=[cst.Arg(value=cst.SimpleString() | cst.Name() as part)],
                ) if decides(source, node) and isinstance(text, cst.Name | cst.Attribute | cst.Subscript):
                    yield from _anywhere(source, node, part, text)

    def explain(self) -> str:
        return f"It is looked for in the wrong place: write {shown(self.old)}, not {shown(self.new)}."


def _among_values(source: Source, holder: cst.BaseExpression, mappings: set[bytes]) -> Iterator[Site]:
    match holder:
        case cst.Name() | cst.Attribute() if source.text(holder) in mappings and not holder.lpar:
            yield source.replace(holder, source.text(holder) + b".values()")
        case cst.Call(func=cst.Attribute(value=mapping, attr=cst.Name("values")), args=[]):
            yield source.replace(holder, source.outer_text(mapping))
        case _:
            return


def _anywhere(
    source: Source, call: cst.Call, part: cst.SimpleString | cst.Name, text: cst.BaseExpression
) -> Iterator[Site]:
    if part.value.endswith(("s", "''", '""')):
        return  # `prefixes` may be a tuple of several; nothing is in every text
    around = source.parent(call)
    found = source.outer_text(part), source.text(text)
    if isinstance(around, cst.UnaryOperation):
        yield source.replace(around, b" not in ".join(found))
    else:
        yield source.replace(call, b" in ".join(found))
