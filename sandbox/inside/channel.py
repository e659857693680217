"""The plugin's private way out: one line of JSON an event, each behind a nonce that nobody else was told."""

from __future__ import annotations

import json
import os
from typing import Any, Callable, List, Optional


class Channel:
    """Sends events. Processes that the tests start do not inherit it."""

    def __init__(self, fd: int, nonce: bytes) -> None:
        os.set_inheritable(fd, False)
        self.send = _sender(fd, nonce)


def _sender(fd: int, nonce: bytes) -> Callable[..., None]:
    # What it needs is held here and nowhere else: not in an attribute that can be read, not in a module
    # whose functions can be replaced.
    owner, getpid, write, dumps = os.getpid(), os.getpid, os.write, json.dumps

    def send(*event: Any) -> None:
        """Send one event."""
        if getpid() != owner:
            return  # a forked child of a test
        # On a line of its own, even where a test wrote half a line of something else.
        data = b"\n" + nonce + dumps(event).encode("utf-8", "replace") + b"\n"
        while data:
            data = data[write(fd, data) :]

    return send


_waiting: List[Channel] = []


def hand_over(fd: int, nonce: bytes) -> None:
    """Make the channel, for whoever takes it first."""
    _waiting.append(Channel(fd, nonce))


def take() -> Optional[Channel]:
    """Return the channel, once; None in any other process, and to any other pytest in this one."""
    return _waiting.pop() if _waiting else None
