"""A data set at a glance: what is counted over all of its traces, as charts for pages and pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from rpsdg.corpora.dataset import Decision

from .census import Census
from .glance import Glance

__all__ = ["Bar", "Chart", "Survey"]

_MOST = 15
"""Bars of a chart with open-ended names; what comes after is added up."""
_EDGES = (1, 2, 3, 4, 5, 6, 8, 11, 16, 26, 51, 101, 201, 501, 1001)
"""Where ranges of counts begin: fine where most counts are, coarse where few are."""


@dataclass(frozen=True)
class Bar:
    """One bar of a chart."""

    label: str
    number: int
    value: str | None = None
    """What the chart's facet is for these traces; None where no single value is."""


@dataclass(frozen=True)
class Chart:
    """Bars that share a question."""

    title: str
    unit: str
    """What is counted, in the plural."""
    bars: tuple[Bar, ...]
    facet: str | None = None
    """What a trace can be searched for by, if by that."""
    ordered: bool = False
    """Whether the bars stand on a scale, in its order; otherwise they are names, most frequent first."""

    @property
    def shown(self) -> tuple[Bar, ...]:
        """The bars there is room for: all of a scale, of names the most frequent."""
        return self.bars if self.ordered or len(self.bars) <= _MOST + 1 else self.bars[:_MOST]

    @property
    def left_out(self) -> str:
        """The bars there is no room for, in words; empty if there is for all."""
        rest = self.bars[len(self.shown) :]
        return f"{len(rest)} more with {sum(bar.number for bar in rest):,}" if rest else ""

    @property
    def total(self) -> int:
        """All that the bars count, more than there are traces where one counts in several."""
        return sum(bar.number for bar in self.bars)


@dataclass
class Survey:
    """Counts over the traces of a data set, and over the candidates they were chosen from."""

    census: Census = field(default_factory=Census)
    families: Counter[str] = field(default_factory=Counter)
    """Of mathematics, and of code as mutators declare them."""
    rules: Counter[str] = field(default_factory=Counter)
    """Traces with a step of each."""
    failing: Counter[int] = field(default_factory=Counter)
    lines: Counter[int] = field(default_factory=Counter)
    """Changed lines of the fix."""
    scores: Counter[int] = field(default_factory=Counter)
    """Difficulty in tenths, rounded down."""
    outcomes: Counter[str] = field(default_factory=Counter)
    """Candidates by what became of them."""

    @property
    def traces(self) -> int:
        """How many were counted."""
        return self.census.traces

    def add(self, glance: Glance) -> None:
        """Count one trace."""
        self.census.add(glance.facts)
        self.families.update(glance.families)
        self.rules.update(set(glance.facts.rules))
        if glance.failing is not None:
            self.failing[glance.failing] += 1
        if glance.edit is not None:
            self.lines[glance.edit.lines] += 1
        if glance.score is not None:
            self.scores[min(9, max(0, int(glance.score * 10)))] += 1

    def add_decisions(self, decisions: Iterable[Decision]) -> None:
        """Count the candidates."""
        self.outcomes.update(decision.outcome for decision in decisions)

    @property
    def yielded(self) -> float | None:
        """Confirmed among all candidates; None where no candidates were recorded."""
        total = self.outcomes.total()
        return self.outcomes["confirmed"] / total if total else None

    def charts(self, beside: Survey | None = None) -> list[Chart]:
        """Return the charts that have something to tell, the most telling first.

        Args:
            beside: another data set, whose charts are to have the same scales.
        """
        other = beside or Survey()
        counted = self.census
        steps = _ranges(counted.steps, other.census.steps)
        charts = [
            Chart("Levels", "traces", _levels(counted.levels), "level", ordered=True),
            Chart("Domains", "traces", _names(counted.domains), "domain"),
            Chart("Families", "traces", _names(self.families), "family"),
            Chart("Rules", "traces", _names(self.rules), "rule"),
            Chart("Repositories", "traces", _names(counted.repositories), "repository"),
            Chart("Licences", "traces", _names(counted.licences), "licence"),
            Chart("Benchmarks with the same repository", "traces", _sets(counted), "contamination"),
            Chart("Steps of a solution", "traces", steps, "steps", ordered=True),
            Chart("Failing tests", "traces", _ranges(self.failing, other.failing), ordered=True),
            Chart("Changed lines of the fix", "traces", _ranges(self.lines, other.lines), ordered=True),
            Chart("Difficulty score", "traces", _tenths(self.scores), ordered=True),
            Chart("Yield: what became of the candidates", "candidates", _names(self.outcomes)),
        ]
        return [chart for chart in charts if len(chart.bars) > 1]

    def summary(self) -> list[tuple[str, str]]:
        """Return the few numbers that say most, each with its name."""
        found = [("traces", f"{self.traces:,}")]
        if self.outcomes:
            found.append(("candidates", f"{self.outcomes.total():,}"))
        if self.yielded is not None:
            found.append(("confirmed", f"{100 * self.yielded:.0f} %"))
        if repositories := len(self.census.repositories):
            found.append(("repository" if repositories == 1 else "repositories", f"{repositories:,}"))
        found += [("families", f"{len(self.families):,}"), ("rules", f"{len(self.rules):,}")]
        for name, counter in (("steps, median", self.census.steps), ("failing tests, median", self.failing)):
            if counter:
                found.append((name, f"{median(counter.elements()):g}"))
        if self.census.wrong:
            found.append(("with a wrong step", f"{100 * self.census.wrong / self.traces:.0f} %"))
        return found


def _sets(counted: Census) -> tuple[Bar, ...]:
    """Return bars for the sets with tasks of the same repositories, and one for what no set has."""
    if not counted.contamination:
        return ()
    free = sum(counted.repositories.values()) - counted.contaminated
    return (*_names(counted.contamination), Bar("none", free))


def _levels(counter: Counter[int]) -> tuple[Bar, ...]:
    levels = range(min(1, *counter), max(5, *counter) + 1) if counter else ()
    return tuple(Bar(str(level), counter[level], str(level)) for level in levels)


def _names(counter: Counter[str]) -> tuple[Bar, ...]:
    ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Bar(name, number, name) for name, number in ranked)


def _ranges(counter: Counter[int], other: Counter[int]) -> tuple[Bar, ...]:
    """Return bars for counts: each number by itself where there are few of them, else ranges of numbers."""
    if not counter:
        return ()
    low, high = min(*counter, *other, max(counter)), max(*counter, *other, min(counter))
    if high - low < len(_EDGES):
        return tuple(Bar(str(n), counter[n], str(n)) for n in range(low, high + 1))
    edges = [*([0] if low < 1 else []), *(edge for edge in _EDGES if edge <= high)]
    return tuple(
        _range(counter, first, after) for first, after in zip(edges, [*edges[1:], None], strict=True)
    )


def _range(counter: Counter[int], first: int, after: int | None) -> Bar:
    number = sum(n for value, n in counter.items() if value >= first and (after is None or value < after))
    if after == first + 1:
        return Bar(str(first), number, str(first))
    return Bar(f"{first}+" if after is None else f"{first}–{after - 1}", number)


def _tenths(counter: Counter[int]) -> tuple[Bar, ...]:
    return tuple(Bar(f"{tenth / 10:.1f}", counter[tenth]) for tenth in range(10)) if counter else ()
