"""Inequalities: dividing them, reading signs off factors, and distances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import Number, number, number_tree, quotient, split, term, terms
from rpsdg.math_domains.trees import Tree, add

__all__ = ["TURNED", "AbsoluteValueAbove", "AbsoluteValueBelow", "DivideInequality", "SignsOfFactors"]

TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
"""Each sign of an inequality, and the one that says the same from right to left."""


class DivideInequality(Working):
    """Divide both sides of an inequality by the same number; a negative one turns the sign round.

    -2x < 6 becomes x > -3.
    """

    heads = frozenset(TURNED)
    law = ("Lt(-n*a, n*b)", "Gt(a, -b)")
    brief = ("Divide by {by}{turning}.",)
    step = (
        "Divide both sides by {by}{turning}: {near}.",
        "Dividing both sides by {by}{turned} gives {near}.",
    )
    reason = ("Dividing by {kind} number {effect} the order of two numbers.",)
    sample = ("Gt(x, -3)", "Lt(-2*x, 6)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Divide each term."""
        by = number(values["by"]) if "by" in values else None
        if type(of) is not tuple or of[0] not in TURNED or not by or by == 1:
            return None
        left, right = (
            add(*[term(quotient(value, by), body) for value, body in map(split, terms(side))])
            for side in of[1:]
        )
        return (TURNED[of[0]] if by < 0 else of[0], left, right)

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Divide by the number in front of the first term."""
        if type(far) is tuple and far[0] in TURNED:
            value, body = split(terms(far[1])[0])
            if value not in {0, 1} and body != 1:
                yield {"of": far, "by": number_tree(value)}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply by a small number."""
        if type(near) is tuple and near[0] in TURNED:
            for by in (*range(-9, 0), *range(2, 10)):
                left, right = (
                    add(*[term(value * by, body) for value, body in map(split, terms(side))])
                    for side in near[1:]
                )
                yield {"of": (TURNED[near[0]] if by < 0 else near[0], left, right), "by": by}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Say whether the sign turns."""
        negative = (number(self.values["by"]) or 0) < 0
        turning = ", which is negative, and turn the sign round" if negative else ""
        return self.say(
            detail,
            latex,
            turning=turning,
            turned=", which is negative and turns the sign round," if negative else "",
            turns="turns the sign round, as it is negative"
            if negative
            else "keeps the sign, as it is positive",
            kind="a negative" if negative else "a positive",
            effect="reverses" if negative else "keeps",
        )


class SignsOfFactors(Working):
    """Read off the zeros of linear factors where a product or a quotient is positive or negative.

    (x - 1)(x - 4) > 0 becomes x < 1 or x > 4.
    """

    heads = frozenset(TURNED)
    law = ("Gt((x - 1)*(x - 3), 0)", "Or(Lt(x, 1), Gt(x, 3))")
    brief = ("Look at the signs of the factors.",)
    step = (
        "The sign can change only at {zeros}; testing a number in each interval gives {near}.",
        "Between the zeros {zeros} of the factors no sign changes, and a test of each interval gives {near}.",
    )
    reason = (
        "A product or quotient is negative where an odd number of its factors is.",
        "To the right of all zeros every factor is positive, and at each zero one of them changes its sign.",
    )
    sample = ("Or(Lt(x, 1), Gt(x, 4))", "Gt((x - 1)*(x - 4), 0)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Go through the intervals from the left."""
        match of:
            case (str(sign), side, 0) if sign in TURNED and (found := _zeros(side)) is not None:
                name, zeros = found
            case _:
                return None
        wanted = sign in {">", ">="}
        order = sorted(zeros)
        parts: list[Tree] = []
        for place in range(len(order) + 1):
            positive = (len(order) - place) % 2 == 0
            if positive is wanted:
                bounds = []
                if place > 0:
                    bounds.append(_bound(">", sign, name, order[place - 1], zeros))
                if place < len(order):
                    bounds.append(_bound("<", sign, name, order[place], zeros))
                parts.append(bounds[0] if len(bounds) == 1 else ("and", *bounds))
        return parts[0] if len(parts) == 1 else ("or", *parts)

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply the factors that vanish at two bounds."""
        match near:
            case ("or" | "and", (_, str(name), int(a)), (_, str(again), int(b))) if name == again and a != b:
                for sign in TURNED:
                    far = (sign, ("*", add(name, -a), add(name, -b)), 0)
                    if cls.work(far, {}) == near:
                        yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Name the zeros."""
        assert type(self.far) is tuple
        found = _zeros(self.far[1])
        latex = latex or Latex()
        shown = [f"${latex(number_tree(zero))}$" for zero in sorted(found[1] if found else ())]
        return self.say(detail, latex, zeros=f"{', '.join(shown[:-1])} and {shown[-1]}")


def _bound(sign: str, asked: str, name: str, zero: Number, zeros: dict[Number, bool]) -> Tree:
    """Return a bound, which belongs to the solutions if equality is asked for and the side is defined."""
    closed = asked in {"<=", ">="} and not zeros[zero]
    return (sign + "=" if closed else sign, name, number_tree(zero))


def _zeros(side: Any) -> tuple[str, dict[Number, bool]] | None:
    """Return the name and the zeros of two or more different linear factors with a positive slope.

    With each zero comes whether it is one of a denominator.
    """
    above, below = (side[1], side[2]) if type(side) is tuple and side[0] == "/" else (side, 1)
    zeros: dict[Number, bool] = {}
    known: set[Tree] = set()
    for part, under in ((above, False), (below, True)):
        for factor in part[1:] if type(part) is tuple and part[0] == "*" else (part,):
            if factor == 1:
                continue
            first, offset = terms(factor) if len(terms(factor)) == 2 else (factor, 0)
            slope, body = split(first)
            if type(body) is not str or type(offset) is not int or slope <= 0:
                return None
            zero = quotient(-offset, slope)
            if zero in zeros:
                return None
            zeros[zero] = under
            known.add(body)
    (name, *others) = sorted(map(str, known)) or [""]
    return (name, zeros) if len(zeros) > 1 and not others else None


class AbsoluteValueBelow(Working):
    """An absolute value is below a number where what is inside is between its opposite and the number.

    |x - 3| < 5 becomes x - 3 > -5 and x - 3 < 5.
    """

    heads = frozenset({"<", "<="})
    law = ("Lt(Abs(a), n)", "And(Gt(a, -n), Lt(a, n))")
    brief = ("Resolve the absolute value.",)
    step = (
        "What is inside is closer to zero than that, on either side: {near}.",
        "Both bounds must be kept: {near}.",
    )
    reason = ("An absolute value is a distance from zero.",)
    sample = ("And(Gt(x - 3, -5), Lt(x - 3, 5))", "Lt(Abs(x - 3), 5)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write both bounds."""
        match of:
            case (("<" | "<=") as sign, ("abs", inside), int(distance)) if distance > 0:
                return ("and", (TURNED[sign], inside, -distance), (sign, inside, distance))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put both bounds together."""
        match near:
            case ("and", _, (sign, inside, int(distance))):
                far = (sign, ("abs", inside), distance)
                if cls.work(far, {}) == near:
                    yield {"of": far}


class AbsoluteValueAbove(Working):
    """An absolute value is above a number where what is inside is below its opposite or above the number.

    |x - 3| > 5 becomes x - 3 < -5 or x - 3 > 5.
    """

    heads = frozenset({">", ">="})
    law = ("Gt(Abs(a), n)", "Or(Lt(a, -n), Gt(a, n))")
    brief = ("Resolve the absolute value.",)
    step = (
        "What is inside is further from zero than that, on one side or the other: {near}.",
        "One of two bounds must be passed: {near}.",
    )
    reason = ("An absolute value is a distance from zero.",)
    sample = ("Or(Lt(x - 3, -5), Gt(x - 3, 5))", "Gt(Abs(x - 3), 5)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write both bounds."""
        match of:
            case ((">" | ">=") as sign, ("abs", inside), int(distance)) if distance > 0:
                return ("or", (TURNED[sign], inside, -distance), (sign, inside, distance))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put both bounds together."""
        match near:
            case ("or", _, (sign, inside, int(distance))):
                far = (sign, ("abs", inside), distance)
                if cls.work(far, {}) == near:
                    yield {"of": far}
