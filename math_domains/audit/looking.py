"""One check of one case, as a process makes it that may be killed."""

from __future__ import annotations

import resource
import time

from .case import Case, Outcome, Verdict
from .cheap import cheap
from .solver import by_solver

__all__ = ["CHEAP", "limit_memory", "looked_at", "timed"]

CHEAP = "cheap"
"""The name of the check that is not one of SymPy's functions."""


def looked_at(case: Case, name: str) -> Verdict:
    """Make a check by its name. An exception is no verdict on the case; it is told."""
    try:
        return cheap(case) if name == CHEAP else by_solver(case, name)
    except MemoryError:
        return Verdict(Outcome.NO_ANSWER, "SymPy ran out of memory")
    except Exception as error:  # noqa: BLE001 - SymPy raises whatever its insides happen to raise
        return Verdict(Outcome.NO_ANSWER, f"{type(error).__name__}: {error}")


def timed(case: Case, name: str) -> tuple[Verdict, float]:
    """Make a check, and say how many seconds it took."""
    started = time.perf_counter()
    return looked_at(case, name), time.perf_counter() - started


def limit_memory(most: int) -> None:
    """Let this process have so many bytes of address space; what needs more fails with a MemoryError."""
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
