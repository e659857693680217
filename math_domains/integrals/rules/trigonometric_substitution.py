"""Substitutions of a sine or a tangent for the variable, and the way back from the angle."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import isqrt

from rpsdg.math_domains.integrals.rules.rationalising import factors_of, fraction_of
from rpsdg.math_domains.rewriting import Identity, Values, Working
from rpsdg.math_domains.terms import Number, split, term, whole
from rpsdg.math_domains.trees import Tree, add, div, mul, neg, places

__all__ = ["BackFromAngle", "ExpandDoubleAngle", "SubstituteSine", "SubstituteTangent"]

ANGLE = "theta"


class _ForAngle(Working):
    """What the two substitutions share: a multiple of a trigonometric function takes the place of x."""

    heads = frozenset({"int"})
    function: str
    inverse: str

    @classmethod
    def square(cls, number: int) -> Tree:
        """Return what becomes a square, for the square of a."""
        raise NotImplementedError

    @classmethod
    def forms(cls, a: int) -> dict[Tree, tuple[Fraction, Tree]]:
        """Return integrands with what they become, the slope of x multiplied in: a number and a function."""
        raise NotImplementedError

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Write everything by the angle."""
        match of:
            case ("int", inside, "x") if (a := cls.radius(inside)) is not None:
                meant = term(a, (cls.function, ANGLE))
                front, above, below = fraction_of(inside)
                found = cls.forms(a).get(div(above, below))
                if found is None or values.get("meant", meant) != meant:
                    return None
                value = Fraction(front) * found[0]
                shown = div(term(value.numerator, found[1]), value.denominator)
                return ("subs", ("int", shown, ANGLE), ANGLE, (cls.inverse, div("x", a)))
        return None

    @classmethod
    def radius(cls, inside: Tree) -> int | None:
        """Return the number whose square stands beside that of x; None if there is none."""
        for _, part in places(inside):
            for number in part[1:] if type(part) is tuple and part[0] == "+" else ():
                if type(number) is int and number > 0 and part == cls.square(number):
                    a = isqrt(number)
                    return a if a * a == number else None
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name what x is."""
        if cls.work(far, {}) is not None:
            a = cls.radius(far[1])  # type: ignore[index]
            yield {"of": far, "meant": term(a or 1, (cls.function, ANGLE))}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Look for a form that becomes this."""
        match near:
            case ("subs", ("int", _, _), _, (_, inner)):
                a = inner[2] if type(inner) is tuple else 1
                for form in cls.forms(a):
                    of = ("int", form, "x")
                    if cls.work(of, {}) == near:
                        yield from cls.ways_on(of)


class SubstituteSine(_ForAngle):
    """Substitute a multiple of the sine, so that a square less that of x becomes the square of a cosine."""

    law = ("4 - (2*sin(a))**2", "(2*cos(a))**2")
    brief = ("Substitute $x = {_meant}$.",)
    step = (
        "Substitute $x = {_meant}$, so that root and $dx$ are multiples of $\\cos(\\theta)$: {near}.",
        "With $x = {_meant}$ the root goes, and $dx$ brings a factor $\\cos(\\theta)$: {near}.",
    )
    reason = ("$a^{{2}} - a^{{2}}\\sin^{{2}}(\\theta) = a^{{2}}\\cos^{{2}}(\\theta)$.",)
    sample = ("Subs(Integral(9*cos(theta)**2, theta), theta, asin(x/3))", "Integral(sqrt(9 - x**2), x)")
    function, inverse = "sin", "asin"

    @classmethod
    def square(cls, number: int) -> Tree:
        """The number less the square of x."""
        return ("+", number, ("neg", ("^", "x", 2)))

    @classmethod
    def forms(cls, a: int) -> dict[Tree, tuple[Fraction, Tree]]:
        """Those with the root above or below, beside the square of x or what is under the root."""
        under = cls.square(a * a)
        root: Tree = ("sqrt", under)
        square: Tree = ("^", "x", 2)
        return {
            root: (Fraction(a * a), ("^", ("cos", ANGLE), 2)),
            ("/", square, root): (Fraction(a * a), ("^", ("sin", ANGLE), 2)),
            ("/", 1, root): (Fraction(1), 1),
            ("/", 1, ("*", under, root)): (Fraction(1, a * a), ("^", ("sec", ANGLE), 2)),
            ("/", 1, ("*", square, root)): (Fraction(1, a * a), ("^", ("csc", ANGLE), 2)),
        }


class SubstituteTangent(_ForAngle):
    """Substitute a multiple of the tangent, so that the square of x plus a number becomes one of a secant."""

    law = ("(2*tan(a))**2 + 4", "(2*sec(a))**2")
    brief = ("Substitute $x = {_meant}$.",)
    step = (
        "Substitute $x = {_meant}$, so that $dx$ and what is below are multiples of squared secants: {near}.",
        "With $x = {_meant}$ what is below becomes a power of a cosine above: {near}.",
    )
    reason = ("$a^{{2}}\\tan^{{2}}(\\theta) + a^{{2}} = a^{{2}}\\sec^{{2}}(\\theta)$.",)
    sample = ("Subs(Integral(cos(theta)**2/8, theta), theta, atan(x/2))", "Integral(1/(x**2 + 4)**2, x)")
    function, inverse = "tan", "atan"

    @classmethod
    def square(cls, number: int) -> Tree:
        """The square of x plus the number."""
        return ("+", ("^", "x", 2), number)

    @classmethod
    def forms(cls, a: int) -> dict[Tree, tuple[Fraction, Tree]]:
        """Those with the square of the sum below, or with its root beside it."""
        below = cls.square(a * a)
        return {
            ("/", 1, ("^", below, 2)): (Fraction(1, a**3), ("^", ("cos", ANGLE), 2)),
            ("/", ("^", "x", 2), ("^", below, 2)): (Fraction(1, a), ("^", ("sin", ANGLE), 2)),
            ("/", 1, ("*", below, ("sqrt", below))): (Fraction(1, a * a), ("cos", ANGLE)),
        }


class ExpandDoubleAngle(Identity):
    """Write the sine of twice an angle by sine and cosine of the angle."""

    left = "sin(2*a)"
    right = "2*sin(a)*cos(a)"
    brief = ("Expand the double angle.",)
    step = (
        "Expand the double angle, as sine and cosine of the angle itself are known: {far} is {near}.",
        "By the double-angle formula, {far} is {near}.",
    )
    reason = ("It is the addition formula with twice the same angle.",)
    sample = ("2*sin(x)*cos(x)", "sin(2*x)")

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Halve the angle."""
        match far:
            case ("sin", ("*", 2, angle)):
                yield {"a": angle}


class BackFromAngle(Working):
    """Go back from the angle to the variable, by the sides of a right triangle."""

    heads = frozenset({"subs"})
    law = ("cos(asin(x/2))", "sqrt(4 - x**2)/2")
    brief = ("Go back to $x$.",)
    step = (
        "Go back to $x$ by a right triangle with the angle $\\theta = {_angle}$: {near}.",
        "With $\\theta = {_angle}$ the other functions of the angle are roots of $x$: {near}.",
    )
    reason = ("In the triangle two sides are known from the substitution, and Pythagoras gives the third.",)
    sample = (
        "asin(x/3)/2 + x*sqrt(9 - x**2)/2",
        "Subs(theta/2 + 9*sin(theta)*cos(theta)/2, theta, asin(x/3))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Replace each function of the angle by a quotient of sides."""
        match of:
            case ("subs", inside, str(name), (str(inverse), inner) as angle) if inverse in {"asin", "atan"}:
                a = inner[2] if type(inner) is tuple and inner[0] == "/" else 1
                if (
                    type(a) is not int
                    or values.get("angle", angle) != angle
                    or not _plain_angle(inside, name)
                ):
                    return None
                sides = _sides(inverse, a, angle)
                parts = [_back(value, body, name, sides) for value, body in _flat(inside, 1)]
                return None if None in parts else add(*[part for part in parts if part is not None])
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name the angle."""
        if cls.work(far, {}) is not None:
            yield {"of": far, "angle": far[3]}  # type: ignore[index]

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise an arc sine and a product with a root."""
        match near:
            case ("+", ("/", ("asin", ("/", "x", int(a))) as angle, 2), ("/", ("*", "x", ("sqrt", _)), 2)):
                product = ("*", a * a, ("sin", ANGLE), ("cos", ANGLE))
                of = ("subs", ("+", ("/", ANGLE, 2), ("/", product, 2)), ANGLE, angle)
                if cls.work(of, {}) == near:
                    yield {"of": of, "angle": angle}


def _plain_angle(inside: Tree, name: str) -> bool:
    """Whether all functions are of the angle itself, and nothing is left to be integrated."""
    return all(
        type(part) is not tuple
        or part[0] in {"+", "*", "/", "neg"}
        or (part[0] in {"sin", "cos", "tan", "cot"} and part[1] == name)
        for _, part in places(inside)
    )


def _flat(tree: Tree, factor: Number) -> Iterator[tuple[Number, Tree]]:
    """Yield the terms of a sum, brackets and numbers in front multiplied out."""
    value, body = split(tree)
    if type(body) is tuple and body[0] == "+":
        for part in body[1:]:
            yield from _flat(part, value * factor)
    else:
        yield whole(value * factor), body


_Quotient = tuple[tuple[Tree, ...], tuple[Tree, ...]]


def _sides(inverse: str, a: int, angle: Tree) -> dict[Tree, _Quotient]:
    """Return what the functions of the angle are, above and below the line."""
    if inverse == "asin":
        root: Tree = ("sqrt", ("+", a * a, ("neg", ("^", "x", 2))))
        return {
            "sin": (("x",), (a,)), "cos": ((root,), (a,)), "tan": (("x",), (root,)),
            "cot": ((root,), ("x",)), "angle": ((angle,), ()),
        }  # fmt: skip
    root = ("sqrt", ("+", ("^", "x", 2), a * a))
    return {"sin": (("x",), (root,)), "cos": ((a,), (root,)), "tan": (("x",), (a,)), "angle": ((angle,), ())}


def _back(value: Number, body: Tree, name: str, sides: dict[Tree, _Quotient]) -> Tree | None:
    above: list[Tree] = []
    below: list[Tree] = []
    for factor in factors_of(body):
        found = sides.get("angle" if factor == name else factor[0] if type(factor) is tuple else "")
        if found is None:
            return None
        above += found[0]
        below += found[1]
    for side in (above, below):  # a root times itself is what is under it
        roots = [factor for factor in side if type(factor) is tuple and factor[0] == "sqrt"]
        if len(roots) == 2:
            side[:] = [factor for factor in side if factor not in roots] + [roots[0][1]]
    front = Fraction(value)
    for factor in above:
        front *= factor if type(factor) is int else 1
    for factor in below:
        front /= factor if type(factor) is int else 1
    top = mul(*[factor for factor in above if type(factor) is not int])
    under = mul(front.denominator, *[factor for factor in below if type(factor) is not int])
    shown = div(term(abs(front.numerator), top), under)
    return shown if front > 0 else neg(shown)
