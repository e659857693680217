"""What every record says of the trace it was made from."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rpsdg.corpora.dataset import Dataset
from rpsdg.mutators.measuring.difficulty import DEFAULT_CUTS
from rpsdg.traces.levels import Cuts, level_of
from rpsdg.traces.record import Trace

__all__ = ["FACTS", "facts_of", "level_of_trace", "licence_of"]


FACTS = ("trace_id", "domain", "level", "licence")
"""The columns."""


def facts_of(trace: Trace, dataset: Dataset) -> dict[str, Any]:
    """Return the columns that every record has."""
    level, licence = level_of_trace(trace, dataset), licence_of(trace)
    return dict(zip(FACTS, (trace.id, trace.domain, level, licence), strict=True))


def level_of_trace(trace: Trace, dataset: Dataset) -> int | None:
    """Return the level, 1 to 5; None if nothing was measured.

    Of mathematics it is the one that was asked for; of code it is cut from the score as the data set's plan
    says, or as is usual where there is no plan.
    """
    level = trace.provenance.source.get("level")
    if isinstance(level, int):
        return level
    return None if trace.score is None else level_of(trace.score, _cuts(dataset))


@lru_cache(maxsize=4)
def _cuts(dataset: Dataset) -> Cuts:
    plan = dataset.plan()
    return DEFAULT_CUTS if plan is None else plan.cuts


def licence_of(trace: Trace) -> str | None:
    """Return the licence of the source, as an SPDX expression where it could be told.

    What was made from no one's work, as mathematics is, has None, and so has a source that names none.
    """
    licence = trace.provenance.source.get("licence")
    return licence if isinstance(licence, str) and licence else None
