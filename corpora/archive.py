"""Read the archive of a release as a tree, without ever unpacking it to the disk."""

from __future__ import annotations

import bz2
import gzip
import io
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, BinaryIO, cast

from rpsdg.corpora.source import SourceError
from rpsdg.sandbox.tree import MAX_BYTES, MAX_FILES, Entry, Tree, UnsafeTreeError

__all__ = ["ARCHIVE_SUFFIXES", "read_archive"]

_CHUNK = 1024 * 1024
_MAX_LINK = 4096  # bytes of a link's target, the longest path Linux takes
_ZIP_MEMBER = b"PK\x01\x02"
_ZIP_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}

_OPENERS: dict[str, Callable[[BinaryIO], IO[bytes]]] = {
    ".tar.gz": lambda file: cast("IO[bytes]", gzip.GzipFile(fileobj=file)),
    ".tgz": lambda file: cast("IO[bytes]", gzip.GzipFile(fileobj=file)),
    ".tar.bz2": bz2.BZ2File,
}

# What the standard library says to damaged and foreign bytes.
_DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
)

ARCHIVE_SUFFIXES = (*_OPENERS, ".zip")
"""The endings of archive names that are read, the preferred first."""


def read_archive(name: str, data: bytes, *, max_files: int = MAX_FILES, max_bytes: int = MAX_BYTES) -> Tree:
    """Return the files of an archive, its single top-level folder, if any, stripped.

    Args:
        name: the archive's file name; its ending tells the format.
        data: the whole archive.
        max_files: members, folders counted, that are taken.
        max_bytes: bytes, uncompressed, that are taken. Limits apply while reading, so a bomb never unfolds.

    Raises:
        UnsafeTreeError: a member leaves the archive, is a device or pipe, comes twice, or there is too much.
        SourceError: the archive is damaged or of a format that is not read.
    """
    gathered = _Gathering(max_files, max_bytes)
    try:
        if name.endswith(".zip"):
            _read_zip(data, gathered)
        else:
            opener = next((o for suffix, o in _OPENERS.items() if name.endswith(suffix)), None)
            if opener is None:
                raise SourceError(
                    f"`{name}` is none of the archives that are read: {', '.join(ARCHIVE_SUFFIXES)}"
                )
            with opener(io.BytesIO(data)) as unpacked:
                _read_tar(unpacked, gathered)
    except _DAMAGE as error:
        raise SourceError(
            f"`{name}` is damaged: {error}", hint="fetch it again; if that does not help, it was published so"
        ) from error
    return Tree.from_entries(_strip_top_folder(gathered.entries))


@dataclass
class _Gathering:
    """What was read so far, and the limits it is held to."""

    max_files: int
    max_bytes: int
    entries: dict[str, Entry] = field(default_factory=dict)
    members: int = 0
    size: int = 0

    def count(self, member: str) -> None:
        self.members += 1
        if self.members > self.max_files:
            raise UnsafeTreeError(f"`{member}` is one more than the {self.max_files:,} members taken")

    def measure(self, member: str, size: int) -> None:
        self.size += size
        if self.size > self.max_bytes:
            raise UnsafeTreeError(f"with `{member}` the archive unpacks to over {self.max_bytes:,} bytes")

    def read(self, member: str, stream: IO[bytes]) -> bytes:
        """Read a member to its end, however long it says it is."""
        parts = []
        while part := stream.read(_CHUNK):
            self.measure(member, len(part))
            parts.append(part)
        return b"".join(parts)

    def add(self, member: str, entry: Entry) -> None:
        path = _normal_path(member)
        if path in self.entries:
            raise UnsafeTreeError(f"`{member}` is in the archive twice")
        self.entries[path] = entry


class _Metered(io.RawIOBase):
    """An unpacked stream that ends in an error where it grows beyond a limit, headers included."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self._stream, self._limit, self._left = stream, limit, limit
        self.last = b""

    def read(self, size: int = -1, /) -> bytes:
        part = self._stream.read(min(size, _CHUNK) if size >= 0 else _CHUNK)
        self._left -= len(part)
        if self._left < 0:
            raise UnsafeTreeError(f"the archive unpacks to more than {self._limit:,} bytes")
        self.last = part
        return part


def _read_tar(stream: IO[bytes], gathered: _Gathering) -> None:
    # Each member may cost a header, an extended header and padding on top of its content.
    limit = gathered.max_bytes + gathered.max_files * 4 * tarfile.BLOCKSIZE
    # `r|` never seeks, so no header can send the reader back to where it has been.
    metered = _Metered(stream, limit)
    with tarfile.open(fileobj=metered, mode="r|", bufsize=tarfile.BLOCKSIZE) as tar:
        for member in tar:
            gathered.count(member.name)
            if member.isdir():
                _normal_path(member.name, may_be_root=True)
            elif member.issym():
                target = member.linkname.encode("utf-8", "surrogateescape")
                gathered.add(member.name, Entry(target, "link"))
            elif member.islnk():
                gathered.add(member.name, _linked_entry(member, gathered))
            elif member.isreg() and not member.issparse():
                _normal_path(member.name)
                content = tar.extractfile(member)
                if content is None:
                    raise SourceError(f"`{member.name}` cannot be read from its archive")
                data = gathered.read(member.name, content)
                gathered.add(member.name, Entry(data, "exec" if member.mode & stat.S_IXUSR else "file"))
            else:
                raise UnsafeTreeError(f"`{member.name}` is neither a file, a folder nor a link")
        # The library takes a damaged header for the end. Read block by block, the end is a block of zeros.
        if any(metered.last):
            raise tarfile.ReadError(f"no sound header after {gathered.members} members")


def _linked_entry(member: tarfile.TarInfo, gathered: _Gathering) -> Entry:
    """Return what a hard link repeats: a file of the archive that came before it."""
    entry = gathered.entries.get(_normal_path(member.linkname))
    if entry is None:
        raise UnsafeTreeError(
            f"`{member.name}` is a hard link to `{member.linkname}`, which is no file before it"
        )
    gathered.measure(member.name, len(entry.data))  # a disk would hold it once, a tree does not
    return entry


def _read_zip(data: bytes, gathered: _Gathering) -> None:
    # Each entry of the directory starts with this mark, so counting it is an upper bound that costs no
    # memory, where the library would first build an object for each of millions.
    if data.count(_ZIP_MEMBER) > gathered.max_files:
        raise UnsafeTreeError(f"the archive has more than the {gathered.max_files:,} members that are taken")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            gathered.count(member.filename)
            # The upper half holds a Unix mode where the archive was made on Unix; without one, zero.
            mode = member.external_attr >> 16 if member.create_system == 3 else 0
            kind = stat.S_IFMT(mode)
            if member.filename.endswith("/") or kind == stat.S_IFDIR:
                _normal_path(member.filename, may_be_root=True)
                continue
            if kind not in {0, stat.S_IFREG, stat.S_IFLNK}:
                raise UnsafeTreeError(f"`{member.filename}` is neither a file, a folder nor a link")
            if member.flag_bits & 1:
                raise UnsafeTreeError(f"`{member.filename}` is encrypted")
            if member.compress_type not in _ZIP_METHODS:
                raise UnsafeTreeError(f"`{member.filename}` is compressed by neither `stored` nor `deflated`")
            if kind == stat.S_IFLNK and member.file_size > _MAX_LINK:
                raise UnsafeTreeError(
                    f"the link `{member.filename}` has a target of {member.file_size:,} bytes"
                )
            _normal_path(member.filename)
            with archive.open(member) as content:
                body = gathered.read(member.filename, content)
            if kind == stat.S_IFLNK:
                gathered.add(member.filename, Entry(body, "link"))
            else:
                gathered.add(member.filename, Entry(body, "exec" if mode & stat.S_IXUSR else "file"))


def _normal_path(member: str, *, may_be_root: bool = False) -> str:
    """Return a member's path without `.` and doubled `/`, so that one file cannot have two names."""
    parts = [part for part in member.split("/") if part not in {"", "."}]
    outside = member.startswith("/") or re.match(r"[A-Za-z]:[\\/]", member) or ".." in parts or "\0" in member
    if outside or not (parts or may_be_root):
        raise UnsafeTreeError(f"`{member}` leads out of the archive")
    return "/".join(parts)


def _strip_top_folder(entries: dict[str, Entry]) -> dict[str, Entry]:
    tops = {path.partition("/")[0] for path in entries}
    if len(tops) == 1 and not tops & entries.keys():
        return {path.partition("/")[2]: entries[path] for path in sorted(entries)}
    return dict(sorted(entries.items()))
