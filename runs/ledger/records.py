"""What the ledger holds: its tables, and their rows as records."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

__all__ = ["SCHEMA", "VERSION", "Ending", "Request", "RunRow", "State", "UnitRow"]

VERSION = 1
"""Of the tables, kept as SQLite's `user_version`."""

SCHEMA = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    request TEXT,             -- `Request` as JSON; NULL if a program asked, not a command
    version TEXT NOT NULL,    -- of rpsdg
    process TEXT NOT NULL,    -- host:pid:start
    boot TEXT NOT NULL,       -- id of the machine's boot
    started REAL NOT NULL,    -- all times are seconds since 1970
    seen REAL NOT NULL,       -- last sign of life
    ended REAL,
    ending TEXT,              -- `Ending`; NULL while it lives, and after a death
    message TEXT NOT NULL DEFAULT '',
    began REAL,               -- when it came to what it counts
    unit TEXT NOT NULL DEFAULT '',
    total INTEGER NOT NULL DEFAULT 0,
    earlier INTEGER NOT NULL DEFAULT 0,
    made INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE units (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL,      -- `State`
    run INTEGER NOT NULL,     -- that touched it last
    attempts INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL DEFAULT '',
    trace TEXT,
    detail TEXT NOT NULL DEFAULT '',
    log TEXT NOT NULL DEFAULT '',
    changed REAL NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE INDEX units_by_state ON units (state, kind);
CREATE TABLE stages (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    text TEXT NOT NULL,
    started REAL NOT NULL,
    ended REAL
);
"""


class State(StrEnum):
    """Where a unit of work is."""

    WAITING = "waiting"
    """It is known, and nobody works on it."""
    RUNNING = "running"
    """It is worked on, or its result waits for its turn to be accepted."""
    DONE = "done"
    """Its result is in the journal."""
    PARKED = "parked"
    """It failed three times, and is left alone."""


class Ending(StrEnum):
    """How a run ended, other than by death."""

    DONE = "done"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    """With an error that a user can act on."""
    FAULT = "fault"
    """With one of ours."""


class Request(msgspec.Struct, frozen=True):
    """What was asked for, so that it can be asked for again; without secrets."""

    command: str
    arguments: dict[str, Any]
    """What the user gave, by name; the rest has its defaults."""
    places: dict[str, str] = {}
    """Of arguments that name files or folders: where they are, absolute."""
    withheld: tuple[str, ...] = ()
    """Arguments that held a password or a token, of which the rest is kept."""


class RunRow(msgspec.Struct, frozen=True):
    """A run that wrote, or writes, the folder."""

    id: int
    request: Request | None
    version: str
    process: str
    boot: str
    started: float
    seen: float
    ended: float | None
    ending: Ending | None
    message: str
    began: float | None
    unit: str
    total: int
    """How many of `unit` are wanted."""
    earlier: int
    """How many there were before."""
    made: int
    """How many there are."""


class UnitRow(msgspec.Struct, frozen=True):
    """A unit of work."""

    kind: str
    key: str
    state: State
    run: int
    attempts: int
    """How often it was begun."""
    seconds: float
    """That were worked on it, in all attempts."""
    outcome: str
    trace: str | None
    detail: str
    log: str
    """Of its last failure."""
    changed: float
