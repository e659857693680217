"""A file to which lines are appended: each is on the disk, whole, before its writer goes on."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from .index import sync_folder

__all__ = ["Journal", "copy_rest"]

_BLOCK = 1 << 16


class Journal:
    """An open journal. What a crash cut short at its end, a line without a line feed, is dropped."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it.

        Raises:
            OSError: that cannot be done.
        """
        is_new = not path.exists()
        # Not buffered: what could not be written must not be tried again with what comes next.
        self._file = path.open("ab+", buffering=0)
        self.size = _end_of_lines(self._file.fileno())
        self._file.truncate(self.size)
        if is_new:
            sync_folder(path.parent)

    def append(self, lines: bytes) -> None:
        """Append whole lines; they are on the disk when this returns.

        Raises:
            OSError: they could not be written; none of them is there.
        """
        try:
            rest = memoryview(lines)
            while rest:
                rest = rest[os.write(self._file.fileno(), rest) :]
            os.fsync(self._file.fileno())
        except OSError:
            with suppress(OSError):  # half a line would spoil what follows
                self._file.truncate(self.size)
            raise
        self.size += len(lines)

    def close(self) -> None:
        """Let go of the file."""
        with suppress(OSError):  # a full disk was reported when it was met
            self._file.close()


def copy_rest(old: Path, start: int, new: Path) -> None:
    """Begin a journal with what another holds from a byte on; absent ones hold nothing.

    Raises:
        OSError: it could not be written.
    """
    with new.open("wb") as file:
        if old.exists():
            with old.open("rb") as source:
                source.seek(start)
                while block := source.read(_BLOCK):
                    file.write(block)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(new.parent)


def _end_of_lines(handle: int) -> int:
    """Return where the last whole line ends, reading backwards no further than needed."""
    position = os.fstat(handle).st_size
    while position > 0:
        start = max(0, position - _BLOCK)
        found = os.pread(handle, position - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        position = start
    return 0
