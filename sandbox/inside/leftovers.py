"""What a test run leaves on the disk is gone before the next one in the same session.

A `conftest.py`, a module or byte code that a test dropped would otherwise speak in the next run. What it
changes in files that were there is not undone: the host compares digests.
"""

from __future__ import annotations

import os
import shutil
import stat
from typing import List, Set


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
                raise OSError("%s is not a folder any more" % folder)
            below = [folder]
            while below:
                parent = below.pop()
                unlock(parent)
                with os.scandir(parent) as entries:
                    found = list(entries)
                for entry in found:
                    is_folder = entry.is_dir(follow_symlinks=False)
                    if entry.path not in self.known:
                        remove(entry.path, is_folder)
                    elif is_folder:
                        below.append(entry.path)


def unlock(folder: str) -> None:
    """Make a folder of ours one that we can change, whatever a test made of it."""
    about = os.lstat(folder)
    if about.st_uid == os.getuid() and about.st_mode & 0o700 != 0o700:
        os.chmod(folder, stat.S_IMODE(about.st_mode) | 0o700)


def remove(path: str, is_folder: bool) -> None:
    """Remove a file, or a folder with all that is in it, whatever its permissions say."""
    if not is_folder:
        os.unlink(path)
        return
    below = [path]
    while below:
        folder = below.pop()
        unlock(folder)
        with os.scandir(folder) as entries:
            below += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    shutil.rmtree(path)
