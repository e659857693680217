"""Opening the ledger's file: to write it, and to read it without disturbing who does."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from rpsdg.corpora.claim import LEDGER
from rpsdg.corpora.errors import DatasetError

from .records import SCHEMA, VERSION

__all__ = ["LEDGER", "SIDES", "open_for_reading", "open_for_writing"]

SIDES = ("", "-wal", "-shm")
"""What SQLite keeps beside a file that is being written."""
_PATIENCE = 10.0
"""Seconds to wait for whoever has the file."""


def open_for_writing(folder: Path) -> tuple[sqlite3.Connection, Path | None]:
    """Open the ledger of a folder, made if absent; what is damaged is moved aside.

    Returns:
        The connection, and where a damaged file was moved.

    Raises:
        sqlite3.Error, OSError: it cannot be written.
    """
    try:
        return _opened(folder / LEDGER), None
    except sqlite3.OperationalError:
        raise  # of the disk, or of another process
    except sqlite3.DatabaseError:  # not a database, or not ours
        kept = folder / f"{LEDGER}.damaged-{time.time():.0f}"
        for side in SIDES:
            with suppress(FileNotFoundError):
                (folder / f"{LEDGER}{side}").replace(f"{kept}{side}")
        return _opened(folder / LEDGER), kept


@contextmanager
def open_for_reading(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open the ledger of a folder to look at it, while it is written, or where nothing can be written.

    Raises:
        DatasetError: there is none, or it cannot be read.
    """
    path = folder / LEDGER
    if not path.is_file():
        raise DatasetError(
            f"there is no `{LEDGER}` in `{folder}`",
            hint="Name the folder of a run. One of an older rpsdg goes on when its command is given again.",
        )
    with tempfile.TemporaryDirectory(prefix="rpsdg-ledger-") as copies:
        try:
            db = _looking(path, Path(copies))
        except (sqlite3.Error, OSError) as error:
            raise DatasetError(f"`{path}` cannot be read: {error}") from error
        with closing(db):
            try:
                yield db
            except sqlite3.Error as error:
                raise DatasetError(f"`{path}` cannot be read: {error}") from error


def _opened(path: Path) -> sqlite3.Connection:
    if not path.exists():
        _make(path)
    db = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False)
    try:
        _check(db)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")  # a power cut costs the last lines, which are reconciled
    except BaseException:
        db.close()
        raise
    return db


def _make(path: Path) -> None:
    """Make an empty ledger beside its place: nobody shall see one without its tables."""
    partial = path.with_name(f".{path.name}.part")
    partial.unlink(missing_ok=True)
    for side in SIDES[1:]:  # of one that somebody removed: they would be taken for this one's
        Path(f"{path}{side}").unlink(missing_ok=True)
    with closing(sqlite3.connect(partial)) as db:
        db.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
    partial.replace(path)


def _looking(path: Path, copies: Path) -> sqlite3.Connection:
    """Open a file so that nothing is changed by it."""
    try:
        return _connected(f"{path.resolve().as_uri()}?mode=ro")
    except sqlite3.OperationalError:
        # Beside its log SQLite needs a file of shared memory. Where there is none, and none can be made, a
        # copy is looked at.
        for side in SIDES[:2]:
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{path}{side}", copies / f"{LEDGER}{side}")
        return _connected((copies / LEDGER).as_uri())


def _connected(address: str) -> sqlite3.Connection:
    db = sqlite3.connect(address, uri=True, timeout=_PATIENCE)
    try:
        _check(db)
        db.execute("SELECT count(*) FROM runs").fetchone()  # which needs the log
    except BaseException:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version != VERSION:
        raise sqlite3.OperationalError(f"it is of version {version}; this rpsdg knows {VERSION}")
