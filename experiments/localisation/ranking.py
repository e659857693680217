"""Where the first faulty element stands in a list of suspects; equally suspicious ones come in any order.

Whoever walks down the list meets ties in an order that says nothing, so every figure here is the mean over
all orders of the ties: exact, without dice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import comb

__all__ = ["Standing", "standing"]


@dataclass(frozen=True)
class Standing:
    """The place of the first faulty element."""

    better: int
    """How many elements are more suspicious than the most suspicious faulty one."""
    tied: int
    """How many are as suspicious, itself and other faulty ones included."""
    faulty: int
    """How many of these are faulty."""
    of: int
    """How many elements there are."""

    @property
    def rank(self) -> float:
        """The expected place, from 1."""
        return self.better + (self.tied + 1) / (self.faulty + 1)

    @property
    def share(self) -> float:
        """The expected share of the list that is looked at, up to and with the first faulty element."""
        return self.rank / self.of

    @property
    def reciprocal(self) -> float:
        """The expected reciprocal of the place, between 0 and 1."""
        total, likely = 0.0, self.faulty / self.tied  # that the first of the tied ones is faulty
        for place in range(self.tied - self.faulty + 1):
            total += likely / (self.better + place + 1)
            left = self.tied - place - 1
            likely *= (left - self.faulty + 1) / left if left else 0.0
        return total

    def top(self, k: int) -> float:
        """Return how likely a faulty element is among the first `k`."""
        room = min(max(k - self.better, 0), self.tied)
        return 1 - comb(self.tied - self.faulty, room) / comb(self.tied, room)


def standing(scores: Sequence[float], faulty: Collection[int]) -> Standing:
    """Return where the first faulty element stands.

    Args:
        scores: suspicion of each element.
        faulty: the places of faulty elements in `scores`, at least one.
    """
    best = max(scores[place] for place in faulty)
    return Standing(
        better=sum(score > best for score in scores),
        tied=sum(score == best for score in scores),
        faulty=sum(scores[place] == best for place in faulty),
        of=len(scores),
    )
