"""Who a container or folder belongs to, so that what a dead run left behind can be told from a live one's."""

from __future__ import annotations

import os
import socket
from pathlib import Path

__all__ = ["is_alive", "owner"]


def owner() -> str:
    """Return a name for this process that no later process on this machine will have."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def is_alive(name: str) -> bool:
    """Say whether the process that called itself `name` may still run; True for other machines' names."""
    host, _, process = name.partition(":")
    pid, _, started = process.partition(":")
    if host != socket.gethostname():
        return True
    return pid.isdigit() and started != "0" and _started(int(pid)) == started


def _started(pid: int) -> str:
    """Return when a process started, in clock ticks since boot; `0` when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return "0"
