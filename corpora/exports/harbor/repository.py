"""A git repository of one commit: what a solver finds instead of a history.

Git itself would do it as well; written here, the same tree gives the same bytes on every machine, and none
of the machine's settings gets in.
"""

from __future__ import annotations

import hashlib
import io
import struct
import tarfile
import zlib
from collections.abc import Mapping
from typing import Any

from rpsdg.sandbox.tree import Entry, Tree

__all__ = ["MOMENT", "archive", "fresh_repository"]

MOMENT = 1_767_225_600
"""When every file was last changed, and the commit made: the beginning of 2026. No file is newer than
others."""
_WHO = f"somebody <somebody@localhost> {MOMENT} +0000"
_CONFIG = (
    "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n"
)
_MODES = {"file": 0o100644, "exec": 0o100755, "link": 0o120000}


def fresh_repository(tree: Tree) -> dict[str, bytes]:
    """Return the files of `.git`, by path, for a tree that was committed once and has not changed since."""
    objects: dict[str, bytes] = {}
    blobs = {path: _store(objects, b"blob", entry.data) for path, entry in tree.items()}
    root = _store_folder(objects, _nested(tree, blobs))
    text = f"tree {root.hex()}\nauthor {_WHO}\ncommitter {_WHO}\n\nThe program\n"
    commit = _store(objects, b"commit", text.encode())
    return {
        **objects,
        ".git/HEAD": b"ref: refs/heads/main\n",
        ".git/config": _CONFIG.encode(),
        ".git/refs/heads/main": commit.hex().encode() + b"\n",
        ".git/index": _index(tree, blobs),
    }


def archive(files: Mapping[str, Entry]) -> bytes:
    """Return a tar archive of files that belong to nobody in particular; equal for equal files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, entry in sorted(files.items()):
            info = tarfile.TarInfo(path)
            info.mtime = MOMENT
            if entry.kind == "link":
                info.type, info.linkname = tarfile.SYMTYPE, entry.data.decode("utf-8", "surrogateescape")
                tar.addfile(info)
                continue
            info.mode = 0o755 if entry.kind == "exec" else 0o644
            info.size = len(entry.data)
            tar.addfile(info, io.BytesIO(entry.data))
    return buffer.getvalue()


_Folder = dict[bytes, Any]
"""What lies in a folder, by name: mode and id of a file, or another folder."""


def _nested(tree: Tree, blobs: Mapping[str, bytes]) -> _Folder:
    root: _Folder = {}
    for path, entry in tree.items():
        *parents, name = path.encode("utf-8", "surrogateescape").split(b"/")
        folder = root
        for parent in parents:
            below = folder.setdefault(parent, {})
            assert isinstance(below, dict)
            folder = below
        folder[name] = _MODES[entry.kind], blobs[path]
    return root


def _store_folder(objects: dict[str, bytes], folder: _Folder) -> bytes:
    rows: list[tuple[bytes, bytes]] = []
    for name, value in folder.items():
        if isinstance(value, dict):
            rows.append((name + b"/", b"40000 %b\0%b" % (name, _store_folder(objects, value))))
        else:
            mode, blob = value
            rows.append((name, b"%o %b\0%b" % (mode, name, blob)))
    return _store(objects, b"tree", b"".join(row for _, row in sorted(rows)))


def _store(objects: dict[str, bytes], kind: bytes, content: bytes) -> bytes:
    data = b"%b %d\0%b" % (kind, len(content), content)
    name = hashlib.sha1(data, usedforsecurity=False)
    digits = name.hexdigest()
    objects[f".git/objects/{digits[:2]}/{digits[2:]}"] = zlib.compress(data, 9)
    return name.digest()


def _index(tree: Tree, blobs: Mapping[str, bytes]) -> bytes:
    rows = []
    for path in sorted(tree, key=lambda path: path.encode("utf-8", "surrogateescape")):
        entry, name = tree[path], path.encode("utf-8", "surrogateescape")
        size = len(entry.data)
        row = struct.pack(">10I", 0, 0, MOMENT, 0, 0, 0, _MODES[entry.kind], 0, 0, size) + blobs[path]
        row += struct.pack(">H", min(len(name), 0xFFF)) + name
        rows.append(row + b"\0" * (8 - len(row) % 8))
    data = b"DIRC" + struct.pack(">II", 2, len(rows)) + b"".join(rows)
    return data + hashlib.sha1(data, usedforsecurity=False).digest()
