"""Data in pieces that a page loads on demand: scripts, for a page from a file may load nothing else."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable

__all__ = ["Shards", "pack"]

_LEVEL = 6


def pack(name: str, content: bytes) -> bytes:
    """Return the script that hands over some JSON: compressed, and in letters that cannot end a string.

    >>> pack("x", b"</script>").startswith(b'rpsdg.take("x","H4sI')
    True
    """
    packed = base64.b64encode(gzip.compress(content, _LEVEL, mtime=0)).decode()
    return f'rpsdg.take("{name}","{packed}");\n'.encode()


class Shards:
    """Shards `NAME-00000.js` and so on, each an array of the items that fit into it."""

    def __init__(self, write: Callable[[str, bytes], None], name: str, size: int) -> None:
        """Begin.

        Args:
            write: takes the name of a file and its content.
            name: the shards' own.
            size: bytes of JSON after which a shard is full.
        """
        self._write, self._name, self._size = write, name, size
        self._items: list[bytes] = []
        self._bytes = self._added = 0
        self.starts: list[int] = []
        """The number of the first item of each shard that was begun."""

    def add(self, item: bytes) -> None:
        """Add one item of JSON."""
        if not self._items:
            self.starts.append(self._added)
        self._items.append(item)
        self._added += 1
        self._bytes += len(item)
        if self._bytes >= self._size:
            self.end()

    def end(self) -> None:
        """Write what is left."""
        if self._items:
            name = f"{self._name}-{len(self.starts) - 1:05}"
            self._write(f"{name}.js", pack(name, b"[" + b",".join(self._items) + b"]"))
            self._items, self._bytes = [], 0
