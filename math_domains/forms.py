"""Forms in which a task can ask for its answer."""

from __future__ import annotations

from enum import Enum

__all__ = ["Form"]


class Form(Enum):
    """The form asked for; the grader says how each is checked (`grading/forms.py` and `shapes.py`)."""

    ANY = "any"
    EXPANDED = "expanded"
    FACTORED = "factored"
    SIMPLIFIED = "simplified"
    LOWEST_TERMS = "lowest terms"
    PARTIAL_FRACTIONS = "partial fractions"
    NUMBER = "number"
    ROOTS = "roots"
    VERTEX = "vertex form"
    POWERS = "powers"
    POSITIVE_EXPONENTS = "positive exponents"
    ONE_LOGARITHM = "one logarithm"
    SEPARATE_LOGARITHMS = "separate logarithms"
