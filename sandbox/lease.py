"""Use of an environment, told to other processes: what is leased is not evicted."""

from __future__ import annotations

import fcntl
import os
import weakref
from pathlib import Path

__all__ = ["Lease", "is_free"]


class Lease:
    """A shared lock on a file, held for as long as the object lives; a process that dies gives it back."""

    def __init__(self, path: Path, key: str) -> None:
        self.key = key
        """The environment's key."""
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        self._given_back = weakref.finalize(self, os.close, descriptor)

    def give_back(self) -> None:
        """End the use; a second time does nothing."""
        self._given_back()


def is_free(path: Path) -> bool:
    """Say whether nobody holds a lease on a file, in this process or another."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
