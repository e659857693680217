"""What to look for: all that can be known of a task's right program and not of the one that is handed out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from rpsdg.mutators.diffs import ends_alike
from rpsdg.sandbox.tree import Tree

__all__ = ["Needles"]

SHORTEST = 16
"""Characters of a line that is not found in texts by chance."""
_AROUND = 2
"""Lines before and behind those of the fix that tell a copy of the right program from a like idiom
elsewhere."""


@dataclass(frozen=True)
class Needles:
    """The answer to one task, in the shapes in which it may lie around."""

    buggy: Tree
    """The program as it is handed out."""
    fixed: Tree

    @cached_property
    def paths(self) -> list[str]:
        """The files that the answer changes."""
        return self.buggy.changed(self.fixed)

    @cached_property
    def lines(self) -> frozenset[bytes]:
        """Lines that only the right program has, without their indentation, if they are telling."""
        known = b"\n".join(entry.data for path, entry in self.buggy.items() if path.endswith(".py"))
        found = {line.strip() for hunk, _ in self._hunks for line in hunk}
        return frozenset(line for line in found if len(line) >= SHORTEST and line not in known)

    @cached_property
    def passages(self) -> frozenset[bytes]:
        """Lines of the right program around every place of the fix, where the handed out one has none like
        them."""
        known = b"\n".join(_plain(entry.data) for entry in self.buggy.values() if b"\0" not in entry.data)
        found = {_plain(b"\n".join(passage)) for _, passage in self._hunks}
        return frozenset(passage for passage in found if len(passage) >= SHORTEST and passage not in known)

    @cached_property
    def modules(self) -> frozenset[str]:
        """Ends of paths under which the changed files would be installed, such as `/toolz/functoolz.py`."""
        found = set()
        for path in self.paths:
            parts = path.split("/")
            start = len(parts) - 1
            while start > 0 and "/".join([*parts[:start], "__init__.py"]) in self.buggy:
                start -= 1
            found.add("/" + "/".join(parts[start:]))
        return frozenset(found)

    @cached_property
    def contents(self) -> frozenset[bytes]:
        """sha256 of the changed files as they should be."""
        return frozenset(hashlib.sha256(self.fixed[path].data).digest() for path in self.paths)

    @cached_property
    def digests(self) -> frozenset[bytes]:
        """Digests of those files as lists of installed files, locks and checksums write them."""
        found: set[bytes] = set()
        for path in self.paths:
            for kind in ("sha256", "sha1", "md5", "blake2b"):
                value = hashlib.new(kind, self.fixed[path].data, usedforsecurity=False)
                found |= {value.hexdigest().encode(), base64.urlsafe_b64encode(value.digest()).rstrip(b"=")}
        return frozenset(found)

    @cached_property
    def blobs(self) -> frozenset[str]:
        """Ids that git gives to those files."""
        return frozenset(
            hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()
            for data in (self.fixed[path].data for path in self.paths)
        )

    def quoted(self, data: bytes) -> bytes | None:
        """Return a line of the fix that a text quotes."""
        return next((line for line in self.lines if line in data), None)

    def copied(self, data: bytes) -> bool:
        """Say whether some data holds a passage of the right program."""
        # Laying a text out anew takes a hundred times longer than looking for a word in it.
        wanted = [passage for passage, word in self._words if word in data]
        return bool(wanted) and any(passage in _plain(data) for passage in wanted)

    def right(self, data: bytes) -> bool:
        """Say whether some data is one of the changed files as it should be."""
        return len(data) in self._sizes and hashlib.sha256(data).digest() in self.contents

    @cached_property
    def _words(self) -> list[tuple[bytes, bytes]]:
        return [(passage, max(passage.split(), key=len)) for passage in self.passages]

    @cached_property
    def _sizes(self) -> frozenset[int]:
        return frozenset(len(self.fixed[path].data) for path in self.paths)

    @cached_property
    def _hunks(self) -> list[tuple[Sequence[bytes], Sequence[bytes]]]:
        return [hunk for path in self.paths for hunk in _changes(self.buggy, self.fixed, path)]


def _changes(buggy: Tree, fixed: Tree, path: str) -> Iterator[tuple[Sequence[bytes], Sequence[bytes]]]:
    """Yield the right lines of every change of a file, alone and with some around them."""
    wrong, right = (tree[path].data.split(b"\n") if path in tree else [] for tree in (buggy, fixed))
    head, tail = ends_alike(wrong, right)
    matcher = SequenceMatcher(
        None, wrong[head : len(wrong) - tail], right[head : len(right) - tail], autojunk=False
    )
    for tag, _, _, first, last in matcher.get_opcodes():
        if tag != "equal":
            first, last = first + head, last + head
            yield right[first:last], right[max(0, first - _AROUND) : last + _AROUND]


def _plain(data: bytes) -> bytes:
    """Return text without indentation and line ends: a copy may have been laid out anew."""
    return b" ".join(data.split())
