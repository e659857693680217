"""How much of a real bug the catalogue can plant: whether a mutator makes just what the fix takes away.

A fix is cut into runs of changed lines. A run is planted if some mutator, aimed somewhere at the fixed
program, makes code that compiles to the same as the fixed program with this run taken back. That is a strict
question: a bug of the same kind in other words does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from rpsdg.mutators.bytecode import same_bytecode
from rpsdg.mutators.classifying.classify import classify
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.sampling import candidates
from rpsdg.sandbox.tree import Entry, Tree

from .truth import Hunk, hunks

__all__ = ["NONE", "PART", "SEVERAL", "WHOLE", "Change", "Planted", "planted"]

WHOLE, SEVERAL, PART, NONE = "one mutator", "several mutators", "in part", "none"
_MARGIN = 2
"""Lines around a run of changed lines in which a mutator's edit may lie that does the same."""
_MOST = 400
"""Mutants that are compared with one run."""


class Change(msgspec.Struct, frozen=True):
    """One run of lines that a fix changes."""

    family: str
    """Of this run by itself (`rpsdg.mutators.classifying.classify`)."""
    shape: str
    """Whether the fix `adds`, `removes` or `changes` lines."""
    lines: int
    """How many, on the side that has more."""
    rule: str
    """A mutator that makes the fixed lines what they were; empty if there is none."""


class Planted(msgspec.Struct, frozen=True):
    """How much of a bug is planted."""

    changes: tuple[Change, ...]

    @property
    def kind(self) -> str:
        """The same in a word or two."""
        made = sum(bool(change.rule) for change in self.changes)
        if made < len(self.changes) or not made:
            return PART if made else NONE
        return WHOLE if made == 1 else SEVERAL


def planted(buggy: Mapping[str, bytes], fixed: Mapping[str, bytes]) -> Planted:
    """Return how much of a bug the catalogue plants in the fixed program.

    Args:
        buggy: the changed files with the bug, by path.
        fixed: the same without it.
    """
    tree = Tree.from_entries({path: Entry(data) for path, data in fixed.items()})
    moves = candidates(tree)
    changes = []
    for path, data in fixed.items():
        for hunk in hunks(data, buggy[path]):
            wanted = _with(data, hunk)
            shape = "changes" if hunk.old and hunk.new else "adds" if hunk.old else "removes"
            lines = max(len(hunk.old), len(hunk.new))
            rule = next(_making(tree, moves, path, hunk, wanted), "")
            changes.append(Change(str(classify({path: wanted}, {path: data})), shape, lines, rule))
    return Planted(tuple(changes))


def _with(data: bytes, hunk: Hunk) -> bytes:
    lines = data.splitlines(keepends=True)
    start = hunk.first - 1
    return b"".join((*lines[:start], *hunk.new, *lines[start + len(hunk.old) :]))


def _making(tree: Tree, moves: list[Mutator], path: str, hunk: Hunk, wanted: bytes) -> Iterator[str]:
    data = tree[path].data
    first, last = hunk.first - _MARGIN, hunk.first + len(hunk.old) + _MARGIN
    near = [move for move in moves if _touches(move, path, data, first, last)]
    for move in near[:_MOST]:
        mutant = move.apply(tree)
        if mutant.changed(tree) == [path] and _same(mutant[path].data, wanted):
            yield move.rule


def _touches(move: Mutator, path: str, data: bytes, first: int, last: int) -> bool:
    lines = [data.count(b"\n", 0, edit.start) + 1 for edit in move.edits if edit.path == path]
    return any(first <= line <= last for line in lines)


def _same(one: bytes, other: bytes) -> bool:
    return one == other or same_bytecode(one, other)
