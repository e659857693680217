"""What every Python mutator is: a rule that inverts a real fix, aimed at one place of one file."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from rpsdg.sandbox.tree import Tree
from rpsdg.traces.kernel import Move

from .scope import mutable_files
from .source import Site, Source, parse

__all__ = ["MisplacedEditError", "Mutator", "Sample"]


@dataclass(frozen=True)
class Sample:
    """A mutator's own example: a little program, the same with the bug, and a test that tells them apart."""

    before: str
    after: str
    test: str
    """Body of a test file. `from program import *` is written above it."""


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

    family: ClassVar[str]
    """The kind of real fix the mutator inverts, such as `conditions` or `missing code`."""
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

    def apply(self, state: Tree) -> Tree:
        """Write the bug into the tree."""
        return self._splice(state, self.old, self.new)

    def undo(self, state: Tree) -> Tree:
        """Take the bug out again."""
        return self._splice(state, self.new, self.old)

    @classmethod
    def aimed(cls, aim: dict[str, Any]) -> Self:
        """Return the move that `aim` points, as `aim()` gave it.

        Raises:
            LookupError, TypeError: it is no aim.
        """
        old, new = (str(aim[name]).encode("utf-8", "surrogateescape") for name in ("old", "new"))
        return cls(str(aim["path"]), int(aim["start"]), old, new)

    def aim(self) -> dict[str, Any]:
        """Return path, byte offset, and the texts with and without the bug."""
        return {
            "path": self.path,
            "start": self.start,
            "old": self.old.decode("utf-8", "surrogateescape"),
            "new": self.new.decode("utf-8", "surrogateescape"),
        }

    def _splice(self, state: Tree, old: bytes, new: bytes) -> Tree:
        data = state[self.path].data
        found = data[self.start : self.start + len(old)]
        if found != old:
            raise MisplacedEditError(
                f"{self.rule}: expected {old!r} at byte {self.start} of {self.path}, found {found!r}"
            )
        return state.replace(self.path, data[: self.start] + new + data[self.start + len(old) :])
