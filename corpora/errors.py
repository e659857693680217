"""What can be wrong with a data set folder."""

from __future__ import annotations

from rpsdg.traces.errors import ExitCode, RpsdgError

__all__ = ["DatasetError", "OutputError", "cannot_write"]


class OutputError(RpsdgError):
    """The output folder cannot be used."""

    code = ExitCode.OUTPUT


class DatasetError(RpsdgError):
    """A data set that was to be read is missing or damaged."""

    code = ExitCode.DATA


def cannot_write(path: object, error: OSError) -> OutputError:
    """Return what to say when writing fails in the middle; what was finished is on the disk."""
    return OutputError(
        f"writing to `{path}` failed: {error.strerror or error}",
        hint="Make room, then repeat the command: it goes on where it stopped.",
    )
