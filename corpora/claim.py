"""Who writes a folder: one process at a time, and whoever comes second is told who the first is.

On one machine a file lock decides, which ends with its process however that dies. Network file systems
keep such locks badly or not at all, so the holder also writes who it is into the locked file, and a sign of
life every few seconds: a fresh one from another machine is a holder, too, whatever the lock says.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shlex
import sys
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Self

import msgspec

from rpsdg.sandbox.owner import owner

from .errors import OutputError
from .redact import public_url, redact

__all__ = ["BEAT", "BESIDE", "FRESH", "LEDGER", "LOCK", "Claim", "Holder", "boot_id", "read_holder"]

LOCK = ".lock"
"""Name of the file in a folder."""
LEDGER = "ledger.sqlite"
"""Name of the record of work there, which `rpsdg.runs.ledger` keeps for who has the claim."""
BESIDE = ".rpsdg"
"""Name of the folder beside a corpus' manifest in which its refreshes keep everything, and claim that."""
BEAT = 5.0
"""Seconds between two signs of life."""
FRESH = 60.0
"""Seconds for which a sign of life from another machine holds. Clocks may differ by less than that."""
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS}
"""What file systems without locks say."""


class Holder(msgspec.Struct, frozen=True):
    """A process that writes a folder."""

    process: str
    """`host:pid:start`, as `rpsdg.sandbox.owner` names processes."""
    boot: str
    """Id of the machine's boot; empty where there is none."""
    command: str
    """What was called, without credentials."""
    since: float
    """When it took the folder, in seconds since 1970."""
    seen: float
    """Its last sign of life, in seconds since 1970."""

    @classmethod
    def me(cls) -> Self:
        """Return this process, alive now."""
        now = time.time()
        return cls(owner(), boot_id(), _command(), now, now)

    @property
    def host(self) -> str:
        """The name of its machine."""
        return self.process.split(":")[0]

    @property
    def pid(self) -> str:
        """Its process number there."""
        return self.process.split(":")[1]

    @property
    def is_here(self) -> bool:
        """Whether it runs, or ran, since this machine was started."""
        return self.boot == boot_id()

    def __str__(self) -> str:
        since = datetime.fromtimestamp(self.since).astimezone().isoformat(" ", "seconds")
        return f"`{self.command}` on {self.host}, process {self.pid}, since {since}"


class Claim:
    """A folder that this process alone may write, until it lets go of it or ends."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, made if absent.

        Raises:
            OutputError: another process has it.
            OSError: it cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        # Not emptied on opening: until the lock is ours, it says who has it.
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._file = os.fdopen(handle, "r+b", buffering=0)
        try:
            self.previous = self._take()
            self.holder = Holder.me()
            self._say(self.holder)
        except BaseException:
            self._file.close()
            raise

    def beat(self) -> None:
        """Give a sign of life, every `BEAT` seconds; one that fails is as good as none."""
        with suppress(OSError, ValueError):  # the latter where it was released
            self._say(msgspec.structs.replace(self.holder, seen=time.time()))

    def release(self) -> None:
        """Let go of the folder, saying so. Nothing happens the second time."""
        if not self._file.closed:
            with suppress(OSError):
                self._file.truncate(0)
            self._file.close()

    def _take(self) -> Holder | None:
        """Return who had it before and never let go of it: it died."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _taken(self.folder, read_holder(self.folder)) from error
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        before = read_holder(self.folder)
        if before is None:
            return None
        # The lock of a holder on this machine would not be free if it lived.
        if not before.is_here and time.time() - before.seen < FRESH:
            raise _taken(self.folder, before)
        return before

    def _say(self, holder: Holder) -> None:
        """Write in place: a file that is renamed over it would not be the locked one."""
        text = msgspec.json.encode(holder) + b"\n"
        os.pwrite(self._file.fileno(), text, 0)
        self._file.truncate(len(text))


def read_holder(folder: Path) -> Holder | None:
    """Return who has taken a folder and not let go of it; None if nobody has, or nobody says so."""
    try:
        return msgspec.json.decode((folder / LOCK).read_bytes(), type=Holder)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None


def boot_id() -> str:
    """Return what tells this start of the machine from every other of any machine."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _taken(folder: Path, holder: Holder | None) -> OutputError:
    who = f": {holder}" if holder is not None else ""
    hint = "Wait for it, or name another folder with `--out`; `rpsdg status` shows how far it is."
    if holder is not None and not holder.is_here:
        ago = max(0, round(time.time() - holder.seen))
        who += f", last sign of life {ago} seconds ago"
        hint += f" If it died, its folder is free {FRESH:.0f} seconds after its last sign of life."
    return OutputError(f"another run is writing to `{folder}`{who}", hint=hint)


def _command() -> str:
    """Return what was called, without what an address may hold of credentials."""
    program = Path(sys.argv[0] or "python").name
    words = ["rpsdg" if program in {"rpsdg", "cli.py"} else program]
    said = shlex.join(words + [_public(word) for word in sys.argv[1:]])
    return said.encode(errors="replace").decode()  # a file's name need not be text


def _public(word: str) -> str:
    if "://" not in word:
        return word
    try:
        return redact(public_url(word))  # also where the address is the end of `--option=ADDRESS`
    except ValueError:
        return "***"
