"""Writing the ledger behind the back of a run: any thread tells what to write, and one of its own writes."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from rpsdg.corpora.claim import BEAT

from .opening import LEDGER, SIDES, open_for_writing

__all__ = ["Pen", "Statement"]

_PAUSE = 0.5
"""Seconds between two looks at what there is to write."""
_MOST = 100_000
"""Statements that are kept while they cannot be written; then the oldest go."""

Values = Mapping[str, Any] | Sequence[Any]
Statement = tuple[str, Values]


class Pen:
    """Writes to the ledger of a folder, and never raises for it."""

    def __init__(
        self, folder: Path, begin: Callable[[sqlite3.Connection], int], note: Callable[[str], None]
    ) -> None:
        """Open the ledger, made if absent.

        Args:
            folder: that holds it.
            begin: makes the row of this run, and returns its number.
            note: is told, once, should the ledger not be writable.
        """
        self.folder, self._note = folder, note
        self.run = 0
        """Number of this run; 0 where the ledger could not be opened."""
        self.trouble = ""
        """Why something could not be written; empty if all could."""
        self.alive: Callable[[], Statement] = lambda: ("SELECT 1", ())
        """What is written with whatever is, and every few seconds: the sign of life."""
        self._telling = threading.Lock()
        self._writing = threading.Lock()
        self._pending: list[Statement] = []
        self._beaten = 0.0
        self._over = threading.Event()
        self._db: sqlite3.Connection | None = None
        try:
            self._db, damaged = open_for_writing(folder)
            if damaged is not None:
                note(f"`{LEDGER}` was damaged: it is kept as `{damaged.name}`, and a new one is begun")
            with self._db as db:
                self.run = begin(db)
        except (sqlite3.Error, OSError, ValueError) as error:
            self._db = None
            self._complain(error)
        self._thread = threading.Thread(target=self._follow, name="rpsdg-ledger", daemon=True)
        self._thread.start()

    def later(self, statement: str, values: Values = ()) -> None:
        """Have something written soon."""
        if isinstance(values, Mapping):
            values = {name: _writable(value) for name, value in values.items()}
        else:
            values = [_writable(value) for value in values]
        with self._telling:
            self._pending.append((statement, values))

    def rows(self, statement: str, values: Values = ()) -> list[Any]:
        """Return what a query finds, after all that was told is written; nothing if that cannot be done."""
        self.write()
        try:
            with self._writing:
                return [] if self._db is None else self._db.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            self._complain(error)
            return []

    def at_once(self, change: Callable[[sqlite3.Connection], None]) -> None:
        """Change something in one transaction, after all that was told is written."""
        self.write()
        try:
            with self._writing:
                if self._db is not None:
                    with self._db as db:
                        change(db)
        except sqlite3.Error as error:
            self._complain(error)

    def write(self) -> None:
        """Write what there is."""
        with self._writing:
            with self._telling:
                batch, self._pending = self._pending, []
            beats = time.monotonic() - self._beaten >= BEAT
            alive = self.alive() if batch or beats else None
            if alive is not None:
                self._beaten = time.monotonic()
            try:
                if self._db is not None and alive is not None:
                    with self._db as db:
                        for statement, values in (*batch, alive):
                            db.execute(statement, values)
            except sqlite3.Error as error:
                with self._telling:
                    self._pending = (batch + self._pending)[-_MOST:]
                self._complain(error)

    def close(self) -> None:
        """Write the rest, and leave one plain file that can be read where nothing can be written.

        A ledger without any run goes away again.
        """
        self._over.set()
        self._thread.join()
        is_empty = self.rows("SELECT count(*) FROM runs") == [(0,)]
        if self._db is not None:
            with suppress(sqlite3.Error):  # somebody is reading: then the next run does it
                self._db.execute("PRAGMA busy_timeout = 500")
                self._db.execute("PRAGMA journal_mode = DELETE")
            self._db.close()
            self._db = None
        if is_empty:
            for side in SIDES:
                with suppress(OSError):
                    (self.folder / f"{LEDGER}{side}").unlink()

    def _follow(self) -> None:
        while not self._over.wait(_PAUSE):
            self.write()

    def _complain(self, error: Exception) -> None:
        if not self.trouble:
            self.trouble = str(error)
            with suppress(Exception):  # where notes cannot be shown, the run finds out by itself
                self._note(
                    f"the ledger `{self.folder / LEDGER}` cannot be written: {error}. The run goes on; "
                    "`rpsdg status` does not see all of it"
                )


def _writable(value: Any) -> Any:
    """Return a value that SQLite takes: texts that hostile programs made may hold halves of characters."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value
