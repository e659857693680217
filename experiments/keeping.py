"""Results that outlive the run that made them: a JSON file each, there whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from rpsdg.traces.errors import ExitCode, RpsdgError

__all__ = ["RESULTS", "DamagedResultError", "keep", "kept"]

RESULTS = Path(__file__).parent / "results"
T = TypeVar("T", bound=msgspec.Struct)


class DamagedResultError(RpsdgError):
    """A file of results that cannot be read."""

    code = ExitCode.DATA


def keep(path: Path, result: msgspec.Struct) -> None:
    """Write a result; whoever is stopped meanwhile leaves what was there before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    partial.replace(path)


def kept(path: Path, shape: type[T]) -> T | None:
    """Return a result that was kept; None if there is none.

    Raises:
        DamagedResultError: it is not what was expected.
    """
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=shape)
    except msgspec.DecodeError as error:
        raise DamagedResultError(f"{path}: {error}", hint="Delete it, and it is worked out again.") from error
