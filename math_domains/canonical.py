"""When two problems are the same problem, and when they are of the same make.

The *canonical form* forgets names, the order of terms and factors, which side of an equation is which, and
how a minus is written. The *skeleton* forgets the numbers, too: problems that differ in numbers alone share
it, so that data sets split by skeleton share not even the shape of a problem.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, groupby, permutations, product

from .memory import Remembering
from .trees import Tree, names

__all__ = ["canonical_digest", "canonical_form", "skeleton_digest"]

_SORTED = frozenset({"+", "*", "=", "or", "and", "!="})


def canonical_form(tree: Tree) -> str:
    """Return the text that equal problems share.

    >>> canonical_form(("=", ("+", "x", 3), 5)) == canonical_form(("=", 5, ("+", 3, "t")))
    True
    """
    return _renamed(tree, numbers=True)


def canonical_digest(tree: Tree) -> bytes:
    """Return 16 bytes that equal problems share."""
    return _digest(canonical_form(tree))


def skeleton_digest(tree: Tree) -> str:
    """Return 16 bytes, in hexadecimal, that problems of the same make share."""
    return _digest(_renamed(tree, numbers=False)).hex()


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _renamed(tree: Tree, *, numbers: bool) -> str:
    known = names(tree)
    if len(known) > 1:
        return min(
            _Form({name: f"v{k}" for k, name in enumerate(order)}, numbers)[tree]
            for order in _orders(tree, known, numbers)
        )
    return _form_in(min(known, default=""), numbers)[tree]


def _orders(tree: Tree, known: frozenset[str], numbers: bool) -> Iterator[tuple[str, ...]]:
    """Yield the orders of names that their places allow: one, unless several names stand in like places.

    Like places are no reason to take names in any order: in xy + xc + by + bc all letters have the same, but
    x may change places with b alone, or together with y and c. So all orders are tried.
    """
    # With the names blanked, where each of them stands tells it from the others.
    place = {
        name: _Form({n: "a" if n == name else "b" for n in known}, numbers)[tree] for name in sorted(known)
    }
    alike = [list(group) for _, group in groupby(sorted(place, key=place.__getitem__), place.__getitem__)]
    for chosen in product(*map(permutations, alike)):
        yield tuple(chain.from_iterable(chosen))


class _Form(Remembering[str]):
    """The form of trees with other names."""

    def __init__(self, names: dict[str, str], numbers: bool) -> None:
        super().__init__()
        self._names, self._numbers = names, numbers

    def work(self, tree: Tree) -> str:
        numbers = self._numbers
        if type(tree) is int:
            return str(tree) if numbers else "1"
        if type(tree) is str:
            return self._names.get(tree, tree)
        assert type(tree) is tuple
        head = tree[0]
        if head == "neg":
            return f"*(-1,{self[tree[1]]})" if numbers else self[tree[1]]
        if head == "^" and type(tree[2]) is int:  # an exponent is structure: squares are not cubes
            return f"^({self[tree[1]]},{tree[2]})"
        parts = [self[part] for part in tree[1:]]
        if head in _SORTED and not (head == "*" and any(map(_is_matrix, tree[1:]))):
            if head == "*" and not numbers:
                parts = [part for part in parts if part != "1"] or ["1"]
            parts.sort()
            if len(parts) == 1:
                return parts[0]
        return f"{head}({','.join(parts)})"


def _is_matrix(tree: Tree) -> bool:
    """Say whether a factor has its place: AB is not BA."""
    return type(tree) is tuple and (tree[0] in {"matrix", "inv"} or (tree[0] == "^" and _is_matrix(tree[1])))


@lru_cache(maxsize=64)
def _form_in(name: str, numbers: bool) -> _Form:
    """Return the forms of all trees in one name."""
    return _Form({name: "v0"}, numbers)
