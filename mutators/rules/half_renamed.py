"""Functions renamed everywhere but in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Self

from rpsdg.mutators.half_done import HalfDone, few
from rpsdg.mutators.mutator import Edit, Sample
from rpsdg.mutators.project import Function, Project, Reference, place
from rpsdg.mutators.reading.naming import renamed
from rpsdg.mutators.wording import shown
from rpsdg.sandbox.tree import Tree

__all__ = ["HalfRenamed"]

_STALE_PLACES = 2


class HalfRenamed(HalfDone):
    """Rename a function everywhere but once: one caller still knows it by its old name.

    Plants
        A refactoring that missed one of several callers, often in another file.
    Shows as
        A `NameError` or an `AttributeError`, but only for those who come along the forgotten path.
    """

    family = "rewrites"
    sample = Sample(
        before=(
            "def _get_price(item):\n    return PRICES[item]\n\n\n"
            "PRICES = {'tea': 3, 'milk': 1}\n\n\n"
            "def total(items):\n    return sum(_get_price(item) for item in items)\n\n\n"
            "def dearest(items):\n    return max(items, key=_get_price)\n"
        ),
        after=(
            "def _fetch_price(item):\n    return PRICES[item]\n\n\n"
            "PRICES = {'tea': 3, 'milk': 1}\n\n\n"
            "def total(items):\n    return sum(_fetch_price(item) for item in items)\n\n\n"
            "def dearest(items):\n    return max(items, key=_get_price)\n"
        ),
        test="def test_tea_is_dearest():\n    assert dearest(['milk', 'tea']) == 'tea'\n",
    )

    @classmethod
    def find(cls, state: Tree) -> Iterator[Self]:
        project = Project.of(state)
        yield from few(
            move for function in project.functions for move in cls._half_renamed(project, function)
        )

    @classmethod
    def _half_renamed(cls, project: Project, function: Function) -> Iterator[Self]:
        new = renamed(function.name, project.is_taken)
        if new is None:
            return
        places = [(function.path, function.start), *((one.path, one.start) for one in function.references)]
        edits = [Edit(*where, function.name.encode(), new.encode()) for where in places]
        for stale in _easily_forgotten(function):
            kept = [edit for edit in edits if (edit.path, edit.start) != (stale.path, stale.start)]
            yield cls.forgetting(place(stale.scope, stale.path), kept)

    def explain(self) -> str:
        return (
            f"The function {shown(self.old)} became {shown(self.new)} everywhere except in {self.about}, "
            "which still asks for it by the old name: let all places agree on one name again."
        )


def _easily_forgotten(function: Function) -> list[Reference]:
    """Return the references that are most easily overlooked: far from the others, alone in their function."""
    uses = Counter((one.path, one.scope) for one in function.references)
    forgettable = [one for one in function.references if one.scope and not one.imported]
    forgettable.sort(
        key=lambda one: (one.path == function.path, uses[one.path, one.scope], one.path, -one.start)
    )
    return forgettable[:_STALE_PLACES]
