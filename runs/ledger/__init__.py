"""The record of work: every unit of it with its state, its attempts, what it cost and what became of it.

A run's folder has journals (`corpora.store`), which are the truth about *results*: whatever they hold is
there once and for ever. The ledger, `ledger.sqlite` beside them, is the record of *work*: what is under way,
what it cost, what failed, and what was asked for, so that `rpsdg resume` can go on and `rpsdg status` can
look. Three rules keep the two apart:

* **The journals decide.** A unit is done in the ledger after its result is in the journal. When a run begins,
  the ledger is reconciled (`Ledger.reconcile`): what the journals hold is done, what they do not is not.
* **The ledger never ends a run.** Where it cannot be written, because the disk is full, the run says so
  once, goes on, and tries again with what comes next; a damaged one is moved aside. Where the journals
  cannot be written either, they end the run, clearly. Who loses a ledger loses what work cost and why it
  failed.
* **It costs nothing.** Units are told to it from any thread, and one thread of its own writes them, twice a
  second, in one transaction. Readers and the writer never wait for each other: SQLite keeps a write-ahead
  log. What a kill leaves unwritten, half a second at most, is reconciled.

A unit has a kind (`environment`, `baseline`, `candidate`, `walk`, `batch`, `problem`, `part` …) and a key of
its own among its kind. An unexpected exception while one is worked on is a failed try; after three the unit
is parked with its log, and the run goes on (`attempts`). The death of the whole process says nothing about
a unit: whatever was running is waiting again.
"""

from .attempts import TRIES, Poisoned, PoisonedRunError, Streak, tell_parked, tried, words_of
from .reader import LEDGER, Reading, Stage, Total, parked_of, read_ledger
from .recorded import Recorded
from .records import Ending, Request, RunRow, State, UnitRow
from .writer import Decided, Ledger

__all__ = [
    "LEDGER",
    "TRIES",
    "Decided",
    "Ending",
    "Ledger",
    "Poisoned",
    "PoisonedRunError",
    "Reading",
    "Recorded",
    "Request",
    "RunRow",
    "Stage",
    "State",
    "Streak",
    "Total",
    "UnitRow",
    "parked_of",
    "read_ledger",
    "tell_parked",
    "tried",
    "words_of",
]
