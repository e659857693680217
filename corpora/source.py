"""A working program to start from: its files, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rpsdg.sandbox.tree import Tree
from rpsdg.traces.errors import ExitCode, RpsdgError

__all__ = ["Source", "SourceError", "SourceKind"]

SourceKind = Literal["pypi", "git", "local"]


class SourceError(RpsdgError):
    """A source that does not exist or could not be fetched."""

    code = ExitCode.SOURCE


@dataclass(frozen=True)
class Source:
    """One fetched source. Nothing in it is secret, and nothing of it has been run."""

    kind: SourceKind
    name: str
    """The project's name; for git the last part of the address, for a folder without metadata its name."""
    tree: Tree
    version: str | None = None
    """The release, or the version the project's static metadata declares; None if there is none to read."""
    ref: str | None = None
    """The branch, tag or commit asked for; None is the default branch, or no git."""
    commit: str | None = None
    """The full commit id; for a folder the commit its work tree stands on."""
    dirty: bool | None = None
    """For a folder under git: whether its files differ, byte by byte, from those of `commit`."""
    licence: str | None = None
    """An SPDX expression where one could be told, else the licence's own words, else None."""
    url: str | None = None
    """The public address, without user, password or query. None where it would name the user's own machine
    or index."""
    archive_sha256: str | None = None
    """sha256 of the sdist, in hexadecimal."""
    notes: tuple[str, ...] = ()
    """What was left out of the tree, in words."""
    released: datetime | None = None
    """When this state was published: the upload of the sdist, the date of the commit, or that of the newest
    file. Dependencies are resolved as of then; it is part of no trace, which has the lock."""

    def provenance(self) -> dict[str, object]:
        """Return what a trace records about its source, as plain JSON; the files are a digest there."""
        return {
            "kind": self.kind,
            "name": self.name,
            "version": self.version,
            "ref": self.ref,
            "commit": self.commit,
            "dirty": self.dirty,
            "licence": self.licence,
            "url": self.url,
            "archive_sha256": self.archive_sha256,
            "tree": self.tree.digest,
            "files": len(self.tree),
            "notes": list(self.notes),
        }
