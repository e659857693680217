"""The idea (a move, a walk, a verdict, a domain) and the trace format that every domain shares."""

from .errors import ExitCode, RpsdgError, UsageError
from .kernel import Domain, Example, Judge, Judged, Move, Outcome, Reason, StepBack, Stopped, Verdict, Walk
from .record import (
    TRACE_VERSION,
    Action,
    Answer,
    Checks,
    Evidence,
    Negative,
    Problem,
    Provenance,
    Step,
    Trace,
)

__all__ = [
    "TRACE_VERSION",
    "Action",
    "Answer",
    "Checks",
    "Domain",
    "Evidence",
    "Example",
    "ExitCode",
    "Judge",
    "Judged",
    "Move",
    "Negative",
    "Outcome",
    "Problem",
    "Provenance",
    "Reason",
    "RpsdgError",
    "Step",
    "StepBack",
    "Stopped",
    "Trace",
    "UsageError",
    "Verdict",
    "Walk",
]
