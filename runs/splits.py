"""Train, validation and test: which split each trace of a data set goes to.

Mathematics keeps the split that its skeleton has everywhere. Code is divided by repository, by file or by
function, and near-duplicates are never on two sides: what hangs together in any of these ways goes to one.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import Literal

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.facts import Facts, facts_of
from rpsdg.math_domains.splitting import SHARES, split_of
from rpsdg.mutators.functions import function_at
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.errors import UsageError

__all__ = ["By", "Divided", "divide", "read_shares"]

By = Literal["repository", "file", "function"]


@dataclass(frozen=True)
class Divided:
    """Where the traces of a data set go."""

    names: tuple[str, ...]
    places: array[int]
    """Of each trace, in order, the place of its split among the names."""
    groups: int
    """Of code, how many there are that hang together."""

    def counts(self) -> dict[str, int]:
        """Return how many traces each split has."""
        counted = Counter(self.places)
        return {name: counted[place] for place, name in enumerate(self.names)}


def read_shares(text: str) -> dict[str, float]:
    """Return the shares of splits that a text such as `train=0.8,test=0.2` gives, adding up to 1.

    Raises:
        UsageError: it gives none.
    """
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, _, share = part.partition("=")
        try:
            value = float(share)
        except ValueError:
            value = 0.0
        if not name.strip().isidentifier() or name.strip() in shares or not 0 < value < float("inf"):
            raise UsageError(f"shares such as `train=0.8,test=0.2` were expected, not `{text}`")
        shares[name.strip()] = value
    return {name: share / sum(shares.values()) for name, share in shares.items()}


def divide(data: Dataset, shares: Mapping[str, float] | None, by: By, seed: int) -> Divided:
    """Say which split each trace of a data set goes to.

    Args:
        data: the data set. It is read once; what is held in memory is some bytes a trace, and of code some
            hundred for every line that a bug changes.
        shares: of the splits, adding up to 1; None for those of mathematics.
        by: what code is divided by.
        seed: another one divides code otherwise.

    Raises:
        DatasetError: the data set is damaged.
        UsageError: mathematics is in it, and the splits are others than its own.
    """
    wanted = dict(shares or {str(split): share for split, share in SHARES.items()})
    names = tuple(wanted)
    places = array("b")
    groups = _Groups()
    members = array("q")  # of each trace of code a group; -1 for mathematics
    functions = _functions(data) if by == "function" else repeat([])
    for facts, inside in zip(facts_of(data), functions, strict=by == "function"):
        if not facts.is_code:
            places.append(_of_mathematics(facts, names))
            members.append(-1)
            continue
        keys = [*facts.near_duplicates, *_keys(facts, by), *inside]
        members.append(groups.join([_digest(key) for key in keys or [facts.id]]))
        places.append(0)
    roots = array("q", (groups.root(member) if member >= 0 else -1 for member in members))
    sizes = Counter(root for root in roots if root >= 0)
    assigned = _assign(sizes, wanted, seed)
    for number, root in enumerate(roots):
        if root >= 0:
            places[number] = assigned[root]
    return Divided(names, places, len(sizes))


def _of_mathematics(facts: Facts, names: tuple[str, ...]) -> int:
    (skeleton,) = facts.near_duplicates or (facts.id,)
    split = str(split_of(skeleton))
    if split not in names:
        raise UsageError(
            f"mathematics is always split into {', '.join(map(str, SHARES))}, whatever the shares",
            hint="Leave `--shares` out, or take the code alone with `rpsdg filter --domain 'code/*'`.",
        )
    return names.index(split)


def _keys(facts: Facts, by: By) -> Iterator[str]:
    if by == "repository":
        yield f"repository {facts.repository}"
    elif by == "file":
        yield from (f"file {facts.repository} {path}" for path in facts.paths)


def _assign(sizes: Mapping[int, int], shares: Mapping[str, float], seed: int) -> dict[int, int]:
    """Give each group to the split that lacks most of what it should have, large groups first."""
    total = sum(sizes.values())
    missing = [share * total for share in shares.values()]

    def order(root: int) -> tuple[int, bytes]:
        return -sizes[root], hashlib.blake2b(f"{seed} {root}".encode(), digest_size=8).digest()

    assigned = {}
    for root in sorted(sizes, key=order):
        place = max(range(len(missing)), key=lambda one: (missing[one], -one))
        assigned[root] = place
        missing[place] -= sizes[root]
    return assigned


class _Groups:
    """Digests that were named together, directly or through others: union by a smaller representative."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}

    def root(self, key: int) -> int:
        parents = self._parents
        parents.setdefault(key, key)
        while parents[key] != key:
            parents[key] = parents[parents[key]]
            key = parents[key]
        return key

    def join(self, keys: list[int]) -> int:
        roots = {self.root(key) for key in keys}
        least = min(roots)
        for root in roots:
            self._parents[root] = least
        return least


def _functions(data: Dataset) -> Iterator[list[str]]:
    """Yield the functions that the bugs of each trace are in; none for what is no code."""
    tree: Tree | None = None
    for row in data.rows():
        found = []
        if row.labels.paths:
            digest = str(row.trace.problem.state.get("tree", ""))
            if tree is None or tree.digest != digest:
                tree = data.tree(digest)
            for place in row.trace.provenance.source["places"]:
                name = function_at(tree[place["path"]].data, int(place["first_line"])).name
                found.append(f"function {row.labels.repository} {place['path']} {name}")
        yield found


def _digest(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=7).digest())
