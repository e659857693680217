"""Functions that do not hand back what they worked out."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.endings import is_generator
from rpsdg.mutators.reading.leftovers import can_go, scope_of
from rpsdg.mutators.reading.lines import cut_statement, single
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedReturn"]


class DroppedReturn(Mutator):
    """Drop a return: the function builds its result and ends without returning it.

    Plants
        `None` in place of the result, or at the end of a chain of calls.
    Shows as
        `None` where a list, a text or the object itself was expected.
    """

    family = "returns"
    sample = Sample(
        before="def evens(ns):\n    found = []\n    for n in ns:\n        if n % 2 == 0:\n"
        "            found.append(n)\n    return found\n",
        after="def evens(ns):\n    found = []\n    for n in ns:\n        if n % 2 == 0:\n"
        "            found.append(n)\n",
        test="def test_evens():\n    assert evens([1, 2]) == [2]\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for statement in source.nodes(cst.Return):
            line = single(source, statement)
            if line is None or not _is_end(source, line) or not _is_result(source, statement):
                continue
            site = cut_statement(source, line)
            if site is not None and can_go(source, line, site.start, site.start + len(site.old)):
                yield site

    def explain(self) -> str:
        return f"The function returns nothing: put {shown(self.old)} at its end."


def _is_end(source: Source, line: cst.SimpleStatementLine) -> bool:
    """Say whether the line is the last of a function."""
    block = source.parent(line)
    if not isinstance(block, cst.IndentedBlock) or block.body[-1] is not line:
        return False
    function = source.parent(block)
    return isinstance(function, cst.FunctionDef) and not is_generator(source, function)


def _is_result(source: Source, statement: cst.Return) -> bool:
    """Say whether what is returned is a variable, or the object itself."""
    match statement.value:
        case cst.Name("self"):
            return True
        case cst.Name(name):
            function = scope_of(source, statement)
            position = source.span(statement)[0]
            return function is not None and any(b.name == name for b in function.visible(position))
        case cst.Attribute(value=cst.Name("self")):
            return True
        case _:
            return False
