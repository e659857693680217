"""Values that are worked out anew and not kept."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.effects import is_cache
from rpsdg.mutators.reading.endings import drives_loop
from rpsdg.mutators.reading.leftovers import can_go, scope_of
from rpsdg.mutators.reading.lines import cut_statement, single
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedAssignment"]


class DroppedAssignment(Mutator):
    """Drop an assignment: a variable, item or attribute keeps the value it had.

    Plants
        A value that is not brought up to date, normalised or filed.
    Shows as
        What comes later sees the old value: the first state for ever, a raw text, or a missing key.
    """

    family = "statements"
    sample = Sample(
        before="def key(name):\n    name = name.lower()\n    return name + '!'\n",
        after="def key(name):\n    return name + '!'\n",
        test="def test_case_does_not_count():\n    assert key('Ann') == 'ann!'\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for assignment in source.nodes(cst.Assign):
            line = single(source, assignment)
            if line is None or not _is_renewal(source, assignment) or is_cache(source.text(assignment)):
                continue
            site = cut_statement(source, line)
            if site is None or drives_loop(source, line):
                continue
            if can_go(source, line, site.start, site.start + len(site.old)):
                yield site

    def explain(self) -> str:
        return f"A value is not brought up to date: put {shown(self.old)} back."


def _is_renewal(source: Source, assignment: cst.Assign) -> bool:
    """Say whether everything assigned to is there already, or belongs to an object that is."""
    function = scope_of(source, assignment)
    if function is None or len(assignment.targets) != 1:
        return False
    bound = {binding.name for binding in function.visible(source.span(assignment)[0])}
    return _holds(assignment.targets[0].target, bound)


def _holds(target: cst.BaseExpression, bound: set[str]) -> bool:
    match target:
        case cst.Name(name):
            return name in bound
        case cst.Tuple(elements=elements):
            return all(_holds(element.value, bound) for element in elements)
        case cst.Attribute(value=cst.Name("self"), attr=_):
            return False  # DroppedInitialisation has those
        case cst.Attribute(attr=cst.Name(name)):
            return not name.startswith("__")
        case cst.Subscript():
            return True
        case _:
            return False
