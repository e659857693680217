"""What is in a data set, counted without holding it in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.facts import Facts, facts_of

__all__ = ["Census", "take"]


@dataclass
class Census:
    """Numbers of traces, but for rules, by what a data set says of them."""

    traces: int = 0
    domains: Counter[str] = field(default_factory=Counter)
    levels: Counter[int] = field(default_factory=Counter)
    families: Counter[str] = field(default_factory=Counter)
    """Of mathematics."""
    rules: Counter[str] = field(default_factory=Counter)
    """Of code: steps by mutator."""
    repositories: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    """Of code; `unknown` where none could be told."""
    contamination: Counter[str] = field(default_factory=Counter)
    """Traces of repositories that a benchmark has tasks from; one may count for several."""
    contaminated: int = 0
    """Those with at least one."""
    steps: Counter[int] = field(default_factory=Counter)
    wrong: int = 0
    """Traces with a wrong step."""
    bytes: int = 0
    """Of the shards and journals, compressed as they are."""

    def add(self, facts: Facts) -> None:
        """Count a trace."""
        self.traces += 1
        self.domains[facts.domain] += 1
        self.steps[len(facts.rules)] += 1
        self.wrong += facts.is_wrong
        if facts.level is not None:
            self.levels[facts.level] += 1
        if facts.is_code:
            self.rules.update(facts.rules)
            self.repositories[facts.repository or "unknown"] += 1
            self.licences[facts.licence or "unknown"] += 1
            self.contamination.update(facts.contamination)
            self.contaminated += bool(facts.contamination)
        elif facts.family:
            self.families[facts.family] += 1

    def describe(self) -> dict[str, Any]:
        """Return everything as JSON."""
        counted = ("domains", "families", "repositories", "licences", "contamination")
        return {
            "bytes": self.bytes,
            "contaminated": self.contaminated,
            "wrong": self.wrong,
            **{name: dict(getattr(self, name).most_common()) for name in counted},
        }


def take(datasets: Iterable[Dataset]) -> Census:
    """Count what is in some data sets.

    Raises:
        DatasetError: one of them is damaged.
    """
    census = Census()
    for data in datasets:
        census.bytes += data.size()
        for facts in facts_of(data):
            census.add(facts)
    return census
