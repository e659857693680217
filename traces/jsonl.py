"""Records as JSON Lines: one a line, UTF-8."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, TypeVar

import msgspec

from .errors import ExitCode, RpsdgError

__all__ = ["BadRecordError", "decode", "encode", "read", "write"]

T = TypeVar("T", bound=msgspec.Struct)

_ENCODER = msgspec.json.Encoder()


class BadRecordError(RpsdgError):
    """A line that does not hold the record it should."""

    code = ExitCode.DATA


def encode(record: msgspec.Struct) -> bytes:
    """Return a record as one line of JSON, line feed included."""
    return _ENCODER.encode(record) + b"\n"


def decode(line: bytes, shape: type[T]) -> T:
    """Return the record that a line holds.

    Raises:
        BadRecordError: the line is not JSON, or not such a record; says where.
    """
    try:
        return msgspec.json.decode(line, type=shape)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadRecordError(f"not a {shape.__name__}: {error}") from error


def write(records: Iterable[msgspec.Struct], file: IO[bytes]) -> None:
    """Write records, one a line."""
    for record in records:
        file.write(encode(record))


def read(file: IO[bytes], shape: type[T]) -> Iterator[T]:
    """Yield the records of a file. A last line without a line feed was cut short and is left out.

    Raises:
        BadRecordError: a line is not such a record; says which.
    """
    for number, line in enumerate(file, 1):
        if not line.endswith(b"\n"):
            return
        try:
            yield decode(line, shape)
        except BadRecordError as error:
            raise BadRecordError(f"line {number}: {error}") from error
