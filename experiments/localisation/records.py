"""What is kept: a bug of a history, what became of each commit, and what tests say about a buggy program."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import msgspec

from rpsdg.corpora.dataset import DatasetError
from rpsdg.mutators.judging.coverage import LineMask

__all__ = ["Commit", "FailingTest", "Looked", "MinedBug", "Spectrum", "load", "masks", "save", "texts"]


class Commit(msgspec.Struct, frozen=True):
    """A step of a history that changes the program and its tests."""

    commit: str
    parent: str
    """The first parent: what a merge brings in counts as one step."""
    time: int
    """Seconds since 1970, as the committer's clock had it."""
    program: tuple[str, ...]
    """The changed files of the program."""
    tests: tuple[str, ...]
    """The changed or added files of tests."""
    says_fix: bool
    """Whether its first line has a word such as `fix`; other fixes are called by what they do."""


class MinedBug(msgspec.Struct, frozen=True, kw_only=True):
    """A real bug: the program before a commit, beside the tests after it. No code of others is kept."""

    repository: str
    """Public address of the history."""
    commit: str
    """Where the bug is fixed."""
    parent: str
    """Where it was."""
    files: tuple[str, ...]
    """Files of the program that the fix changes."""
    failing: tuple[str, ...]
    """Tests that pass steadily with the fix and fail without it."""
    steady: int
    """How many tests pass steadily with the fix."""
    faulty: dict[str, tuple[int, ...]]
    """The faulty lines of the buggy program by file: first lines of statements (see `truth`)."""
    changed: int
    """Lines that the fix adds and removes in these files, blank ones and comments left out."""
    family: str
    """What kind of change the fix is (`rpsdg.mutators.classifying.classify`)."""
    says_fix: bool
    unsteady: tuple[str, ...] = ()
    """Tests that passed without the fix and count for nothing, as they do not always pass with it."""

    @property
    def id(self) -> str:
        """The name of the repository and the first letters of the commit."""
        return f"{self.repository.rsplit('/', 1)[-1]}-{self.commit[:12]}"


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one commit."""

    repository: str
    commit: str
    outcome: str
    """`bug`, or in a word why it is none that this experiment can use."""
    detail: str = ""
    seconds: float = 0.0
    bug: MinedBug | None = None


class FailingTest(msgspec.Struct, frozen=True):
    """One test that sees the bug."""

    node: str
    message: str
    frames: tuple[tuple[str, int], ...]
    """Path and line of each entry of the traceback, outermost first."""
    ran: dict[str, str]
    """Lines of the program that it ran, by path, each a mask in hexadecimal."""
    text: str
    """The source of the test's function, empty where it could not be found."""


class Spectrum(msgspec.Struct, frozen=True, kw_only=True):
    """A buggy program as its tests see it: all that a localiser may know, and behind it the truth."""

    bug: str
    group: str
    """The repository or package: what results of one bug may have in common with those of another."""
    family: str
    """Of the fix."""
    sources: dict[str, bytes]
    """The files of the buggy program that failing tests run."""
    failing: tuple[FailingTest, ...]
    passing: int
    """How many tests pass."""
    passed: dict[str, dict[int, int]]
    """How many passing tests run each line, by path and line."""
    faulty: dict[str, str]
    """The faulty lines by path, as masks; never shown to a localiser."""


def texts(lines: dict[str, LineMask]) -> dict[str, str]:
    """Return masks as texts: no format for numbers holds ones of a thousand bits."""
    return {path: f"{mask:x}" for path, mask in lines.items() if mask}


def masks(lines: dict[str, str]) -> dict[str, LineMask]:
    """Return the masks that `texts` wrote."""
    return {path: int(text, 16) for path, text in lines.items()}


def save(spectrum: Spectrum, folder: Path) -> None:
    """Write a spectrum into a folder, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, spectrum.bug)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_bytes(gzip.compress(msgspec.msgpack.encode(spectrum), mtime=0))
    draft.replace(path)


def load(folder: Path, bug: str) -> Spectrum | None:
    """Return the spectrum of a bug, None if it was not taken yet.

    Raises:
        DatasetError: what is there is none.
    """
    path = _path(folder, bug)
    if not path.exists():
        return None
    try:
        return msgspec.msgpack.decode(gzip.decompress(path.read_bytes()), type=Spectrum)
    except (OSError, EOFError, msgspec.DecodeError) as error:
        raise DatasetError(f"`{path}` holds no spectrum: {error}", hint="Remove it.") from error


def _path(folder: Path, bug: str) -> Path:
    return folder / f"{bug}.msgpack.gz"
