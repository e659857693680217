"""The way to a supervisor that is a child of this process: the pipes to its standard input and output."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import threading
import time

from .contract import SandboxBrokeError
from .inside.leftovers import remove
from .session import Connection

__all__ = ["ProcessConnection"]


class ProcessConnection(Connection):
    """A supervisor as a child process."""

    def __init__(self, command: list[str], base: str, user: int | None = None) -> None:
        """Start the supervisor.

        Args:
            command: of `boot_command`.
            base: as in `WireSession`; it is removed in the end.
            user: number of the user and group that it runs as; only root can name one.
        """
        self.base = base
        """The session's work folder; empty when it has a file system of its own."""
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath},
                cwd=base or "/",
                start_new_session=True,  # a Ctrl-C in the terminal is the host's to handle
                bufsize=0,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )
        except OSError as error:
            raise SandboxBrokeError(f"the sandbox could not be started: {error}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        self._killed = threading.Lock()

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        view = memoryview(data)
        while view:
            if not _ready(self._to, select.POLLOUT, 60.0):
                raise TimeoutError("the supervisor does not read")
            view = view[os.write(self._to, view[: 1 << 16]) :]

    def receive(self, size: int, timeout: float) -> bytes:
        """Return exactly `size` bytes."""
        deadline = time.monotonic() + timeout
        data = bytearray()
        while len(data) < size:
            if not _ready(self._from, select.POLLIN, deadline - time.monotonic()):
                raise TimeoutError(f"no answer within {timeout:.0f} s")
            part = os.read(self._from, min(size - len(data), 1 << 20))
            if not part:
                raise ConnectionResetError("the supervisor ended")
            data += part
        return bytes(data)

    def kill(self) -> None:
        """End the supervisor and what it started."""
        if not self._killed.acquire(blocking=False):
            return
        # Its input ends, so the supervisor kills what it started and leaves; a hung one is killed.
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self.base:
            with contextlib.suppress(OSError):  # gone already, or the next sweep tries again
                remove(self.base)

    def close(self) -> None:
        """Give back the last of it, when nobody reads from it any more."""
        self.kill()
        assert self._process.stdout is not None
        self._process.stdout.close()


def _ready(fd: int, event: int, timeout: float) -> bool:
    # Not `select`, which fails for a process that has more than a thousand files open.
    poll = select.poll()
    poll.register(fd, event)
    return bool(poll.poll(max(0.0, timeout) * 1000))
