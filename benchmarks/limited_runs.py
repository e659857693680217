"""Commands of others, within limits of time and memory; none of their processes outlives them."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psutil

__all__ = ["Ended", "run_limited"]

POLL = 0.02
"""Seconds between two looks at what a command printed."""
_TAG = "RPSDG_LIMITED_RUN"
"""Variable that everything a command starts inherits, also what leaves its process group."""


@dataclass(frozen=True)
class Ended:
    """How a command ended; times in seconds of the epoch, as files have them."""

    status: int | None
    """Exit status; None where we ended it."""
    output: str
    """Standard output and standard error."""
    began: float
    marked: float | None
    """When it had printed the mark; None if it never did."""
    ended: float

    @property
    def last_words(self) -> str:
        """The end of what it printed, on one line: the last lines, shortened."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        return " / ".join(line[:160] for line in lines[-4:])


def run_limited(
    command: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    *,
    seconds: float,
    memory: int,
    mark: str = "",
    after: float = 0.0,
) -> Ended:
    """Run a command until it ends or reaches a limit.

    Args:
        command: looked up on the PATH of `environ`.
        folder: where it runs.
        environ: its environment variables, all of them.
        seconds: limit for all of it, or until the mark.
        memory: bytes of address space that each of its processes may have.
        mark: a text that it prints.
        after: limit from the mark on, in seconds; at 0 it is ended there.
    """
    tag = uuid4().hex
    limited = ["sh", "-c", 'ulimit -v "$0" && exec "$@"', str(memory // 1024), *command]
    with tempfile.TemporaryFile() as output:
        began = time.time()
        process = subprocess.Popen(
            limited,
            cwd=folder,
            env={**environ, _TAG: tag},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        marked = None
        try:
            deadline = time.monotonic() + seconds
            while process.poll() is None and time.monotonic() < deadline:
                time.sleep(POLL)
                if mark and marked is None and mark in _printed(output.fileno()):
                    marked, deadline = time.time(), time.monotonic() + after
            status, ended = process.poll(), time.time()
        finally:
            _end(process, tag)
        return Ended(status, _printed(output.fileno()), began, marked, ended)


def _printed(descriptor: int) -> str:
    # Reading where the command writes must not move the place where it does: they share it.
    data = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    return data.decode("utf-8", "replace").replace("\r", "\n")


def _end(process: subprocess.Popen[bytes], tag: str) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    while found := [other for other in psutil.process_iter() if _is_tagged(other, tag)]:
        for other in found:
            with suppress(psutil.Error):  # it ended by itself, just now
                other.kill()
        time.sleep(POLL)


def _is_tagged(process: psutil.Process, tag: str) -> bool:
    try:
        return process.environ().get(_TAG) == tag
    except psutil.Error:  # another user's, or gone
        return False
