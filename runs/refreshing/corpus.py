"""The files of a corpus: its manifest, its lock, the folder `.rpsdg` beside them, and its data set."""

from __future__ import annotations

import gzip
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from rpsdg.corpora.claim import BESIDE, LEDGER, LOCK, Claim
from rpsdg.corpora.dataset import OutputError
from rpsdg.corpora.index import write_file
from rpsdg.corpora.lock import Lock, LockError, SourceLock
from rpsdg.corpora.manifest import Manifest
from rpsdg.corpora.targets import Target
from rpsdg.sandbox.tree import Tree

from .parts import RECORD, Part

__all__ = ["Corpus", "Pin"]


class Pin(msgspec.Struct, frozen=True):
    """What a refresh that is under way works towards for one source."""

    terms: str
    address: str
    """Digests of what the manifest said when it was begun."""
    target: Target


@dataclass(frozen=True)
class Corpus:
    """Where everything of a corpus is."""

    manifest: Manifest

    @property
    def lock_path(self) -> Path:
        """Of the lock: `corpus.lock` beside `corpus.toml`."""
        return self.manifest.path.with_suffix(".lock")

    @property
    def folder(self) -> Path:
        """Of everything that belongs to the lock."""
        return self.manifest.path.parent / BESIDE

    def lock(self) -> Lock | None:
        """Return the lock, None where there is none."""
        return Lock.read(self.lock_path)

    def parts_of(self, name: str) -> Path:
        """Return the folder of the parts of a source or of mathematics."""
        return self.folder / "parts" / name

    def parts(self, name: str, locked: SourceLock | None) -> list[Part]:
        """Return the parts of a source, in their order.

        Raises:
            LockError: one is missing, damaged, or another one than the lock says.
        """
        parts = []
        for said in locked.parts if locked is not None else ():
            part = Part.read(self.parts_of(name) / said.folder)
            if part.digest != said.record:
                raise LockError(
                    f"`{part.folder / RECORD}` is not the one that the lock was written for",
                    hint="The folder `.rpsdg` and the lock belong together: get both from the same commit.",
                )
            parts.append(part)
        return parts

    @contextmanager
    def alone(self) -> Iterator[Claim]:
        """Keep other refreshes out.

        Raises:
            OutputError: one is under way, or nothing can be written here.
        """
        try:
            claim = Claim(self.folder)
        except OSError as error:
            raise OutputError(f"`{self.folder}` cannot be written: {error.strerror or error}") from error
        try:
            ignored = self.folder / ".gitignore"
            if not ignored.exists():  # the record of work, and who works, are this machine's own
                write_file(ignored, f"{LEDGER}*\n{LOCK}\n".encode())
            yield claim
        finally:
            claim.release()

    def pins(self) -> dict[str, Pin]:
        """Return what a refresh was under way to when it was ended; one that cannot be read is forgotten."""
        try:
            return msgspec.json.decode((self.folder / "refresh.json").read_bytes(), type=dict[str, Pin])
        except (OSError, msgspec.DecodeError, msgspec.ValidationError):
            return {}

    def pin(self, pins: dict[str, Pin]) -> None:
        """Note what is under way; nothing any more where there are none."""
        path = self.folder / "refresh.json"
        if pins:
            write_file(path, msgspec.json.format(msgspec.json.encode(pins, order="sorted"), indent=1) + b"\n")
        else:
            path.unlink(missing_ok=True)

    def keep_tree(self, tree: Tree) -> None:
        """Keep a source as it is, for the next refresh to compare."""
        path = self._tree(tree.digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, gzip.compress(tree.to_tar(), mtime=0))

    def tree(self, digest: str) -> Tree | None:
        """Return a source as it was; None where it is not there, or not any more."""
        try:
            with gzip.open(self._tree(digest)) as stream:
                tree = Tree.from_tar(stream)  # type: ignore[arg-type] # GzipFile reads bytes
        except (OSError, EOFError, zlib.error, tarfile.TarError):
            return None
        return tree if tree.digest == digest else None

    def tidy(self, lock: Lock) -> None:
        """Remove what no lock needs: trees of before, and parts that were begun and are not wanted."""
        wanted = {f"{source.tree}.tar.gz" for source in lock.sources.values()}
        with suppress(OSError):
            for path in (self.folder / "trees").glob("*.tar.gz"):
                if path.name not in wanted:
                    path.unlink()
        for name, source in lock.sources.items():
            kept = {part.folder for part in source.parts}
            self._drop_others(name, kept)
        for name, entry in lock.mathematics.items():
            self._drop_others(name, {entry.folder})

    def _drop_others(self, name: str, kept: set[str]) -> None:
        if name in self.pins():
            return
        with suppress(OSError):
            for path in self.parts_of(name).iterdir():
                if path.name not in kept:
                    shutil.rmtree(path, ignore_errors=True)

    def _tree(self, digest: str) -> Path:
        return self.folder / "trees" / f"{digest}.tar.gz"
