"""Writing a data set of many small traces: in batches, as lines that other processes made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from .claim import Claim
from .dataset import TRACES, OutputError, labeller
from .index import write_file
from .store import StoreWriter

__all__ = ["BulkWriter"]


class BulkWriter:
    """A folder with traces and a plan, open for one run, which is its only writer."""

    def __init__(self, folder: Path, name: str) -> None:
        """Take the folder, made if absent, and drop what a crash left half-written.

        Args:
            folder: to write.
            name: of the file that holds the plan, without its ending.

        Raises:
            OutputError: it cannot be written, or another run is writing it.
        """
        self.folder, self._plan = folder, folder / f"{name}.json"
        self._store = StoreWriter(folder, (TRACES,))
        self._label = labeller(None)

    @property
    def claim(self) -> Claim:
        """This process's right to write the folder."""
        return self._store.claim

    def begin(self, plan: msgspec.Struct) -> None:
        """Start a plan, or go on with it.

        Raises:
            OutputError: the folder holds traces of another plan.
        """
        written = msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n"
        if self._plan.exists():
            if self._plan.read_bytes() != written:
                raise OutputError(
                    f"`{self.folder}` belongs to another run: {self._plan.name} says which",
                    hint="Name another folder with `--out`; the same arguments would go on with this one.",
                )
        elif not self._store.is_empty:
            raise OutputError(
                f"`{self.folder}` holds traces of something else", hint="Name another folder with `--out`."
            )
        else:
            try:
                write_file(self._plan, written)
            except OSError as error:
                raise OutputError(f"`{self._plan}` cannot be written: {error.strerror or error}") from error

    def append(self, lines: Sequence[bytes]) -> None:
        """Append lines; they are on the disk when this returns.

        Raises:
            OutputError: the disk is full or broken; what was written before is safe.
        """
        self._store.append(TRACES.name, lines, self._label)

    def finish(self) -> None:
        """Turn everything into shards: the run ended.

        Raises:
            OutputError: the disk is full; nothing is lost.
        """
        self._store.roll(self._label, final=True)

    def close(self) -> None:
        """Let go of the folder."""
        self._store.close()
