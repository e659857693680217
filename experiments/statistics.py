"""Intervals for what several seeds of a model did with the same problems.

Both are samples: other seeds and other problems would have given other numbers. Every resample draws seeds
and problems, each with replacement, and keeps what lies where they cross (the pigeonhole bootstrap of Owen,
2007, which is a little too wide rather than too narrow). With three seeds that says about as much as there is
to be known of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

__all__ = ["Calibration", "Estimate", "calibration", "difference", "mean"]

Outcomes = Sequence[Sequence[float]]
"""By seed, of each problem: 1 where it was solved, 0 where not, or a share."""
_RESAMPLES = 1000
_OUTSIDE = 0.025
"""Of the resamples, on each side: intervals of 95 %."""


class Estimate(NamedTuple):
    """A mean with its interval."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether zero is outside."""
        return self.low > 0 or self.high < 0

    def shown(self, *, signed: bool = False) -> str:
        """Return it in per cent, as `41.5 (38.0 … 45.1)`."""
        plus = "+" if signed else ""
        return f"{100 * self.value:{plus}.1f} ({100 * self.low:{plus}.1f} … {100 * self.high:{plus}.1f})"


def mean(outcomes: Outcomes) -> Estimate:
    """Return the mean over seeds and problems.

    >>> mean([[1, 1, 1], [1, 1, 1]])
    Estimate(value=1.0, low=1.0, high=1.0)

    Raises:
        ValueError: there are no outcomes, or not equally many of each seed.
    """
    problems = len(outcomes[0]) if outcomes else 0
    if not problems or any(len(row) != problems for row in outcomes):
        raise ValueError("outcomes of the same problems are needed of each seed, of one problem at least")
    rng = Random(0)
    seeds, numbers = range(len(outcomes)), range(problems)
    found = []
    for _ in range(_RESAMPLES):
        drawn = rng.choices(numbers, k=problems)
        rows = [outcomes[seed] for seed in rng.choices(seeds, k=len(outcomes))]
        found.append(sum(row[number] for row in rows for number in drawn) / (problems * len(rows)))
    found.sort()
    outside = int(_OUTSIDE * _RESAMPLES)
    value = sum(map(sum, outcomes)) / (problems * len(outcomes))
    return Estimate(value, found[outside], found[-1 - outside])


def difference(one: Outcomes, other: Outcomes) -> Estimate:
    """Return by how much one is better than another on the same problems with the same seeds."""
    return mean([[a - b for a, b in zip(*rows, strict=True)] for rows in zip(one, other, strict=True)])


class Calibration(NamedTuple):
    """How probabilities keep what they promise."""

    error: float
    """The expected calibration error: how far promises of a bin are from what came, weighted by size."""
    bins: list[tuple[int, float, float]]
    """Of each tenth of the range: how many, their mean promise, the share that came true."""


def calibration(promised: Sequence[float], came: Sequence[bool], bins: int = 10) -> Calibration:
    """Return how well probabilities are calibrated.

    >>> calibration([0.75, 0.75, 0.75, 0.75], [True, True, True, False]).error
    0.0
    """
    filled: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for promise, is_true in zip(promised, came, strict=True):
        filled[min(bins - 1, int(promise * bins))].append((promise, is_true))
    table = []
    for one in filled:
        count = max(1, len(one))
        table.append(
            (len(one), sum(promise for promise, _ in one) / count, sum(true for _, true in one) / count)
        )
    total = max(1, len(promised))
    return Calibration(sum(count * abs(said - came) for count, said, came in table) / total, table)
