"""Equations with absolute values, split into cases."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import opposite
from rpsdg.math_domains.trees import Tree, names

__all__ = ["AbsoluteValueOfEither", "AbsoluteValueWithCondition", "EqualAbsoluteValues"]


class AbsoluteValueOfEither(Working):
    """Resolve an absolute value that equals a number: what is inside is that number or its opposite.

    |2x - 3| = 7 becomes 2x - 3 = 7 or 2x - 3 = -7.
    """

    heads = frozenset({"="})
    law = ("Eq(Abs(a), n)", "Or(Eq(a, n), Eq(a, -n))")
    brief = ("Split into cases.",)
    step = (
        "What is inside has that distance from zero, on either side: {near}.",
        "Resolve the absolute value: {near}.",
    )
    reason = ("Exactly a number and its opposite have the same absolute value, and none has a negative one.",)
    sample = ("Or(Eq(2*x - 3, 7), Eq(2*x - 3, -7))", "Eq(Abs(2*x - 3), 7)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Take both signs; zero has one, and a negative number none."""
        match of:
            case ("=", ("abs", inside), int(distance)):
                if distance < 0:
                    return ("or",)
                if distance == 0:
                    return ("=", inside, 0)
                return ("or", ("=", inside, distance), ("=", inside, -distance))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put together a number and its opposite."""
        match near:
            case ("or", ("=", inside, int(distance)), ("=", again, int(other))):
                if inside == again and distance == -other > 0:
                    yield {"of": ("=", ("abs", inside), distance)}


class AbsoluteValueWithCondition(Working):
    """Resolve an absolute value that equals an expression, which must not be negative.

    |x - 4| = 2x + 1 becomes x - 4 = 2x + 1 or x - 4 = -2x - 1, where 2x + 1 ≥ 0.
    """

    heads = frozenset({"="})
    law = ("Eq(Abs(a), b)", "And(Or(Eq(a, b), Eq(a, -b)), Ge(b, 0))")
    brief = ("Split into cases.",)
    step = (
        "Split into two cases, and note that an absolute value is never negative: {near}.",
        "What is inside is the right side or its opposite, and the right side must not be negative: {near}.",
    )
    reason = ("Where the right side is negative, it equals no absolute value.",)
    sample = (
        "And(Or(Eq(x - 4, 2*x + 1), Eq(x - 4, -2*x - 1)), Ge(2*x + 1, 0))",
        "Eq(Abs(x - 4), 2*x + 1)",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Take both signs where the other side is not negative."""
        match of:
            case ("=", ("abs", inside), right) if names(right):
                cases = ("or", ("=", inside, right), ("=", inside, opposite(right)))
                return ("and", cases, (">=", right, 0))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put the two cases together."""
        match near:
            case ("and", ("or", ("=", inside, right), _), (">=", again, 0)) if right == again:
                far = ("=", ("abs", inside), right)
                if cls.work(far, {}) == near:
                    yield {"of": far}


class EqualAbsoluteValues(Working):
    """Resolve two equal absolute values: what is inside is equal or opposite.

    |x + 1| = |2x - 5| becomes x + 1 = 2x - 5 or x + 1 = -2x + 5.
    """

    heads = frozenset({"="})
    law = ("Eq(Abs(a), Abs(b))", "Or(Eq(a, b), Eq(a, -b))")
    brief = ("Split into cases.",)
    step = (
        "Equal absolute values belong to equal or to opposite numbers: {near}.",
        "Either both are the same, or one is the opposite of the other: {near}.",
    )
    reason = ("Two numbers are equally far from zero when they are the same or opposites.",)
    sample = ("Or(Eq(x + 1, 2*x - 5), Eq(x + 1, -2*x + 5))", "Eq(Abs(x + 1), Abs(2*x - 5))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Drop both signs, or change one."""
        match of:
            case ("=", ("abs", left), ("abs", right)):
                return ("or", ("=", left, right), ("=", left, opposite(right)))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put equal and opposite together."""
        match near:
            case ("or", ("=", left, right), ("=", again, other)) if left == again and other == opposite(
                right
            ):
                yield {"of": ("=", ("abs", left), ("abs", right))}
