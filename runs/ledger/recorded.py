"""What a run tells its user, told to the ledger, too."""

from __future__ import annotations

from typing import Any

from ..progress import Reporter
from ..unit import Unit
from .writer import Ledger

__all__ = ["Recorded"]


class Recorded(Reporter):
    """Passes everything on to another reporter, and stages and counts to a ledger."""

    def __init__(self, report: Reporter, ledger: Ledger, prefix: str = "") -> None:
        """Stand in front of `report`, which is entered and left by whoever made it.

        Args:
            report: shows everything.
            ledger: records it.
            prefix: of the keys of all units, where a run has several parts with the same ones.
        """
        super().__init__(report.total, report.unit)
        self._report, self._ledger, self._prefix = report, ledger, prefix

    def begin(self, earlier: int) -> None:
        """The counted part starts."""
        super().begin(earlier)
        self._report.begin(earlier)
        self._count()

    def stage(self, text: str) -> None:
        """Say and record what is being done."""
        self._report.stage(text)
        self._ledger.stage(text)

    def note(self, text: str) -> None:
        """Pass it on."""
        self._report.note(text)

    def within(self, part: str) -> Reporter:
        """Return what records the units of a part under its name."""
        return Recorded(self._report, self._ledger, f"{self._prefix}{part}/")

    def work_unit(self, kind: str, key: str) -> Unit:
        """Return a unit that is written down."""
        return self._ledger.unit(kind, f"{self._prefix}{key}")

    def outcome(self, name: str, *, counts: bool, about: dict[str, Any]) -> None:
        """Pass it on, and record how many there are."""
        self._report.outcome(name, counts=counts, about=about)
        self._count()

    def several(self, name: str, number: int) -> None:
        """Pass it on, and record how many there are."""
        self._report.several(name, number)
        self._count()

    def show(self, name: str, *, counts: bool, about: dict[str, Any]) -> None:
        """Pass it on."""
        self._report.show(name, counts=counts, about=about)

    def _count(self) -> None:
        self._ledger.count(self.unit, self._report.total, self._report.earlier, self._report.done)
