"""Results kept item by item in JSON lines, so that a measurement that was cut short goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from rpsdg.corpora.dataset import DatasetError
from rpsdg.traces import jsonl

__all__ = ["read_kept"]

R = TypeVar("R", bound=msgspec.Struct)


def read_kept(path: Path, kind: type[R]) -> list[R]:
    """Return what a file holds, none if there is no such file; a last line that was cut short is removed.

    Raises:
        DatasetError: it holds something else.
    """
    if not path.exists():
        return []
    data = path.read_bytes()
    if not data.endswith(b"\n"):
        path.write_bytes(data[: data.rfind(b"\n") + 1])
    try:
        with path.open("rb") as file:
            return list(jsonl.read(file, kind))
    except jsonl.BadRecordError as error:
        raise DatasetError(f"`{path}`, {error}", hint="Name another file or folder for results.") from error
