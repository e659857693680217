"""Folders that are written whole or not at all, and only ever take the place of their own kind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rpsdg.corpora.dataset import OutputError

__all__ = ["in_place_of"]


@contextmanager
def in_place_of(out: Path, what: str, file: str, mark: bytes) -> Iterator[Path]:
    """Give a folder to write into, which takes the place of `out` if nothing goes wrong, and else vanishes.

    Args:
        out: the folder in the end. One that is empty or holds the same kind of thing is replaced.
        what: is written, for messages, such as `pages of rpsdg view`.
        file: of it, by which it is known.
        mark: that this file has near its beginning.

    Raises:
        OutputError: `out` holds something else, or cannot be written.
    """
    try:
        _require_own_kind(out, what, file, mark)
        out.parent.mkdir(parents=True, exist_ok=True)
        partial, old = (out.with_name(f".{out.name}.{kind}-{os.getpid()}") for kind in ("part", "old"))
        _remove(partial, old)
        partial.mkdir()
        try:
            yield partial
            if out.exists():
                out.rename(old)
            partial.rename(out)
        finally:
            _remove(partial, old)
    except OSError as error:
        raise OutputError(
            f"`{out}` cannot be written: {error.strerror or error}", hint="Name another folder with `--out`."
        ) from error


def _require_own_kind(out: Path, what: str, file: str, mark: bytes) -> None:
    if not out.exists() and not out.is_symlink():
        return
    known = out / file
    if out.is_dir() and (not any(out.iterdir()) or (known.is_file() and mark in known.read_bytes()[:4096])):
        return
    raise OutputError(
        f"`{out}` holds something other than {what}, and is left alone",
        hint="Name another folder with `--out`.",
    )


def _remove(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
