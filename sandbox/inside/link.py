"""Frames and open files over a socket between two processes of a sandbox."""

from __future__ import annotations

import array
import json
import socket
import struct
from typing import Any, Dict, List, Tuple

Json = Dict[str, Any]
Frame = Tuple[Json, bytes]


def send(link: socket.socket, header: Json, payload: bytes = b"") -> None:
    """Send one frame, in the format that the supervisor and its host speak."""
    head = json.dumps(header).encode("utf-8")
    link.sendall(struct.pack(">II", len(head), len(payload)) + head + payload)


def receive(link: socket.socket) -> Frame:
    """Return the next frame. Raises EOFError when the other side is gone."""
    sizes = struct.unpack(">II", exactly(link, 8))
    return json.loads(exactly(link, sizes[0]).decode("utf-8")), exactly(link, sizes[1])


def exactly(link: socket.socket, size: int) -> bytes:
    """Return so many bytes."""
    parts = []
    while size:
        part = link.recv(size)
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def receive_files(link: socket.socket, count: int) -> List[int]:
    """Return so many open files that come over a link behind a frame."""
    files = array.array("i")
    _, ancillary, _, _ = link.recvmsg(1, socket.CMSG_SPACE(count * files.itemsize))
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            files.frombytes(data[: count * files.itemsize])
    if len(files) != count:
        raise EOFError
    return list(files)
