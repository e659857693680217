"""Keys renamed where they are written, but not everywhere where they are read."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from rpsdg.mutators.half_done import HalfDone, few
from rpsdg.mutators.mutator import Edit, Sample
from rpsdg.mutators.project import Project, place
from rpsdg.mutators.reading.naming import renamed
from rpsdg.mutators.wording import shown
from rpsdg.sandbox.tree import Tree

__all__ = ["HalfRenamedKey"]

_SHORTEST = 3
_READING = {"get", "pop"}
_WRITING = {"setdefault"}


@dataclass(frozen=True)
class _Use:
    path: str
    start: int
    scope: str
    """Empty if it is executed when the file is imported."""
    written: bool


class HalfRenamedKey(HalfDone):
    """Rename a key of a dictionary but not everywhere: one reader still asks for the old key.

    Plants
        Writers and readers of a table that no longer agree on what an entry is called.
    Shows as
        A `KeyError`, or a default where there is a value.
    """

    family = "rewrites"
    sample = Sample(
        before=(
            "def order(item, n=1):\n    return {'what': item, 'count': n}\n\n\n"
            "def enlarge(one):\n    one['count'] += 1\n    return one\n\n\n"
            "def amount(orders):\n    return sum(one.get('count', 0) for one in orders)\n"
        ),
        after=(
            "def order(item, n=1):\n    return {'what': item, 'number': n}\n\n\n"
            "def enlarge(one):\n    one['number'] += 1\n    return one\n\n\n"
            "def amount(orders):\n    return sum(one.get('count', 0) for one in orders)\n"
        ),
        test="def test_amount():\n    assert amount([order('tea', 2)]) == 2\n",
    )

    @classmethod
    def find(cls, state: Tree) -> Iterator[Self]:
        project = Project.of(state)
        quoted, outside = project.quoted, project.quoted_outside
        keys = {
            key
            for key, number in quoted.items()
            if number >= 3 and len(key) >= _SHORTEST and key.islower() and key not in outside
        }
        certain = {key: uses for key, uses in _uses(project, keys).items() if len(uses) == quoted[key]}
        yield from few(
            move for key, uses in sorted(certain.items()) for move in cls._half_renamed(project, key, uses)
        )

    @classmethod
    def _half_renamed(cls, project: Project, key: str, uses: list[_Use]) -> Iterator[Self]:
        new = renamed(key, (project.quoted.keys() | project.quoted_outside).__contains__)
        written = [use for use in uses if use.written]
        stale = next((use for use in reversed(uses) if use.scope and not use.written), None)
        if new is not None and written and stale is not None:
            kept = [use for use in uses if use is not stale]
            edits = [Edit(use.path, use.start, key.encode(), new.encode()) for use in kept]
            yield cls.forgetting(place(stale.scope, stale.path), edits)

    def explain(self) -> str:
        return (
            f"The key {shown(self.old)} became {shown(self.new)} everywhere except in {self.about}, which "
            "still asks for the old one: let all places agree on one key again."
        )


def _uses(project: Project, keys: set[str]) -> dict[str, list[_Use]]:
    """Return where each key is used as one; what is also a parameter's name may be passed on as one."""
    found: defaultdict[str, list[_Use]] = defaultdict(list)
    for file in project.read():
        for node, scope, _, later in file.walk():
            match node:
                case ast.arg(arg=str(name)) | ast.keyword(arg=str(name)):
                    keys = keys - {name}
            for key, written in _keys(node):
                match key:
                    case ast.Constant(str(text)) if text in keys and file.holds(file.start(key) + 1, text):
                        found[text].append(
                            _Use(file.path, file.start(key) + 1, scope if later else "", written)
                        )
    return {key: sorted(found[key], key=lambda use: (use.path, use.start)) for key in keys & found.keys()}


def _keys(node: ast.AST) -> Iterator[tuple[ast.expr | None, bool]]:
    """Yield what a node uses as a key, and whether it writes there."""
    match node:
        case ast.Subscript(slice=key, ctx=context):
            yield key, isinstance(context, ast.Store)
        case ast.Dict(keys=keys):
            yield from ((key, True) for key in keys)
        case ast.Call(func=ast.Attribute(attr=name), args=[key, *_]) if name in _READING | _WRITING:
            yield key, name in _WRITING
        case ast.Compare(left=key, ops=[ast.In() | ast.NotIn()]):
            yield key, False
