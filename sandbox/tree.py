"""A source tree as a value: what goes into a sandbox, and what must come out unchanged."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO

from rpsdg.traces.errors import ExitCode, RpsdgError

__all__ = ["Entry", "Tree", "UnsafeTreeError", "check_path"]

MAX_FILES = 100_000
MAX_BYTES = 512 * 1024 * 1024


class UnsafeTreeError(RpsdgError):
    """A tree or archive holds something that is refused before it touches the disk."""

    code = ExitCode.UNSAFE_ARCHIVE


@dataclass(frozen=True)
class Entry:
    """One file of a tree."""

    data: bytes
    """The content; for a symbolic link the target, as UTF-8 with surrogate escapes."""
    kind: str = "file"
    """`file`, `exec` (a file with the executable bit) or `link`."""

    @cached_property
    def digest(self) -> str:
        """sha256 of the content, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Tree(Mapping[str, Entry]):
    """An immutable source tree: POSIX paths relative to its root, each with its entry.

    Two trees are equal when every path, kind and byte is. Directories exist only through their files,
    as in git; times and owners are not kept.
    """

    entries: Mapping[str, Entry]

    def __getitem__(self, path: str) -> Entry:
        return self.entries[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """sha256 over the sorted texts `kind sha256 path` NUL; a sandbox computes the same over its disk."""
        lines = sorted(f"{e.kind} {e.digest} {path}\0" for path, e in self.entries.items())
        return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()

    def replace(self, path: str, data: bytes) -> Tree:
        """Return a tree in which the existing file `path` holds `data`."""
        return Tree({**self.entries, path: Entry(data, self.entries[path].kind)})

    def changed(self, other: Tree) -> list[str]:
        """Return the paths whose entries differ between the two trees, sorted."""
        return sorted(p for p in {*self, *other} if self.get(p) != other.get(p))

    def to_tar(self) -> bytes:
        """Return the tree as an uncompressed tar archive, the same bytes every time."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path in sorted(self.entries):
                entry = self.entries[path]
                info = tarfile.TarInfo(path)
                if entry.kind == "link":
                    info.type, info.linkname = tarfile.SYMTYPE, entry.data.decode("utf-8", "surrogateescape")
                    tar.addfile(info)
                    continue
                info.mode = 0o755 if entry.kind == "exec" else 0o644
                info.size = len(entry.data)
                tar.addfile(info, io.BytesIO(entry.data))
        return buffer.getvalue()

    @classmethod
    def from_tar(cls, stream: IO[bytes]) -> Tree:
        """Read an archive that `to_tar` wrote; the entries are checked as if it came from anywhere.

        Raises:
            UnsafeTreeError: it holds what `to_tar` never writes, or too much.
        """
        entries: dict[str, Entry] = {}
        total = 0
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                total += member.size
                if total > MAX_BYTES or len(entries) >= MAX_FILES:
                    raise UnsafeTreeError(
                        f"the archive unpacks to more than {MAX_BYTES:,} bytes or {MAX_FILES:,} files"
                    )
                if member.issym():
                    entries[member.name] = Entry(member.linkname.encode("utf-8", "surrogateescape"), "link")
                elif member.isreg() and (file := tar.extractfile(member)) is not None:
                    entries[member.name] = Entry(
                        file.read(), "exec" if member.mode & stat.S_IXUSR else "file"
                    )
                else:
                    raise UnsafeTreeError(f"`{member.name}` is neither a file nor a link")
        return cls.from_entries(entries)

    @classmethod
    def from_entries(cls, entries: Mapping[str, Entry]) -> Tree:
        """Return a tree of entries from outside, every path and link checked.

        Raises:
            UnsafeTreeError: a path or link leaves the tree, or there is too much of it.
        """
        if len(entries) > MAX_FILES:
            raise UnsafeTreeError(f"the source has {len(entries):,} files; at most {MAX_FILES:,} are taken")
        total = sum(len(entry.data) for entry in entries.values())
        if total > MAX_BYTES:
            raise UnsafeTreeError(f"the source unpacks to {total:,} bytes; at most {MAX_BYTES:,} are taken")
        for path, entry in entries.items():
            check_path(path)
            for parent in PurePosixPath(path).parents:
                if str(parent) in entries:
                    raise UnsafeTreeError(f"`{path}` lies below `{parent}`, which is not a folder")
            if entry.kind == "link":
                _check_link(path, entries)
        return cls(dict(entries))

    @classmethod
    def from_directory(cls, root: Path, paths: Iterator[Path] | None = None) -> Tree:
        """Read a folder; `paths` (relative to it) limits what is read.

        Raises:
            UnsafeTreeError: the folder holds a device, socket or pipe, a link that leaves it, or too much.
        """
        entries: dict[str, Entry] = {}
        total = 0
        for relative in sorted(paths if paths is not None else _walk(root)):
            full = root / relative
            try:
                mode = full.lstat().st_mode
            except FileNotFoundError:
                continue  # named by git, deleted in the work tree
            if stat.S_ISLNK(mode):
                entry = Entry(str(full.readlink()).encode("utf-8", "surrogateescape"), "link")
            elif stat.S_ISREG(mode):
                total += full.stat().st_size
                if total > MAX_BYTES:
                    raise UnsafeTreeError(f"`{root}` holds more than {MAX_BYTES:,} bytes of source")
                entry = Entry(full.read_bytes(), "exec" if mode & stat.S_IXUSR else "file")
            elif stat.S_ISDIR(mode):
                continue  # a submodule
            else:
                raise UnsafeTreeError(f"`{relative}` is neither a file, a folder nor a link")
            entries[relative.as_posix()] = entry
        return cls.from_entries(entries)

    def write_to(self, root: Path) -> None:
        """Write the tree into the folder `root`, which must be empty or absent."""
        for path, entry in self.entries.items():
            full = root / path
            full.parent.mkdir(parents=True, exist_ok=True)
            if entry.kind == "link":
                full.symlink_to(entry.data.decode("utf-8", "surrogateescape"))
                continue
            full.write_bytes(entry.data)
            full.chmod(0o755 if entry.kind == "exec" else 0o644)


def check_path(path: str) -> None:
    """Raise UnsafeTreeError unless `path` is relative, normal, and stays inside the tree."""
    parts = path.split("/")
    if not path or path.startswith("/") or any(part in {"", ".", ".."} for part in parts) or "\0" in path:
        raise UnsafeTreeError(f"the path `{path}` leaves the folder it belongs to")


def _check_link(path: str, entries: Mapping[str, Entry]) -> None:
    """Follow a link as the kernel would, through the other links, and refuse it where it leaves the tree."""

    def refused(target: str) -> UnsafeTreeError:
        return UnsafeTreeError(f"the link `{path}` points to `{target}`, outside the tree")

    target = entries[path].data.decode("utf-8", "surrogateescape")
    here, ahead = path.split("/")[:-1], target.split("/")[::-1]
    hops = 0
    if target.startswith("/"):
        raise refused(target)
    while ahead:
        part = ahead.pop()
        if part in {"", "."}:
            continue
        if part == "..":
            if not here:
                raise refused(target)
            here.pop()
            continue
        here.append(part)
        entry = entries.get("/".join(here))
        if entry is not None and entry.kind == "link":
            hops += 1
            if hops > 40:
                return  # a loop: the kernel gives up there, too
            onward = entry.data.decode("utf-8", "surrogateescape")
            if onward.startswith("/"):
                raise refused(onward)
            here.pop()
            ahead.extend(onward.split("/")[::-1])


def _walk(root: Path) -> Iterator[Path]:
    for name, subfolders, names in os.walk(root):  # Path.walk needs Python 3.12
        folder = Path(name)
        links = [d for d in subfolders if (folder / d).is_symlink()]
        subfolders[:] = sorted(set(subfolders) - set(links))
        for file in [*names, *links]:
            yield (folder / file).relative_to(root)
