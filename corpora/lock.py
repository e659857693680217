"""The lock of a corpus, `corpus.lock`: exactly what its data was made of. Written by rpsdg, read by people.

It lies beside the manifest and is replaced last, so that everything it names is there. It holds no path of a
machine and no credentials.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.identity import digest

from .errors import OutputError
from .index import write_file

__all__ = ["DataLock", "Lock", "LockError", "MathematicsLock", "PartLock", "SourceLock", "digest_of"]


class LockError(RpsdgError):
    """A lock that cannot be read, or that does not agree with what is there."""

    code = ExitCode.DISAGREEMENT


class Locked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all parts of a lock share."""


class PartLock(Locked, frozen=True, kw_only=True):
    """The work on a source at one of its states."""

    folder: str
    """Below `.rpsdg/parts/NAME/`."""
    commit: str | None = None
    version: str | None = None
    tree: str
    live: int
    """Its tasks that are in the data set."""
    retired: int
    """Its tasks that are not any more: other tasks took their place, or nothing did."""
    traces: str
    """Digest over the ids of the live ones."""
    record: str
    """sha256 of its `part.json`."""


class SourceLock(Locked, frozen=True, kw_only=True):
    """A source as it was at the last refresh."""

    kind: str
    url: str | None = None
    ref: str | None = None
    commit: str | None = None
    version: str | None = None
    archive_sha256: str | None = None
    tree: str
    """Digest of the source tree."""
    terms: str
    """Digest of what the manifest asks of it."""
    mix: str
    """Digest of the mixture of mutators."""
    environment: str | None = None
    """Id of the environment that its tests ran in last."""
    baseline: str | None = None
    missing: int = 0
    """Tasks that are asked for and could not be made: there are no more candidates."""
    parts: tuple[PartLock, ...] = ()


class MathematicsLock(Locked, frozen=True, kw_only=True):
    """The mathematics of one table."""

    folder: str
    plan: str
    """Digest of what is asked for, with the version that made it."""
    count: int
    traces: str
    """Digest over the ids."""


class DataLock(Locked, frozen=True, kw_only=True):
    """The data set that was put together."""

    count: int
    traces: str
    """Digest over ids and content hashes."""


class Lock(Locked, frozen=True, kw_only=True):
    """A whole lock."""

    version: int = 1
    generator: str
    """Version of rpsdg."""
    manifest: str
    """Digest of what the manifest says."""
    sources: dict[str, SourceLock] = {}
    mathematics: dict[str, MathematicsLock] = {}
    data: DataLock | None = None
    rules: dict[str, str] = {}
    """Digest of each mutator's code, so that it shows when one changes."""

    @classmethod
    def read(cls, path: Path) -> Lock | None:
        """Return a lock, None where there is none.

        Raises:
            LockError: it is damaged, or of a later version.
        """
        hint = "Get it back from the history of the repository, or remove it and start over."
        try:
            lock = msgspec.json.decode(path.read_bytes(), type=cls)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LockError(f"`{path}` cannot be read: {error.strerror or error}") from error
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            raise LockError(f"`{path}` is damaged: {error}", hint=hint) from error
        if lock.version != 1:
            raise LockError(
                f"`{path}` has version {lock.version}; this rpsdg knows version 1",
                hint="Install a newer rpsdg.",
            )
        return lock

    def write(self, path: Path) -> None:
        """Make this the lock, all at once.

        Raises:
            OutputError: it cannot be written.
        """
        try:
            write_file(path, self.text)
        except OSError as error:
            raise OutputError(f"`{path}` cannot be written: {error.strerror or error}") from error

    @property
    def text(self) -> bytes:
        """As it is written: with names in order, one value a line."""
        plain = msgspec.to_builtins(self)
        return msgspec.json.format(msgspec.json.encode(plain, order="deterministic"), indent=1) + b"\n"


def digest_of(names: Iterable[object]) -> str:
    """Return the digest over ids, whatever their order."""
    return digest(sorted(names, key=str))
