"""Where in an expression a rule is aimed, and putting something else there."""

from __future__ import annotations

from typing import NamedTuple

from .trees import Path, Tree, look, neg, put

__all__ = ["MisplacedError", "Place", "fitting", "swap"]


class MisplacedError(LookupError):
    """A rule was aimed where what it expects is not."""


class Place(NamedTuple):
    """A part of an expression, or a run of neighbouring terms or factors of one."""

    path: Path
    start: int | None = None
    """Of a run: how many terms or factors of the node stand before it. None for the node as a whole."""
    negated: bool = False
    """Whether the part stands there with the other sign: a minus in front of 5x is written as -5x, so the two
    cannot be told apart in the tree."""


def fitting(state: Tree, path: Path, old: Tree, new: Tree) -> Place:
    """Return the place of a whole part so that no needless bracket appears when it is replaced.

    A term that becomes a sum joins the sum it stands in; a factor that becomes a product, its product.
    """
    if not path:
        return Place(path)
    parent = look(state, path[:-1])
    if type(parent) is tuple and parent[0] == "neg" and (_takes_sign(old) or _takes_sign(new)):
        return Place(path[:-1], None, negated=True)
    if type(new) is tuple and new[0] in {"+", "*"}:
        inside = type(old) is tuple and old[0] == new[0]
        if type(parent) is tuple and parent[0] == new[0] and not inside:
            return Place(path[:-1], path[-1] - 1)
    return Place(path)


def _takes_sign(tree: Tree) -> bool:
    """Whether a minus in front of a tree goes into it."""
    return neg(tree) != ("neg", tree)


def swap(state: Tree, place: Place, old: Tree, new: Tree) -> Tree:
    """Return the state with `new` where `old` stands.

    Raises:
        MisplacedError: something else stands there, or the result could not be written without a bracket that
            would read differently.
    """
    try:
        node = look(state, place.path)
    except LookupError as error:
        raise MisplacedError(str(error)) from error
    if place.negated:
        old, new = neg(old), neg(new)
    if place.start is None:
        if node != old:
            raise MisplacedError(f"{old!r} was expected, {node!r} stands there")
        return put(state, place.path, _unsigned(state, place.path, new))
    if type(node) is not tuple or node[0] not in {"+", "*"}:
        raise MisplacedError(f"a sum or a product was expected, not {node!r}")
    here, there = _items(node[0], old), _items(node[0], new)
    first = 1 + place.start
    if place.start < 0 or node[first : first + len(here)] != here:
        raise MisplacedError(f"{old!r} was expected in {node!r} after {place.start} items")
    items = (*node[1:first], *there, *node[first + len(here) :])
    leading = items[0]
    misread = {"+"} if node[0] == "+" else {"*", "neg"}
    if len(items) < 2 or (type(leading) is tuple and leading[0] in misread):
        raise MisplacedError("the result would not be well-formed")
    return put(state, place.path, _unsigned(state, place.path, (node[0], *items)))


def _unsigned(state: Tree, path: Path, new: Tree) -> Tree:
    """Return what is to stand at a path, if every minus will be read where it is.

    Raises:
        MisplacedError: a minus in front would be read as part of it, or its own as that of a product.
    """
    if path and (type(new) is int or (type(new) is tuple and new[0] in {"*", "neg"})):
        parent = look(state, path[:-1])
        head = parent[0] if type(parent) is tuple else None
        if head == "neg" and _takes_sign(new):
            raise MisplacedError("the minus in front would go into what is put there")
        if head == "*" and path[-1] == 1 and type(new) is tuple and new[0] == "neg":
            raise MisplacedError("the minus would belong to the whole product")
    return new


def _items(head: str, tree: Tree) -> tuple[Tree, ...]:
    return tree[1:] if type(tree) is tuple and tree[0] == head else (tree,)
