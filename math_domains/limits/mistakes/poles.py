"""Mistakes with limits that are infinite."""

from __future__ import annotations

from rpsdg.math_domains.limits.rules.poles import OverFallingToZero, OverRisingToZero
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import number
from rpsdg.math_domains.trees import Tree, neg

__all__ = ["DivisionByZeroIsZero", "SignOfZeroIgnored"]


class SignOfZeroIgnored(Mistake):
    """Give infinity the sign of the numerator, although the denominator is negative."""

    rules = (OverRisingToZero,)
    sample = ("Limit(3/(x - 2), x, 2, '-')", "oo")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Turn the sign."""
        return neg(move.near)


class DivisionByZeroIsZero(Mistake):
    """Take what is divided by zero to be zero."""

    rules = (OverFallingToZero, OverRisingToZero)
    sample = ("Limit(3/(x - 2), x, 2)", "0")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write zero, if the numerator is a number."""
        return 0 if number(move.values["top"]) is not None else None
