"""What one state of a source brought: a folder with the traces that were confirmed on it, and a record.

::

    .rpsdg/
      parts/NAME/NNN-TREE/        a data set as `rpsdg bugs` writes it, where anything was tried
        part.json                 what it did to earlier tasks, and what its own depend on; written last
      trees/DIGEST.tar.gz         each source as it was at the lock
      refresh.json                while a refresh is under way: what it works towards

Parts are never changed once their record is there. Which tasks are live follows from the parts of the lock,
in their order: a later one says which of the earlier ones' it replaced or retired.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec

from rpsdg.corpora.dataset import Dataset, DatasetError, Decision
from rpsdg.corpora.index import write_file
from rpsdg.corpora.lock import LockError, PartLock, digest_of
from rpsdg.mutators.judging.units import UnitId
from rpsdg.traces.record import Trace

__all__ = ["RECORD", "Fate", "How", "Part", "PartRecord", "live_in"]

RECORD = "part.json"
How = Literal["re-confirmed", "moved", "retired"]


class Fate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a task that a change had touched."""

    how: How
    by: str | None = None
    """Id of the task that takes its place."""
    reason: str = ""
    """Why nothing does."""


class PartRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of a part besides its traces."""

    version: int = 1
    tree: str
    fates: dict[str, Fate] = {}
    """Of tasks of earlier parts, by their ids."""
    units: tuple[tuple[str, str, str], ...] = ()
    """Path, name and hash of every unit that a task of this part depends on."""
    reach: dict[str, tuple[int, ...]] = {}
    """By trace: which of the units it depends on."""
    tried: tuple[str, ...] = ()
    """Marks of the places that were tried; none of them is tried again while its function stays as it is."""
    rates: dict[str, float | None] | None = None
    """Of a first part: how often each rule was tried in a function it applies in; None for every site."""


@dataclass(frozen=True)
class Part:
    """A part that is whole."""

    folder: Path
    record: PartRecord
    digest: str
    """sha256 of its record."""

    @classmethod
    def read(cls, folder: Path) -> Part:
        """Read a part.

        Raises:
            LockError: it is not there, or is damaged.
        """
        path = folder / RECORD
        try:
            data = path.read_bytes()
            return cls(folder, msgspec.json.decode(data, type=PartRecord), hashlib.sha256(data).hexdigest())
        except OSError as error:
            raise LockError(
                f"`{path}` cannot be read: {error.strerror or error}",
                hint="The folder `.rpsdg` belongs to the lock: keep it beside that, or remove both.",
            ) from error
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise LockError(f"`{path}` is damaged: {error}", hint="Get it back from a copy.") from error

    @classmethod
    def written(cls, folder: Path, record: PartRecord) -> Part:
        """Write the record of a part, which makes it whole."""
        folder.mkdir(parents=True, exist_ok=True)
        data = msgspec.json.format(msgspec.json.encode(record, order="deterministic"), indent=1) + b"\n"
        write_file(folder / RECORD, data)
        return cls.read(folder)

    @cached_property
    def data(self) -> Dataset | None:
        """Its traces; None where nothing was tried."""
        return Dataset(self.folder) if (self.folder / "run.json").exists() else None

    @cached_property
    def ids(self) -> frozenset[str]:
        """Of all its traces, live or not."""
        if self.data is None:
            return frozenset()
        return frozenset(
            name for batch in self.data.batches(["id"]) for name in batch.column("id").to_pylist()
        )

    @cached_property
    def decisions(self) -> Mapping[str, Decision]:
        """What was decided of its candidates, by the id of the trace that came of it."""
        decisions = self.data.decisions() if self.data is not None else ()
        return {decision.trace: decision for decision in decisions if decision.trace is not None}

    def traces(self, wanted: frozenset[str]) -> Iterator[Trace]:
        """Yield some of its traces, in their order."""
        if self.data is not None and wanted:
            yield from (trace for trace in self.data.traces() if trace.id in wanted)

    def reach(self, trace: str) -> dict[UnitId, str]:
        """Return the units that a task depends on, with the hashes they had."""
        units = (self.record.units[number] for number in self.record.reach.get(trace, ()))
        return {(path, name): digest for path, name, digest in units}

    def lock(self, live: frozenset[str], commit: str | None, version: str | None) -> PartLock:
        """Return what the lock says of it."""
        return PartLock(
            folder=self.folder.name,
            commit=commit,
            version=version,
            tree=self.record.tree,
            live=len(live),
            retired=len(self.ids) - len(live),
            traces=digest_of(live),
            record=self.digest,
        )


def live_in(parts: list[Part]) -> dict[Path, frozenset[str]]:
    """Return the live tasks of each part: those that no later part replaced or retired.

    Raises:
        LockError: a data set is damaged.
    """
    try:
        found = {part.folder: part.ids for part in parts}
    except DatasetError as error:
        raise LockError(str(error), hint=error.hint) from error
    gone: set[str] = set()
    for part in reversed(parts):
        found[part.folder] -= gone
        gone |= part.record.fates.keys()
    return found
