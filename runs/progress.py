"""How a run tells what it does: a live bar on a terminal, plain lines elsewhere, JSON for machines."""

from __future__ import annotations

import json
import sys
import time
from abc import ABC, abstractmethod
from collections import Counter
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

from .terminal import as_markup, plain
from .unit import Unit

__all__ = ["JsonReporter", "PlainReporter", "Reporter", "RichReporter", "reporter_for"]


_LISTED = 8
"""Outcomes that are told with their numbers."""


class Reporter(ABC):
    """Is told what happens. Entered before the first word and left after the last."""

    def __init__(self, total: int, unit: str) -> None:
        """Start counting.

        Args:
            total: how many `unit`s are wanted.
            unit: what is counted, in the plural, such as `traces`.
        """
        self.total, self.unit = total, unit
        self.done = 0
        self.earlier = 0
        self.outcomes: Counter[str] = Counter()
        self._started: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def begin(self, earlier: int) -> None:
        """The counted part starts; `earlier` were done before this run."""
        self.earlier = self.done = earlier
        self._started = time.monotonic()

    @abstractmethod
    def stage(self, text: str) -> None:
        """Say what is being done now, in a few words."""

    @abstractmethod
    def note(self, text: str) -> None:
        """Say something the user should know."""

    def within(self, part: str) -> Reporter:
        """Return the reporter for a part of a run that has several, whose units may have the same keys."""
        return self

    def work_unit(self, kind: str, key: str) -> Unit:
        """Return a unit of work, to tell what becomes of it: only a ledger (`Recorded`) writes that down.

        Args:
            kind: such as `candidate`.
            key: its own among its kind.
        """
        return Unit()

    def outcome(self, name: str, *, counts: bool, about: dict[str, Any]) -> None:
        """One thing is decided; `counts` says whether it is one of those that are wanted."""
        self.outcomes[name] += 1
        self.done += counts
        self.show(name, counts=counts, about=about)

    def several(self, name: str, number: int) -> None:
        """So many wanted things are done at once, all with the same outcome; shown at every percent."""
        percent = 100 * self.done // self.total
        self.outcomes[name] += number
        self.done += number
        if 100 * self.done // self.total != percent:
            self.show(name, counts=True, about={"number": self.outcomes[name]})

    @abstractmethod
    def show(self, name: str, *, counts: bool, about: dict[str, Any]) -> None:
        """Display what was just decided."""

    @property
    def rate(self) -> float | None:
        """Wanted things a minute, in this run; None before the first."""
        if self._started is None or self.done == self.earlier:
            return None
        return 60.0 * (self.done - self.earlier) / max(1e-9, time.monotonic() - self._started)

    def counts(self) -> str:
        """Return the outcomes with their numbers, most frequent first; of many only the first few."""
        listed = [f"{number} {name}" for name, number in self.outcomes.most_common()]
        more = len(listed) - _LISTED
        return ", ".join(listed if more < 2 else [*listed[:_LISTED], f"{more} others"])

    def pace(self) -> str:
        """Return rate and remaining time, such as `24.1/min, 1:05 left`."""
        if self.rate is None:
            return ""
        left = round(60 * (self.total - self.done) / self.rate)
        return f"{self.rate:.1f}/min, {left // 60}:{left % 60:02} left"


class RichReporter(Reporter):
    """A live bar with rate, remaining time and counts by outcome."""

    def __init__(self, total: int, unit: str, console: Console) -> None:
        """Draw on `console`."""
        super().__init__(total, unit)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[pace]}"),
            TextColumn("[dim]{task.fields[counts]}"),
            console=console,
            transient=True,
        )
        self._task: TaskID = self._progress.add_task("starting", total=total, pace="", counts="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def begin(self, earlier: int) -> None:
        """The counted part starts."""
        super().begin(earlier)
        self._progress.update(self._task, completed=earlier, description=self.unit)

    def stage(self, text: str) -> None:
        """Show what is being done."""
        self._progress.update(self._task, description=as_markup(text))

    def note(self, text: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(f"[yellow]note[/] {as_markup(text)}", highlight=False)

    def show(self, name: str, *, counts: bool, about: dict[str, Any]) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=self.done, pace=self.pace(), counts=self.counts())


class PlainReporter(Reporter):
    """Lines on standard error, for logs."""

    _shown = (-1, 0.0)
    """Percent and time of the last line about what was decided."""

    def stage(self, text: str) -> None:
        """Print what is being done."""
        self._print(text)

    def note(self, text: str) -> None:
        """Print a line."""
        self._print(f"note: {text}")

    def show(self, name: str, *, counts: bool, about: dict[str, Any]) -> None:
        """Print a line for wanted things, one a percent or a second at most, and some for the others."""
        percent, now = 100 * self.done // self.total, time.monotonic()
        due = percent != self._shown[0] or now - self._shown[1] >= 1
        if due if counts else sum(self.outcomes.values()) % 25 == 0:
            self._shown = (percent, now)
            self._print(f"{self.done}/{self.total} {self.unit}  {self.pace()}  ({self.counts()})")

    def _print(self, text: str) -> None:
        print(plain(text), file=sys.stderr, flush=True)  # noqa: T201 - this is the log


class JsonReporter(Reporter):
    """One JSON object a line on standard output."""

    def stage(self, text: str) -> None:
        """Print a `stage` event."""
        self._print({"event": "stage", "text": text})

    def note(self, text: str) -> None:
        """Print a `note` event."""
        self._print({"event": "note", "text": text})

    def show(self, name: str, *, counts: bool, about: dict[str, Any]) -> None:
        """Print an `outcome` event."""
        self._print({"event": "outcome", "outcome": name, **about, "done": self.done, "total": self.total})

    def _print(self, event: dict[str, Any]) -> None:
        print(json.dumps(event), flush=True)  # noqa: T201 - this is the output


def reporter_for(total: int, unit: str, *, as_json: bool, console: Console) -> Reporter:
    """Return the reporter that fits: JSON if asked for, a bar on a terminal, plain lines elsewhere."""
    if as_json:
        return JsonReporter(total, unit)
    return RichReporter(total, unit, console) if console.is_terminal else PlainReporter(total, unit)
