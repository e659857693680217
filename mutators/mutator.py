"""What every Python mutator is: a rule that inverts a real fix, aimed at one place."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, NamedTuple, Self

from rpsdg.sandbox.tree import Tree
from rpsdg.traces.kernel import Move

from .reading.source import Site, Source, parse
from .scope import mutable_files

__all__ = ["Edit", "MisplacedEditError", "Mutator", "ProjectMutator", "Sample", "difference", "inverse"]


@dataclass(frozen=True)
class Sample:
    """A mutator's own example: a little program, the same with the bug, and a test that tells them apart."""

    before: str
    after: str
    test: str
    """Body of a test file. `from program import *` is written above it."""


class Edit(NamedTuple):
    """One splice: at byte `start` of the file, `old` becomes `new`."""

    path: str
    start: int
    old: bytes
    new: bytes

    @property
    def end(self) -> int:
        """Offset behind the old text."""
        return self.start + len(self.old)


class MisplacedEditError(ValueError):
    """A move was applied to a state that does not hold the text it remembers."""


@dataclass(frozen=True)
class Mutator(Move[Tree]):
    """One bug to inject. A subclass says where (`sites`) and in which words it is undone (`explain`).

    The state is a source tree; a move splices bytes into one file, so everything around the edit stays
    byte-identical, formatting and comments included.
    """

    path: str
    start: int
    old: bytes
    new: bytes
    elsewhere: tuple[Edit, ...] = field(default=(), kw_only=True)
    """Further edits of the same bug, in other places than the principal one, which the fields above are.
    All offsets are those of the untouched files."""
    about: str = field(default="", kw_only=True)
    """What `explain` has to know beyond the edits, such as the place that a rename forgot."""

    family: ClassVar[str]
    """The kind of real fix the mutator inverts, such as `conditions` or `arguments`."""
    sample: ClassVar[Sample]

    @classmethod
    @abstractmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        """Yield every place of one parsed file where the mutator applies, in source order."""

    @abstractmethod
    def explain(self) -> str:
        """Say what differs from what was meant, and the repair, naming both texts."""

    @classmethod
    def find(cls, state: Tree) -> Iterator[Self]:
        """Yield the mutator aimed at every site of every file that may be mutated."""
        for path in mutable_files(state):
            yield from cls.find_in(path, state[path].data)

    @classmethod
    def find_in(cls, path: str, data: bytes) -> Iterator[Self]:
        """Yield the mutator aimed at every site of one file, whatever file it is."""
        source = parse(data)
        if source is not None:
            for site in cls.sites(source):
                yield cls(path, site.start, site.old, site.new)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Every edit of the bug, in the order of paths and offsets."""
        return tuple(sorted((Edit(self.path, self.start, self.old, self.new), *self.elsewhere)))

    def apply(self, state: Tree) -> Tree:
        """Write the bug into the tree."""
        return _spliced(state, self.edits, self.rule)

    def undo(self, state: Tree) -> Tree:
        """Take the bug out again."""
        return _spliced(state, inverse(self.edits), self.rule)

    def rebased(self, earlier: Iterable[Edit]) -> Self:
        """Return the same bug for a tree in which other edits were made already.

        Args:
            earlier: edits in the offsets of the same untouched files; none touches one of this bug's.

        Raises:
            MisplacedEditError: one of them does.
        """
        made = list(earlier)
        first, *others = [_shifted(edit, made) for edit in (self._principal, *self.elsewhere)]
        return replace(self, start=first.start, elsewhere=tuple(others))

    def grounded(self, earlier: Iterable[Edit]) -> Self:
        """Return the same bug aimed at the untouched files: what `rebased` was given.

        Args:
            earlier: the edits made before this bug, in the offsets of the untouched files.
        """
        made = sorted(earlier)
        first, *others = [_unshifted(edit, made) for edit in (self._principal, *self.elsewhere)]
        return replace(self, start=first.start, elsewhere=tuple(others))

    @classmethod
    def aimed(cls, aim: dict[str, Any]) -> Self:
        """Return the move that `aim` points, as `aim()` gave it.

        Raises:
            LookupError, TypeError, ValueError: it is no aim.
        """
        elsewhere = tuple(_edit(one) for one in aim.get("elsewhere", ()))
        return cls(*_edit(aim), elsewhere=elsewhere, about=str(aim.get("about", "")))

    def aim(self) -> dict[str, Any]:
        """Return path, byte offset, and the texts with and without the bug.

        Further edits come as `elsewhere`, what the explanation needs beyond them as `about`.
        """
        aim = _described(self._principal)
        if self.elsewhere:
            aim["elsewhere"] = [_described(edit) for edit in self.elsewhere]
        if self.about:
            aim["about"] = self.about
        return aim

    @property
    def _principal(self) -> Edit:
        return Edit(self.path, self.start, self.old, self.new)


class ProjectMutator(Mutator):
    """A bug that is only to be seen in a whole project, such as a rename that forgot one caller."""

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:  # noqa: ARG003 what other mutators look at
        """Yield nothing: one file is not enough to tell."""
        yield from ()

    @classmethod
    @abstractmethod
    def find(cls, state: Tree) -> Iterator[Self]:
        """Yield the mutator aimed at every place of the project."""


def inverse(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits that take others, given in order, back; offsets are those of the edited files."""
    taken: list[Edit] = []
    path, moved = "", 0
    for edit in edits:
        if edit.path != path:
            path, moved = edit.path, 0
        taken.append(Edit(edit.path, edit.start + moved, edit.new, edit.old))
        moved += len(edit.new) - len(edit.old)
    return tuple(taken)


def difference(path: str, before: bytes, after: bytes) -> Edit:
    """Return the shortest single edit that turns one text into another.

    >>> difference("x.py", b"a < b", b"a <= b")
    Edit(path='x.py', start=3, old=b'', new=b'=')
    """
    shorter = min(len(before), len(after))
    head = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    rest = shorter - head
    tail = next((i for i in range(rest) if before[-1 - i] != after[-1 - i]), rest)
    return Edit(path, head, before[head : len(before) - tail], after[head : len(after) - tail])


def _spliced(state: Tree, edits: Iterable[Edit], rule: str) -> Tree:
    """Return the tree after edits that are in order and do not overlap."""
    for edit in reversed(list(edits)):  # from the back, so that offsets stay what they are
        data = state[edit.path].data
        found = data[edit.start : edit.end]
        if found != edit.old:
            raise MisplacedEditError(
                f"{rule}: expected {edit.old!r} at byte {edit.start} of {edit.path}, found {found!r}"
            )
        state = state.replace(edit.path, data[: edit.start] + edit.new + data[edit.end :])
    return state


def _shifted(edit: Edit, earlier: Iterable[Edit]) -> Edit:
    moved = 0
    for other in earlier:
        if other.path != edit.path:
            continue
        if other.start <= edit.end and edit.start <= other.end:
            raise MisplacedEditError(f"two edits of {edit.path} meet at byte {max(edit.start, other.start)}")
        if other.start < edit.start:
            moved += len(other.new) - len(other.old)
    return edit._replace(start=edit.start + moved)


def _unshifted(edit: Edit, earlier: Iterable[Edit]) -> Edit:
    moved = 0
    for other in earlier:
        if other.path == edit.path and other.start + moved < edit.start:
            moved += len(other.new) - len(other.old)
    return edit._replace(start=edit.start - moved)


def _edit(aim: dict[str, Any]) -> Edit:
    old, new = (str(aim[name]).encode("utf-8", "surrogateescape") for name in ("old", "new"))
    return Edit(str(aim["path"]), int(aim["start"]), old, new)


def _described(edit: Edit) -> dict[str, Any]:
    return {
        "path": edit.path,
        "start": edit.start,
        "old": edit.old.decode("utf-8", "surrogateescape"),
        "new": edit.new.decode("utf-8", "surrogateescape"),
    }
