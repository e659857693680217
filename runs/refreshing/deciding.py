"""What a refresh has to do for one source, decided from two trees and what its tasks depend on."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rpsdg.mutators.aims import moves_of
from rpsdg.mutators.anchoring import Anchored, Anchors, Lost
from rpsdg.mutators.judging.lattice import planted
from rpsdg.mutators.judging.reach import touched
from rpsdg.mutators.mutator import MisplacedEditError, Mutator
from rpsdg.mutators.newness import changed_units, marks, new_sites
from rpsdg.mutators.sampling import candidates, share_of_new
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.record import Trace

from .parts import Part, live_in
from .terms import Terms

__all__ = ["Decided", "Task", "decide"]


@dataclass(frozen=True)
class Task:
    """A live task that a change touched, with its bugs at their places now, or why they have none."""

    trace: str
    """Its id."""
    places: tuple[Mutator, ...] = ()
    """Of its bugs, in the order of the walk; none where it is lost."""
    moved: bool = False
    lost: str = ""
    bugs: tuple[str, ...] = ()
    """Of a walk: ids of the traces its bugs were first seen in."""


@dataclass
class Decided:
    """What is to be done for a source at a tree."""

    terms: Terms
    tree: Tree
    parts: Sequence[Part]
    """What there is already."""
    live: dict[Path, frozenset[str]]
    """Tasks by part."""
    carried: int = 0
    """Tasks of one bug that need no work."""
    carried_walks: int = 0
    touched: list[Task] = field(default_factory=list)
    fresh: list[Mutator] = field(default_factory=list)
    """Candidates in new code that are tried as its share."""
    units: dict[str, frozenset[str]] = field(default_factory=dict)
    """What is new or changed."""

    @cached_property
    def moves(self) -> list[Mutator]:
        """Every candidate of the tree that the terms allow."""
        return self._candidates()

    def within(self, paths: Container[str]) -> list[Mutator]:
        """Return those that lie in some files, without looking at the others."""
        return self._candidates(paths)

    def _candidates(self, within: Container[str] | None = None) -> list[Mutator]:
        return [move for move in candidates(self.tree, within) if self.terms.allows(move)]

    @cached_property
    def marks(self) -> dict[Mutator, str]:
        """Of the candidates."""
        return marks(self.tree, self.moves)

    @property
    def anchored(self) -> list[Task]:
        """The touched tasks that have a place: single bugs first, then walks."""
        return sorted((task for task in self.touched if task.places), key=lambda task: len(task.places) > 1)

    @cached_property
    def untried(self) -> list[Mutator]:
        """Candidates of which nothing is known yet, where tasks are missing."""
        tried = {mark for part in self.parts for mark in part.record.tried}
        taken = {task.places[0] for task in self.touched if len(task.places) == 1} | set(self.fresh)
        return [move for move in self.moves if self.marks[move] not in tried and move not in taken]

    @property
    def missing(self) -> int:
        """Tasks of one bug that are asked for, and would be missing if every touched one held."""
        singles = sum(len(task.places) == 1 for task in self.touched)
        return max(0, self.terms.table.count - self.carried - singles)

    @property
    def missing_walks(self) -> int:
        """The same for walks."""
        walks = sum(len(task.places) > 1 for task in self.touched)
        return max(0, self.terms.table.walks - self.carried_walks - walks)

    @property
    def needs_sandbox(self) -> bool:
        """Whether anything is to be run."""
        if self.anchored or self.fresh:
            return True
        if self.missing_walks:
            return True
        return bool(self.missing and (not self.parts or self.untried))


def decide(terms: Terms, old: Tree | None, tree: Tree, parts: Sequence[Part]) -> Decided:
    """Decide what is to be done.

    Args:
        terms: what is asked of the source.
        old: the tree of the lock; None where there was none.
        tree: the tree now.
        parts: of the lock, in their order.

    Raises:
        DatasetError, LockError: what is there is damaged.
    """
    live = live_in(list(parts))
    decided = Decided(terms, tree, parts, live)
    if old is not None and old.digest != tree.digest:
        decided.units = changed_units(old, tree)
    taken: set[tuple[Mutator, ...]] = set()
    for part in parts:
        here = part.record.tree == tree.digest
        gone = frozenset(name for name in live[part.folder] if not here and touched(part.reach(name), tree))
        for name in live[part.folder] - gone:
            walk = bool(part.decisions[name].bugs)
            decided.carried += not walk
            decided.carried_walks += walk
        if gone:
            anchors = Anchors(_tree_of(part), tree)
            for trace in part.traces(gone):
                task = _anchored(trace, part, anchors, tree, terms)
                if task.places and task.places in taken:
                    task = Task(task.trace, lost="another task has come to be at its place")
                taken.add(task.places)
                decided.touched.append(task)
    rates = next((part.record.rates for part in parts if part.record.rates is not None), None)
    if old is not None and rates is not None and decided.units:
        moves = decided.within(decided.units)  # on most days nothing is to be run, so no others are needed
        new = [move for move in new_sites(old, tree, moves) if (move,) not in taken]
        decided.fresh = share_of_new(tree, moves, new, terms.table.seed or 0, rates)
    return decided


def _tree_of(part: Part) -> Tree:
    assert part.data is not None
    return part.data.tree(part.record.tree)


def _anchored(trace: Trace, part: Part, anchors: Anchors, tree: Tree, terms: Terms) -> Task:
    places: list[Mutator] = []
    moved = False
    for move in moves_of(trace):
        found = anchors.find(move)
        if isinstance(found, Lost):
            return Task(trace.id, lost=found.reason)
        assert isinstance(found, Anchored)
        if not terms.allows(found.move):
            return Task(trace.id, lost=f"bugs are not put into {found.move.path} any more")
        places.append(found.move)
        moved |= found.moved
    try:
        planted(tree, places, frozenset(range(len(places))))
    except (MisplacedEditError, ValueError):
        return Task(trace.id, lost="its bugs get in each other's way")
    return Task(trace.id, tuple(places), moved, bugs=part.decisions[trace.id].bugs)
