"""What may be done to both sides of an equation."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, ClassVar, TypeGuard

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import (
    collected,
    common_denominator,
    number,
    number_tree,
    opposite,
    quotient,
    split,
    term,
    terms,
    whole,
)
from rpsdg.math_domains.trees import RELATIONS, Tree, add, mul, names

__all__ = [
    "AddToBothSides",
    "BothSides",
    "ClearDenominator",
    "DivideBothSides",
    "MultiplyBothSides",
    "SwapSides",
]


class BothSides(Working):
    """What the rules of this file share: they work on an equation as a whole."""

    relations: ClassVar[frozenset[str]] = frozenset({"="})
    """What may stand between the sides."""

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Return the new equation."""
        if type(of) is not tuple or of[0] not in cls.relations:
            return None
        left, right = cls.work_sides(of[1], of[2], values)
        return None if (left, right) == of[1:] else (of[0], left, right)

    @classmethod
    @abstractmethod
    def work_sides(cls, left: Tree, right: Tree, values: Values) -> tuple[Tree, Tree]:
        """Return the new sides; the old ones if there is nothing to do."""


class AddToBothSides(BothSides):
    """Add the same to both sides of an equation or inequality, or subtract it, to move a term across.

    3x + 7 = 19 becomes 3x = 12: 7 is subtracted on both sides.
    """

    relations = RELATIONS
    law = ("Eq(a + b, c)", "Eq(a, c - b)")
    brief = ("Move {shown} to the other side.",)
    step = ("{Verb} {shown} {preposition} both sides.", "{Verb} {shown} {preposition} both sides: {near}.")
    reason = (
        "Both sides change by the same amount, so the solutions stay the same.",
        "What is done to one side is done to the other, so nothing is gained or lost.",
    )
    sample = ("Eq(3*x, 12)", "Eq(3*x + 7, 19)")

    @classmethod
    def work_sides(cls, left: Tree, right: Tree, values: Values) -> tuple[Tree, Tree]:
        """Add the term to each side, like terms put together; a number goes in front of a surd."""
        added = values["term"]
        ahead = number(added) is not None and number(right) is None and not names(right)
        parts = [added, *terms(right)] if ahead else [*terms(right), added]
        return collected([*terms(left), added]), collected(parts)

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Add a small number, or a small multiple of a name, on the left, where there is none yet."""
        if type(near) is tuple and near[0] in RELATIONS:
            bodies: list[Tree] = [1, *sorted(names(near))]
            for body in bodies:
                for value in (k for k in range(-9, 10) if k):
                    added = term(value, body)
                    far = (near[0], add(*terms(near[1]), added), collected([added, *terms(near[2])]))
                    yield {"of": far, "term": opposite(added)}

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Take away any of the terms."""
        if type(far) is tuple and far[0] in RELATIONS:
            for part in dict.fromkeys((*terms(far[1]), *terms(far[2]))):
                if part != 0:
                    yield {"of": far, "term": opposite(part)}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Say that the term is added, or that its opposite is subtracted."""
        added = self.values["term"]
        value, _ = split(added)
        words = ("subtract", "from") if value < 0 else ("add", "to")
        shown = (latex or Latex())(opposite(added) if value < 0 or detail == Detail.BRIEF else added)
        return self.say(detail, latex, Verb=words[0].title(), preposition=words[1], shown=f"${shown}$")


class MultiplyBothSides(BothSides):
    """Multiply every term of an equation by the same number other than zero, to clear its fractions.

    x/2 + 1/3 = 2 becomes 3x + 2 = 12: every term is multiplied by 6.
    """

    law = ("Eq(a, b)", "Eq(n*a, n*b)")
    brief = ("Clear the fractions.", "Multiply by {by}.")
    step = (
        "Multiply both sides by {by} to clear the fractions: {near}.",
        "Multiply every term by {by}, the common denominator: {near}.",
    )
    reason = ("Multiplying by a number other than zero keeps the solutions.",)
    sample = ("Eq(3*x + 2, 12)", "Eq(x/2 + 1/3, 2)")

    @classmethod
    def work_sides(cls, left: Tree, right: Tree, values: Values) -> tuple[Tree, Tree]:
        """Multiply each term by the number."""
        by = number(values["by"])
        if not by or by == 1:
            return left, right
        return _scaled(left, by), _scaled(right, by)

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Divide by a small number."""
        if type(near) is tuple and near[0] == "=":
            for by in (2, 3, 4, 5, 6):
                far = ("=", _quotient(near[1], by), _quotient(near[2], by))
                yield {"of": far, "by": by}

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Clear the fractions there are."""
        if type(far) is tuple and far[0] == "=":
            by = common_denominator((*terms(far[1]), *terms(far[2])))
            if by > 1:
                yield {"of": far, "by": by}


class ClearDenominator(BothSides):
    """Multiply both sides by a denominator, where it is not zero.

    4/(x - 3) = x becomes 4 = x(x - 3), for x other than 3.
    """

    law = ("And(Eq(a/b, c), Ne(b, 0))", "And(Eq(a, c*b), Ne(b, 0))")
    brief = ("Multiply by {by}.",)
    step = ("Multiply both sides by {by}, which is not zero: {near}.",)
    reason = ("The left side would not be defined if {by} were zero.",)
    sample = ("And(Eq(4, x*(x - 3)), Gt(x, 3))", "And(Eq(4/(x - 3), x), Gt(x, 3))")

    @classmethod
    def work_sides(cls, left: Tree, right: Tree, values: Values) -> tuple[Tree, Tree]:
        """Multiply a fraction that has the denominator, and the other side as a whole."""
        by = values["by"]
        if _has_denominator(left, by):
            return left[1], mul(right, by)
        if _has_denominator(right, by):
            return mul(left, by), right[1]
        return left, right

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Divide by the last factor of a side."""
        match near:
            case ("=", left, ("*", *front, by)) if names(by):
                yield {"of": ("=", ("/", left, by), mul(*front)), "by": by}
            case ("=", ("*", *front, by), right) if names(by):
                yield {"of": ("=", mul(*front), ("/", right, by)), "by": by}

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Clear the denominator of a side that is a fraction."""
        match far:
            case ("=", ("/", _, by), _) | ("=", _, ("/", _, by)) if names(by):
                yield {"of": far, "by": by}


def _has_denominator(side: Any, by: Tree) -> TypeGuard[tuple[Tree, ...]]:
    return type(side) is tuple and side[0] == "/" and side[2] == by


class DivideBothSides(BothSides):
    """Divide both sides of an equation by the same number other than zero.

    3x = 12 becomes x = 4.
    """

    law = ("Eq(a, b)", "Eq(a/n, b/n)")
    brief = ("Divide by {by}.",)
    step = ("Divide both sides by {by}.", "Divide both sides by {by}: {near}.")
    reason = ("Dividing by a number other than zero keeps the solutions.",)
    sample = ("Eq(x, 4)", "Eq(3*x, 12)")

    @classmethod
    def work_sides(cls, left: Tree, right: Tree, values: Values) -> tuple[Tree, Tree]:
        """Divide each term by the number."""
        by = number(values["by"])
        return (left, right) if not by else (_divided(left, by), _divided(right, by))

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply by a small number."""
        if type(near) is tuple and near[0] == "=":
            for by in (*range(-9, 0), *range(2, 10)):
                yield {"of": ("=", _scaled(near[1], by), _scaled(near[2], by)), "by": by}

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Divide by the number in front of the first term."""
        if type(far) is tuple and far[0] == "=":
            value, body = split(terms(far[1])[0])
            if value not in {0, 1} and body != 1:
                yield {"of": far, "by": number_tree(value)}


class SwapSides(BothSides):
    """Swap the sides of an equation, so that the unknown is on the left.

    12 = 3x becomes 3x = 12.
    """

    law = ("Eq(a, b)", "Eq(b, a)")
    brief = ("Swap the sides.",)
    step = (
        "Swap the sides, so that the unknown is on the left: {near}.",
        "Read it from right to left: {near}.",
    )
    reason = ("Equality holds in both directions.",)
    sample = ("Eq(3*x, 12)", "Eq(12, 3*x)")

    @classmethod
    def work_sides(cls, left: Tree, right: Tree, values: Values) -> tuple[Tree, Tree]:  # noqa: ARG003 - it takes none
        """Swap them."""
        return right, left

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Swap them back."""
        if type(near) is tuple and near[0] == "=":
            yield {"of": ("=", near[2], near[1])}

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Swap sides if only the right one has a name in it."""
        if type(far) is tuple and far[0] == "=" and not names(far[1]) and names(far[2]):
            yield {"of": far}


def _scaled(side: Tree, by: int | Fraction) -> Tree:
    return add(*[term(whole(value * by), body) for value, body in map(split, terms(side))])


def _divided(side: Tree, by: int | Fraction) -> Tree:
    return add(*[term(quotient(value, by), body) for value, body in map(split, terms(side))])


def _quotient(side: Tree, by: int) -> Tree:
    """Return a side divided term by term, each as a fraction a person would write."""
    return add(*[_as_fraction(*split(part), by) for part in terms(side)])


def _as_fraction(value: int | Fraction, body: Tree, by: int) -> Tree:
    divided = quotient(value, by)
    if body == 1 or type(divided) is int:
        return term(divided, body)
    shown: Tree = ("/", term(abs(divided.numerator), body), divided.denominator)
    return shown if divided > 0 else ("neg", shown)
