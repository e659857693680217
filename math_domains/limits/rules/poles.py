"""Limits that are infinite: the denominator goes to zero from one side, and the numerator does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rpsdg.math_domains.derivatives import derivative
from rpsdg.math_domains.limits.rules.evaluating import value_there
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import Number, number
from rpsdg.math_domains.trees import BadTreeError, Tree, neg

__all__ = ["OverFallingToZero", "OverRisingToZero", "denominator_sign"]

_HIGHEST = 6


def denominator_sign(below: Tree, x: str, to: Tree, side: int) -> int:
    """Return the sign of what goes to zero: 1 or -1, and 0 where it does not, or has either sign.

    Args:
        below: an expression in one name.
        x: the name.
        to: where it goes.
        side: 1 from above, -1 from below, 0 from both sides.

    >>> denominator_sign(("+", "x", -2), "x", 2, -1), denominator_sign(("^", "x", 2), "x", 0, 0)
    (-1, 1)
    """
    # The first derivative that is not zero says how it leaves zero.
    for order in range(_HIGHEST):
        value = _number_there(below, x, to)
        if value is None or (order == 0 and value != 0):
            return 0
        if value != 0:
            sign = 1 if value > 0 else -1
            return sign if order % 2 == 0 else sign * side
        try:
            below = derivative(below, x)
        except BadTreeError:
            return 0
    return 0


def _number_there(tree: Tree, x: str, to: Tree) -> Number | None:
    value = value_there(tree, x, to)
    return None if value is None else number(value)


class _OverZero(Working):
    """What the rules share: a number over something that goes to zero with a sign."""

    heads = frozenset({"lim"})
    sign: ClassVar[int]
    """Of the denominator near the point."""

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Write infinity with the sign of the fraction."""
        match of:
            case ("lim", ("/", above, below), str(x), to, *sides):
                top = value_there(above, x, to)
                value = None if top is None else number(top)
                if top is None or not value or denominator_sign(below, x, to, sum(sides)) != cls.sign:
                    return None
                if values.get("top", top) != top:
                    return None
                return "oo" if (value > 0) is (cls.sign > 0) else neg("oo")
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name what the numerator goes to."""
        match far:
            case ("lim", ("/", above, _), str(x), to, *_) if cls.work(far, {}) is not None:
                top = value_there(above, x, to)
                yield {"of": far} | ({} if top is None else {"top": top})

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take a number over the distance from two."""
        if near in {"oo", ("neg", "oo")}:
            top = 3 if (near == "oo") is (cls.sign > 0) else -3
            of = ("lim", ("/", top, ("+", "x", -2)), "x", 2, cls.sign)
            if cls.work(of, {}) == near:
                yield {"of": of, "top": top}


class OverFallingToZero(_OverZero):
    """Divide by what falls to zero through positive numbers: the fraction grows beyond all bounds."""

    law = ("Limit(3/(x - 2), x, 2)", "oo")
    brief = ("The denominator goes to zero through positive numbers.",)
    step = (
        "Above it goes to {top}, below to zero through positive numbers, so the limit is {near}.",
        "Nearly {top} is divided by positive numbers that are as small as one likes: {near}.",
    )
    reason = ("Divided by a positive number close to zero, a number becomes as large as one likes.",)
    sample = ("oo", "Limit(3/(x - 2), x, 2)")
    sign = 1


class OverRisingToZero(_OverZero):
    """Divide by what rises to zero through negative numbers: the fraction grows with the other sign."""

    law = ("Limit(3/(x - 2), x, 2, '-')", "-oo")
    brief = ("The denominator goes to zero through negative numbers.",)
    step = (
        "Above it goes to {top}, below to zero through negative numbers, so the limit is {near}.",
        "Nearly {top} is divided by negative numbers that are as small as one likes: {near}.",
    )
    reason = ("Divided by a negative number close to zero, a number becomes large with the other sign.",)
    sample = ("-oo", "Limit(3/(x - 2), x, 2, '-')")
    sign = -1
