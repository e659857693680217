"""Trying a unit of work again when it fails for no reason that anybody foresaw, and giving it up at last."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rpsdg.sandbox.contract import SandboxAbortedError
from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.identity import mask

from ..unit import Unit

__all__ = ["TRIES", "Poisoned", "PoisonedRunError", "Streak", "tell_parked", "tried", "words_of"]

TRIES = 3
"""How often a unit is tried before it is parked."""
IN_A_ROW = 10
"""So many parked one after the other, and none of them is to blame."""
_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.EROFS}
"""What a machine says that has run out of something; the next unit would meet it, too."""

R = TypeVar("R")


class PoisonedRunError(RpsdgError):
    """Units fail one after the other: the fault is not theirs."""

    code = ExitCode.INTERNAL


@dataclass(frozen=True)
class Poisoned:
    """A unit failed each time it was tried."""

    detail: str
    """The last failure in a line; its traceback is in the ledger."""


def tried(unit: Unit, work: Callable[[], R]) -> R | Poisoned:
    """Do the work of a unit, up to three times if it raises what nobody foresaw; then say why it failed.

    What is foreseen ends it at once: an `RpsdgError` or an interrupt ends the run, and so does
    what says that the machine has run out of disk, memory or files.
    """
    failed = Poisoned("")
    for _ in range(TRIES):
        try:
            with unit.working():
                return work()
        except (RpsdgError, SandboxAbortedError):
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _MACHINE:
                raise
            failed = Poisoned(words_of(error))
    return failed


class Streak:
    """Counts units that were parked one after the other, in the order of their results."""

    def __init__(self) -> None:
        self._parked = 0

    def tell(self, poisoned: Poisoned | None) -> None:
        """Say what became of the next unit.

        Raises:
            PoisonedRunError: it is the tenth in a row that is parked.
        """
        self._parked = self._parked + 1 if poisoned is not None else 0
        if poisoned is not None and self._parked >= IN_A_ROW:
            raise PoisonedRunError(
                f"{self._parked} units in a row failed, {TRIES} times each; the last with {poisoned.detail}",
                hint="`rpsdg status DIR --parked` shows their logs. When the fault is mended, "
                "`rpsdg resume DIR --retry-parked` tries them again.",
            )


def tell_parked(parked: int, folder: Path, note: Callable[[str], None]) -> None:
    """Say at the end of a run how many units are parked, if any are."""
    if parked:
        what = "1 unit is" if parked == 1 else f"{parked} units are"
        note(f"{what} parked after {TRIES} failures; `rpsdg status {folder} --parked` shows why")


def words_of(error: BaseException) -> str:
    """Return an error in a line, the same on every machine as far as that can be."""
    first = str(error).partition("\n")[0][:200]
    return mask(f"{type(error).__name__}: {first}" if first else type(error).__name__)
