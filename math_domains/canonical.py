"""When two problems are the same problem, and when they are of the same make.

The *canonical form* forgets names, the order of terms and factors, which side of an equation is which, and
how a minus is written. The *skeleton* forgets the numbers, too: problems that differ in numbers alone share
it, so that data sets split by skeleton share not even the shape of a problem.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

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
        # With the names blanked, where each of them stands tells it from the others.
        order = sorted(
            known, key=lambda name: _Form({n: "a" if n == name else "b" for n in known}, numbers)[tree]
        )
        return _Form({name: f"v{k}" for k, name in enumerate(order)}, numbers)[tree]
    return _form_in(min(known, default=""), numbers)[tree]


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
        if head in _SORTED:
            if head == "*" and not numbers:
                parts = [part for part in parts if part != "1"] or ["1"]
            parts.sort()
            if len(parts) == 1:
                return parts[0]
        return f"{head}({','.join(parts)})"


@lru_cache(maxsize=64)
def _form_in(name: str, numbers: bool) -> _Form:
    """Return the forms of all trees in one name."""
    return _Form({name: "v0"}, numbers)
