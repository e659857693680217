"""Trigonometric identities, in the direction in which they simplify."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.rewriting import Identity, Values, Working
from rpsdg.math_domains.terms import collected, number_tree, split, term
from rpsdg.math_domains.trees import Tree, places

__all__ = [
    "CosineFromSine",
    "CotangentAsQuotient",
    "DoubleAngleCosine",
    "DoubleAngleCosineByCosine",
    "DoubleAngleCosineBySine",
    "DoubleAngleSine",
    "QuotientAsTangent",
    "ReciprocalOfCosine",
    "ReciprocalOfSine",
    "SecantFromTangent",
    "SecantOfCosine",
    "SineFromCosine",
    "SquaresOfSineAndCosine",
    "TangentAsQuotient",
    "TangentFromSecant",
]  # fmt: skip


class SquaresOfSineAndCosine(Working):
    """The squares of sine and cosine of the same angle add up to one, wherever they stand in a sum."""

    heads = frozenset({"+"})
    law = ("k*sin(a)**2 + b + k*cos(a)**2", "k + b")
    brief = ("Use the Pythagorean identity.",)
    step = (
        "The squares of sine and cosine add up to one: {far} is {near}.",
        "By the Pythagorean identity, {far} is {near}.",
    )
    reason = ("Sine and cosine are the legs of a right triangle whose hypotenuse is one.",)
    sample = ("1 + 2*sin(x)", "sin(x)**2 + 2*sin(x) + cos(x)**2")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Replace the two squares, if they have the same number in front, and put numbers together."""
        if type(of) is not tuple or of[0] != "+":
            return None
        parts = of[1:]
        for first, part in enumerate(parts):
            value, body = split(part)
            match body:
                case ("^", (("sin" | "cos") as f, angle), 2):
                    wanted = term(value, ("^", ("cos" if f == "sin" else "sin", angle), 2))
                    if wanted in parts[first + 1 :]:
                        rest = [p for p in parts if p not in (part, wanted)]
                        return collected([number_tree(value), *rest])
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Write a number in front as the two squares; the last of them goes to the end."""
        functions = [part for _, part in places(near) if type(part) is tuple and part[0] in {"sin", "cos"}]
        angles = dict.fromkeys(function[1] for function in functions)
        match near:
            case ("+", int(value), *rest):
                for angle in angles:
                    squares = [term(value, ("^", (f, angle), 2)) for f in ("sin", "cos")]
                    yield {"of": ("+", squares[0], *rest, squares[1])}


class CosineFromSine(Identity):
    """One less the square of the sine is the square of the cosine."""

    left = "1 - sin(a)**2"
    right = "cos(a)**2"
    brief = ("Use the Pythagorean identity.",)
    step = ("By the Pythagorean identity, {far} is {near}.",)
    reason = ("$\\sin^{{2}} + \\cos^{{2}} = 1$ for every angle.",)
    sample = ("cos(x)**2/sin(x)", "(1 - sin(x)**2)/sin(x)")


class SineFromCosine(Identity):
    """One less the square of the cosine is the square of the sine."""

    left = "1 - cos(a)**2"
    right = "sin(a)**2"
    brief = ("Use the Pythagorean identity.",)
    step = ("By the Pythagorean identity, {far} is {near}.",)
    reason = ("$\\sin^{{2}} + \\cos^{{2}} = 1$ for every angle.",)
    sample = ("sin(x)**2/cos(x)", "(1 - cos(x)**2)/cos(x)")


class SecantFromTangent(Identity):
    """One plus the square of the tangent is the square of the secant."""

    left = "1 + tan(a)**2"
    right = "sec(a)**2"
    brief = ("Use the Pythagorean identity for the tangent.",)
    step = ("Use that {far} is {near}.",)
    reason = ("Divide $\\cos^{{2}} + \\sin^{{2}} = 1$ by $\\cos^{{2}}$.",)
    sample = ("sec(x)**2", "1 + tan(x)**2")


class TangentFromSecant(Identity):
    """The square of the secant less one is the square of the tangent."""

    left = "sec(a)**2 - 1"
    right = "tan(a)**2"
    brief = ("Use the Pythagorean identity for the tangent.",)
    step = ("Use that {far} is {near}.",)
    reason = ("Divide $\\cos^{{2}} + \\sin^{{2}} = 1$ by $\\cos^{{2}}$.",)
    sample = ("tan(x)**2", "sec(x)**2 - 1")


class TangentAsQuotient(Identity):
    """The tangent is sine over cosine."""

    left = "tan(a)"
    right = "sin(a)/cos(a)"
    brief = ("Write the tangent as a quotient.",)
    step = ("Write {far} as {near}.",)
    reason = ("That is what the tangent is.",)
    sample = ("sin(x)/cos(x)*cos(x)", "tan(x)*cos(x)")


class QuotientAsTangent(Identity):
    """Sine over cosine is the tangent."""

    left = "sin(a)/cos(a)"
    right = "tan(a)"
    brief = ("Recognise the tangent.",)
    step = ("The quotient {far} is {near}.",)
    reason = ("That is what the tangent is.",)
    sample = ("tan(x)", "sin(x)/cos(x)")


class CotangentAsQuotient(Identity):
    """The cotangent is cosine over sine."""

    left = "cot(a)"
    right = "cos(a)/sin(a)"
    brief = ("Write the cotangent as a quotient.",)
    step = ("Write {far} as {near}.",)
    reason = ("That is what the cotangent is.",)
    sample = ("cos(x)/sin(x)*sin(x)", "cot(x)*sin(x)")


class SecantOfCosine(Identity):
    """The secant is one over the cosine."""

    left = "sec(a)"
    right = "1/cos(a)"
    brief = ("Write the secant by the cosine.",)
    step = ("Write {far} as {near}.",)
    reason = ("The secant is the reciprocal of the cosine.",)
    sample = ("1/cos(x)*sin(x)", "sec(x)*sin(x)")


class ReciprocalOfCosine(Identity):
    """One over the cosine is the secant."""

    left = "1/cos(a)"
    right = "sec(a)"
    brief = ("Recognise the secant.",)
    step = ("The reciprocal {far} is {near}.",)
    reason = ("The secant is the reciprocal of the cosine.",)
    sample = ("sec(x)", "1/cos(x)")


class ReciprocalOfSine(Identity):
    """One over the sine is the cosecant."""

    left = "1/sin(a)"
    right = "csc(a)"
    brief = ("Recognise the cosecant.",)
    step = ("The reciprocal {far} is {near}.",)
    reason = ("The cosecant is the reciprocal of the sine.",)
    sample = ("csc(x)", "1/sin(x)")


class DoubleAngleSine(Identity):
    """Twice sine times cosine is the sine of the double angle."""

    left = "2*sin(a)*cos(a)"
    right = "sin(2*a)"
    brief = ("Use the double angle.",)
    step = ("Recognise the sine of a double angle: {far} is {near}.",)
    reason = ("It is the addition formula for two equal angles.",)
    sample = ("sin(2*x)", "2*sin(x)*cos(x)")


class DoubleAngleCosine(Identity):
    """The square of the cosine less that of the sine is the cosine of the double angle."""

    left = "cos(a)**2 - sin(a)**2"
    right = "cos(2*a)"
    brief = ("Use the double angle.",)
    step = ("Recognise the cosine of a double angle: {far} is {near}.",)
    reason = ("It is the addition formula for two equal angles.",)
    sample = ("cos(2*x)", "cos(x)**2 - sin(x)**2")


class DoubleAngleCosineBySine(Identity):
    """One less twice the square of the sine is the cosine of the double angle."""

    left = "1 - 2*sin(a)**2"
    right = "cos(2*a)"
    brief = ("Use the double angle.",)
    step = ("Recognise the cosine of a double angle: {far} is {near}.",)
    reason = ("Put $\\cos^{{2}} = 1 - \\sin^{{2}}$ into $\\cos^{{2}} - \\sin^{{2}}$.",)
    sample = ("cos(2*x)", "1 - 2*sin(x)**2")


class DoubleAngleCosineByCosine(Identity):
    """Twice the square of the cosine less one is the cosine of the double angle."""

    left = "2*cos(a)**2 - 1"
    right = "cos(2*a)"
    brief = ("Use the double angle.",)
    step = ("Recognise the cosine of a double angle: {far} is {near}.",)
    reason = ("Put $\\sin^{{2}} = 1 - \\cos^{{2}}$ into $\\cos^{{2}} - \\sin^{{2}}$.",)
    sample = ("cos(2*x)", "2*cos(x)**2 - 1")
