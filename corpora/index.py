"""Which files of a data set folder count: an index that is replaced as a whole, so a reader sees one state.

A folder has journals, to which lines are appended, and shards, which never change once they are named here.
Rolling journals into shards ends with one rename of the index, and that moment decides: before it
the journals count, after it the shards do. What the other state left behind is removed by the next writer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from .errors import DatasetError

__all__ = [
    "INDEX",
    "KINDS",
    "Index",
    "Shard",
    "leftovers",
    "read_index",
    "sync_folder",
    "write_file",
    "write_index",
]

KINDS = ("traces", "candidates")
"""What a folder has many of."""
INDEX = "index.json"
"""Of the index."""
_SHARD = re.compile(r"\d{5}-[0-9a-f]{12}\.parquet")
_JOURNAL = re.compile(rf"({'|'.join(KINDS)})(\.\d+)?\.jsonl")


class Shard(msgspec.Struct, frozen=True):
    """One immutable file."""

    name: str
    """Its place among the shards of its kind, and the beginning of its checksum."""
    rows: int
    bytes: int
    sha256: str
    raw: int
    """Bytes that its rows have as lines of a journal: what says when a shard is full."""


class Index(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a folder holds, in order: the rows of its shards, then the lines of its journals."""

    version: int = 1
    generation: int = 0
    """Counts how often there were journals: none has a name that an earlier one had."""
    journals: tuple[str, ...] = ()
    """Kinds that have one; a run that ended well leaves none."""
    shards: dict[str, tuple[Shard, ...]] = {}
    """By kind."""

    def journal(self, kind: str) -> str:
        """Return the name of the journal of a kind."""
        return f"{kind}.jsonl" if self.generation == 0 else f"{kind}.{self.generation}.jsonl"


def read_index(folder: Path) -> Index:
    """Return the index; that of a folder without one, as older versions wrote them, has journals alone.

    Raises:
        DatasetError: it is damaged, or it is gone and with it the knowledge of which shards count.
    """
    path = folder / INDEX
    hint = "The shards are whole Parquet files; get the index back from a copy of the folder."
    try:
        index = msgspec.json.decode(path.read_bytes(), type=Index)
    except FileNotFoundError:
        journals = tuple(kind for kind in KINDS if (folder / Index().journal(kind)).exists())
        if not journals and any(_shards(folder)):
            raise DatasetError(f"`{folder}` has shards, but no `{INDEX}`", hint=hint) from None
        return Index(journals=journals)
    except OSError as error:
        raise DatasetError(f"`{path}` cannot be read: {error.strerror or error}") from error
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise DatasetError(f"`{path}` is damaged: {error}", hint=hint) from error
    if index.version != 1:
        raise DatasetError(
            f"`{path}` has version {index.version}; this rpsdg knows version 1", hint="Install a newer rpsdg."
        )
    return index


def write_index(folder: Path, index: Index) -> None:
    """Make an index the one that counts.

    Raises:
        OSError: it could not be written; the old one counts.
    """
    write_file(folder / INDEX, msgspec.json.format(msgspec.json.encode(index), indent=1) + b"\n")


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; it is on the disk when this returns.

    Raises:
        OSError: it could not be written.
    """
    partial = path.with_name(f".{path.name}.part")
    path.parent.mkdir(exist_ok=True)
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk: those of new files, and of renamed ones."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def leftovers(folder: Path, index: Index) -> Iterator[Path]:
    """Yield files of ours that do not count: what a crash left, or what has just been replaced."""
    counting = {kind: {shard.name for shard in index.shards.get(kind, ())} for kind in KINDS}
    yield from (path for path in _shards(folder) if path.name not in counting[path.parent.name])
    for kind in KINDS:
        yield from (folder / kind).glob(".*.part")
    journals = {index.journal(kind) for kind in index.journals}
    for path in folder.glob("*.jsonl"):
        if _JOURNAL.fullmatch(path.name) and path.name not in journals:
            yield path


def _shards(folder: Path) -> Iterator[Path]:
    for kind in KINDS:
        yield from (path for path in (folder / kind).glob("*.parquet") if _SHARD.fullmatch(path.name))
