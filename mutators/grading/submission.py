"""Which of a solver's changes count: those of the program, and nothing that decides about tests."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rpsdg.mutators.scope import is_mutable
from rpsdg.sandbox.tree import Entry, Tree

__all__ = ["MOST_BYTES", "Submission", "offered_in", "submit"]

MOST_BYTES = 16 * 1024 * 1024
"""Of one file that a solver may hand in, and four times as many of all together."""
_LOADED = frozenset(
    {"pytest", "_pytest", "pluggy", "py", "iniconfig", "packaging", "pygments", "exceptiongroup"}
)
"""What a run of tests loads besides the standard library."""
_STARTS = frozenset({"sitecustomize", "usercustomize", "rpsdg_inside"})


@dataclass(frozen=True)
class Submission:
    """A program as a solver left it, with everything else as it was handed out."""

    tree: Tree
    taken: tuple[str, ...]
    """Paths of the files that differ from what was handed out, and are judged."""
    ignored: tuple[str, ...]
    """Paths of changes that do not count: tests, settings, and whatever decides how tests are run."""


def submit(base: Tree, offered: Mapping[str, bytes | None], roots: Sequence[str]) -> Submission:
    """Return what of a solver's work is judged.

    Args:
        base: the program as it was handed out, tests included.
        offered: the new content of files by path, or None where one was removed. What is missing, and what is
            the same, was not changed.
        roots: folders of the tree on the module search path; a new file there could take the place of a
        module
            of the test runner's, and does not count.
    """
    homes = _homes(base, roots)
    taken: list[str] = []
    ignored: list[str] = []
    entries = dict(base.entries)
    for path, data in sorted(offered.items()):
        old = base.get(path)
        if (old is None and data is None) or (old is not None and old.kind != "link" and old.data == data):
            continue
        if not _counts(path, base, homes):
            ignored.append(path)
            continue
        taken.append(path)
        if data is None:
            del entries[path]
        else:
            entries[path] = Entry(data, "file" if old is None else old.kind)
    return Submission(Tree(entries), tuple(taken), tuple(ignored))


def offered_in(folder: Path, base: Tree) -> dict[str, bytes | None]:
    """Return the files of the program that lie in a folder a solver worked in, as `submit` takes them.

    Nothing there is believed to be what it seems: links are not followed, what is no regular file or is too
    large was removed.
    """
    offered: dict[str, bytes | None] = dict.fromkeys(path for path in base if is_mutable(path))
    left = 4 * MOST_BYTES
    for path in _walk(folder):
        if not is_mutable(path) or (data := _content(folder / path, min(left, MOST_BYTES))) is None:
            continue
        offered[path] = data
        left -= len(data)
    return offered


def _counts(path: str, base: Tree, homes: frozenset[str]) -> bool:
    if not is_mutable(path) or ".." in PurePosixPath(path).parts:
        return False
    if path in base:
        return base[path].kind != "link"
    parents = [str(parent) for parent in PurePosixPath(path).parents]
    if homes.isdisjoint(parents) or any(parent in base for parent in parents):
        return False
    folder, name = parents[0], PurePosixPath(path).stem
    is_package = f"{folder}/__init__.py" in base
    return is_package or name not in sys.stdlib_module_names | _LOADED | _STARTS


def _homes(base: Tree, roots: Sequence[str]) -> frozenset[str]:
    """Return the folders in which, or below which, new files of the program may lie."""
    found = {str(PurePosixPath(path).parent) for path in base if is_mutable(path)}
    return frozenset(found - {".", *roots})


def _walk(folder: Path) -> Iterator[str]:
    for parent, below, names in os.walk(folder, followlinks=False):
        below[:] = sorted(name for name in below if name != ".git")
        for name in sorted(names):
            path = os.path.relpath(os.path.join(parent, name), folder)  # noqa: PTH118 - may not be UTF-8
            if path.isprintable():
                yield path


def _content(path: Path, limit: int) -> bytes | None:
    try:
        # A pipe in place of a file would be waited for, for ever.
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with open(opened, "rb") as file:  # noqa: PTH123 - a descriptor
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            return None
        data = file.read(limit + 1)
    return None if len(data) > limit else data
