"""How a run is: who runs it, what it does, how far it is, what it cost, and what failed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from rpsdg.corpora.claim import BESIDE, FRESH, boot_id, read_holder
from rpsdg.sandbox.owner import is_alive, owner

from .ledger import LEDGER, Ending, RunRow, Stage, State, Total, UnitRow, parked_of, read_ledger

__all__ = ["Condition", "Status", "look"]

Condition = Literal["running", "died", "done", "interrupted", "failed", "fault"]
"""Of a run: how it ended, or whether it lives. On this machine its process says so, from elsewhere its signs
of life: one that gave none for a minute is taken to be dead."""


@dataclass(frozen=True)
class Status:
    """A run's folder, as it is at a moment."""

    folder: Path
    run: RunRow
    """The run that lives, or lived last."""
    runs: int
    """How many there were."""
    condition: Condition
    seen: float
    """Its last sign of life, in seconds since 1970."""
    now: float
    stages: Sequence[Stage]
    totals: Sequence[Total]

    @property
    def lives(self) -> bool:
        """Whether it still does something."""
        return self.condition == "running"

    @property
    def until(self) -> float:
        """When it ended; while it lives, the present."""
        return self.now if self.lives else self.run.ended or self.seen

    @property
    def stage(self) -> str:
        """What it does, or did last."""
        return self.stages[-1].text if self.stages else ""

    @property
    def rate(self) -> float | None:
        """Wanted things a minute since it began to count; None before the first."""
        run = self.run
        if run.began is None or run.made <= run.earlier:
            return None
        return 60 * (run.made - run.earlier) / max(1e-9, self.until - run.began)

    @property
    def left(self) -> float | None:
        """Seconds that are left at that rate; None where that cannot be said."""
        if self.rate is None or not self.lives:
            return None
        return max(0.0, 60 * (self.run.total - self.run.made) / self.rate)

    def units(self) -> dict[str, dict[str, int]]:
        """Return how many units there are, by kind and state."""
        found: dict[str, dict[str, int]] = {}
        for total in self.totals:
            of = found.setdefault(total.kind, {state.value: 0 for state in State})
            of[total.state.value] += total.units
        return found

    def outcomes(self) -> dict[str, dict[str, int]]:
        """Return what became of the units that are decided, by kind, most frequent first."""
        found: dict[str, Counter[str]] = {}
        for total in self.totals:
            if total.outcome:
                found.setdefault(total.kind, Counter())[total.outcome] += total.units
        return {kind: dict(counts.most_common()) for kind, counts in found.items()}

    def seconds(self) -> dict[str, float]:
        """Return the seconds that were worked on the units of each kind, in all runs."""
        found: Counter[str] = Counter()
        for total in self.totals:
            found[total.kind] += total.seconds  # type: ignore[assignment] # a Counter adds up floats, too
        return {kind: float(seconds) for kind, seconds in found.items()}

    @property
    def parked(self) -> int:
        """How many units are parked."""
        return sum(total.units for total in self.totals if total.state is State.PARKED)

    def parked_units(self) -> list[UnitRow]:
        """Return the units that are parked, with their logs.

        Raises:
            DatasetError: the ledger cannot be read.
        """
        return parked_of(self.folder)

    def describe(self) -> dict[str, Any]:
        """Return everything as JSON. Times are seconds since 1970."""
        run = self.run
        host, pid, _ = run.process.split(":")
        return {
            "folder": str(self.folder),
            "condition": self.condition,
            "command": run.request.command if run.request else None,
            "arguments": run.request.arguments if run.request else None,
            "version": run.version,
            "host": host,
            "pid": int(pid),
            "started": run.started,
            "seen": self.seen,
            "ended": run.ended,
            "message": run.message,
            "runs": self.runs,
            "stage": self.stage,
            "stages": [asdict(stage) for stage in self.stages],
            "unit": run.unit,
            "total": run.total,
            "earlier": run.earlier,
            "made": run.made,
            "rate": self.rate,
            "left": self.left,
            "units": self.units(),
            "outcomes": self.outcomes(),
            "seconds": self.seconds(),
            "parked": self.parked,
        }


_ENDED: dict[Ending, Condition] = {
    Ending.DONE: "done",
    Ending.INTERRUPTED: "interrupted",
    Ending.FAILED: "failed",
    Ending.FAULT: "fault",
}


def look(folder: Path) -> Status:
    """Look at a run from outside; it is not disturbed.

    Args:
        folder: of the run, or of a corpus whose refresh is meant.

    Raises:
        DatasetError: the folder has no ledger, or it cannot be read.
    """
    if not (folder / LEDGER).exists() and (folder / BESIDE / LEDGER).exists():
        folder = folder / BESIDE
    reading = read_ledger(folder)
    run = reading.last
    holder = read_holder(folder)
    # On a network file system the file with the sign of life is fresher than the ledger.
    theirs = holder if holder is not None and holder.process == run.process else None
    seen = max(run.seen, theirs.seen) if theirs else run.seen
    now = time.time()
    condition = _condition(run, seen, now)
    return Status(folder, run, len(reading.runs), condition, seen, now, reading.stages, reading.totals)


def _condition(run: RunRow, seen: float, now: float) -> Condition:
    if run.ending is not None:
        return _ENDED[run.ending]
    if run.process.partition(":")[0] == owner().partition(":")[0]:
        return "running" if run.boot == boot_id() and is_alive(run.process) else "died"
    return "running" if now - seen < FRESH else "died"
