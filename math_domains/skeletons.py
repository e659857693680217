"""Which families have so few skeletons that they cannot be divided between splits.

    python -m rpsdg.math_domains.skeletons [--check] math_domains/skeletons.json

writes the table of them. It is made from the code and kept, because drawing from all families takes seconds.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path

from rpsdg.traces.generated import write_or_check
from rpsdg.traces.levels import LEVELS

from .canonical import skeleton_digest
from .family import DrawAgainError, Family
from .place import MisplacedError
from .registry import TOPICS, all_families, all_topics
from .streams import stream

__all__ = ["FEWEST", "few_skeletons", "skeletons_drawn"]

FEWEST = 20
"""A family with fewer skeletons goes whole to one split."""
_DRAWS = 1000
"""So many problems are drawn before a family is taken to have no other skeletons."""
_TABLE = Path(__file__).with_suffix(".json")


def skeletons_drawn(family: Family, draws: int = _DRAWS) -> frozenset[str]:
    """Return the skeletons among a family's first problems at all levels, `FEWEST` of them at most."""
    found: set[str] = set()
    for number in range(draws):
        if len(found) == FEWEST:
            break
        try:
            tape = family.lay(stream("skeletons", family.name, number), LEVELS[number % len(LEVELS)])
        except (DrawAgainError, MisplacedError):
            continue
        found.add(skeleton_digest(tape.problem))
    return frozenset(found)


@cache
def few_skeletons(family: str) -> frozenset[str] | None:
    """Return the skeletons of a family that has fewer than `FEWEST`; None for any other.

    A family that the table does not name, such as one of another package, is drawn from when this is first
    asked.
    """
    kept = _kept()
    if family in kept:
        return kept[family]
    known = all_families().get(family)
    drawn = skeletons_drawn(known) if known is not None else None
    return drawn if drawn is not None and len(drawn) < FEWEST else None


@cache
def _kept() -> dict[str, frozenset[str] | None]:
    """Return the table as it was last written: skeletons by family, None where there are many."""
    table = json.loads(_TABLE.read_text())
    return {name: None if few is None else frozenset(few) for name, few in table.items()}


def _table() -> str:
    families = [family for topic in TOPICS for family in all_topics()[topic].families.values()]
    found = {family.name: skeletons_drawn(family) for family in families}
    return (
        json.dumps({name: sorted(s) if len(s) < FEWEST else None for name, s in found.items()}, indent=1)
        + "\n"
    )


if __name__ == "__main__":
    sys.exit(write_or_check("Write which families have few skeletons, as JSON.", _table))
