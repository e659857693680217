"""Unified diffs between source trees: the form in which a bug and its fix travel.

What is written here, `git apply` takes, and what git writes for changed files, `apply_diff` takes. Lines end
at a line feed and nowhere else; every other byte is content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from rpsdg.sandbox.tree import Tree, UnsafeTreeError, check_path
from rpsdg.traces.errors import ExitCode, RpsdgError

__all__ = ["DiffError", "apply_diff", "ends_alike", "make_diff"]

_CONTEXT = 3
_NO_END = b"\\ No newline at end of file\n"
_HUNK = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_UNESCAPES = {letter: byte for byte, letter in _ESCAPES.items()}


class DiffError(RpsdgError):
    """A diff that cannot be made, read, or applied exactly."""

    code = ExitCode.DATA


def make_diff(before: Tree, after: Tree) -> str:
    """Return the git-style diff that leads from `before` to `after`; empty when they are equal.

    Its UTF-8 encoding with `surrogateescape` is the diff's exact bytes.

    Raises:
        DiffError: the trees differ in more than the content of regular files.
    """
    return b"".join(_file_diff(path, *_pair(before, after, path)) for path in before.changed(after)).decode(
        "utf-8", "surrogateescape"
    )


def apply_diff(tree: Tree, diff: str) -> Tree:
    """Return `tree` with `diff` applied: every context line and line number must fit exactly.

    Raises:
        DiffError: the diff is malformed, leaves the tree, or does not fit; the message says where.
    """
    reader = _Reader(diff.encode("utf-8", "surrogateescape"))
    while reader.line is not None:
        path = _read_header(reader)
        entry = tree.get(path)
        if entry is None or entry.kind == "link":
            raise DiffError(f"the diff changes `{path}`, which is not a regular file of the tree")
        patch = _Patch(path, _lines(entry.data))
        while reader.line is not None and reader.line.startswith(b"@@"):
            _read_hunk(reader, patch)
        tree = tree.replace(path, patch.finish())
    return tree


def _pair(before: Tree, after: Tree, path: str) -> tuple[bytes, bytes]:
    old, new = before.get(path), after.get(path)
    if old is None or new is None or old.kind != new.kind or old.kind == "link":
        raise DiffError(f"`{path}` was added, removed, or changed its kind; a diff here only changes content")
    return old.data, new.data


def _lines(data: bytes) -> list[bytes]:
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


# --- writing


def _file_diff(path: str, old: bytes, new: bytes) -> bytes:
    before, after = _lines(old), _lines(new)
    one, other = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    tab = b"\t" if " " in path else b""  # as git does: other tools take what follows a blank for a date
    parts = [b"diff --git %b %b\n--- %b%b\n+++ %b%b\n" % (one, other, one, tab, other, tab)]
    matcher = SequenceMatcher(None, before, after)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        (_, old_start, _, new_start, _), (_, _, old_end, _, new_end) = group[0], group[-1]
        parts.append(b"@@ -%b +%b @@\n" % (_range(old_start, old_end), _range(new_start, new_end)))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                parts.extend(_marked(b" ", before[i1:i2]))
            else:
                parts.extend(_marked(b"-", before[i1:i2]))
                parts.extend(_marked(b"+", after[j1:j2]))
    return b"".join(parts)


def _range(start: int, end: int) -> bytes:
    count = end - start
    if count == 0:
        return b"%d,0" % start  # the line before, as the format has it
    return b"%d" % (start + 1) if count == 1 else b"%d,%d" % (start + 1, count)


def _marked(mark: bytes, lines: list[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield mark + line if line.endswith(b"\n") else mark + line + b"\n" + _NO_END


def _quoted(path: str) -> bytes:
    """Return a path as git writes it: in quotes, with escapes, when it holds an unusual byte."""
    data = path.encode("utf-8", "surrogateescape")
    if all(32 <= byte < 127 and byte not in _ESCAPES for byte in data):
        return data
    return b'"%b"' % b"".join(_escaped(byte) for byte in data)


def _escaped(byte: int) -> bytes:
    if byte in _ESCAPES:
        return b"\\" + _ESCAPES[byte].encode()
    return bytes([byte]) if 32 <= byte < 127 else b"\\%03o" % byte


def ends_alike(one: Sequence[object], other: Sequence[object]) -> tuple[int, int]:
    """Return how many items two sequences have in common at the front, and behind those at the back.

    >>> ends_alike("abcbd", "abbd")
    (2, 2)
    """
    most = min(len(one), len(other))
    head = next((n for n in range(most) if one[n] != other[n]), most)
    tail = next((n for n in range(most - head) if one[-1 - n] != other[-1 - n]), most - head)
    return head, tail


# --- reading


class _Reader:
    """The lines of a diff, one at a time."""

    def __init__(self, data: bytes) -> None:
        self._lines = _lines(data)
        self._position = 0

    @property
    def line(self) -> bytes | None:
        """The line that is read next; None at the end."""
        return self._lines[self._position] if self._position < len(self._lines) else None

    def take(self, *starts: bytes) -> bytes:
        """Return the next line, which must start in one of these ways, and go on to the one behind it."""
        line = self.line
        if line is None or not line.startswith(starts):
            wanted = " or ".join(f"`{start.decode()}`" for start in starts)
            found = "its end" if line is None else f"`{line.decode('utf-8', 'replace').rstrip()}`"
            raise DiffError(f"line {self._position + 1} of the diff: expected {wanted}, found {found}")
        self._position += 1
        return line


class _Patch:
    """One file, its hunks applied from top to bottom."""

    def __init__(self, path: str, before: list[bytes]) -> None:
        self._path = path
        self._before = before
        self._used = 0
        self._after: list[bytes] = []

    def start(self, old: int, new: int) -> None:
        """Go on to the hunk that starts behind `old` lines of the file and `new` lines of the result."""
        kept = self._before[self._used : old]
        if old < self._used or old > len(self._before) or len(self._after) + len(kept) != new:
            raise DiffError(f"the hunk at line {old + 1} of `{self._path}` does not fit its line numbers")
        self._after += kept
        self._used = old

    def drop(self, line: bytes) -> None:
        """Take the next line of the file, which must be `line`."""
        if self._before[self._used : self._used + 1] != [line]:
            raise DiffError(f"line {self._used + 1} of `{self._path}` is not what the diff expects there")
        self._used += 1

    def add(self, line: bytes) -> None:
        """Write the next line of the result."""
        self._after.append(line)

    def finish(self) -> bytes:
        """Return the patched file."""
        after = self._after + self._before[self._used :]
        if any(not line.endswith(b"\n") for line in after[:-1]):
            raise DiffError(f"the diff leaves a line without an end in the middle of `{self._path}`")
        return b"".join(after)


def _read_header(reader: _Reader) -> str:
    reader.take(b"diff --git ")
    if reader.line is not None and reader.line.startswith(b"index "):
        reader.take(b"index ")
    old, new = _path(reader.take(b"--- ")), _path(reader.take(b"+++ "))
    if not old.startswith("a/") or not new.startswith("b/") or old[2:] != new[2:]:
        raise DiffError(f"the diff renames `{old}` to `{new}`; it may only change content")
    try:
        check_path(new[2:])
    except UnsafeTreeError as unsafe:
        raise DiffError(str(unsafe)) from unsafe
    return new[2:]


def _path(line: bytes) -> str:
    """Return the path of a `---` or `+++` line, out of its quotes."""
    name = line[4:].rstrip(b"\n").removesuffix(b"\t")
    if name.startswith(b'"') and name.endswith(b'"'):
        name = re.sub(rb"\\([0-7]{3}|[abtnvfr\"\\])", _unescaped, name[1:-1])
    return name.decode("utf-8", "surrogateescape")


def _unescaped(escape: re.Match[bytes]) -> bytes:
    letters = escape[1].decode()
    return bytes([_UNESCAPES[letters] if letters in _UNESCAPES else int(letters, 8) & 0xFF])


def _read_hunk(reader: _Reader, patch: _Patch) -> None:
    head = reader.take(b"@@ -")
    numbers = _HUNK.match(head)
    if numbers is None:
        raise DiffError(f"not the head of a hunk: `{head.decode('utf-8', 'replace').rstrip()}`")
    old_start, old_count, new_start, new_count = (int(n) if n is not None else 1 for n in numbers.groups())
    patch.start(old_start - (old_count > 0), new_start - (new_count > 0))
    while old_count > 0 or new_count > 0:
        line = reader.take(b" ", b"-", b"+")
        mark, content = line[:1], line[1:]
        if reader.line is not None and reader.line.startswith(b"\\"):
            reader.take(b"\\")
            content = content[:-1]
        if mark != b"+":
            patch.drop(content)
            old_count -= 1
        if mark != b"-":
            patch.add(content)
            new_count -= 1
    if old_count or new_count:
        raise DiffError(f"more lines than promised: `{head.decode('utf-8', 'replace').rstrip()}`")
