"""Reading the ledger: one look at everything, as it was at one moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from rpsdg.corpora.errors import DatasetError

from .opening import LEDGER, open_for_reading
from .records import Ending, Request, RunRow, State, UnitRow

__all__ = ["LEDGER", "Reading", "Stage", "Total", "parked_of", "read_ledger"]


@dataclass(frozen=True)
class Stage:
    """Something that a run did, or does."""

    text: str
    started: float
    ended: float | None


@dataclass(frozen=True)
class Total:
    """The units of one kind that are in one state with one outcome."""

    kind: str
    state: State
    outcome: str
    units: int
    seconds: float
    attempts: int


@dataclass(frozen=True)
class Reading:
    """What a ledger said at one moment."""

    runs: tuple[RunRow, ...]
    """In the order in which they began."""
    stages: tuple[Stage, ...]
    """Of the last run."""
    totals: tuple[Total, ...]

    @property
    def last(self) -> RunRow:
        """The run that lives, or lived last."""
        return self.runs[-1]


def read_ledger(folder: Path) -> Reading:
    """Look at the ledger of a folder. Whoever writes it is not disturbed.

    Raises:
        DatasetError: there is none, or it cannot be read.
    """
    with open_for_reading(folder) as db:
        db.execute("BEGIN")  # so that all is of one moment
        runs = tuple(_run(row) for row in _rows(db, "SELECT * FROM runs ORDER BY id"))
        if not runs:
            raise DatasetError(f"no run has begun in `{folder}`", hint="Give its command, or give it again.")
        stages = _rows(db, "SELECT text, started, ended FROM stages WHERE run = ? ORDER BY id", runs[-1].id)
        totals = _rows(db, _TOTALS)
        return Reading(
            runs,
            tuple(Stage(**row) for row in stages),
            tuple(Total(**row | {"state": State(row["state"])}) for row in totals),
        )


def parked_of(folder: Path) -> list[UnitRow]:
    """Return the units that are parked, with their logs.

    Raises:
        DatasetError: there is no ledger, or it cannot be read.
    """
    with open_for_reading(folder) as db:
        rows = _rows(
            db, "SELECT * FROM units WHERE state = ? ORDER BY kind, length(key), key", State.PARKED.value
        )
        return [msgspec.convert(row, UnitRow) for row in rows]


_TOTALS = """
SELECT kind, state, outcome, count(*) AS units, sum(seconds) AS seconds, sum(attempts) AS attempts
FROM units GROUP BY kind, state, outcome ORDER BY kind, state, units DESC
"""


def _rows(db: sqlite3.Connection, statement: str, *values: Any) -> Sequence[dict[str, Any]]:
    found = db.execute(statement, values)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def _run(row: dict[str, Any]) -> RunRow:
    try:
        request = None if row["request"] is None else msgspec.json.decode(row["request"], type=Request)
        ending = None if row["ending"] is None else Ending(row["ending"])
        return RunRow(**row | {"request": request, "ending": ending})
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError) as error:
        raise DatasetError(f"run {row['id']} in the ledger is damaged: {error}") from error
