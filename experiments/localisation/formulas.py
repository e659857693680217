"""Suspicion by spectrum alone: what a localiser that learned nothing makes of four counts.

Abreu, Zoeteweij and van Gemund, "On the Accuracy of Spectrum-based Fault Localization" (2007): Ochiai and
Tarantula; Wong et al., "The DStar Method for Effective Software Fault Localization" (2014); Naish, Lee and
Ramamohanarao, "A Model for Spectra-based Software Diagnosis" (2011): Op2.
"""

from __future__ import annotations

import math
from collections.abc import Callable

__all__ = ["FORMULAS", "dstar", "ochiai", "op2", "tarantula"]

Formula = Callable[[int, int, int, int], float]
"""Suspicion of a statement that `ef` of `failing` and `ep` of `passing` tests run."""


def ochiai(ef: int, ep: int, failing: int, passing: int) -> float:  # noqa: ARG001
    """Return ef / sqrt(failing * (ef + ep)), between 0 and 1."""
    return ef / math.sqrt(failing * (ef + ep)) if ef else 0.0


def dstar(ef: int, ep: int, failing: int, passing: int) -> float:  # noqa: ARG001 - as all have
    """Return ef squared over what speaks against it; infinite where nothing does."""
    against = ep + failing - ef
    if not ef:
        return 0.0
    return ef**2 / against if against else math.inf


def tarantula(ef: int, ep: int, failing: int, passing: int) -> float:
    """Return the share of failing tests beside that of passing ones, between 0 and 1."""
    if not ef:
        return 0.0
    return (ef / failing) / (ef / failing + (ep / passing if passing else 0.0))


def op2(ef: int, ep: int, failing: int, passing: int) -> float:  # noqa: ARG001 - as all have
    """Return ef less a part of ep that is never worth a failing test."""
    return ef - ep / (passing + 1)


FORMULAS: dict[str, Formula] = {"Ochiai": ochiai, "DStar": dstar, "Tarantula": tarantula, "Op2": op2}
