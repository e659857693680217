"""What may have changed in a folder, without looking at it: the kernel's notices of it (inotify).

They are sound where the folder is a file system of its own. Whatever opens, makes, removes or renames a file
there is told, and whoever writes has opened it before, mapped memory included; only by a second name outside,
which another file system cannot have, could a file change unseen.
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import Dict, Iterable, Optional, Set

_MODIFY, _ATTRIB, _CLOSE_WRITE, _OPEN = 0x2, 0x4, 0x8, 0x20
_MOVES, _CREATE, _DELETE, _DELETE_SELF, _MOVE_SELF = 0xC0, 0x100, 0x200, 0x400, 0x800
_TOUCHED = _MODIFY | _ATTRIB | _CLOSE_WRITE | _OPEN
_WATCHED = _TOUCHED | _MOVES | _CREATE | _DELETE | _DELETE_SELF | _MOVE_SELF
_IS_DIR = 0x40000000
_HEAD = struct.Struct("iIII")
_CHUNK = 1 << 16


class Notices:
    """Notices of what happens in a folder and the folders below it."""

    def __init__(self, folder: str, below: Iterable[str]) -> None:
        """Begin.

        folder: the outermost one; a file system of its own.
        below: all folders in it, relative to it.

        Raises OSError where the kernel gives none, or no more.
        """
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.fd = self._done(self.libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        self.folders: Dict[int, str] = {}
        try:
            for path in ("", *below):
                full = os.fsencode(os.path.join(folder, path))
                self.folders[self._done(self.libc.inotify_add_watch(self.fd, full, _WATCHED))] = path
        except OSError:
            self.close()
            raise

    def _done(self, result: int) -> int:
        if result < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return result

    def take(self) -> Optional[Set[str]]:
        """Return what has been opened or changed since the last time; None if it may be anything.

        It may be anything as soon as something was made, removed or renamed, and after too many notices.
        """
        touched: Set[str] = set()
        all_known = True
        while True:
            try:
                data = os.read(self.fd, _CHUNK)
            except BlockingIOError:
                return touched if all_known else None
            start = 0
            while start < len(data):
                number, mask, _, length = _HEAD.unpack_from(data, start)
                start += _HEAD.size + length
                if mask & ~(_TOUCHED | _IS_DIR) or number not in self.folders:
                    all_known = False
                else:
                    name = os.fsdecode(data[start - length : start].rstrip(b"\0"))
                    touched.add(os.path.join(self.folders[number], name) if name else self.folders[number])

    def close(self) -> None:
        """Have no more of them."""
        os.close(self.fd)
