"""Which places for bugs a change brought, and marks by which places are known again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from rpsdg.sandbox.tree import Tree
from rpsdg.traces.identity import digest

from .anchoring import place_of
from .judging.units import units_in
from .mutator import Mutator, ProjectMutator
from .rules import all_mutators
from .scope import is_mutable, mutable_files

__all__ = ["changed_units", "marks", "new_sites"]

_DIGITS = 12


def marks(tree: Tree, moves: Iterable[Mutator]) -> dict[Mutator, str]:
    """Return a mark for each of some candidates that it has in every tree with the same function in it.

    Args:
        tree: the program.
        moves: all its candidates, in their order, which tells equal ones apart.
    """
    seen: Counter[tuple[object, ...]] = Counter()
    found = {}
    for move in moves:
        path, name = place_of(tree, move)
        unit = units_in(tree, path).get(name)
        key = (move.rule, unit.hash if unit is not None else "", move.old, move.new)
        words = [str(word) for word in key]
        found[move] = digest([*words, seen[key]])[:_DIGITS]
        seen[key] += 1
    return found


def changed_units(old: Tree, new: Tree) -> dict[str, frozenset[str]]:
    """Return the units that one version of a program has and another had not, by file, tests included.

    What only moved to another place is none of them.
    """
    changed = [path for path in old.changed(new) if path.endswith(".py")]
    known = {unit.hash for path in changed for unit in units_in(old, path).values()}
    found = {}
    for path in changed:
        before = units_in(old, path)
        names = {
            name
            for name, unit in units_in(new, path).items()
            if unit.hash not in known and (name not in before or before[name].hash != unit.hash)
        }
        if names:
            found[path] = frozenset(names)
    return found


def new_sites(old: Tree, new: Tree, moves: Iterable[Mutator]) -> list[Mutator]:
    """Return the candidates of a program that an earlier version of it did not have.

    A function that was changed has those that it had before besides: what is new are as many of the same rule
    and text as there are more now.

    Args:
        old: the earlier version.
        new: the program.
        moves: its candidates, in their order.
    """
    changed = {path: names for path, names in changed_units(old, new).items() if is_mutable(path)}
    had = _texts(old, changed)
    found = []
    for move in moves:
        if move.path not in changed:
            continue
        path, name = place_of(new, move)
        if name not in changed[path]:
            continue
        key = (path, name, move.rule, move.old, move.new)
        if had[key]:
            had[key] -= 1
        else:
            found.append(move)
    return found


def _texts(tree: Tree, changed: Mapping[str, frozenset[str]]) -> Counter[tuple[object, ...]]:
    """Count what there was in the units that were changed."""
    known = set(mutable_files(tree))
    rules = all_mutators().values()
    had: Counter[tuple[object, ...]] = Counter()
    for path, names in changed.items():
        if path not in known:
            continue
        sites = [
            site
            for rule in rules
            if not issubclass(rule, ProjectMutator)
            for site in rule.find_in(path, tree[path].data)
        ]
        for site in sites:
            name = place_of(tree, site)[1]
            if name in names:
                had[path, name, site.rule, site.old, site.new] += 1
    return had
