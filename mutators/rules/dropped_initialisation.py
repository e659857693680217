"""Attributes that are not set, or not set anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.effects import is_cache
from rpsdg.mutators.reading.endings import drives_loop
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.lines import cut_statement, single
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedInitialisation"]


class DroppedInitialisation(Mutator):
    """Drop an initialisation: one of the places that set an attribute of `self` is not there.

    Plants
        An object that keeps what it knew before, or the default of its class.
    Shows as
        The first use works and the second sees what is left of the first; an option has no effect.
    """

    family = "statements"
    sample = Sample(
        before=(
            "class Counter:\n    def __init__(self):\n        self.n = 0\n        self.names = []\n\n"
            "    def reset(self):\n        self.n = 0\n        self.names = []\n"
        ),
        after=(
            "class Counter:\n    def __init__(self):\n        self.n = 0\n        self.names = []\n\n"
            "    def reset(self):\n        self.names = []\n"
        ),
        test=(
            "def test_reset():\n    counter = Counter()\n    counter.n = 5\n    counter.reset()\n"
            "    assert counter.n == 0\n"
        ),
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        assignments: Iterator[cst.Assign | cst.AnnAssign] = source.nodes(cst.Assign, cst.AnnAssign)
        setters = [setter for node in assignments if (setter := _setter(source, node)) is not None]
        places: defaultdict[tuple[cst.ClassDef, str], list[cst.FunctionDef]] = defaultdict(list)
        for setter in setters:
            places[setter.owner, setter.name].append(setter.method)
        for setter in setters:
            others = list(places[setter.owner, setter.name])
            others.remove(setter.method)
            site = cut_statement(source, setter.line) if _is_set_elsewhere(setter, others) else None
            if site is None or is_cache(site.old) or drives_loop(source, setter.line):
                continue
            if can_go(source, setter.line, site.start, site.start + len(site.old)):
                yield site

    def explain(self) -> str:
        return f"An attribute is not set: put {shown(self.old)} back."


@dataclass(frozen=True, eq=False)
class _Setter:
    """A line that sets an attribute of `self`."""

    owner: cst.ClassDef
    method: cst.FunctionDef
    name: str
    line: cst.SimpleStatementLine


def _setter(source: Source, assignment: cst.Assign | cst.AnnAssign) -> _Setter | None:
    match assignment:
        case (
            cst.Assign(targets=[cst.AssignTarget(target=target)])
            | cst.AnnAssign(target=target, value=cst.BaseExpression())
        ):
            pass
        case _:
            return None
    line = single(source, assignment)
    method = source.enclosing(assignment, cst.FunctionDef)
    owner = source.enclosing(method, cst.ClassDef) if method is not None else None
    if line is None or method is None or owner is None:
        return None
    match target:
        case cst.Attribute(value=cst.Name("self"), attr=cst.Name(name)):
            return _Setter(owner, method, name, line)
        case _:
            return None


def _is_set_elsewhere(setter: _Setter, others: list[cst.FunctionDef]) -> bool:
    """Say whether the attribute has some value in most objects even without this line."""
    if setter.method in others or _has_default(setter.owner, setter.name):
        return True
    return setter.method.name.value != "__init__" and any(m.name.value == "__init__" for m in others)


def _has_default(owner: cst.ClassDef, name: str) -> bool:
    for line in owner.body.body:
        for statement in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            match statement:
                case (
                    cst.Assign(targets=[cst.AssignTarget(target=cst.Name(found))])
                    | cst.AnnAssign(target=cst.Name(found), value=cst.BaseExpression())
                ):
                    if found == name:
                        return True
    return False
