"""What the list and the filters know of every trace: columns, with numbers in place of names that repeat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from rpsdg.runs.glance import Glance
from rpsdg.traces.record import Trace

__all__ = ["FACETS", "Columns", "Facet"]

_ROWS = 5_000
"""Rows of one shard of the index."""
_TITLE, _PLACES = 200, 4


@dataclass
class Facet:
    """Something that traces differ in and can be searched by."""

    key: str
    label: str
    of: Callable[[Glance], tuple[str, ...]]
    """The values that a trace has: none, one or several."""
    ordered: bool = False
    """Whether the values are numbers."""


FACETS = (
    Facet("domain", "Domain", lambda glance: (glance.facts.domain,)),
    Facet("level", "Level", lambda glance: _known(glance.facts.level), ordered=True),
    Facet("family", "Family", lambda glance: glance.families),
    Facet("rule", "Rule", lambda glance: tuple(dict.fromkeys(glance.facts.rules))),
    Facet("repository", "Repository", lambda glance: _known(glance.facts.repository)),
    Facet("licence", "Licence", lambda glance: _known(glance.facts.licence)),
    Facet("contamination", "Same repository in", lambda glance: glance.facts.contamination),
    Facet("steps", "Steps", lambda glance: (str(len(glance.facts.rules)),), ordered=True),
    Facet("solution", "Solution", lambda glance: (_solution(glance.facts.is_wrong),)),
)


@dataclass
class Columns:
    """Columns in the making. Names get their numbers in the order in which they first occur."""

    write: Callable[[int, bytes], None]
    """Takes the number of a shard and its JSON."""
    rows: int = 0
    shards: int = 0
    _numbers: dict[str, dict[str, int]] = field(default_factory=lambda: {facet.key: {} for facet in FACETS})
    _counts: dict[str, Counter[str]] = field(
        default_factory=lambda: {facet.key: Counter() for facet in FACETS}
    )
    _pending: dict[str, Any] = field(default_factory=lambda: _empty())

    def add(self, trace: Trace, glance: Glance) -> None:
        """Add one row."""
        self._pending["id"].append(trace.id[:16])
        self._pending["title"].append(_title(trace))
        self._pending["note"].append(_note(trace))
        for facet in FACETS:
            numbers = self._numbers[facet.key]
            values = facet.of(glance)
            self._counts[facet.key].update(values)
            codes = [numbers.setdefault(value, len(numbers)) for value in values]
            self._pending["facets"][facet.key].append(codes)
        self.rows += 1
        if self.rows % _ROWS == 0:
            self.end()

    def end(self) -> None:
        """Hand over the rows that are left."""
        if self._pending["id"]:
            self.write(self.shards, msgspec.json.encode(self._pending))
            self.shards += 1
            self._pending = _empty()

    def facets(self) -> list[dict[str, Any]]:
        """Return the facets with their names in the order of their numbers."""
        return [
            {
                "key": facet.key,
                "label": facet.label,
                "ordered": facet.ordered,
                "values": [
                    {"name": name, "count": self._counts[facet.key][name]}
                    for name in self._numbers[facet.key]
                ],
            }
            for facet in FACETS
        ]


def _empty() -> dict[str, Any]:
    return {"id": [], "title": [], "note": [], "facets": {facet.key: [] for facet in FACETS}}


def _solution(is_wrong: bool) -> str:
    return "with a wrong step" if is_wrong else "right"


def _known(value: object) -> tuple[str, ...]:
    return () if value is None else (str(value),)


def _title(trace: Trace) -> str:
    """Return the first line of the problem, without the marks of a heading; of a long one the beginning."""
    lines = (line.lstrip("# ").strip() for line in trace.problem.statement[:4000].splitlines())
    return next((line for line in lines if line), "")[:_TITLE]


def _note(trace: Trace) -> str:
    """Return where the bugs are; of mathematics, the answer."""
    places = trace.provenance.source.get("places")
    if not isinstance(places, list):
        return ""
    named = [f"{p.get('path')}:{p.get('first_line')}" for p in places if isinstance(p, dict)]
    return " · ".join(named[:_PLACES])[:_TITLE]
