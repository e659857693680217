"""Parameters that changed places everywhere but in one call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Self

from rpsdg.mutators.half_done import HalfDone, few
from rpsdg.mutators.mutator import Edit, Sample
from rpsdg.mutators.project import Argument, Function, Parameter, Project, Reference, place
from rpsdg.mutators.wording import shown
from rpsdg.sandbox.tree import Tree

__all__ = ["HalfReordered"]

_JUST_A_COMMA = re.compile(rb"\s*,\s*")


class HalfReordered(HalfDone):
    """Reorder two parameters but not in every call: one caller still passes them the old way round.

    Plants
        A signature that was tidied up while one call of several was not.
    Shows as
        Two values are mixed up, or are of the wrong types, on one path only.
    """

    family = "rewrites"
    sample = Sample(
        before=(
            "def _pad(text, width):\n    return text + ' ' * (width - len(text))\n\n\n"
            "def row(cells):\n    return '|'.join(_pad(cell, 3) for cell in cells)\n\n\n"
            "def title(text):\n    return _pad(text, 9)\n"
        ),
        after=(
            "def _pad(width, text):\n    return text + ' ' * (width - len(text))\n\n\n"
            "def row(cells):\n    return '|'.join(_pad(3, cell) for cell in cells)\n\n\n"
            "def title(text):\n    return _pad(text, 9)\n"
        ),
        test="def test_title_is_padded():\n    assert title('Shop') == 'Shop     '\n",
    )

    @classmethod
    def find(cls, state: Tree) -> Iterator[Self]:
        project = Project.of(state)
        yield from few(
            move
            for function in project.functions
            for pair in _exchangeable(function)
            for move in cls._half_reordered(project, function, *pair)
        )

    @classmethod
    def _half_reordered(cls, project: Project, function: Function, index: int, offset: int) -> Iterator[Self]:
        one, other = function.positional[index : index + 2]
        signature = _exchanged(project, function.path, one, other)
        edits: list[tuple[Edit, Reference]] = []
        for reference in function.references:
            if reference.imported:
                continue
            pair = _passed(reference, index - offset, {one.name, other.name})
            edit = _exchanged(project, reference.path, *pair) if pair else None
            if edit is None:
                return
            edits.append((edit, reference))
        stale = next((r for edit, r in reversed(edits) if r.scope and edit.old != edit.new), None)
        if signature is None or stale is None or len(edits) < 2:
            return
        kept = [edit for edit, reference in edits if reference is not stale and edit.old != edit.new]
        if kept and _are_apart(kept):
            yield cls.forgetting(f"the call in {place(stale.scope, stale.path)}", [signature, *kept])

    def explain(self) -> str:
        return (
            f"The parameters {shown(self.old)} became {shown(self.new)}, but {self.about} still passes them "
            "in the old order: let signature and calls agree on one order again."
        )


def _exchangeable(function: Function) -> Iterator[tuple[int, int]]:
    """Yield the places of two parameters that may change places, and how many before them no call writes."""
    if function.decorators - {"staticmethod", "classmethod"} or function.is_open:
        return
    offset = int(bool(function.owner) and "staticmethod" not in function.decorators)
    for (index, one), (_, other) in pairwise(enumerate(function.positional)):
        if index >= offset and one.required and other.required:
            yield index, offset


def _passed(reference: Reference, index: int, names: set[str]) -> tuple[Argument, Argument] | None:
    """Return the two arguments that a call passes by position; None where that is not certain."""
    if reference.arguments is None or reference.through[:1].isupper():
        return None  # `Class.method(self, …)`
    arguments = [one for one in reference.arguments if not one.keyword and not one.starred]
    if len(arguments) < index + 2 or any(one.starred or one.keyword in names for one in reference.arguments):
        return None
    one, other = arguments[index : index + 2]
    return (one, other) if one.movable and other.movable else None


def _exchanged(
    project: Project, path: str, one: Argument | Parameter, other: Argument | Parameter
) -> Edit | None:
    data = project.data(path)
    between = data[one.end : other.start]
    texts = data[one.start : one.end], data[other.start : other.end]
    if not _JUST_A_COMMA.fullmatch(between) or any(b"\n" in text for text in texts):
        return None
    return Edit(path, one.start, data[one.start : other.end], texts[1] + between + texts[0])


def _are_apart(edits: list[Edit]) -> bool:
    """Say whether no call stands among the arguments of another."""
    return all(a.path != b.path or a.end <= b.start for a, b in pairwise(sorted(edits)))
