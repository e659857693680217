"""Exact values of sines, cosines and tangents, and the addition formulas that lead to them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Identity, Values, Working
from rpsdg.math_domains.terms import Number, opposite, split, term
from rpsdg.math_domains.trees import Tree, div, names, neg
from rpsdg.math_domains.values import evaluated

__all__ = [
    "CosineOfDifference",
    "CosineOfSum",
    "ExactValue",
    "MultiplyRootsOut",
    "ReduceAngle",
    "SineOfDifference",
    "SineOfSum",
    "SplitAngle",
    "angle",
]

_HALF = Fraction(1, 2)


def angle(turns: Fraction) -> Tree:
    """Return a multiple of π as it is written.

    >>> angle(Fraction(-3, 4))
    ('neg', ('/', ('*', 3, 'pi'), 4))
    """
    shown = div(term(abs(turns.numerator), "pi"), turns.denominator)
    return shown if turns >= 0 else neg(shown)


def _turns(tree: Tree) -> Fraction | None:
    """Return the number that stands before π; None if it is something else."""
    value, body = split(tree)
    return Fraction(value) if body == "pi" else Fraction(0) if tree == 0 else None


class ReduceAngle(Working):
    """Bring the angle of a sine or cosine between zero and a right angle by the symmetries of the circle.

    sin(7π/6) becomes -sin(π/6).
    """

    heads = frozenset({"sin", "cos"})
    law = ("sin(7*pi/6)", "-sin(pi/6)")
    brief = ("Use the reference angle.",)
    step = (
        "The angle {angle} lies in the {quadrant} quadrant, where the {function} is {sign}, and its "
        "reference angle is {reference}: {far} is {near}.",
        "In the {quadrant} quadrant the {function} is {sign}; with the reference angle {reference}, {far} is "
        "{near}.",
    )
    reason = (
        "Points of the circle that are mirrored at an axis have the same coordinates up to their signs.",
        "Whole turns can be left out, and the reference angle is measured to the horizontal axis.",
    )
    sample = ("-sin(pi/6)", "sin(7*pi/6)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the function of the reference angle, with its sign."""
        if type(of) is not tuple or of[0] not in cls.heads:
            return None
        turns = _turns(of[1])
        if turns is None or 0 <= turns <= _HALF or (2 * turns).denominator == 1:
            return None
        quadrant, reference = _quadrant(turns)
        return neg((of[0], angle(reference))) if quadrant in _NEGATIVE[of[0]] else (of[0], angle(reference))

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Turn the angle into another quadrant."""
        match near[1] if type(near) is tuple and near[0] == "neg" else near:
            case (("sin" | "cos") as function, inner) if (turns := _turns(inner)) is not None:
                for turned in (1 - turns, 1 + turns, 2 - turns):
                    far = (function, angle(turned))
                    if cls.work(far, {}) == near:
                        yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Name quadrant, sign and reference angle."""
        latex = latex or Latex()
        assert type(self.far) is tuple
        function = self.far[0]
        quadrant, reference = _quadrant(_turns(self.far[1]) or Fraction(0))
        return self.say(
            detail,
            latex,
            angle=f"${latex(self.far[1])}$",
            quadrant=("first", "second", "third", "fourth")[quadrant - 1],
            function={"sin": "sine", "cos": "cosine"}[function],
            sign="negative" if quadrant in _NEGATIVE[function] else "positive",
            reference=f"${latex(angle(reference))}$",
        )


_NEGATIVE = {"sin": (3, 4), "cos": (2, 3)}
"""The quadrants in which a function is negative."""


def _quadrant(turns: Fraction) -> tuple[int, Fraction]:
    around = turns % 2
    quadrant = int(around // _HALF) + 1
    return quadrant, (around, 1 - around, around - 1, 2 - around)[quadrant - 1]


class ExactValue(Working):
    """Write the exact value of a sine, cosine or tangent that one knows by heart."""

    heads = frozenset({"sin", "cos", "tan"})
    law = ("sin(pi/3)", "sqrt(3)/2")
    brief = ("Use the exact value.",)
    step = ("The exact value of {far} is {near}.", "A value to know by heart: {far} is {near}.")
    reason = (
        "It is read off half a square or half an equilateral triangle.",
        "The values for the angles of such triangles are roots, and worth knowing.",
    )
    sample = ("sqrt(3)/2", "sin(pi/3)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Look it up, for angles up to a right one."""
        if type(of) is tuple and of[0] in cls.heads:
            turns = _turns(of[1])
            if turns is not None and 0 <= turns <= 2 and (turns <= _HALF or (2 * turns).denominator == 1):
                value = evaluated(of)
                return None if value == of else value
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Find the angles that have it."""
        for function in ("sin", "cos", "tan"):
            for turns in (Fraction(1, 6), Fraction(1, 4), Fraction(1, 3)):
                far = (function, angle(turns))
                if cls.work(far, {}) == near:
                    yield {"of": far}


class SplitAngle(Working):
    """Write an angle as a sum or a difference of two whose sines and cosines one knows.

    sin(5π/12) becomes sin(π/4 + π/6).
    """

    heads = frozenset({"sin", "cos"})
    law = ("sin(5*pi/12)", "sin(pi/4 + pi/6)")
    brief = ("Split the angle.",)
    step = (
        "Write {angle} as {parts}, whose values are known: {near}.",
        "The angle {angle} is {parts}: {near}.",
    )
    reason = ("The addition formulas turn it into sines and cosines of the two.",)
    sample = ("sin(pi/4 + pi/6)", "sin(5*pi/12)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Use angles of a square and of an equilateral triangle."""
        if type(of) is tuple and of[0] in cls.heads and (turns := _turns(of[1])) is not None:
            parts = _SPLIT.get(turns)
            if parts is not None:
                first, second = map(angle, parts)
                return (of[0], ("+", first, second))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Add the two."""
        match near:
            case (("sin" | "cos") as function, ("+", first, second)):
                one, other = _turns(first), _turns(second)
                if one is not None and other is not None:
                    far = (function, angle(one + other))
                    if cls.work(far, {}) == near:
                        yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Name the angle and its parts."""
        latex = latex or Latex()
        assert type(self.far) is tuple
        parts = _SPLIT[_turns(self.far[1]) or Fraction(0)]
        shown = latex(("+", *map(angle, parts)))
        return self.say(detail, latex, angle=f"${latex(self.far[1])}$", parts=f"${shown}$")


_SPLIT = {
    Fraction(1, 12): (Fraction(1, 3), Fraction(-1, 4)),
    Fraction(5, 12): (Fraction(1, 4), Fraction(1, 6)),
    Fraction(7, 12): (Fraction(1, 3), Fraction(1, 4)),
}
"""Twelfths of π, and the two angles that each is split into."""


class SineOfSum(Identity):
    """The sine of a sum, by the addition formula."""

    left = "sin(a + b)"
    right = "sin(a)*cos(b) + cos(a)*sin(b)"
    brief = ("Use the addition formula.",)
    step = ("By the addition formula, {far} is {near}.", "Expand the sine of a sum: {near}.")
    reason = ("$\\sin(a + b) = \\sin a \\cos b + \\cos a \\sin b$.",)
    sample = ("sin(x)*cos(y) + cos(x)*sin(y)", "sin(x + y)")


class CosineOfSum(Identity):
    """The cosine of a sum, by the addition formula."""

    left = "cos(a + b)"
    right = "cos(a)*cos(b) - sin(a)*sin(b)"
    brief = ("Use the addition formula.",)
    step = ("By the addition formula, {far} is {near}.", "Expand the cosine of a sum: {near}.")
    reason = ("$\\cos(a + b) = \\cos a \\cos b - \\sin a \\sin b$, with a minus between the products.",)
    sample = ("cos(x)*cos(y) - sin(x)*sin(y)", "cos(x + y)")


class SineOfDifference(Identity):
    """The sine of a difference, by the addition formula."""

    left = "sin(a - b)"
    right = "sin(a)*cos(b) - cos(a)*sin(b)"
    brief = ("Use the addition formula.",)
    step = ("By the addition formula, {far} is {near}.", "Expand the sine of a difference: {near}.")
    reason = ("$\\sin(a - b) = \\sin a \\cos b - \\cos a \\sin b$.",)
    sample = ("sin(x)*cos(y) - cos(x)*sin(y)", "sin(x - y)")


class CosineOfDifference(Identity):
    """The cosine of a difference, by the addition formula."""

    left = "cos(a - b)"
    right = "cos(a)*cos(b) + sin(a)*sin(b)"
    brief = ("Use the addition formula.",)
    step = ("By the addition formula, {far} is {near}.", "Expand the cosine of a difference: {near}.")
    reason = ("$\\cos(a - b) = \\cos a \\cos b + \\sin a \\sin b$, with a plus between the products.",)
    sample = ("cos(x)*cos(y) + sin(x)*sin(y)", "cos(x - y)")


class MultiplyRootsOut(Working):
    """Multiply two fractions of roots of whole numbers, and put products of roots under one root.

    √2/2 · √3/2 becomes √6/4.
    """

    heads = frozenset({"*"})
    law = ("sqrt(2)/2*(sqrt(3)/2)", "sqrt(6)/4")
    brief = ("Multiply.",)
    step = ("Multiply the numerators and the denominators: {far} is {near}.", "The product {far} is {near}.")
    reason = ("A product of roots is the root of the product.",)
    sample = ("sqrt(6)/4", "sqrt(2)/2*(sqrt(3)/2)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Multiply the numbers above, what is under the roots, and the numbers below."""
        if type(of) is not tuple or of[0] != "*" or names(of):
            return None
        number: Number = 1
        inside = 1
        for factor in of[1:]:
            value, body = split(factor)
            number = Fraction(number * value)
            match body:
                case ("sqrt", int(under)):
                    inside *= under
                case 1:
                    pass
                case _:
                    return None
        root = evaluated(("sqrt", inside))
        value, body = split(root)
        number = Fraction(number * value)
        shown = div(term(abs(number.numerator), body), number.denominator)
        near = shown if number > 0 else opposite(shown) if type(shown) is int else neg(shown)
        return None if near == of else near

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Split a root over four into two over two."""
        match near:
            case ("/", ("sqrt", int(inside)), 4):
                for k in range(2, inside):
                    if inside % k == 0:
                        far = ("*", ("/", ("sqrt", k), 2), ("/", ("sqrt", inside // k), 2))
                        if cls.work(far, {}) == near:
                            yield {"of": far}
