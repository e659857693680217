"""What a test run leaves on the disk is gone before the next one in the same session.

A `conftest.py`, a module or byte code that a test dropped would otherwise speak in the next run. What it
changes in files that were there is not undone: the host compares digests.
"""

from __future__ import annotations

import os
import stat
from typing import List, Optional, Set

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Leftovers:
    """Remembers what lies in some folders, to remove what is added."""

    def __init__(self, folders: List[str]) -> None:
        self.folders = folders
        self.known: Set[str] = set()
        for folder in folders:
            for parent, below, names in os.walk(folder):
                self.known.update(os.path.join(parent, name) for name in (*below, *names))

    def sweep(self) -> None:
        """Remove what was not there. Raises OSError where that cannot be done."""
        for folder in self.folders:
            if os.path.islink(folder) or not os.path.isdir(folder):
                if os.path.lexists(folder):
                    os.unlink(folder)
                os.makedirs(folder)  # what was in it is missing, which the digest shows
            below = [folder]
            while below:
                parent = below.pop()
                unlock(parent)
                with os.scandir(parent) as entries:
                    found = list(entries)
                for entry in found:
                    if entry.path not in self.known:
                        remove(entry.path)
                    elif entry.is_dir(follow_symlinks=False):
                        below.append(entry.path)


def unlock(folder: str, inside: Optional[int] = None) -> None:
    """Make a folder of ours one that we can change, whatever a test made of it."""
    about = os.stat(folder, dir_fd=inside, follow_symlinks=False)
    if about.st_uid == os.getuid() and about.st_mode & 0o700 != 0o700:
        os.chmod(folder, stat.S_IMODE(about.st_mode) | 0o700, dir_fd=inside)


def remove(path: str) -> None:
    """Remove a file, or a folder with all that is in it.

    Permissions, depth and length of paths do not matter: one folder is open at a time, and none is named by
    more than its last part.
    """
    if not stat.S_ISDIR(os.lstat(path).st_mode):
        os.unlink(path)
        return
    unlock(path)
    here = os.open(path, FOLDER)
    names: List[str] = []
    below = [_emptied(here)]
    try:
        while True:
            if below[-1]:
                names.append(below[-1].pop())
                unlock(names[-1], here)
                here = _moved(here, names[-1])
                below.append(_emptied(here))
            elif names:
                below.pop()
                here = _moved(here, "..")
                os.rmdir(names.pop(), dir_fd=here)
            else:
                break
    finally:
        os.close(here)
    os.rmdir(path)


def _emptied(folder: int) -> List[str]:
    """Remove the files of an open folder; returns the names of the folders in it."""
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        if not is_folder:
            os.unlink(name, dir_fd=folder)
    return [name for name, is_folder in found if is_folder]


def _moved(here: int, to: str) -> int:
    there = os.open(to, FOLDER, dir_fd=here)
    os.close(here)
    return there
