"""What one grading may cost. Work is counted, never timed, so a cap holds in any worker of any framework."""

from __future__ import annotations

from enum import Enum

__all__ = [
    "DEEPEST_NESTING",
    "DEEPEST_TREE",
    "LARGEST_BITS",
    "LONGEST_FORMULA",
    "LONGEST_TEXT",
    "MOST_DIGITS",
    "MOST_NODES",
    "MOST_TERMS",
    "MOST_WORK",
    "Reason",
    "RefusedError",
    "Work",
]

LONGEST_TEXT = 20_000
"""How many of the last characters of an answer are looked at."""
LONGEST_FORMULA = 1_200
"""Characters of the formula that is the answer."""
MOST_DIGITS = 60
"""Digits of one number."""
MOST_NODES = 400
DEEPEST_NESTING = 30
"""How many brackets, signs, powers and functions may be open at once while reading."""
DEEPEST_TREE = 60
LARGEST_BITS = 2_048
"""How many bits the whole numbers of a formula may have together, once its powers are worked out."""
MOST_TERMS = 200
"""Terms of a sum with a sign."""
MOST_WORK = 40_000
"""Units of work for one grading: tokens read, nodes made, nodes worked out at a point, terms multiplied."""


class Reason(Enum):
    """Why an answer is right or wrong."""

    EQUAL = "it is the answer asked for"
    DIFFERENT = "its value is another one"
    MISSING = "a solution is missing"
    EXTRA = "something in it is no solution"
    NARROWER = "it is defined in fewer places than the answer"
    NO_CONSTANT = "the constant of integration is missing"
    BAD_CONSTANT = "what is added to it takes not every constant value"
    LESS_GENERAL = "it does not hold every solution, or has fewer constants than it seems to"
    UNFIXED = "constants are left in it that the conditions fix"
    FORM = "it is not in the form asked for"
    RESTATED = "it says the question again"
    INEXACT = "a decimal is given where the exact value is another one"
    UNIT = "the unit is missing"
    SHAPE = "it is another kind of answer than the question asks for"
    UNDECIDED = "it could not be told apart from the answer, nor shown to agree"
    UNREADABLE = "it is no formula this grader reads"
    TOO_LARGE = "it is too long, too deep or too large"


class RefusedError(Exception):
    """A text or formula that is not graded any further.

    Args:
        reason: why not.
        what: the piece that was in the way.
    """

    def __init__(self, reason: Reason, what: str = "") -> None:
        super().__init__(f"{reason.value}: {what}" if what else reason.value)
        self.reason = reason


class Work:
    """Counts the work of one grading.

    Args:
        most: how much there may be.
    """

    __slots__ = ("_most", "done")

    def __init__(self, most: int = MOST_WORK) -> None:
        self._most = most
        self.done = 0

    def spend(self, units: int) -> None:
        """Count some units before they are worked.

        Raises:
            RefusedError: they would be more than one grading may cost; they are not counted then.
        """
        if self.done + units > self._most:
            raise RefusedError(Reason.TOO_LARGE, "too much work")
        self.done += units
