"""The order in which candidates are tried: a shuffle that depends on the seed and the moves alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from rpsdg.sandbox.tree import Tree
from rpsdg.traces.identity import digest

from .mutator import Mutator
from .rules import all_mutators
from .scope import mutable_files

__all__ = ["candidates", "draw"]


def candidates(tree: Tree, seed: int) -> list[Mutator]:
    """Return every bug that can be injected into `tree`, in the order that `seed` gives."""
    # File by file, because a parsed file is large and only a few are kept.
    rules = all_mutators().values()
    files = ((path, tree[path].data) for path in mutable_files(tree))
    return draw((move for path, data in files for rule in rules for move in rule.find_in(path, data)), seed)


def draw(moves: Iterable[Mutator], seed: int) -> list[Mutator]:
    """Shuffle moves so that every rule gets its share early, however many places it applies at.

    Each move gets a key from its own identity and the seed, and the keys are sorted: weighted sampling
    without replacement (Efraimidis and Spirakis, 2006), with every rule given the same weight in all. A
    change elsewhere in the tree hardly moves the others, and no worker's timing can.
    """
    pool = list(moves)
    sites = Counter(move.rule for move in pool)

    def key(move: Mutator) -> tuple[float, str]:
        identity = digest([seed, move.rule, move.aim()])
        uniform = (int(identity[:13], 16) + 1) / (16**13 + 1)
        return -math.log(uniform) * sites[move.rule], identity

    return sorted(pool, key=key)
