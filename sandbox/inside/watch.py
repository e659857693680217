"""Limits that no kernel keeps for us where there is no control group: looked at four times a second."""

from __future__ import annotations

import os
import time
from typing import Dict, List, Optional

from .processes import Process, descendants

INTERVAL = 0.25  # seconds
PAGE = os.sysconf("SC_PAGE_SIZE")


class Watch:
    """Counts what all processes of a command use together."""

    def __init__(self, limits: Dict[str, int], folders: List[str]) -> None:
        """Take the limits: `processes` (threads count), bytes of `memory`, and `files` in each folder.

        folders: those with a file system of their own.
        """
        self.limits = limits
        self.folders = folders
        self.looked = time.monotonic()

    def due(self) -> float:
        """Return when to look again."""
        return self.looked + INTERVAL

    def look(self) -> Optional[str]:
        """Return which limit was passed, as the reason to stop the command."""
        self.looked = time.monotonic()
        family = descendants()
        if sum(process.threads for process in family.values()) > self.limits["processes"]:
            return "too-many-processes"
        if memory(family, self.limits["memory"]) > self.limits["memory"]:
            return "out-of-memory"
        for folder in self.folders:
            size = os.statvfs(folder)
            if size.f_files - size.f_ffree > self.limits["files"]:
                return "too-many-files"
        return None


def memory(family: Dict[int, Process], enough: int) -> int:
    """Return the bytes that processes hold; what they share counts once, where it matters for `enough`."""
    rough = sum(process.pages for process in family.values()) * PAGE
    if rough <= enough:
        return rough
    exact = 0
    for pid, process in family.items():
        try:
            with open("/proc/%d/smaps_rollup" % pid, "rb") as file:
                exact += sum(int(line.split()[1]) for line in file if line.startswith(b"Pss:")) * 1024
        except OSError:  # it has ended, or the kernel has no such file
            exact += process.pages * PAGE if os.path.exists("/proc/%d" % pid) else 0
    return exact
