"""The data set of a corpus: the live tasks of all its parts, and its mathematics, in the manifest's order."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rpsdg.corpora.dataset import Dataset, DatasetError, OutputError
from rpsdg.corpora.derived import about
from rpsdg.corpora.lock import DataLock, Lock, digest_of
from rpsdg.corpora.secrets import Secrets
from rpsdg.runs.curate import merge

from .corpus import Corpus
from .parts import live_in

__all__ = ["Pile", "assemble", "lock_of", "piles"]

COMMAND = "rpsdg refresh"


@dataclass(frozen=True)
class Pile:
    """A folder, and which of its traces belong to the data set; None for all."""

    folder: Path
    live: frozenset[str] | None


def piles(corpus: Corpus, lock: Lock) -> list[Pile]:
    """Return what the data set is put together from.

    Raises:
        LockError: a part is missing or damaged.
    """
    found: list[Pile] = []
    for table in corpus.manifest.sources:
        parts = corpus.parts(table.name, lock.sources.get(table.name))
        live = live_in(parts)
        found += [Pile(part.folder, live[part.folder]) for part in parts if live[part.folder]]
    for entry in corpus.manifest.mathematics:
        locked = lock.mathematics.get(entry.name)
        if locked is not None:
            found.append(Pile(corpus.parts_of(entry.name) / locked.folder, None))
    return found


def assemble(corpus: Corpus, lock: Lock) -> tuple[DataLock | None, int]:
    """Make the data set anew, in the place of the old one.

    Traces in which something looks like a secret are left out.

    Returns:
        What the lock says of it, None where there is nothing to put together; how many were left out.

    Raises:
        OutputError: it cannot be written, or something else lies at its place.
        DatasetError, LockError: a part is damaged.
    """
    out = corpus.manifest.out
    _require_ours(out)
    found = piles(corpus, lock)
    if not found:
        return None, 0
    fresh, old = (corpus.folder / name for name in ("data.new", "data.old"))
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    keep = {pile.folder: pile.live for pile in found if pile.live is not None}
    folders = [pile.folder for pile in found]
    made = merge(folders, fresh, Secrets(drop=True), COMMAND, dry_run=False, keep=keep)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.exists():
            out.rename(old)
        fresh.rename(out)
    except OSError as error:
        raise OutputError(f"`{out}` cannot be replaced: {error.strerror or error}") from error
    shutil.rmtree(old, ignore_errors=True)
    return lock_of(out), made.dropped


def lock_of(out: Path) -> DataLock:
    """Return what a lock says of a data set.

    Raises:
        DatasetError: it is missing or damaged.
    """
    names = list(_names(out))
    return DataLock(count=len(names), traces=digest_of(names))


def _names(out: Path) -> Iterator[str]:
    for batch in Dataset(out).batches(["id", "content_hash"]):
        ids, hashes = (batch.column(name).to_pylist() for name in ("id", "content_hash"))
        yield from map(":".join, zip(ids, hashes, strict=True))


def _require_ours(out: Path) -> None:
    """Refuse to put anything in the place of what no refresh made."""
    try:
        if not out.exists() or (out.is_dir() and not any(out.iterdir())):
            return
        said = about(Dataset(out))
        if said is not None and said.commands[-1:] == (COMMAND,):
            return
    except (DatasetError, OSError):
        pass
    raise OutputError(
        f"`{out}` holds something other than the data of a corpus, and is left alone",
        hint='Name another folder in the manifest: `out = "…"` in [corpus].',
    )
