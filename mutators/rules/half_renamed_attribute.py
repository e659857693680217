"""Attributes renamed everywhere but in one method."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from rpsdg.mutators.half_done import HalfDone, few
from rpsdg.mutators.mutator import Edit, Sample
from rpsdg.mutators.project import ProgramFile, Project, place
from rpsdg.mutators.reading.naming import renamed
from rpsdg.mutators.wording import shown
from rpsdg.sandbox.tree import Tree

__all__ = ["HalfRenamedAttribute"]

_PRIVATE = re.compile(rb"(?<![A-Za-z0-9_.])self\.(_[A-Za-z]\w*)")
_STALE_PLACES = 2


@dataclass(frozen=True)
class _Use:
    start: int
    scope: str
    owner: str
    written: bool


class HalfRenamedAttribute(HalfDone):
    """Rename an attribute everywhere but once: one method still uses the old name.

    Plants
        State that is written under one name and looked for under another.
    Shows as
        What one method sets is never seen by the others, or it raises an `AttributeError`.
    """

    family = "rewrites"
    sample = Sample(
        before=(
            "class Counter:\n    def __init__(self):\n        self._total = 0\n\n"
            "    def add(self, n):\n        self._total = self.value() + n\n\n"
            "    def reset(self):\n        self._total = 0\n\n"
            "    def value(self):\n        return self._total\n"
        ),
        after=(
            "class Counter:\n    def __init__(self):\n        self._sum = 0\n\n"
            "    def add(self, n):\n        self._sum = self.value() + n\n\n"
            "    def reset(self):\n        self._total = 0\n\n"
            "    def value(self):\n        return self._sum\n"
        ),
        test=(
            "def test_reset():\n    counter = Counter()\n    counter.add(2)\n    counter.reset()\n"
            "    assert counter.value() == 0\n"
        ),
    )

    @classmethod
    def find(cls, state: Tree) -> Iterator[Self]:
        project = Project.of(state)
        yield from few(move for path in project.files for move in cls._in_file(project, state, path))

    @classmethod
    def _in_file(cls, project: Project, state: Tree, path: str) -> Iterator[Self]:
        names = {
            name.decode()
            for name, number in Counter(_PRIVATE.findall(project.data(path))).items()
            if number >= 3 and number == project.count(name.decode()) and not name.endswith(b"__")
        }
        file = ProgramFile.read(path, state[path]) if names else None
        if file is None:
            return
        for name, uses in sorted(_uses(file, names).items()):
            owners = {use.owner for use in uses}
            new = renamed(name, project.is_taken)
            if (
                new is None
                or len(uses) != project.count(name)
                or len(owners) > 1
                or not all(map(project.is_own, owners))
            ):
                continue
            edits = [Edit(path, use.start, name.encode(), new.encode()) for use in uses]
            for stale in _easily_forgotten(uses):
                kept = [edit for edit in edits if edit.start != stale.start]
                yield cls.forgetting(place(stale.scope, path), kept)

    def explain(self) -> str:
        return (
            f"The attribute {shown(self.old)} became {shown(self.new)} everywhere except in {self.about}, "
            "which still uses the old name: let all methods agree on one name again."
        )


def _uses(file: ProgramFile, names: set[str]) -> dict[str, list[_Use]]:
    """Return where the methods of classes use `self.NAME`, in source order."""
    found: defaultdict[str, list[_Use]] = defaultdict(list)
    for node, scope, owner, later in file.walk():
        match node:
            case ast.Attribute(attr=name, value=ast.Name("self"), ctx=context) if (
                name in names and later and owner
            ):
                written = isinstance(context, ast.Store)
                found[name].append(_Use(file.end(node) - len(name), scope, owner, written))
    return {name: sorted(uses, key=lambda use: use.start) for name, uses in found.items()}


def _easily_forgotten(uses: list[_Use]) -> list[_Use]:
    """Return the uses that are most easily overlooked: those alone in their method, writers first."""
    in_scope = Counter(use.scope for use in uses)
    written = [use for use in uses if use.written]
    forgettable = [use for use in uses if not use.scope.endswith(".__init__") and written != [use]]
    if not written:
        return []
    forgettable.sort(key=lambda use: (in_scope[use.scope] > 1, not use.written, -use.start))
    return forgettable[:_STALE_PLACES]
