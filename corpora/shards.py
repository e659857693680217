"""Immutable Parquet files: written beside, synced, renamed, and read only after a look at their checksum."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from io import BufferedReader
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from .errors import DatasetError
from .index import Shard, sync_folder

__all__ = ["FULL", "GROUP", "ShardFile", "missing", "read_shard"]

FULL = 128 << 20
"""A shard is full when its rows had so many bytes as lines. Compressed it is an eighth of that, or less."""
GROUP = 12 << 20
"""So many bytes of lines make a row group, which is what a reader and a writer hold in memory."""
_SEARCHED = ("domain", "level", "family", "repository", "licence", "rule", "outcome")
"""Columns whose least and greatest values a shard says, so that readers can leave it out."""
_LEVEL = 3
"""Of zstd. Level 6 saves a tenth of the bytes for two and a half times the time."""


class ShardFile:
    """A shard that is being written; counts for nothing until `finish`."""

    def __init__(self, folder: Path, number: int, schema: pa.Schema) -> None:
        """Open it.

        Args:
            folder: of the shards of its kind, made if absent.
            number: its place among them.
            schema: of its columns.
        """
        folder.mkdir(exist_ok=True)
        self._folder, self._number = folder, number
        self._partial = folder / f".{number:05d}.part"
        self._file = self._partial.open("wb")
        self._writer = pq.ParquetWriter(
            self._file,
            schema,
            compression="zstd",
            compression_level=_LEVEL,
            use_dictionary=False,  # zstd finds what repeats: dictionaries made files of mathematics larger
            write_page_checksum=True,
            # Those of a text are its first and its last, whole: more bytes than small shards have otherwise.
            write_statistics=[name for name in _SEARCHED if name in schema.names],
        )
        self.raw = self.rows = 0

    def add(self, columns: Sequence[pa.Array], raw: int) -> None:
        """Write a row group."""
        table = pa.Table.from_arrays(list(columns), schema=self._writer.schema)
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))
        self.rows += table.num_rows
        self.raw += raw

    def finish(self) -> Shard:
        """Give it its name; it is on the disk when this returns."""
        self._writer.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        size = self._file.tell()
        self._file.close()
        with self._partial.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        name = f"{self._number:05d}-{sha256[:12]}.parquet"
        self._partial.replace(self._folder / name)
        sync_folder(self._folder)
        return Shard(name, self.rows, size, sha256, self.raw)

    def drop(self) -> None:
        """Remove what was written."""
        with suppress(Exception):  # on a full disk it cannot be closed properly, and need not
            self._writer.close()
        with suppress(OSError):
            self._file.close()
        self._partial.unlink(missing_ok=True)


def read_shard(
    path: Path, shard: Shard, columns: Iterable[str] | None = None, file: BufferedReader | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a shard, some hundred at a time.

    Args:
        path: of the shard.
        shard: what the index says of it.
        columns: those that are wanted; None for all.
        file: the shard, if it is open already.

    Raises:
        DatasetError: it is missing, or not what was written.
    """
    try:
        with file or path.open("rb") as opened:
            size = os.fstat(opened.fileno()).st_size
            if size != shard.bytes or hashlib.file_digest(opened, "sha256").hexdigest() != shard.sha256:
                raise DatasetError(
                    f"`{path}` was changed or cut short: its checksum is not that of the index",
                    hint="Get the file back from a copy; the other shards are not touched by this.",
                )
            opened.seek(0)
            yield from _batches(opened, columns)
    except FileNotFoundError as error:
        raise missing(path) from error
    except OSError as error:
        raise DatasetError(f"`{path}` cannot be read: {error.strerror or error}") from error
    except pa.ArrowException as error:
        raise DatasetError(f"`{path}` cannot be read: {error}") from error


def missing(path: object) -> DatasetError:
    """Return what to say of a file that should be there."""
    return DatasetError(f"`{path}` is missing: the index names it", hint="Get it back from a copy.")


def _batches(file: BufferedReader, columns: Iterable[str] | None) -> Iterator[pa.RecordBatch]:
    parquet = pq.ParquetFile(file, pre_buffer=False)  # else it holds all of a row group twice
    wanted = None if columns is None else list(columns)
    yield from parquet.iter_batches(batch_size=512, columns=wanted, use_threads=False)
