"""Expressions as they were written: immutable trees that keep the order, the brackets and the signs.

A tree is a whole number, a name, or a tuple whose first item says what it is::

    ('+', a, b, ...)   ('*', a, b, ...)   ('/', a, b)   ('^', base, exponent)   ('neg', a)
    ('sin', a) and the other functions
    ('=', l, r) and the other relations     ('or', p, q, ...)   ('and', p, q, ...)
    ('int', f, 'x')    an antiderivative of f by x
    ('int', f, 'x', a, b)    the integral of f by x from a to b
    ('subs', f, 'u', g)    f, in which u stands for g
    ('diff', f, 'x')   the derivative of f by x
    ('lim', f, 'x', a)   the limit of f for x to a; with a fifth item 1 from above, with -1 from below
    ('fn', 'y', 'x')   an unknown function y of x, which a differential equation asks for; also y(0)
    ('sum', f, 'k', a, b)    the sum of f for k from a to b
    ('matrix', ('row', a, b, ...), ...)   ('det', m)   ('inv', m)   a matrix, its determinant, its inverse

The names `pi` and `oo` (infinity) are constants.

SymPy would reorder and merge what a person wrote and cost a hundred times as much. Plain tuples share their
unchanged parts from one state of a walk to the next, which is what makes checking every state cheap.

A *well-formed* tree is one that reads the same after it was printed: a minus is in front of a product and not
inside, but for a whole number, which takes it in; and the first item of a sum or a product is not again one.
The functions here return well-formed trees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from rpsdg.traces.errors import ExitCode, RpsdgError

from .memory import Memory

__all__ = [
    "CONNECTIVES",
    "CONSTANTS",
    "FUNCTIONS",
    "RELATIONS",
    "UNEVALUATED",
    "BadTreeError",
    "Path",
    "Tree",
    "add",
    "div",
    "first_place",
    "free_names",
    "heads",
    "instead",
    "look",
    "mul",
    "names",
    "neg",
    "places",
    "power",
    "put",
    "size",
]

Tree: TypeAlias = int | str | tuple[Any, ...]
Path: TypeAlias = tuple[int, ...]
"""The way from the root to a part: positions in the tuples, so 1 is a node's first operand."""

FUNCTIONS = frozenset(
    "sin cos tan sec csc cot asin acos atan sinh cosh tanh exp log sqrt abs".split()  # noqa: SIM905 - a list of words
)
RELATIONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
CONNECTIVES = frozenset({"or", "and"})
UNEVALUATED = frozenset({"int", "diff", "lim", "sum", "subs"})
"""Operations that are written down and still to be carried out."""
CONSTANTS = frozenset({"pi", "oo"})


class BadTreeError(RpsdgError):
    """Something that should be a tree and is not."""

    code = ExitCode.DATA


def add(*terms: Tree) -> Tree:
    """Return a sum as written, without terms that are zero.

    >>> add("x", 0, ("neg", "y"))
    ('+', 'x', ('neg', 'y'))
    """
    kept = [term for term in terms if term != 0]
    if len(kept) < 2:
        return kept[0] if kept else 0
    if type(kept[0]) is tuple and kept[0][0] == "+":
        kept[:1] = kept[0][1:]
    return ("+", *kept)


def mul(*factors: Tree) -> Tree:
    """Return a product as written, without factors of one; a sign in front becomes the product's.

    >>> mul(-1, "x"), mul(2, 1, "x"), mul(0, "x")
    (('neg', 'x'), ('*', 2, 'x'), 0)
    """
    kept = [factor for factor in factors if factor != 1]
    if 0 in kept:
        return 0
    if len(kept) < 2:
        return kept[0] if kept else 1
    first = kept[0]
    if first == -1:
        return neg(mul(*kept[1:]))
    if type(first) is tuple:
        if first[0] == "neg":
            return neg(mul(first[1], *kept[1:]))
        if first[0] == "*":
            kept[:1] = first[1:]
    return ("*", *kept)


def neg(tree: Tree) -> Tree:
    """Return the tree with the other sign, which is written in the simplest place.

    >>> neg(3), neg(("neg", "x")), neg(("*", 2, "x")), neg("x")
    (-3, 'x', ('*', -2, 'x'), ('neg', 'x'))
    """
    if type(tree) is int:
        return -tree
    if type(tree) is tuple:
        if tree[0] == "neg":
            inner: Tree = tree[1]
            return inner
        if tree[0] == "*" and type(tree[1]) is int and tree[1] not in {0, 1, -1}:
            return ("*", -tree[1], *tree[2:])
    return ("neg", tree)


def div(above: Tree, below: Tree) -> Tree:
    """Return a fraction as written; one over one is not written."""
    return above if below == 1 else ("/", above, below)


def power(base: Tree, exponent: Tree) -> Tree:
    """Return a power as written; the exponents 0 and 1 are not written."""
    if exponent == 1:
        return base
    return 1 if exponent == 0 else ("^", base, exponent)


def size(tree: Tree) -> int:
    """Return the number of nodes."""
    return 1 + sum(map(size, tree[1:])) if type(tree) is tuple else 1


def names(tree: Tree) -> frozenset[str]:
    """Return the names that occur, constants left out.

    >>> sorted(names(("+", "x", ("*", "pi", "y"))))
    ['x', 'y']
    """
    return _named[tree]


def _names(tree: Tree) -> frozenset[str]:
    if type(tree) is not tuple:
        return frozenset((tree,)) if type(tree) is str and tree not in CONSTANTS else _NONE
    found = _NONE
    for part in tree[1:]:
        if type(part) is not int:
            more = _named[part]
            # Mostly there is one name, and the set of it need not be made again.
            found = found | more if found and not more <= found else found or more
    return found


_NONE: frozenset[str] = frozenset()
_named = Memory(_names)


def free_names(tree: Tree) -> frozenset[str]:
    """Return the names on which a value depends: not those that bounds or a substitution give values to.

    >>> sorted(free_names(("*", "a", ("int", "x", "x", 0, "b"))))
    ['a', 'b']
    """
    match tree:
        case (("int" | "diff"), inner, by):
            return free_names(inner) | {by}
        case ("lim", inner, by, to, *_):
            return free_names(inner) - {by} | free_names(to)
        case (("int" | "sum"), inner, by, low, high):
            return free_names(inner) - {by} | free_names(low) | free_names(high)
        case ("subs", inner, name, meant):
            return free_names(inner) - {name} | free_names(meant)
        case tuple():
            return frozenset().union(*map(free_names, tree[1:]))
        case str() if tree not in CONSTANTS:
            return frozenset({tree})
    return frozenset()


def places(tree: Tree, path: Path = ()) -> Iterator[tuple[Path, Tree]]:
    """Yield every part with the way to it, outer ones first."""
    yield path, tree
    if type(tree) is tuple:
        for position in range(1, len(tree)):
            yield from places(tree[position], (*path, position))


def heads(tree: Tree) -> set[str]:
    """Return what the parts of a tree are: the operations, functions and relations that occur.

    >>> sorted(heads(("=", ("*", 2, ("sin", "x")), 1)))
    ['*', '=', 'sin']
    """
    found = set()
    waiting = [tree]
    for part in waiting:
        if type(part) is tuple:
            found.add(part[0])
            waiting += part[1:]
    return found


def look(tree: Tree, path: Path) -> Tree:
    """Return the part that a path leads to.

    Raises:
        LookupError: it leads nowhere.
    """
    for position in path:
        if type(tree) is not tuple or position < 1:
            raise LookupError(f"there is no operand {position} in {tree!r}")
        tree = tree[position]  # which may raise an IndexError, one of the kind
    return tree


def first_place(tree: Tree, head: str) -> Path | None:
    """Return the way to the first part of a kind, outer ones first; None if there is none."""
    found = _way_back(tree, head) if type(tree) is tuple else None
    return None if found is None else tuple(reversed(found))


def _way_back(tree: tuple[Any, ...], head: str) -> list[int] | None:
    if tree[0] == head:
        return []
    for position, part in enumerate(tree):
        if type(part) is tuple:
            found = _way_back(part, head)
            if found is not None:
                found.append(position)
                return found
    return None


def put(tree: Tree, path: Path, new: Tree) -> Tree:
    """Return the tree with another part where the path leads; the rest is shared."""
    if not path:
        return new
    assert type(tree) is tuple
    position = path[0]
    return (*tree[:position], put(tree[position], path[1:], new), *tree[position + 1 :])


def instead(tree: Tree, values: Mapping[str, Tree]) -> Tree:
    """Return the tree with trees instead of names; nothing is simplified."""
    if type(tree) is str:
        return values.get(tree, tree)
    if type(tree) is tuple:
        return (tree[0], *[instead(part, values) for part in tree[1:]])
    return tree
