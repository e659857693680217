"""What a witness found out about one step."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from rpsdg.traces.record import Evidence

__all__ = ["Finding", "Holds"]


class Holds(Enum):
    """Whether two states say the same."""

    YES = "yes"
    NO = "no"
    """Proved: disjoint enclosures, or different normal forms."""
    UNKNOWN = "unknown"
    """The witness could not tell; such a step is never used."""

    __hash__ = object.__hash__  # there is one of each, and findings are looked up by it


class Finding(NamedTuple):
    """Whether a step holds, and the evidence that goes into its trace."""

    holds: Holds
    evidence: Evidence
