"""Intervals for figures of bugs that come from few histories, ranked by localisers of few seeds.

Bugs of one history are alike, so histories are drawn and not bugs; and seeds, where something learned. Both
are drawn with replacement, and what lies where they cross is kept (see `experiments.statistics`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from random import Random

from rpsdg.experiments.statistics import Estimate

__all__ = ["clustered"]

_OUTSIDE = 0.025


def clustered(values: Sequence[Sequence[float]], groups: Sequence[str], resamples: int) -> Estimate:
    """Return the mean over seeds and bugs, with an interval of 95 %.

    >>> clustered([[1.0, 1.0]], ["a", "b"], 100)
    Estimate(value=1.0, low=1.0, high=1.0)

    Args:
        values: by seed, of each bug.
        groups: the history of each bug.
        resamples: how many are drawn.

    Raises:
        ValueError: there are no values, or not one for each bug.
    """
    if not values or not groups or any(len(row) != len(groups) for row in values):
        raise ValueError("a value of each bug is needed for each seed, and one bug at least")
    places: dict[str, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        places[group].append(place)
    sizes = [len(listed) for listed in places.values()]
    sums = [[sum(row[place] for place in listed) for listed in places.values()] for row in values]
    rng = Random(0)
    clusters, seeds = range(len(sizes)), range(len(sums))
    found = []
    for _ in range(resamples):
        drawn = rng.choices(clusters, k=len(sizes))
        rows = sums if len(sums) == 1 else [sums[seed] for seed in rng.choices(seeds, k=len(sums))]
        total = sum(sum(map(row.__getitem__, drawn)) for row in rows)
        found.append(total / (len(rows) * sum(map(sizes.__getitem__, drawn))))
    found.sort()
    outside = int(_OUTSIDE * resamples)
    return Estimate(sum(map(sum, values)) / (len(values) * len(groups)), found[outside], found[-1 - outside])
