"""The folder that a run writes and every other command reads.

::

    DIR/
      README.md                 the card
      traces/N-SHA.parquet      the traces, in candidate order
      candidates/N-SHA.parquet  what became of each candidate: confirmed, or refused with its reason
      index.json                which shards count, with their checksums
      ledger.sqlite             what was worked on, by which runs, at what cost (`rpsdg.runs.ledger`)
      .lock                     who writes the folder now
      traces.jsonl, candidates.jsonl  what came after the last shard, while a run goes on
      run.json                  the plan: what was asked for, of which source, with which version
      environments/ID.json      how each environment is made again
      baselines/ID.json         the steady tests (the shared pass-to-pass list) and the quarantined ones
      trees/DIGEST.tar.gz       each untouched source tree, once
      audit.jsonl               what SymPy said of the mathematics, if `rpsdg verify --audit` asked it

Lines are appended and synced as they are decided. A line that a crash cut short is dropped on the next
opening; everything before it is kept.
"""

from __future__ import annotations

import gzip
import re
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
import pyarrow as pa

from rpsdg.sandbox.tree import Tree
from rpsdg.traces import jsonl
from rpsdg.traces.levels import Cuts
from rpsdg.traces.record import Confirmed, Trace

from .claim import LEDGER, LOCK, Claim
from .errors import DatasetError, OutputError
from .index import INDEX, KINDS, read_index, write_file
from .labels import Labels, labels_of
from .store import Kind, Label, Reader, StoreWriter

__all__ = [
    "CANDIDATES",
    "TRACES",
    "Dataset",
    "DatasetError",
    "DatasetWriter",
    "Decision",
    "OutputError",
    "Plan",
    "Row",
    "is_card",
    "labeller",
]

T = TypeVar("T", bound=msgspec.Struct)


class Plan(msgspec.Struct, frozen=True):
    """What a run was asked for. A folder holds one plan; running it again goes on with it."""

    generator: str
    """Version of rpsdg."""
    source: dict[str, Any]
    tree: str
    """Digest of the source tree."""
    seed: int
    mutators: tuple[str, ...]
    mix: dict[str, Any]
    """The mixture of mutators, as it was when the run began."""
    levels: dict[str, Any] | None
    """Wanted shares of the levels, if any were asked for, and of how many traces."""
    cuts: Cuts
    """Where scores were cut into levels."""
    environment: str
    """Id of the environment."""
    baseline: str
    """Id of the baseline."""
    rewriter: str | None = None
    """The model that rewrote statements, if one did."""
    confirm: str = "full"
    """Which tests judge: `full`, `covering`, or `sample:P` with the share that all of them judge."""


class Decision(msgspec.Struct, frozen=True):
    """What became of one candidate."""

    index: int
    """Its place among the candidates of its kind: single bugs, or walks of several."""
    rule: str
    path: str
    line: int
    outcome: str
    """`confirmed`, or the reason why not."""
    detail: str = ""
    trace: str | None = None
    """Id of the trace, if confirmed."""
    level: int | None = None
    """Of the trace, by the plan's cuts."""
    bugs: tuple[str, ...] = ()
    """Of a walk: ids of the traces of its bugs, in order; rule and place are those of the first."""
    triage: str | None = None
    """What a first look in a warm process saw (`red`, `green`, `hang` …); None where there was none."""
    judged: Confirmed | None = None
    """Which tests judged it in clean runs; None where none did."""
    outside: int | None = None
    """Of the tests that failed, those that by their coverage do not reach the edit; where any failed."""
    retried: bool = False
    """Whether this is about a candidate that was parked, and was tried again when that was asked for. The
    earlier decision stays: what was decided since was decided by it."""


TRACES = Kind("traces", Trace, Labels)
CANDIDATES = Kind("candidates", Decision)


class Row(NamedTuple):
    """A trace with what the data set says of it."""

    trace: Trace
    labels: Labels


def labeller(cuts: Cuts | None) -> Label:
    """Return what tells the labels of traces, for a run that cut its levels so."""

    def label(raw: Any) -> Labels:
        state, source = bytes(raw.problem.state), bytes(raw.provenance.source)
        return labels_of(raw.domain, state, source, raw.score, cuts, bytes(raw.features))

    return label


class Dataset:
    """A data set folder, open for reading."""

    def __init__(self, folder: Path) -> None:
        """Open a folder that a run wrote.

        Raises:
            DatasetError: there is no data set in it, or it cannot be read.
        """
        self.folder = folder
        try:
            there = (folder / INDEX).is_file() or (folder / "traces.jsonl").is_file()
        except OSError as error:
            raise DatasetError(f"`{folder}` cannot be read: {error.strerror or error}") from error
        if not there:
            read_index(folder)  # which knows better if there are shards
            raise DatasetError(
                f"there is no data set in `{folder}`: no `{INDEX}`, and no `traces.jsonl` of an older one",
                hint="Name the folder that was given to `--out`.",
            )

    @staticmethod
    def remove(folder: Path) -> None:
        """Remove a data set and nothing else that lies in its folder.

        Raises:
            OutputError: another run is writing it, or it cannot be removed.
        """
        if not (folder / "run.json").exists():
            return
        writer = DatasetWriter(folder)
        try:
            index = read_index(folder)
            for kind in KINDS:
                for shard in index.shards.get(kind, ()):
                    (folder / kind / shard.name).unlink(missing_ok=True)
                (folder / index.journal(kind)).unlink(missing_ok=True)
                with suppress(OSError):
                    (folder / kind).rmdir()
            for name in (INDEX, "run.json", *["README.md"] * is_card(folder / "README.md")):
                (folder / name).unlink(missing_ok=True)
            for path in folder.glob(
                f"{LEDGER}*"
            ):  # a log of it that stayed would be taken for the next one's
                path.unlink()
            for name in ("environments", "baselines", "trees"):
                shutil.rmtree(folder / name, ignore_errors=True)
        except OSError as error:
            raise OutputError(f"`{folder}` cannot be emptied: {error.strerror or error}") from error
        finally:
            writer.close()

    def traces(self) -> Iterator[Trace]:
        """Yield the traces in candidate order.

        Raises:
            DatasetError: a shard or a line is damaged.
        """
        yield from self._read(TRACES, Reader.records)

    def rows(self) -> Iterator[Row]:
        """Yield the traces with what the data set says of them, in candidate order.

        Raises:
            DatasetError: a shard or a line is damaged.
        """
        for trace, labels in self._read(TRACES, Reader.labelled):
            yield Row(trace, labels)

    def batches(self, columns: Sequence[str] | None = None, kind: Kind = TRACES) -> Iterator[pa.RecordBatch]:
        """Yield the traces with their labels as Arrow record batches: quick, where few columns are wanted.

        Args:
            columns: by name, such as `level`, or as Parquet names a part of one, such as
                `steps.list.element.rule`, which may come with the rest; None for all.
            kind: what of the data set: its traces, or its candidates.

        Raises:
            DatasetError: a shard or a line is damaged.
        """
        yield from self._read(kind, lambda reader: reader.batches(columns))

    def decisions(self) -> Iterator[Decision]:
        """Yield what became of every candidate, in order."""
        yield from self._read(CANDIDATES, Reader.records)

    def count(self) -> int:
        """Return the number of traces."""
        return sum(batch.num_rows for batch in self.batches(["id"]))

    def size(self) -> int:
        """Return the bytes of the shards and journals of traces."""
        index = read_index(self.folder)
        whole = sum(shard.bytes for shard in index.shards.get(TRACES.name, ()))
        journal = self.folder / index.journal(TRACES.name)
        with suppress(OSError):  # a run may have ended just now
            whole += journal.stat().st_size if TRACES.name in index.journals else 0
        return whole

    def _read(self, kind: Kind, how: Callable[[Reader], Iterator[Any]]) -> Iterator[Any]:
        reader = Reader(self.folder, kind, self._label() if kind.labels else None)
        try:
            yield from how(reader)
        finally:
            reader.close()

    def _label(self) -> Label:
        plan = self.plan()
        return labeller(None if plan is None else plan.cuts)

    def plan(self) -> Plan | None:
        """Return the plan the folder was written for."""
        path = self.folder / "run.json"
        return _read(path, Plan) if path.exists() else None

    def record(self, kind: str, name: str, shape: type[T]) -> T:
        """Return what is kept once for many traces: an environment or a baseline.

        Raises:
            DatasetError: it is missing or damaged.
        """
        return _read(self.folder / kind / f"{_checked(name)}.json", shape)

    def has_tree(self, digest: str) -> bool:
        """Say whether an untouched source tree is there; some uses of a data set need none."""
        return (self.folder / "trees" / f"{_checked(digest)}.tar.gz").exists()

    def tree(self, digest: str) -> Tree:
        """Return an untouched source tree.

        Raises:
            DatasetError: it is missing, damaged, or another one than its name says.
        """
        path = self.folder / "trees" / f"{_checked(digest)}.tar.gz"
        try:
            with gzip.open(path) as stream:
                tree = Tree.from_tar(stream)  # type: ignore[arg-type] # GzipFile reads bytes
        except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
            raise DatasetError(f"the source tree `{path}` cannot be read: {error}") from error
        if tree.digest != digest:
            raise DatasetError(f"the source tree `{path}` was changed: its digest is {tree.digest}")
        return tree


class DatasetWriter(Dataset):
    """A data set folder open for one run, which is its only writer."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, made if absent, and drop what a crash left half-written.

        Raises:
            OutputError: it cannot be written, or another run is writing it.
        """
        self.folder = folder
        self._store = StoreWriter(folder, (TRACES, CANDIDATES))
        self._undecided: set[str] = set()
        self._labels = self._label()

    @property
    def claim(self) -> Claim:
        """This process's right to write the folder."""
        return self._store.claim

    def begin(self, plan: Plan, tree: Tree, records: Mapping[str, msgspec.Struct]) -> None:
        """Start or go on with a plan.

        Args:
            plan: written last, so that a folder with a plan has everything that the plan names.
            tree: the untouched source tree.
            records: what is kept once for all traces, by path without ending, such as `environments/ID`.

        Raises:
            OutputError: the folder holds another plan.
        """
        found = self.plan()
        if found is not None and found != plan:
            names = [n for n in plan.__struct_fields__ if getattr(found, n) != getattr(plan, n)]
            raise OutputError(
                f"`{self.folder}` belongs to a run with another {', '.join(names)}",
                hint="Name another folder with `--out`; the same arguments again would go on with this one.",
            )
        if found is None and not self._store.is_empty:
            raise OutputError(
                f"`{self.folder}` holds traces of something else", hint="Name another folder with `--out`."
            )
        if found is None:
            self.keep_tree(tree)
            for name, record in records.items():
                self.keep(name, record)
            self.keep("run", plan)
        # A crash between the two appends leaves a trace without its decision. Readers may have seen it, so it
        # stays, and the decision that is made again only fills in what is missing.
        self._labels = labeller(plan.cuts)
        decided = {decision.trace for decision in self.decisions()}
        self._undecided = {trace.id for trace in self.traces()} - decided

    def keep(self, name: str, value: msgspec.Struct) -> None:
        """Write a JSON file of the folder at once or not at all."""
        path = self.folder / f"{name}.json"
        if not path.exists():
            self._replace(path, msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")

    def keep_tree(self, tree: Tree) -> None:
        """Write a source tree, once."""
        path = self.folder / "trees" / f"{tree.digest}.tar.gz"
        if not path.exists():
            self._replace(path, gzip.compress(tree.to_tar(), mtime=0))

    def decide(self, decision: Decision, trace: Trace | None = None) -> None:
        """Append a decision, and its trace; both are on the disk when this returns."""
        if trace is not None and trace.id not in self._undecided:
            self._store.append(TRACES.name, [jsonl.encode(trace)], self._labels)
        self._store.append(CANDIDATES.name, [jsonl.encode(decision)], self._labels)

    def finish(self) -> None:
        """Turn everything into shards: the run ended, and what it made will be read, not added to.

        Raises:
            OutputError: the disk is full; nothing is lost.
        """
        self._store.roll(self._labels, final=True)

    def close(self) -> None:
        """Let go of the folder; one in which nothing was begun is left as it was found."""
        empty = self._store.is_empty
        self._store.close()
        with suppress(OSError):
            if empty and not (self.folder / "run.json").exists():
                for name in ("traces.jsonl", "candidates.jsonl", LOCK):
                    (self.folder / name).unlink()
                self.folder.rmdir()

    def _replace(self, path: Path, data: bytes) -> None:
        try:
            write_file(path, data)
        except OSError as error:
            raise OutputError(f"`{path}` cannot be written: {error.strerror or error}") from error


def is_card(path: Path) -> bool:
    """Say whether a file is a card that rpsdg wrote, or is not there; whatever else it is stays."""
    try:
        with path.open("rb") as file:
            head, end, _ = file.read(4096).partition(b"\n---\n")
    except OSError:
        return not path.exists()
    return head.startswith(b"---\n") and bool(end) and b'"rpsdg"' in head


def _checked(name: str) -> str:
    """Return an id or digest that a trace gave, which must not lead out of the folder."""
    if re.fullmatch(r"[0-9a-f]{64}", name) is None:
        raise DatasetError(f"an id of 64 hexadecimal digits was expected, not `{name}`")
    return name


def _read(path: Path, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=shape)
    except OSError as error:
        raise DatasetError(f"`{path}` cannot be read: {error.strerror or error}") from error
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise DatasetError(f"`{path}` is damaged: {error}") from error
