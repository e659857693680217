"""When two problems are the same problem, and when they are of the same make.

The *canonical form* forgets names, the order of terms and factors, which side of an equation is which, and
how a minus is written. The *skeleton* forgets the numbers, too: problems that differ in numbers alone share
it, so that data sets split by skeleton share not even the shape of a problem.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from itertools import chain, groupby, islice, permutations, product

from .memory import Remembering
from .trees import Tree, names

__all__ = ["canonical_digest", "canonical_form", "skeleton_digest"]

_SORTED = frozenset({"+", "*", "=", "or", "and", "!="})


def canonical_form(tree: Tree) -> str:
    """Return the text that equal problems share.

    >>> canonical_form(("=", ("+", "x", 3), 5)) == canonical_form(("=", 5, ("+", 3, "t")))
    True
    """
    return _renamed(tree, _NUMBERED)


def canonical_digest(tree: Tree) -> bytes:
    """Return 16 bytes that equal problems share."""
    return _digest(canonical_form(tree))


def skeleton_digest(tree: Tree) -> str:
    """Return 16 bytes, in hexadecimal, that problems of the same make share."""
    return _digest(_renamed(tree, _BARE)).hex()


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _renamed(tree: Tree, which: int) -> str:
    known = sorted(names(tree))
    if len(known) < 2:
        return _forms_in(known[0] if known else "")[tree][which]
    # With the names blanked, where each of them stands tells it from the others.
    standing = {
        name: _Forms({other: "a" if other == name else "b" for other in known})[tree][which] for name in known
    }
    alike = [list(same) for _, same in groupby(sorted(known, key=standing.__getitem__), standing.__getitem__)]
    # Of names that stand alike any may come first; the least text does not depend on what they are called.
    orders = islice(product(*map(permutations, alike)), _MOST_ORDERS)
    return min(
        _Forms({name: f"v{k}" for k, name in enumerate(chain(*order))})[tree][which] for order in orders
    )


_MOST_ORDERS = 120
"""How many orders of names are tried: all there are, of up to five names that stand alike."""
_NUMBERED, _BARE = 0, 1


class _Forms(Remembering[tuple[str, str]]):
    """The forms of trees with other names: the one with the numbers, and the one without."""

    def __init__(self, names: dict[str, str]) -> None:
        super().__init__()
        self._names = names

    def work(self, tree: Tree) -> tuple[str, str]:
        if type(tree) is int:
            return str(tree), "1"
        if type(tree) is str:
            name = self._names.get(tree, tree)
            return name, name
        assert type(tree) is tuple
        head = tree[0]
        if head == "neg":
            numbered, bare = self[tree[1]]
            return f"*(-1,{numbered})", bare
        if head == "^" and type(tree[2]) is int:  # an exponent is structure: squares are not cubes
            numbered, bare = self[tree[1]]
            return f"^({numbered},{tree[2]})", f"^({bare},{tree[2]})"
        parts = [self[part] for part in tree[1:]]
        with_numbers, without = [part[0] for part in parts], [part[1] for part in parts]
        if head in _SORTED and not (head == "*" and any(map(_is_matrix, tree[1:]))):
            if head == "*":
                without = [part for part in without if part != "1"] or ["1"]
            with_numbers.sort()
            without.sort()
        return _joined(head, with_numbers), _joined(head, without)


def _joined(head: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 and head in _SORTED else f"{head}({','.join(parts)})"


def _is_matrix(tree: Tree) -> bool:
    """Say whether a factor has its place: AB is not BA."""
    return type(tree) is tuple and (tree[0] in {"matrix", "inv"} or (tree[0] == "^" and _is_matrix(tree[1])))


@lru_cache(maxsize=64)
def _forms_in(name: str) -> _Forms:
    """Return the forms of all trees in one name."""
    return _Forms({name: "v0"})
