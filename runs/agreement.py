"""How often the cheaper ways of judging a candidate would have said something else than the dearer ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rpsdg.corpora.dataset import Decision
from rpsdg.traces.kernel import Reason

__all__ = ["Agreement"]


@dataclass
class Agreement:
    """Counted over the candidates of one or several runs."""

    looked: int = 0
    """Candidates that triage could look at."""
    audited: int = 0
    """Of those that it would dismiss, the ones in which clean runs came to an end, and in which it saw a hang
    or a want of memory and they did, too."""
    missed: int = 0
    """Of these, the ones in which tests did fail."""
    red: int = 0
    """Candidates in which it saw a test fail, and that were judged in clean runs."""
    unfounded: int = 0
    """Of these, the ones in which none failed."""
    full: int = 0
    """Candidates in which the complete suite saw tests fail."""
    beyond: int = 0
    """Of these, the ones where tests failed that by their coverage do not reach the edit."""

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> Agreement:
        """Count some decisions."""
        found = cls()
        for decision in decisions:
            found.add(decision)
        return found

    def add(self, decision: Decision) -> None:
        """Count one more decision."""
        failed = decision.outside is not None
        judged = decision.judged is not None
        self.looked += decision.triage is not None
        if judged and decision.triage in {"green", "hang", "memory"}:
            seen_alike = {"green": Reason.UNDETECTED, "hang": Reason.HANG, "memory": Reason.OUT_OF_MEMORY}
            self.audited += failed or decision.outcome in seen_alike.values()
            self.missed += failed
        if decision.triage == "red" and judged:
            self.red += 1
            self.unfounded += decision.outcome == Reason.UNDETECTED
        if decision.judged == "full" and failed:
            self.full += 1
            self.beyond += bool(decision.outside)

    def lines(self) -> list[tuple[str, int, int]]:
        """Return each disagreement in words, how often it was found, and among how many candidates."""
        found = [
            ("triage saw nothing in it, tests failed in clean runs", self.missed, self.audited),
            ("triage saw a test fail, clean runs did not", self.unfounded, self.red),
            ("tests failed that do not reach the edit", self.beyond, self.full),
        ]
        return [line for line in found if line[2]]

    def __str__(self) -> str:
        return "; ".join(f"{what}: {count} of {of}" for what, count, of in self.lines())
