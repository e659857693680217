"""Which bugs are put into one program together: walks of two to four, drawn from bugs that were confirmed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from rpsdg.sandbox.tree import Tree
from rpsdg.traces.identity import digest

from .functions import Function, calls_in, function_around
from .judging.lattice import planted
from .mutator import MisplacedEditError, Mutator

__all__ = ["LONGEST", "SHAPES", "Single", "WalkDraw"]

SHAPES = ("one file", "several files", "call chain")
"""How the bugs of a walk lie to each other; in a call chain the function of one calls that of the next."""
_LENGTHS = {2: 0.6, 3: 0.3, 4: 0.1}
LONGEST = max(_LENGTHS)
"""Bugs that a walk has at most."""
_TRIES = 300


@dataclass(frozen=True)
class Single:
    """A bug that was confirmed by itself."""

    id: str
    """Of its trace."""
    move: Mutator
    failing: frozenset[str]
    """The tests it makes fail."""


class WalkDraw(Iterator[tuple[Single, ...]]):
    """Hands out walks, none twice, each of which may show all its bugs.

    A bug can only be seen beside the others if it makes a test fail that none of the others does, so walks
    without this are not even drawn. Lengths and shapes are drawn first, so that the rarer ones come, too.
    """

    def __init__(
        self, tree: Tree, singles: Sequence[Single], seed: int, tried: Sequence[Collection[str]] = ()
    ) -> None:
        """Start drawing.

        Args:
            tree: the untouched program.
            singles: the confirmed bugs, in their order.
            seed: of the dice; walk *i* depends on it, on *i*, on the singles and on the walks before alone.
            tried: ids of the singles of each walk that was drawn earlier.
        """
        self._tree = tree
        self._singles = sorted(singles, key=lambda single: single.id)
        self._places = [self._function(single.move) for single in self._singles]
        self._seed = seed
        self._index = len(tried)
        self._seen = {frozenset(ids) for ids in tried}

    def __next__(self) -> tuple[Single, ...]:
        """Return the next walk.

        Raises:
            StopIteration: none was found in many tries.
        """
        rng = Random(digest([self._seed, "walk", self._index]))
        self._index += 1
        for attempt in range(_TRIES):
            length = rng.choices(list(_LENGTHS), list(_LENGTHS.values()))[0]
            walk = self._draw(rng, min(length, 2) if attempt > _TRIES // 2 else length, rng.choice(SHAPES))
            if walk is None:
                continue
            singles = tuple(self._singles[number] for number in walk)
            ids = frozenset(single.id for single in singles)
            if ids not in self._seen:
                self._seen.add(ids)
                return singles
        raise StopIteration

    def _draw(self, rng: Random, length: int, shape: str) -> list[int] | None:
        if not self._singles:
            return None
        walk = [rng.randrange(len(self._singles))]
        while len(walk) < length:
            fitting = [n for n in range(len(self._singles)) if self._fits(walk, n, shape)]
            rng.shuffle(fitting)
            chosen = next((n for n in fitting if self._shows(walk, n)), None)
            if chosen is None:
                return None
            walk.append(chosen)
        return walk

    def _fits(self, walk: list[int], number: int, shape: str) -> bool:
        path, function = self._places[number]
        paths = {self._places[other][0] for other in walk}
        functions = {(self._places[other][0], self._places[other][1].name) for other in walk}
        if (path, function.name) in functions:
            return False
        match shape:
            case "one file":
                return paths == {path}
            case "several files":
                return path not in paths
            case _:
                where, caller = self._places[walk[-1]]
                return function.name.rpartition(".")[2] in calls_in(self._tree[where].data, caller)

    def _shows(self, walk: list[int], number: int) -> bool:
        """Say whether each bug has a test of its own, and all can be planted together."""
        together = [*walk, number]
        for one in together:
            others = frozenset().union(*(self._singles[n].failing for n in together if n != one))
            if self._singles[one].failing <= others:
                return False
        try:
            planted(self._tree, [self._singles[n].move for n in together], frozenset(range(len(together))))
        except MisplacedEditError:
            return False
        return True

    def _function(self, move: Mutator) -> tuple[str, Function]:
        return move.path, function_around(self._tree[move.path].data, move.start)
