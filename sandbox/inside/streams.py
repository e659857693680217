"""What comes out of a command: its output, and the lines of the plugin's channel."""

from __future__ import annotations

import time
from typing import Optional


class Output:
    """What a command prints, as much of it as is kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.data = bytearray()
        self.discarded = 0

    def take(self, data: bytes) -> None:
        """Keep what there is room for."""
        room = self.limit - len(self.data)
        self.data += data[:room]
        self.discarded += max(0, len(data) - room)


class Events:
    """The lines that come over the plugin's channel, and the time limit of the test they say is running."""

    def __init__(self, nonce: bytes, test_timeout: Optional[float]) -> None:
        self.nonce = nonce
        self.test_timeout = test_timeout
        self.deadline: Optional[float] = None
        self.data = bytearray()
        self._line = 0

    def take(self, data: bytes) -> None:
        """Take in some bytes, and look at the lines they complete."""
        self.data += data
        while True:
            end = self.data.find(b"\n", self._line)
            if end < 0:
                return
            # Only the plugin knows the nonce; lines without it are not its own.
            if self.test_timeout and self.data.startswith(self.nonce, self._line):
                kind = bytes(self.data[self._line + len(self.nonce) : self._line + len(self.nonce) + 10])
                if kind.startswith(b'["start"'):
                    self.deadline = time.monotonic() + self.test_timeout
                elif kind.startswith((b'["finish"', b'["session"')):
                    self.deadline = None
            self._line = end + 1

    def own(self) -> bytes:
        """Return the plugin's own lines, without the nonce."""
        lines = self.data.split(b"\n")
        return b"".join(
            bytes(line[len(self.nonce) :]) + b"\n" for line in lines if line.startswith(self.nonce)
        )
