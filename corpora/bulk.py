"""Writing a data set of many small traces: in batches, and cut to whole lines after a crash."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from .dataset import OutputError

__all__ = ["BulkWriter"]

_BLOCK = 1 << 16


class BulkWriter:
    """A folder with `traces.jsonl` and a plan, open for one run, which is its only writer."""

    def __init__(self, folder: Path, name: str) -> None:
        """Take the folder, made if absent, and drop what a crash left half-written.

        Args:
            folder: to write.
            name: of the file that holds the plan, without its ending.

        Raises:
            OutputError: it cannot be written, or another run is writing it.
        """
        self.folder, self._plan = folder, folder / f"{name}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = (folder / ".lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._file = (folder / "traces.jsonl").open("ab+")
            self._cut()
        except BlockingIOError as error:
            raise OutputError(
                f"another run is writing to `{folder}`",
                hint="Wait for it, or name another folder with `--out`.",
            ) from error
        except OSError as error:
            raise OutputError(
                f"the output folder `{folder}` cannot be written: {error.strerror or error}",
                hint="Name another folder with `--out`.",
            ) from error

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
        elif self._file.tell():
            raise OutputError(
                f"`{self.folder}` holds traces of something else", hint="Name another folder with `--out`."
            )
        else:
            self._plan.write_bytes(written)

    def append(self, lines: Sequence[bytes]) -> None:
        """Append lines; they are on the disk when this returns."""
        try:
            self._file.write(b"".join(lines))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise OutputError(
                f"writing to `{self.folder}` failed: {error.strerror or error}",
                hint="Make room, then repeat the command: it goes on where it stopped.",
            ) from error

    def close(self) -> None:
        """Let go of the folder."""
        self._file.close()
        self._lock.close()

    def _cut(self) -> None:
        """Drop a last line without a line feed, reading backwards no further than needed."""
        end = self._file.seek(0, os.SEEK_END)
        position = end
        while position > 0:
            start = max(0, position - _BLOCK)
            self._file.seek(start)
            found = self._file.read(position - start).rfind(b"\n")
            if found >= 0:
                position = start + found + 1
                break
            position = start
        if position != end:
            self._file.truncate(position)
        self._file.seek(0, os.SEEK_END)
