"""Square roots of whole numbers: simplifying them, multiplying them, and clearing denominators of them."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Identity, Values, Working
from rpsdg.math_domains.surds import square_root
from rpsdg.math_domains.terms import split, term
from rpsdg.math_domains.trees import Tree, add, mul, neg

__all__ = ["ExtendByConjugate", "MultiplyRoots", "RationaliseDenominator", "TakeSquareOutOfRoot"]


class TakeSquareOutOfRoot(Working):
    """Take the greatest square factor out of a square root.

    √72 becomes 6√2, since 72 = 36 · 2.
    """

    heads = frozenset({"sqrt", "*"})
    law = ("sqrt(a**2*b)", "Abs(a)*sqrt(b)")
    brief = ("Take the square out of the root.",)
    step = (
        "The greatest square that divides {inside} is {square}: {far} is {near}.",
        "Take the factor {square} out of the root, in front of which it is {outside}: {far} is {near}.",
    )
    reason = ("The root of a product of positive numbers is the product of their roots.",)
    sample = ("6*sqrt(2)", "sqrt(72)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the square root as it is written."""
        match of:
            case ("sqrt", int(inside)) if inside > 1:
                near = square_root(inside)
                return near if near != of else None
            case ("*", int(front), ("sqrt", int(inside))) if inside > 1:
                outside, body = split(square_root(inside))
                return term(front * outside, body) if outside != 1 else None
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take the number in front under the root."""
        match near:
            case ("*", int(outside), ("sqrt", int(inside))) if outside > 0:
                far = ("sqrt", outside * outside * inside)
                if cls.work(far, {}) == near:
                    yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Name the square."""
        root = split(self.far)[1]
        assert type(root) is tuple
        outside, _ = split(square_root(root[1]))
        words = {"square": outside * outside, "inside": root[1], "outside": outside}
        return self.say(detail, latex, **{name: f"${value}$" for name, value in words.items()})


class MultiplyRoots(Identity):
    """Multiply square roots: the product of two roots is the root of the product."""

    left = "sqrt(k)*sqrt(m)"
    right = "sqrt(k*m)"
    given = ("Gt(k, 0)", "Gt(m, 0)")
    brief = ("Multiply the roots.",)
    step = (
        "A product of roots is the root of the product: {far} is {near}.",
        "Put {far} under one root: {near}.",
    )
    reason = ("Squared, both sides give the product of {k} and {m}, and neither is negative.",)
    sample = ("sqrt(18)", "sqrt(3)*sqrt(6)")

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Split a number into two factors."""
        match near:
            case ("sqrt", int(inside)):
                for k in range(2, inside):
                    if inside % k == 0:
                        yield {"k": k, "m": inside // k}


class RationaliseDenominator(Identity):
    """Extend a fraction by the root in its denominator, so that none is left there."""

    left = "a/sqrt(n)"
    right = "a*sqrt(n)/n"
    given = ("Gt(n, 0)",)
    brief = ("Rationalise the denominator.",)
    step = (
        "Multiply numerator and denominator by $\\sqrt{{{_n}}}$: {near}.",
        "Extend the fraction by $\\sqrt{{{_n}}}$ to clear the root below: {near}.",
    )
    reason = ("The root times itself is {n}, and the value of the fraction stays the same.",)
    sample = ("6*sqrt(2)/2", "6/sqrt(2)")


class ExtendByConjugate(Working):
    """Extend a fraction by the conjugate of its denominator, in which the root has the other sign.

    4/(√7 - √3) becomes 4(√7 + √3) over 7 - 3.
    """

    heads = frozenset({"/"})
    law = ("a/(b + sqrt(c))", "a*(b - sqrt(c))/(b**2 - c)")
    brief = ("Extend by the conjugate.",)
    step = (
        "Multiply numerator and denominator by the conjugate {conjugate}: {near}.",
        "Extend the fraction by {conjugate}, the same with the other sign: {near}.",
    )
    reason = ("A sum times a difference is a difference of squares, so no root is left below.",)
    sample = ("4*(sqrt(7) - sqrt(3))/(7 - 3)", "4/(sqrt(7) + sqrt(3))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the squares of both terms below."""
        match of:
            case ("/", above, ("+", a, b)):
                first, second = _square(a), _square(b)
                if first is not None and second is not None and first != second:
                    return ("/", mul(above, add(a, neg(b))), add(first, -second))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise a conjugate over its difference of squares."""
        match near:
            case ("/", ("*", *front, ("+", a, b)), ("+", int(), int())):
                far = ("/", mul(*front), ("+", a, neg(b)))
                if cls.work(far, {}) == near:
                    yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Show the conjugate."""
        assert type(self.far) is tuple
        _, a, b = self.far[2]
        return self.say(detail, latex, conjugate=f"${(latex or Latex())(add(a, neg(b)))}$")


def _square(tree: Tree) -> int | None:
    """Return the square of a whole number, or of a whole number times a root."""
    value, body = split(tree)
    if type(value) is not int:
        return None
    match body:
        case 1:
            return value * value
        case ("sqrt", int(inside)):
            return value * value * inside
    return None
