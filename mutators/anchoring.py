"""The same bug at its place in another version of the program: found among the rule's own sites there.

A place is looked for in the function of the same name in the same file; where that is gone, in a function of
the same content, wherever it went; else in one of the same name in a file that resembles the old one most, or
in the same class or file. What is found is one of the sites that the rule itself finds in the new program,
with the same text before and after, up to indentation; several such sites are told apart by the lines around
them and by their order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rpsdg.sandbox.tree import Tree

from .judging.units import MODULE, UnitId, unit_at, units_in
from .mutator import Edit, Mutator, ProjectMutator
from .scope import mutable_files

__all__ = ["Anchored", "Anchors", "Lost", "place_of"]

_AROUND = 2
"""Lines on each side that tell equal sites apart."""


@dataclass(frozen=True)
class Anchored:
    """A bug at its place in another version of the program."""

    move: Mutator
    moved: bool
    """Whether it lies in another file or another function than before."""


@dataclass(frozen=True)
class Lost:
    """A bug that has no place there, and why."""

    reason: str


def place_of(tree: Tree, move: Mutator) -> UnitId:
    """Return the unit that a bug's principal edit lies in."""
    return move.path, unit_at(tree[move.path].data, move.start)


class Anchors:
    """Finds the places of bugs of one version of a program in another."""

    def __init__(self, old: Tree, new: Tree) -> None:
        """Compare two versions; nothing is parsed before it is needed."""
        self._old, self._new = old, new
        self._sites: dict[tuple[Tree, str, str], list[Mutator]] = {}
        self._whole: dict[tuple[Tree, str], list[Mutator]] = {}

    def find(self, move: Mutator) -> Anchored | Lost:
        """Return a bug of the old program at its place in the new one."""
        path, name = place_of(self._old, move)
        old_unit = units_in(self._old, path).get(name)
        tried: list[UnitId] = []
        for place, alike in self._homes(path, name):
            if place in tried:
                continue
            tried.append(place)
            found = self._in(move, (path, name), place, alike)
            if found is not None:
                return Anchored(found, place != (path, name))
        where = f"`{name}` of {path}" if name else path
        if (path, name) in tried and old_unit is not None:
            return Lost(f"the edit does not apply to {where} any more")
        return Lost(f"{where} is gone")

    def _homes(self, path: str, name: str) -> Iterator[tuple[UnitId, int]]:
        """Yield where a unit may have gone to, likeliest first, and how many lines there must be the same."""
        here = units_in(self._new, path)
        if name in here:
            yield (path, name), 0
        old = units_in(self._old, path).get(name)
        if old is None:
            return
        if name != MODULE:  # that of many files is the same, as it is nothing
            yield from ((place, 0) for place in self._by_hash.get(old.hash, ()))
        heir = self._heir(path)
        if heir is not None and name in units_in(self._new, heir):
            yield (heir, name), 0
        owner, _, last = name.rpartition(".")
        for other in sorted(here.keys() - units_in(self._old, path).keys()):
            # It may have got another name, or its class may have.
            if owner == other.rpartition(".")[0] or last == other.rpartition(".")[2]:
                yield (path, other), 2 * _AROUND

    @cached_property
    def _by_hash(self) -> dict[str, list[UnitId]]:
        """Units of the new program that are functions or classes, by their content."""
        found: defaultdict[str, list[UnitId]] = defaultdict(list)
        for path in mutable_files(self._new):
            for name, unit in units_in(self._new, path).items():
                if name != MODULE:
                    found[unit.hash].append((path, name))
        return found

    def _heir(self, path: str) -> str | None:
        """Return the new file that has most of the units of one that is gone; None if that is still there."""
        if path in self._new:
            return None
        names = units_in(self._old, path).keys() - {MODULE}
        shared = {
            other: len(names & units_in(self._new, other).keys())
            for other in mutable_files(self._new)
            if other not in self._old
        }
        best = max(shared, key=lambda other: (shared[other], other), default=None)
        return best if best is not None and shared[best] else None

    def _in(self, move: Mutator, old: UnitId, new: UnitId, alike: int) -> Mutator | None:
        """Return the site of the new unit that a bug of the old one is at, if there is one.

        Args:
            move: the bug.
            old: the unit it lies in.
            new: where it is looked for.
            alike: how many of the lines at the edit and around it must be the same.
        """
        equal = [site for site in self._sites_in(self._new, type(move), new) if _text(site) == _text(move)]
        if not equal:
            return None
        before = [site for site in self._sites_in(self._old, type(move), old) if _text(site) == _text(move)]
        place = next((n for n, site in enumerate(before) if site == move), None)
        if place is not None and len(before) == len(equal) and not alike:
            return equal[place]
        around = _around(self._old, move)
        likeness = [_shared(around, _around(self._new, site)) for site in equal]
        best = max(likeness)
        if best < alike:
            return None
        nearest = [site for site, shared in zip(equal, likeness, strict=True) if shared == best]
        return nearest[min(place or 0, len(nearest) - 1)]

    def _sites_in(self, tree: Tree, rule: type[Mutator], unit: UnitId) -> list[Mutator]:
        path, name = unit
        return [site for site in self._of_file(tree, rule, path) if place_of(tree, site)[1] == name]

    def _of_file(self, tree: Tree, rule: type[Mutator], path: str) -> Sequence[Mutator]:
        key = tree, rule.rule, path
        if key not in self._sites:
            if issubclass(rule, ProjectMutator):
                whole = self._whole.setdefault((tree, rule.rule), [])
                if not whole:
                    whole += rule.find(tree)
                self._sites[key] = [site for site in whole if site.path == path]
            else:
                self._sites[key] = list(rule.find_in(path, tree[path].data))
        return self._sites[key]


def _text(move: Mutator) -> tuple[object, ...]:
    """Return what a bug does, wherever it is: its texts without their indentation, principal edit first."""
    others = Counter((_flush(edit.old), _flush(edit.new)) for edit in move.elsewhere)
    return _flush(move.old), _flush(move.new), sorted(others.items())


def _flush(text: bytes) -> bytes:
    return b"\n".join(line.strip() for line in text.split(b"\n"))


def _around(tree: Tree, edit: Mutator | Edit) -> list[bytes]:
    """Return the lines around an edit, and its own, without their indentation."""
    lines = tree[edit.path].data.split(b"\n")
    first = tree[edit.path].data.count(b"\n", 0, edit.start)
    last = first + edit.old.count(b"\n")
    return [
        lines[number].strip() if 0 <= number < len(lines) else b""
        for number in range(first - _AROUND, last + _AROUND + 1)
    ]


def _shared(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    return sum(a == b for a, b in zip(one, other, strict=False))
