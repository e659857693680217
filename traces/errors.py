"""The one family of errors a user meets, and the exit code each kind ends with."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["ExitCode", "RpsdgError", "UsageError"]


class ExitCode(IntEnum):
    """What the `rpsdg` command returns to the shell; scripts and CI may branch on it."""

    OK = 0
    FALSE_CLAIM = 1
    """`verify` found a claim that does not hold."""
    USAGE = 2
    """A wrong argument; nothing was started."""
    SOURCE = 3
    """The source does not exist or could not be fetched."""
    UNSAFE_ARCHIVE = 4
    """The source holds a path, a file type or a size that is refused."""
    NO_TESTS = 5
    """The source has no tests to judge bugs by."""
    FAILING_BASELINE = 6
    """The source's own tests do not pass before any bug is injected."""
    HANGING_BASELINE = 7
    """The source's own tests do not end within the time limit."""
    ENVIRONMENT = 8
    """The dependencies could not be resolved or installed."""
    SANDBOX = 9
    """The sandbox asked for is not available, or broke."""
    OUTPUT = 10
    """The output folder cannot be written, is in use, or belongs to another run."""
    EXHAUSTED = 11
    """Every candidate was tried and fewer traces than asked for were confirmed."""
    DATA = 12
    """A data set that was to be read is missing or damaged."""
    UNFINISHED = 13
    """The time or the cost that was allowed is spent, and there is more to do; what was done is kept."""
    DISAGREEMENT = 14
    """Manifest, lock and data of a corpus do not agree."""
    INTERNAL = 70
    """A fault of rpsdg itself."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C or SIGTERM; what was finished is kept."""


class RpsdgError(Exception):
    """Something a user can act on: what was expected, what was found, what to do.

    Subclasses set `code`; `hint` is the advice printed on a line of its own.
    """

    code: ExitCode = ExitCode.INTERNAL

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(RpsdgError):
    """An argument that cannot be meant."""

    code = ExitCode.USAGE
