"""An audit of mathematics by SymPy alone, which shares only the notation with the rules and witnesses.

Traces come to it as texts. `cheap` compares problem and answer, and the two states of every step: at points
to 30 digits, by putting solutions in, by differentiating antiderivatives. `by_solver` has one of SymPy's
functions answer the problem itself. Both may take as long as SymPy likes, so they belong into processes that
can be killed: `runs/audit.py` does that.
"""

from __future__ import annotations

from .case import Case, Outcome, Verdict
from .cheap import cheap
from .solver import by_solver, solvers

__all__ = ["Case", "Outcome", "Verdict", "by_solver", "cheap", "solvers"]
