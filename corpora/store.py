"""Many records in a folder, each exactly once whatever moment a crash came: journals, rolled into shards.

A line is in the journal, synced, before its writer goes on. When the lines would fill a shard, and when a run
ends, they are rolled: shards are written, then the index is replaced, then what was replaced is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any

import msgspec
import pyarrow as pa

from rpsdg.traces import jsonl

from .claim import Claim
from .errors import DatasetError, OutputError, cannot_write
from .index import Index, Shard, leftovers, read_index, write_index
from .journal import Journal, copy_rest
from .shards import FULL, GROUP, ShardFile, missing, read_shard
from .tabular import arrays_of, raw_shape, records_of, schema_of

__all__ = ["Kind", "Label", "Reader", "StoreWriter"]

Label = Callable[[Any], msgspec.Struct]
"""Tells the labels of a record, as `raw_shape` reads it."""
_TRIES = 20
"""How often a reader may find that a writer has just replaced what the index named."""


@dataclass(frozen=True)
class Kind:
    """How records of one kind become rows."""

    name: str
    shape: type[msgspec.Struct]
    labels: type[msgspec.Struct] | None = None
    """What has columns beside the record's own."""

    @property
    def schema(self) -> pa.Schema:
        """The columns: the record's own, then those of its labels."""
        own = list(schema_of(self.shape))
        return pa.schema(own + (list(schema_of(self.labels)) if self.labels else []))

    def columns(self, raw: Sequence[msgspec.Struct], label: Label | None) -> list[pa.Array]:
        """Return the columns of some records, as `raw_shape` reads them."""
        columns = arrays_of(raw, schema_of(self.shape))
        if self.labels is not None and label is not None:
            columns += arrays_of([label(record) for record in raw], schema_of(self.labels))
        return columns


class Reader:
    """A folder as it was at one moment; whatever a writer does meanwhile changes nothing of what is read."""

    def __init__(self, folder: Path, kind: Kind, label: Label | None = None) -> None:
        """Look at the index and hold on to what may be replaced: the last shard and the journal.

        Args:
            folder: with the data set.
            kind: of the records that are wanted.
            label: tells the labels of records that are not in shards yet.

        Raises:
            DatasetError: the folder is damaged.
        """
        self._folder, self._kind, self._label = folder, kind, label
        for _ in range(_TRIES):
            self._index = read_index(folder)
            self.shards = self._index.shards.get(kind.name, ())
            with ExitStack() as files:
                try:
                    last = self._path(self.shards[-1]) if self.shards else None
                    self._last = files.enter_context(last.open("rb")) if last else None
                    journal = self._journal_path
                    self._journal = files.enter_context(journal.open("rb")) if journal else None
                except FileNotFoundError as error:
                    if read_index(folder) == self._index:
                        raise missing(error.filename) from error
                except OSError as error:
                    raise DatasetError(
                        f"`{error.filename}` cannot be read: {error.strerror or error}"
                    ) from error
                else:
                    self._files = files.pop_all()
                    return
        raise DatasetError(f"`{folder}` changes faster than it can be read")

    def close(self) -> None:
        """Let go of the files. A reader reads once."""
        self._files.close()

    def records(self) -> Iterator[Any]:
        """Yield the records in the order in which they were written.

        Raises:
            DatasetError: a shard or a line is damaged.
        """
        for batch in self._stored(None):
            yield from self._from(batch, self._kind.shape)
        if self._journal is not None:
            yield from self._guarded(jsonl.read(self._journal, self._kind.shape))

    def labelled(self) -> Iterator[tuple[Any, Any]]:
        """Yield the records with their labels.

        Raises:
            DatasetError: a shard or a line is damaged.
        """
        assert self._kind.labels is not None
        for batch in self.batches():
            yield from zip(
                self._from(batch, self._kind.shape), self._from(batch, self._kind.labels), strict=True
            )

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield rows as Arrow record batches, those of the journal included.

        Args:
            columns: those that are wanted, by name, or as Parquet names a part of one, such as
                `steps.list.element.rule`; None for all. Of the latter the rest may be there, too.

        Raises:
            DatasetError: a shard or a line is damaged.
        """
        yield from self._stored(columns)
        if self._journal is None:
            return
        whole = None if columns is None else list(dict.fromkeys(name.partition(".")[0] for name in columns))
        schema = self._kind.schema
        for lines, _ in _groups(_whole_lines(self._journal), 1 << 20):
            raw = list(self._guarded(_decoded(lines, self._kind.shape)))
            batch = pa.RecordBatch.from_arrays(self._kind.columns(raw, self._label), schema=schema)
            yield batch if whole is None else batch.select(whole)

    def _from(self, batch: pa.RecordBatch, shape: type[msgspec.Struct]) -> Iterator[Any]:
        try:
            yield from records_of(batch, shape)
        except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DatasetError(f"a row in `{self._folder / self._kind.name}` is damaged: {error}") from error

    @property
    def _journal_path(self) -> Path | None:
        there = self._kind.name in self._index.journals
        return self._folder / self._index.journal(self._kind.name) if there else None

    def _stored(self, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        for number, shard in enumerate(self.shards, 1):
            file = self._last if number == len(self.shards) else None
            yield from read_shard(self._path(shard), shard, columns, file)

    def _path(self, shard: Shard) -> Path:
        return self._folder / self._kind.name / shard.name

    def _guarded(self, records: Iterator[Any]) -> Iterator[Any]:
        try:
            yield from records
        except jsonl.BadRecordError as error:
            raise DatasetError(f"`{self._journal_path}`, {error}") from error
        except OSError as error:
            raise DatasetError(f"`{self._journal_path}` cannot be read: {error.strerror or error}") from error


class StoreWriter:
    """A folder that is being written, by this process alone."""

    def __init__(self, folder: Path, kinds: Sequence[Kind]) -> None:
        """Take the folder, made if absent, and drop what a crash left half-written.

        Args:
            folder: to write.
            kinds: what it will hold; a new folder gets a journal for each.

        Raises:
            OutputError: it cannot be written, or another run is writing it.
            DatasetError: it is damaged.
        """
        self.folder = folder
        self._kinds = {kind.name: kind for kind in kinds}
        self._journals: dict[str, Journal] = {}
        try:
            with ExitStack() as undo:
                self.claim = Claim(folder)
                undo.callback(self.claim.release)
                self._index = read_index(folder)
                for path in leftovers(folder, self._index):
                    path.unlink()
                self._open_journals()
                undo.pop_all()
        except OSError as error:
            raise OutputError(
                f"the output folder `{folder}` cannot be written: {error.strerror or error}",
                hint="Name another folder with `--out`.",
            ) from error

    @property
    def is_empty(self) -> bool:
        """Whether there is not a single record."""
        return not any(self._index.shards.values()) and not any(one.size for one in self._journals.values())

    def append(self, kind: str, lines: Sequence[bytes], label: Label | None = None) -> None:
        """Append lines; they are on the disk when this returns.

        Args:
            kind: of the records.
            lines: one record each.
            label: tells the labels of records; used when lines become shards.

        Raises:
            OutputError: the disk is full or broken. What was written before is safe.
        """
        try:
            if kind not in self._journals:
                self._begin_journals()
            journal = self._journals[kind]
            journal.append(b"".join(lines))
        except OSError as error:
            raise cannot_write(self.folder, error) from error
        if journal.size + self._unfilled(kind) >= FULL:
            self.roll(label, final=False)

    def roll(self, label: Label | None = None, *, final: bool) -> None:
        """Turn lines into shards.

        Args:
            label: tells the labels of records.
            final: whether nothing will follow: then the last shard need not be full, and no journal remains.

        Raises:
            OutputError: the disk is full or broken; everything is still in the journals.
            DatasetError: a line is not a record; everything is left as it was.
        """
        if final and not self._journals:
            return
        made: list[ShardFile] = []
        old = self._index
        try:
            rolled = {
                name: _rolled(self.folder, kind, old, label if kind.labels else None, made, final=final)
                for name, kind in self._kinds.items()
            }
            new = Index(
                generation=old.generation + 1,
                journals=() if final else tuple(rolled),
                shards=old.shards | {name: shards for name, (shards, _) in rolled.items()},
            )
            for name in new.journals:
                copy_rest(self.folder / old.journal(name), rolled[name][1], self.folder / new.journal(name))
            write_index(self.folder, new)
        except BaseException as error:
            for file in made:
                file.drop()
            with suppress(DatasetError):  # an interrupt may have come when the new index counted already
                self._tidy(read_index(self.folder))
            if isinstance(error, OSError):
                raise cannot_write(self.folder, error) from error
            raise
        self._index = new
        for journal in self._journals.values():
            journal.close()
        self._tidy(new)
        self._open_journals()

    def close(self) -> None:
        """Let go of the folder."""
        for journal in self._journals.values():
            journal.close()
        self.claim.release()

    def _unfilled(self, kind: str) -> int:
        last = self._index.shards.get(kind, ())[-1:]
        return sum(shard.raw for shard in last if shard.raw < FULL)

    def _open_journals(self) -> None:
        kinds = (
            self._kinds if self._is_new else [kind for kind in self._kinds if kind in self._index.journals]
        )
        self._journals = {kind: Journal(self.folder / self._index.journal(kind)) for kind in kinds}
        if self._is_new:
            self._index = read_index(self.folder)

    def _begin_journals(self) -> None:
        """Make journals in a folder whose last run ended well, and left none."""
        new = msgspec.structs.replace(
            self._index, generation=self._index.generation + 1, journals=tuple(self._kinds)
        )
        for kind in self._kinds:
            Journal(self.folder / new.journal(kind)).close()
        write_index(self.folder, new)
        self._index = new
        self._open_journals()

    @property
    def _is_new(self) -> bool:
        return self._index.generation == 0

    def _tidy(self, index: Index) -> None:
        with suppress(OSError):  # the next writer does it, too
            for path in leftovers(self.folder, index):
                path.unlink()


def _rolled(
    folder: Path, kind: Kind, index: Index, label: Label | None, made: list[ShardFile], *, final: bool
) -> tuple[tuple[Shard, ...], int]:
    """Write the shards of a kind; return all that it has then, and where in the journal the rest begins."""
    shards = list(index.shards.get(kind.name, ()))
    path = folder / index.journal(kind.name)
    waiting = path.stat().st_size if kind.name in index.journals else 0
    unfilled = shards[-1:] if shards and shards[-1].raw < FULL else []
    waiting += sum(shard.raw for shard in unfilled)
    if (waiting < FULL and not final) or kind.name not in index.journals or not path.stat().st_size:
        return tuple(shards), 0
    del shards[len(shards) - len(unfilled) :]
    with path.open("rb") as journal:
        tail = _Taken(_lines_of(folder, kind, unfilled))
        used = _Taken(_whole_lines(journal))
        lines = chain(tail, used)
        # Counted from what was taken, as a line may be longer or shorter when it is written anew.
        while (final or not tail.all or waiting >= FULL) and not used.all:
            file = ShardFile(folder / kind.name, len(shards), kind.schema)
            made.append(file)
            for group, raw in _groups(lines, GROUP, FULL):
                try:
                    columns = kind.columns(list(_decoded(group, kind.shape)), label)
                except (pa.ArrowException, OverflowError, jsonl.BadRecordError) as error:
                    raise DatasetError(f"`{path}` holds a line that is no record: {error}") from error
                file.add(columns, raw)
            waiting -= file.raw
            if file.rows:
                shards.append(file.finish())
            else:
                file.drop()
        return tuple(shards), used.bytes


class _Taken:
    """Lines, how many bytes of them were taken, and whether all were."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines, self.bytes, self.all = lines, 0, False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        line = next(self._lines, None)
        if line is None:
            self.all = True
            raise StopIteration
        self.bytes += len(line)
        return line


def _lines_of(folder: Path, kind: Kind, shards: Sequence[Shard]) -> Iterator[bytes]:
    for shard in shards:
        for batch in read_shard(folder / kind.name / shard.name, shard):
            yield from map(jsonl.encode, records_of(batch, kind.shape))


def _decoded(lines: Sequence[bytes], shape: type[msgspec.Struct]) -> Iterator[Any]:
    decoder = msgspec.json.Decoder(raw_shape(shape))
    for number, line in enumerate(lines, 1):
        try:
            yield decoder.decode(line)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise jsonl.BadRecordError(f"line {number}: not a {shape.__name__}: {error}") from error


def _whole_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield lines; a last one without a line feed was cut short and is left out."""
    return (line for line in file if line.endswith(b"\n"))


def _groups(lines: Iterator[bytes], size: int, limit: int | None = None) -> Iterator[tuple[list[bytes], int]]:
    """Yield lines in groups of `size` bytes or a little more, with their bytes, until `limit` is reached."""
    group: list[bytes] = []
    raw = total = 0
    for line in lines:
        group.append(line)
        raw += len(line)
        total += len(line)
        full = limit is not None and total >= limit
        if raw >= size or full:
            yield group, raw
            group, raw = [], 0
        if full:
            return
    if group:
        yield group, raw
