"""Whether the levels of difficulty are monotone in a cost, told from what was measured trace by trace."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random
from statistics import fmean, median
from typing import TypeVar

import msgspec

from rpsdg.traces.levels import LEVELS, Cuts, level_of

__all__ = ["Curve", "Level", "Measured", "Report", "Violation", "curve_of", "report_of", "spearman"]

T = TypeVar("T")

RESAMPLES = 2000
"""Of the bootstrap, from which 95 % intervals are taken."""
Interval = tuple[float, float]


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One trace on which the repair search was run."""

    trace: str
    """Its id."""
    package: str
    score: float
    search: int
    """Version of the search."""
    seed: int
    cap: int
    horizon: int
    tried: int
    """Patches tried; the cap, or all there are, where none was plausible."""
    repaired: bool
    template: str | None
    """Of the plausible patch."""
    places: tuple[int | None, ...]
    """In a few random orders, which patch restores the untouched program; None beyond the horizon."""
    seconds: float
    broke: int = 0
    """How many patches broke the sandbox."""

    @property
    def cost(self) -> float:
        """Patches tried, the cap if none was plausible: when there are no more, trying on would not help."""
        return float(self.tried if self.repaired else self.cap)

    @property
    def place(self) -> float:
        """The mean place of the patch that restores the untouched program, the horizon if it is beyond."""
        return fmean(self.horizon if place is None else place for place in self.places)


class Level(msgspec.Struct, frozen=True):
    """The costs of one level."""

    level: int
    traces: int
    reached: float
    """Share whose cost is below the limit."""
    mean: float
    """Restricted mean: a cost beyond the limit counts as the limit."""
    interval: Interval
    median: float


class Violation(msgspec.Struct, frozen=True):
    """Two neighbouring levels of which the harder one costs less."""

    lower: int
    higher: int
    difference: float
    """Mean of the higher one minus mean of the lower one: below 0."""
    interval: Interval


class Curve(msgspec.Struct, frozen=True):
    """One cost over the levels."""

    limit: int
    levels: tuple[Level, ...]
    """Those that have traces."""
    spearman: float
    """Rank correlation of score and cost, over all traces."""
    spearman_interval: Interval
    by_package: dict[str, float]
    """The same in each package."""
    violations: tuple[Violation, ...]

    @property
    def monotone(self) -> bool:
        """Whether the mean cost of no level is below that of the level before it."""
        return not self.violations

    @property
    def flat(self) -> bool:
        """Whether all levels cost the same."""
        return len({level.mean for level in self.levels}) < 2


class Report(msgspec.Struct, frozen=True):
    """Everything a page about difficulty says of a measurement."""

    cuts: Cuts
    packages: dict[str, int]
    """Traces by package."""
    not_held_out: tuple[str, ...]
    """Packages that the cuts were taken from, too."""
    cost: Curve
    """Patches tried until one is plausible."""
    place: Curve
    """Patches up to the one that restores the untouched program."""
    search: int
    seed: int
    orders: int
    """In how many random orders `place` was looked for."""
    seconds: float
    """All searches together."""
    versions: dict[str, str]


def report_of(measured: Sequence[Measured], cuts: Cuts, versions: dict[str, str]) -> Report:
    """Return the report on traces that were measured with one seed, cap and horizon."""
    first = measured[0]
    names = sorted({one.package for one in measured})
    return Report(
        cuts=cuts,
        packages={name: sum(one.package == name for one in measured) for name in names},
        not_held_out=tuple(name for name in names if _is_named(name, cuts.origin)),
        cost=curve_of(measured, cuts, lambda one: one.cost, first.cap, lambda one: one.repaired),
        place=curve_of(
            measured,
            cuts,
            lambda one: one.place,
            first.horizon,
            lambda one: any(place is not None for place in one.places),
        ),
        search=first.search,
        seed=first.seed,
        orders=len(first.places),
        seconds=round(sum(one.seconds for one in measured), 1),
        versions=versions,
    )


def _is_named(package: str, text: str) -> bool:
    """Say whether a text names a package, whatever the version."""
    name = re.escape(package.partition(" ")[0])
    return re.search(rf"(?<![\w-]){name}(?![\w-])", text) is not None


def curve_of(
    measured: Sequence[Measured],
    cuts: Cuts,
    cost: Callable[[Measured], float],
    limit: int,
    reached: Callable[[Measured], bool],
) -> Curve:
    """Return one cost over the levels.

    Args:
        measured: the traces.
        cuts: what makes levels of scores.
        cost: of a trace; `limit` where it is beyond.
        limit: the highest cost.
        reached: whether a trace's cost is below the limit.
    """
    groups = {n: [one for one in measured if level_of(one.score, cuts) == n] for n in LEVELS}
    costs = {n: [cost(one) for one in group] for n, group in groups.items() if group}
    levels = tuple(
        Level(
            n,
            len(values),
            round(fmean(reached(one) for one in groups[n]), 4),
            round(fmean(values), 2),
            _bootstrap([values], lambda samples: fmean(samples[0])),
            median(values),
        )
        for n, values in costs.items()
    )
    violations = []
    for one, other in pairwise(levels):
        if other.mean < one.mean:
            both = [costs[one.level], costs[other.level]]
            interval = _bootstrap(both, lambda samples: fmean(samples[1]) - fmean(samples[0]))
            difference = round(other.mean - one.mean, 2)
            violations.append(Violation(one.level, other.level, difference, interval))
    pairs = [(one.score, cost(one)) for one in measured]
    names = sorted({one.package for one in measured})
    return Curve(
        limit,
        levels,
        round(spearman(pairs), 4),
        _bootstrap([pairs], lambda samples: spearman(samples[0])),
        {
            n: round(spearman([(one.score, cost(one)) for one in measured if one.package == n]), 4)
            for n in names
        },
        tuple(violations),
    )


def spearman(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the rank correlation of pairs, ties sharing their mean rank; 0 where one side is constant.

    >>> spearman([(1, 10), (2, 20), (3, 30)])
    1.0
    """
    if not pairs:
        return 0.0
    one, other = _ranks([pair[0] for pair in pairs]), _ranks([pair[1] for pair in pairs])
    middle = (len(pairs) + 1) / 2
    both = sum((a - middle) * (b - middle) for a, b in zip(one, other, strict=True))
    square = sum((a - middle) ** 2 for a in one) * sum((b - middle) ** 2 for b in other)
    return float(both / square**0.5) if square else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    begin = 0
    while begin < len(order):
        end = begin
        while end < len(order) and values[order[end]] == values[order[begin]]:
            end += 1
        for place in order[begin:end]:
            ranks[place] = (begin + end + 1) / 2
        begin = end
    return ranks


def _bootstrap(groups: Sequence[Sequence[T]], of: Callable[[list[list[T]]], float]) -> Interval:
    random = Random(0)
    found = sorted(of([random.choices(group, k=len(group)) for group in groups]) for _ in range(RESAMPLES))
    low, high = found[int(0.025 * RESAMPLES)], found[int(0.975 * RESAMPLES) - 1]
    return round(low, 2), round(high, 2)
