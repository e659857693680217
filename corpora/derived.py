"""A new data set made of traces of others: made beside its place, and moved there when it is whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import pyarrow as pa

from rpsdg.traces import jsonl

from .dataset import CANDIDATES, TRACES, Dataset, DatasetError, OutputError
from .index import Index, Shard, sync_folder, write_file, write_index
from .shards import FULL, GROUP, ShardFile
from .store import Kind
from .tabular import raw_shape, records_of

__all__ = ["About", "Derived", "Origin", "about", "empty_place"]

ABOUT = "about.json"
_SHARED = ("environments", "baselines", "trees")


class Origin(msgspec.Struct, frozen=True):
    """A run that traces came from."""

    kind: str
    """`run` for code, `math` for mathematics."""
    plan: dict[str, Any]
    traces: int
    """How many of the run's came along until here."""
    outcomes: dict[str, int] = {}
    """What became of the run's candidates, where that is known."""


class About(msgspec.Struct, frozen=True):
    """What a data set that was made of others says of itself."""

    commands: tuple[str, ...]
    """What made it of what the runs had made, in order."""
    origins: tuple[Origin, ...]
    secrets: dict[str, int] | None = None
    """Hits of the scan for secrets by kind; None where there was none."""
    dropped: int = 0
    """Traces that were left out for their secrets."""


def about(data: Dataset) -> About | None:
    """Return what a data set that was made of others says of itself; None for one that a run made.

    Raises:
        DatasetError: it is damaged.
    """
    path = data.folder / ABOUT
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=About)
    except OSError as error:
        raise DatasetError(f"`{path}` cannot be read: {error.strerror or error}") from error
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise DatasetError(f"`{path}` is damaged: {error}") from error


def empty_place(out: Path) -> None:
    """Make sure that nothing is where a folder is to be made.

    Raises:
        OutputError: something is.
    """
    try:
        taken = out.is_symlink() or (any(out.iterdir()) if out.is_dir() else out.exists())
    except OSError as error:
        raise OutputError(f"`{out}` cannot be looked at: {error.strerror or error}") from error
    if taken:
        raise OutputError(f"`{out}` is there already", hint="Name another folder with `--out`, or remove it.")


class Derived:
    """A folder that is being made; `with` it, since what is not finished goes away again."""

    def __init__(self, out: Path) -> None:
        """Begin beside `out`.

        Raises:
            OutputError: there is something, or nothing can be written there.
        """
        empty_place(out)
        self.out = out
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            self.folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent))
            self.folder.chmod(0o755)
        except OSError as error:
            raise OutputError(f"`{out}` cannot be written: {error.strerror or error}") from error
        self._parts = {kind.name: _Part(self.folder, kind) for kind in (TRACES, CANDIDATES)}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for part in self._parts.values():
            part.drop()
        shutil.rmtree(self.folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise OutputError(
                f"writing to `{self.out}` failed: {error.strerror or error}", hint="Make room, and try again."
            ) from error

    @property
    def traces(self) -> int:
        """How many there are by now."""
        return self._parts["traces"].rows

    def add(self, batch: pa.RecordBatch, data: Dataset) -> None:
        """Add rows of another data set, with all columns, and what they refer to.

        Raises:
            DatasetError: what they refer to is missing.
        """
        if batch.num_rows:
            self._parts["traces"].add(batch)
            for path in _referred(batch):
                self._copy(data.folder, path)

    def add_candidates(self, batches: Iterator[pa.RecordBatch]) -> None:
        """Add what became of candidates."""
        for batch in batches:
            self._parts["candidates"].add(batch)

    def finish(self, said: About) -> Dataset:
        """Finish the shards and say what this is; it is not in its place yet."""
        shards = {name: part.finish() for name, part in self._parts.items()}
        write_file(self.folder / ABOUT, msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n")
        write_index(self.folder, Index(generation=1, shards=shards))
        return Dataset(self.folder)

    def move(self) -> None:
        """Move the folder to its place."""
        if self.out.is_dir():
            self.out.rmdir()  # an empty one
        self.folder.replace(self.out)
        sync_folder(self.out.parent)

    def _copy(self, source: Path, path: str) -> None:
        target = self.folder / path
        if target.exists():
            return
        target.parent.mkdir(exist_ok=True)
        try:
            shutil.copyfile(source / path, target)
        except FileNotFoundError as error:
            raise DatasetError(f"`{source / path}` is missing: traces refer to it") from error


class _Part:
    """The rows of one kind, gathered into groups and shards."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self._folder, self._kind = folder / kind.name, kind
        self._shards: list[Shard] = []
        self._file: ShardFile | None = None
        self._waiting: list[pa.RecordBatch] = []
        self._bytes = self.rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        if not batch.schema.equals(self._kind.schema):
            batch = _conformed(batch, self._kind)
        self.rows += batch.num_rows
        self._waiting.append(batch)
        self._bytes += batch.get_total_buffer_size()
        if self._bytes >= GROUP:
            self._write()

    def finish(self) -> tuple[Shard, ...]:
        self._write()
        if self._file is not None:
            self._shards.append(self._file.finish())
            self._file = None
        return tuple(self._shards)

    def drop(self) -> None:
        if self._file is not None:
            self._file.drop()

    def _write(self) -> None:
        if not self._waiting:
            return
        if self._file is None:
            self._file = ShardFile(self._folder, len(self._shards), self._kind.schema)
        table = pa.Table.from_batches(self._waiting)
        self._file.add([column.combine_chunks() for column in table.columns], table.nbytes)
        self._waiting, self._bytes = [], 0
        if self._file.raw >= FULL:
            self._shards.append(self._file.finish())
            self._file = None


def _conformed(batch: pa.RecordBatch, kind: Kind) -> pa.RecordBatch:
    """Return rows that another version wrote with the columns of this one."""
    raw = [
        msgspec.json.decode(jsonl.encode(one), type=raw_shape(kind.shape))
        for one in records_of(batch, kind.shape)
    ]
    labels = iter(records_of(batch, kind.labels)) if kind.labels else None
    columns = kind.columns(raw, None if labels is None else lambda _: next(labels))
    return pa.RecordBatch.from_arrays(columns, schema=kind.schema)


def _referred(batch: pa.RecordBatch) -> Iterator[str]:
    """Yield the files that traces refer to, by their paths in the folder."""
    checks = batch.column("checks")
    for name, folder in (("environment", "environments"), ("pass_to_pass", "baselines")):
        for value in checks.field(name).unique().to_pylist():
            if value:
                yield f"{folder}/{_plain(value)}.json"
    states: Sequence[Any] = batch.column("problem").field("state").to_pylist()
    domains = batch.column("domain").to_pylist()
    trees = {
        msgspec.json.decode(state).get("tree")
        for state, domain in zip(states, domains, strict=True)
        if domain.startswith("code/")
    }
    yield from (f"trees/{_plain(tree)}.tar.gz" for tree in sorted(filter(None, trees)))


def _plain(name: str) -> str:
    if not name.isalnum():
        raise DatasetError(f"an id was expected, not `{name}`")
    return name
