"""Which candidate is tried next: dice that depend on the seed and the moves alone, steered to a mixture."""

from __future__ import annotations

import math
from collections import Counter, defaultdict, deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from rpsdg.sandbox.tree import Tree
from rpsdg.traces.identity import digest

from .functions import function_around
from .mix import Mix
from .mutator import Mutator, ProjectMutator
from .rules import all_mutators
from .scope import mutable_files

__all__ = ["LAG", "Draw", "candidates", "ordered", "rates", "share_of_new"]

LAG = 64
"""How many candidates may be under way while the next is chosen. The choice looks only at what became of
those before them, so it is the same for every number of workers below this."""

_ENOUGH, _BARREN = 60, 0.05
"""After so many tries, a family of which fewer than this share is accepted has to wait."""


def candidates(tree: Tree, within: Container[str] | None = None) -> list[Mutator]:
    """Return every bug that can be injected into a tree, in the order of files and rules.

    Args:
        tree: the untouched program.
        within: files to look into; those of the whole program where it is None.
    """
    rules = all_mutators().values()
    whole = [rule for rule in rules if issubclass(rule, ProjectMutator)]
    single = [rule for rule in rules if not issubclass(rule, ProjectMutator)]
    # File by file, because a parsed file is large and only a few are kept.
    files = ((path, tree[path].data) for path in mutable_files(tree) if within is None or path in within)
    found = [move for path, data in files for rule in single for move in rule.find_in(path, data)]
    of_several = (move for rule in whole for move in rule.find(tree))
    return found + [move for move in of_several if within is None or move.path in within]


def ordered(tree: Tree, moves: Iterable[Mutator], seed: int, rules: Mapping[str, float]) -> list[Mutator]:
    """Shuffle moves so that every rule gets its share early, and within a rule every function of the program.

    Each move gets a key from its own identity and the seed, and the keys are sorted: weighted sampling
    without replacement (Efraimidis and Spirakis, 2006). A rule's mass is spread evenly over the functions it
    applies in, so that one long table of literals counts for no more than a small function. A change
    elsewhere in the tree hardly moves the others, and no worker's timing can.

    Args:
        tree: the untouched program.
        moves: what to shuffle.
        seed: of the dice.
        rules: mass of each rule; one that is not named has mass 1, with mass 0 it is left out.
    """
    keys = _keys(tree, moves, seed, rules)
    return [move for _, _, move in sorted(keys, key=lambda item: item[:2])]


def _keys(
    tree: Tree, moves: Iterable[Mutator], seed: int, rules: Mapping[str, float]
) -> list[tuple[float, str, Mutator]]:
    """Return moves with the keys that `ordered` sorts them by, and their identities."""
    pool = [(move, _function(tree, move)) for move in moves if rules.get(move.rule, 1.0) > 0]
    in_function = Counter((move.rule, place) for move, place in pool)
    functions = Counter(rule for rule, _ in in_function)
    keys = []
    for move, place in pool:
        identity = digest([seed, move.rule, move.aim()])
        mass = rules.get(move.rule, 1.0) / (functions[move.rule] * in_function[move.rule, place])
        keys.append((_exponential(identity) / mass, identity, move))
    return keys


def rates(
    tree: Tree, moves: Sequence[Mutator], seed: int, mix: Mix, tried: Iterable[Mutator]
) -> dict[str, float | None]:
    """Return how often each rule was tried in a function it applies in, on the average.

    Candidates of a family are tried in the order of their keys, so those that were are all whose key is below
    that of the last. This bound, times a rule's share of the keys in one function, is its rate.

    Args:
        tree: the untouched program.
        moves: all candidates there were.
        seed: of the dice.
        mix: the shares that were drawn for.
        tried: the candidates that were drawn.

    Returns:
        The rate by rule, None where every site was tried; rules that apply nowhere are left out.
    """
    found: dict[str, float | None] = {}
    drawn = set(tried)
    families = list(mix.families or [""])
    for family in families:
        keys = _keys(tree, [m for m in moves if not mix.families or m.family == family], seed, mix.rules)
        bound = max((key for key, _, move in keys if move in drawn), default=0.0)
        places: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for _, _, move in keys:
            places[move.rule].add(_function(tree, move))
        everything = all(move in drawn for _, _, move in keys)
        for rule, functions in places.items():
            found[rule] = None if everything else bound * mix.rules.get(rule, 1.0) / len(functions)
    return dict(sorted(found.items()))


def share_of_new(
    tree: Tree,
    moves: Iterable[Mutator],
    new: Iterable[Mutator],
    seed: int,
    known: Mapping[str, float | None],
) -> list[Mutator]:
    """Return those of some new sites that would have been tried, had they been there from the beginning.

    Args:
        tree: the program with the new code.
        moves: all candidates of it, or at least all of the files that new ones lie in.
        new: those of them that were not there before.
        seed: of the dice.
        known: what `rates` returned at the beginning.
    """
    in_function = Counter((move.rule, _function(tree, move)) for move in moves)
    chosen = []
    for move in new:
        rate = known.get(move.rule, 0.0)
        sites = in_function[move.rule, _function(tree, move)]
        if rate is None or _exponential(digest([seed, move.rule, move.aim()])) * sites <= rate:
            chosen.append(move)
    return chosen


def _exponential(identity: str) -> float:
    """Return the exponential random number that an identity stands for."""
    return -math.log((int(identity[:13], 16) + 1) / (16**13 + 1))


class Draw(Iterator[Mutator]):
    """Hands out candidates so that what is *accepted* comes to have the mixture's shares.

    Rules differ in how often tests catch their bugs, so equal shares among candidates would not be equal
    shares among traces. The next candidate is of the family that lacks most, counting those under way by the
    share that was accepted of their family so far.
    """

    def __init__(
        self, tree: Tree, moves: Iterable[Mutator], seed: int, mix: Mix, accepted: Sequence[bool]
    ) -> None:
        """Start drawing.

        Args:
            tree: the untouched program.
            moves: all candidates.
            seed: of the dice.
            mix: the shares; without shares by family, every rule has the same.
            accepted: what became of the candidates drawn so far, in their order; the caller appends to it.
        """
        self._targets = dict(mix.families or {"": 1.0})
        self._accepted = accepted
        self._queues: dict[str, deque[Mutator]] = {}
        pools: defaultdict[str, list[Mutator]] = defaultdict(list)
        for move in moves:
            pools[move.family if mix.families else ""].append(move)
        for family in self._targets:
            self._queues[family] = deque(ordered(tree, pools[family], seed, dict(mix.rules)))
        self.total = sum(map(len, self._queues.values()))
        self._drawn: list[str] = []
        self._tried: Counter[str] = Counter()
        self._taken: Counter[str] = Counter()

    def __next__(self) -> Mutator:
        """Return the next candidate.

        Raises:
            StopIteration: there are no more.
        """
        self._learn()
        left = [family for family, queue in self._queues.items() if queue]
        if not left:
            raise StopIteration
        under_way = Counter(self._drawn[sum(self._tried.values()) :])
        expected = {
            family: self._taken[family]
            + under_way[family] * (self._taken[family] + 1) / (self._tried[family] + 2)
            for family in self._targets
        }
        total = sum(expected.values()) + 1
        family = max(left, key=lambda f: (not self._is_barren(f), self._targets[f] * total - expected[f], f))
        self._drawn.append(family)
        return self._queues[family].popleft()

    def _is_barren(self, family: str) -> bool:
        """Say whether the tests of this program hardly ever catch a family's bugs: it comes when all else is
        used up, and the mixture shows that it is missing."""
        return self._tried[family] >= _ENOUGH and self._taken[family] < _BARREN * self._tried[family]

    def _learn(self) -> None:
        for index in range(sum(self._tried.values()), max(0, len(self._drawn) - LAG)):
            family = self._drawn[index]
            self._tried[family] += 1
            self._taken[family] += self._accepted[index]


def _function(tree: Tree, move: Mutator) -> tuple[str, str]:
    return move.path, function_around(tree[move.path].data, move.start).name
