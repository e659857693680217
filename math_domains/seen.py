"""Which problems were there already, in memory that does not grow."""

from __future__ import annotations

from array import array

__all__ = ["Seen"]


class Seen:
    """A set of digests with room for a given number of them, 16 bytes each.

    Only the first eight bytes of a digest are kept: that any two different ones among a million problems are
    taken for the same has a chance of one in 37 million.
    """

    def __init__(self, room: int) -> None:
        """Make room.

        Args:
            room: how many digests will be added at most.
        """
        self._mask = (1 << max(4, (2 * room - 1).bit_length())) - 1
        self._slots = array("Q", bytes(8 * (self._mask + 1)))

    def add(self, digest: bytes) -> bool:
        """Add a digest; return whether it is new.

        >>> seen = Seen(10)
        >>> seen.add(b"0123456789abcdef"), seen.add(b"0123456789abcdef")
        (True, False)
        """
        value = int.from_bytes(digest[:8], "little") or 1  # an empty slot is zero
        slots, position = self._slots, value & self._mask
        while slots[position]:
            if slots[position] == value:
                return False
            position = (position + 1) & self._mask
        slots[position] = value
        return True
