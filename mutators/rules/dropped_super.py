"""Overriding methods that forget the method they override."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.definitions import base_call, lineage, methods
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.lines import cut_statement, single
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedSuper"]


class DroppedSuper(Mutator):
    """Drop a super call: a method takes the place of its base's, and does not call it.

    Plants
        The base class does not set up, register or clean up what it always does.
    Shows as
        An attribute is missing, or half of the work is not done.
    """

    family = "statements"
    sample = Sample(
        before=(
            "class Log:\n    def __init__(self):\n        self.lines = []\n\n\nclass Named(Log):\n"
            "    def __init__(self, name):\n        super().__init__()\n        self.name = name\n"
        ),
        after=(
            "class Log:\n    def __init__(self):\n        self.lines = []\n\n\nclass Named(Log):\n"
            "    def __init__(self, name):\n        self.name = name\n"
        ),
        test="def test_starts_empty():\n    assert Named('x').lines == []\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        known = set(methods(source))
        for call in source.nodes(cst.Call):
            name = base_call(source, call)
            line = single(source, around) if (around := source.parent(call)) is not None else None
            if not name or line is None or not isinstance(around, cst.Expr):
                continue
            owner = source.enclosing(call, cst.ClassDef)
            if owner is None or not _matters(source, owner, name, known):
                continue
            site = cut_statement(source, line)
            if site is not None and can_go(source, line, site.start, site.start + len(site.old)):
                yield site

    def explain(self) -> str:
        return f"The method of the base class is not called: put {shown(self.old)} back."


def _matters(
    source: Source, owner: cst.ClassDef, name: str, known: set[tuple[cst.ClassDef, cst.FunctionDef]]
) -> bool:
    """Say whether a base of the class may do something in the method."""
    bases, complete = lineage(source, owner)
    if not complete:
        return True
    return any(base in bases and method.name.value == name for base, method in known)
