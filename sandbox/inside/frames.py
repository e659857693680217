"""The conversation with the host: frames over the supervisor's standard input and output.

A frame is two big-endian 32-bit lengths, a JSON header and a binary payload.
"""

from __future__ import annotations

import json
import os
import struct
from typing import Any, Dict, Tuple

Json = Dict[str, Any]
Answer = Tuple[Json, bytes]

CHUNK = 65536


class HostGoneError(Exception):
    """The host closed the supervisor's input."""


class Host:
    """The frames to and from the host."""

    def __init__(self) -> None:
        # Standard output belongs to the frames alone: whatever prints by accident goes nowhere.
        self.source = os.dup(0)
        self.sink = os.dup(1)
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        self.pending = b""

    def _read(self, size: int) -> bytes:
        parts = []
        if self.pending:
            parts.append(self.pending[:size])
            self.pending = self.pending[size:]
            size -= len(parts[0])
        while size:
            part = os.read(self.source, min(size, 1 << 20))
            if not part:
                raise HostGoneError
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def receive(self) -> Answer:
        """Return the next request: its header and payload."""
        header_size, payload_size = struct.unpack(">II", self._read(8))
        return json.loads(self._read(header_size).decode("utf-8")), self._read(payload_size)

    def send(self, header: Json, payload: bytes = b"") -> None:
        """Answer a request."""
        head = json.dumps(header).encode("utf-8")
        data = memoryview(struct.pack(">II", len(head), len(payload)) + head + payload)
        while data:
            data = data[os.write(self.sink, data) :]

    def listen(self) -> None:
        """Take in what is ready while something runs: the host went away, or sent ahead."""
        part = os.read(self.source, CHUNK)
        if not part:
            raise HostGoneError
        self.pending += part
