"""What comes out of a command: its output, and the lines of the plugin's channel."""

from __future__ import annotations

import time
from typing import Optional

SOON = 0.25  # seconds after which a test is looked at for the first time: most have ended by then
WAITING = 3.0  # times its limit that a test may take on the clock


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
    """The lines that come over the plugin's channel, and the time limit of the test they say is running.

    A test may compute for `test_timeout` seconds, which a busy machine does not make more of, and wait for
    some more.
    """

    def __init__(self, nonce: bytes, test_timeout: Optional[float]) -> None:
        self.nonce = nonce
        self.test_timeout = test_timeout
        self.due: Optional[float] = None  # when to look at the test again
        self._deadline = 0.0
        self._computed: Optional[float] = None
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
                    now = time.monotonic()
                    self.due, self._deadline = (
                        now + min(SOON, self.test_timeout),
                        now + WAITING * self.test_timeout,
                    )
                    self._computed = None
                elif kind.startswith((b'["finish"', b'["session"')):
                    self.due = None
            self._line = end + 1

    def too_long(self, computed: float) -> bool:
        """Say whether the running test has passed its limit, or settle when to look again.

        computed: seconds that all processes of the run have computed.
        """
        now = time.monotonic()
        if self._computed is None:
            self._computed = computed
        left = (self.test_timeout or 0.0) - (computed - self._computed)
        self.due = min(now + max(left, 0.02), self._deadline)
        return left <= 0 or now >= self._deadline

    def own(self) -> bytes:
        """Return the plugin's own lines, without the nonce."""
        lines = self.data.split(b"\n")
        return b"".join(
            bytes(line[len(self.nonce) :]) + b"\n" for line in lines if line.startswith(self.nonce)
        )
