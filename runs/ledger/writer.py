"""The ledger as a run sees it: units to tell of, stages, counts, and how it ended."""

from __future__ import annotations

import sqlite3
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, NamedTuple, Self

import msgspec

from rpsdg.corpora.claim import Claim
from rpsdg.sandbox.contract import SandboxAbortedError
from rpsdg.traces.errors import RpsdgError

from ..unit import Unit
from ..version import VERSION
from .pen import Pen, Statement
from .records import Ending, Request, State

__all__ = ["Decided", "Ledger", "WrittenUnit"]


class Decided(NamedTuple):
    """What a journal says of a unit."""

    key: str
    state: State
    outcome: str
    trace: str | None = None
    detail: str = ""


class Ledger:
    """The ledger of a folder, for the one process that has the claim on it. Any thread may tell it things.

    `with` it: what is raised inside says how the run ended.
    """

    def __init__(
        self, claim: Claim, request: Request | None = None, note: Callable[[str], None] = lambda _: None
    ) -> None:
        """Open the ledger, made if absent, and begin a run in it.

        Args:
            claim: of the folder; the ledger gives its signs of life.
            request: what was asked for; None if no command could ask for it again.
            note: is told, once, should the ledger not be writable.
        """
        self._claim, self._request = claim, request
        self._counted: tuple[str, int, int, int, float] | None = None
        self._is_stopped = False
        self._pen = Pen(claim.folder, self._begin, note)
        self._pen.alive = self._alive

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        now, ending, run = time.time(), _ending(error), self._pen.run
        if ending is Ending.DONE and self._is_stopped:
            ending = Ending.INTERRUPTED
        self._pen.later(_WAITING_AGAIN, (now,))
        self._pen.later("UPDATE stages SET ended = ? WHERE run = ? AND ended IS NULL", (now, run))
        if ending is Ending.FAILED and self._counted is None:
            # It was refused before anything was done: a slip in an argument is nothing to go on with.
            self._pen.later("DELETE FROM stages WHERE run = ?", (run,))
            self._pen.later("DELETE FROM runs WHERE id = ?", (run,))
        else:
            said = {Ending.FAILED: str(error), Ending.FAULT: repr(error)}.get(ending, "")
            ended = now, ending.value, said, run
            self._pen.later("UPDATE runs SET ended = ?, ending = ?, message = ? WHERE id = ?", ended)
        self._pen.close()

    @property
    def trouble(self) -> str:
        """Why something could not be written; empty if all could."""
        return self._pen.trouble

    def stopped(self) -> None:
        """Say that the run ends before its work is done, as it was told to: it can go on."""
        self._is_stopped = True

    def stage(self, text: str) -> None:
        """Say what is being done now."""
        now, run = time.time(), self._pen.run
        self._pen.later("UPDATE stages SET ended = ? WHERE run = ? AND ended IS NULL", (now, run))
        self._pen.later("INSERT INTO stages (run, text, started) VALUES (?, ?, ?)", (run, text, now))

    def count(self, unit: str, total: int, earlier: int, made: int) -> None:
        """Say how far the run is: `made` of `total` wanted things; `earlier` were there before it."""
        began = time.time() if self._counted is None else self._counted[-1]
        self._counted = unit, total, earlier, made, began

    def unit(self, kind: str, key: str) -> WrittenUnit:
        """Return a unit of work, to tell what becomes of it."""
        return WrittenUnit(self._pen, kind, key)

    def expect(self, kind: str, keys: Iterable[str]) -> None:
        """Say which units there will be; those that are known already stay as they are."""
        for key in keys:
            self._pen.later(_EXPECTED, (kind, key, self._pen.run, time.time()))

    def parked(self, kind: str) -> list[str]:
        """Return the keys of the units of a kind that are parked, in order."""
        return [key for (key,) in self._pen.rows(_PARKED, (kind,))]

    def reconcile(self, kind: str, decided: Iterable[Decided]) -> None:
        """Bring the units of a kind into agreement with a journal; doing it again changes nothing.

        What the journal holds is as it says, and what it does not hold is not done.

        Args:
            kind: of all these units.
            decided: what the journal holds; of several with the same key the last counts.
        """
        known = {one.key: one for one in decided}
        now = time.time()

        def change(db: sqlite3.Connection) -> None:
            db.execute("CREATE TEMP TABLE IF NOT EXISTS decided (key TEXT PRIMARY KEY)")
            db.execute("DELETE FROM decided")
            db.executemany("INSERT INTO decided VALUES (?)", ((key,) for key in known))
            db.execute(_UNDECIDED, (now, kind))
            rows = ((kind, *one, self._pen.run, now) for one in known.values())
            db.executemany(_RECONCILED, rows)

        self._pen.at_once(change)

    def _begin(self, db: sqlite3.Connection) -> int:
        """Begin a run. What earlier ones left under way waits again: they died."""
        holder, now = self._claim.holder, time.time()
        asked = None if self._request is None else msgspec.json.encode(self._request).decode()
        db.execute(_WAITING_AGAIN, (now,))
        db.execute("UPDATE stages SET ended = (SELECT seen FROM runs WHERE id = run) WHERE ended IS NULL")
        found = db.execute(
            "INSERT INTO runs (request, version, process, boot, started, seen) VALUES (?, ?, ?, ?, ?, ?)",
            (asked, VERSION, holder.process, holder.boot, now, now),
        )
        return found.lastrowid or 0

    def _alive(self) -> Statement:
        self._claim.beat()
        return _ALIVE, (time.time(), *(self._counted or ("", 0, 0, 0, None)), self._pen.run)


class WrittenUnit(Unit):
    """A unit of work that is written down."""

    def __init__(self, pen: Pen, kind: str, key: str) -> None:
        self._pen, self.kind, self.key = pen, kind, key

    @contextmanager
    def working(self) -> Iterator[None]:
        """Work on it: one attempt."""
        started = time.monotonic()
        self.begin()
        try:
            yield
        except BaseException as error:
            failed = isinstance(error, Exception) and not isinstance(error, SandboxAbortedError)
            log = "".join(traceback.format_exception(error)) if failed else None
            self._tell(State.WAITING, seconds=time.monotonic() - started, log=log)
            raise
        self.worked(time.monotonic() - started)

    def begin(self) -> None:
        """An attempt begins."""
        self._tell(State.RUNNING, attempts=1)

    def worked(self, seconds: float) -> None:
        """So many seconds were worked on it."""
        self._tell(None, seconds=seconds)

    def failed(self, log: str) -> None:
        """An attempt failed; it waits for the next one."""
        self._tell(State.WAITING, log=log)

    def done(self, outcome: str, *, trace: str | None = None, detail: str = "") -> None:
        """Its result is in the journal."""
        self._tell(State.DONE, outcome=outcome, trace=trace, detail=detail)

    def park(self, detail: str, log: str | None = None) -> None:
        """It failed too often."""
        self._tell(State.PARKED, outcome=State.PARKED.value, detail=detail, log=log)

    def _tell(
        self,
        state: State | None,
        *,
        attempts: int = 0,
        seconds: float = 0.0,
        outcome: str | None = None,
        trace: str | None = None,
        detail: str | None = None,
        log: str | None = None,
    ) -> None:
        values: dict[str, Any] = {"kind": self.kind, "key": self.key, "run": self._pen.run}
        values |= {"state": None if state is None else state.value, "now": time.time()}
        values |= {"attempts": attempts, "seconds": seconds, "outcome": outcome, "trace": trace}
        self._pen.later(_TOLD, values | {"detail": detail, "log": log})


_TOLD = """
INSERT INTO units (kind, key, state, run, attempts, seconds, outcome, trace, detail, log, changed)
VALUES (:kind, :key, coalesce(:state, 'waiting'), :run, :attempts, :seconds, coalesce(:outcome, ''), :trace,
    coalesce(:detail, ''), coalesce(:log, ''), :now)
ON CONFLICT (kind, key) DO UPDATE
SET state = coalesce(:state, state), run = :run, attempts = attempts + :attempts,
    seconds = seconds + :seconds, outcome = coalesce(:outcome, outcome), trace = coalesce(:trace, trace),
    detail = coalesce(:detail, detail), log = coalesce(:log, log), changed = :now
"""
_EXPECTED = "INSERT OR IGNORE INTO units (kind, key, state, run, changed) VALUES (?, ?, 'waiting', ?, ?)"
_WAITING_AGAIN = "UPDATE units SET state = 'waiting', changed = ? WHERE state = 'running'"
_PARKED = "SELECT key FROM units WHERE kind = ? AND state = 'parked' ORDER BY length(key), key"
_ALIVE = "UPDATE runs SET seen = ?, unit = ?, total = ?, earlier = ?, made = ?, began = ? WHERE id = ?"
_UNDECIDED = """
UPDATE units SET state = 'waiting', outcome = '', trace = NULL, changed = ?
WHERE kind = ? AND state IN ('done', 'parked') AND key NOT IN (SELECT key FROM decided)
"""
_RECONCILED = """
INSERT INTO units (kind, key, state, outcome, trace, detail, run, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (kind, key) DO UPDATE
SET state = excluded.state, outcome = excluded.outcome, trace = excluded.trace, detail = excluded.detail,
    run = excluded.run, changed = excluded.changed
WHERE state != excluded.state OR outcome != excluded.outcome OR trace IS NOT excluded.trace
"""


def _ending(error: BaseException | None) -> Ending:
    if error is None:
        return Ending.DONE
    if isinstance(error, RpsdgError):
        return Ending.FAILED
    if isinstance(error, Exception) and not isinstance(error, SandboxAbortedError):
        return Ending.FAULT
    return Ending.INTERRUPTED
