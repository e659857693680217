"""Integrals that one knows by heart, with a linear term where the table has the variable."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.integrals.rules.fractions import linear, scaled
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import Number, over, quotient, split, term, whole
from rpsdg.math_domains.trees import Tree, names, power

__all__ = ["CosineOfLinear", "ExponentialOfLinear", "PowerOfLinear", "SineOfLinear"]


class PowerOfLinear(Working):
    """Integrate a power of a linear term: raise the exponent, divide by it and by the slope."""

    heads = frozenset({"int"})
    law = ("Integral((3*x + k)**4, x)", "(3*x + k)**5/15")
    brief = ("Integrate the power of a linear term.",)
    step = (
        "Raise the exponent by one, and divide by it and by the slope: {far} is {near}.",
        "By the power rule with a linear term inside, {far} is {near}.",
    )
    reason = ("The inner derivative is a constant, by which the result is divided.",)
    sample = ("(2*x + 1)**4/8", "Integral((2*x + 1)**3, x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Raise the exponent; a power below the line has a negative one."""
        match of:
            case ("int", inside, str(x)):
                value, body = split(inside)
                match body:
                    case ("^", base, int(n)) if n > 0:
                        if (slope := _slope(base, x)) is not None:
                            return scaled(quotient(value, slope * (n + 1)), power(base, n + 1))
                    case ("/", int(above), ("^", base, int(n))) if n > 1:
                        if (slope := _slope(base, x)) is not None:
                            return over(quotient(-value * above, slope * (n - 1)), power(base, n - 1))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Differentiate a power of a linear term."""
        value, body = split(near)
        match body:
            case ("^", ("+", *_) as base, int(n)) if n > 2 and len(names(base)) == 1:
                (x,) = names(base)
                if (slope := _slope(base, x)) is not None:
                    of = ("int", term(whole(value * n * slope), power(base, n - 1)), x)
                    if cls.work(of, {}) == near:
                        yield {"of": of}


def _slope(base: Tree, x: str) -> Number | None:
    """Return the slope of a linear term that is more than the variable; None for anything else."""
    line = linear(base) if type(base) is tuple and names(base) == {x} else None
    return line[0] if line is not None and line[0] else None


class _OfLinear(Working):
    """What the functions below share: the outer antiderivative is divided by the slope inside."""

    heads = frozenset({"int"})

    @classmethod
    def outer(cls, inner: Tree) -> tuple[str, int, Tree]:
        """Return the function that is integrated, the sign that it gets, and its antiderivative."""
        raise NotImplementedError

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Integrate the outer function and divide by the slope."""
        match of:
            case ("int", inside, str(x)):
                value, body = split(inside)
                match body:
                    case (str(head), inner) if head == cls.outer(0)[0]:
                        if (slope := _slope(inner, x)) is not None:
                            _, sign, found = cls.outer(inner)
                            return scaled(quotient(value * sign, slope), found)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Differentiate: multiply by the slope inside."""
        value, body = split(near)
        match body:
            case (str(), inner) if len(names(inner)) == 1:
                (x,) = names(inner)
                head, sign, found = cls.outer(inner)
                if found == body and (slope := _slope(inner, x)) is not None:
                    of = ("int", term(whole(value * sign * slope), (head, inner)), x)
                    if cls.work(of, {}) == near:
                        yield {"of": of}


class SineOfLinear(_OfLinear):
    """Integrate the sine of a linear term: minus the cosine, divided by the slope."""

    law = ("Integral(5*sin(3*x + k), x)", "-5*cos(3*x + k)/3")
    brief = ("Integrate the sine of a linear term.",)
    step = (
        "The sine becomes minus the cosine, divided by the slope inside: {near}.",
        "Integrate the sine and divide by the slope of its argument: {far} is {near}.",
    )
    reason = ("Differentiating brings the inner slope out as a factor, which the division undoes.",)
    sample = ("-(cos(2*x)/2)", "Integral(sin(2*x), x)")

    @classmethod
    def outer(cls, inner: Tree) -> tuple[str, int, Tree]:
        """Minus the cosine."""
        return "sin", -1, ("cos", inner)


class CosineOfLinear(_OfLinear):
    """Integrate the cosine of a linear term: the sine, divided by the slope."""

    law = ("Integral(5*cos(3*x + k), x)", "5*sin(3*x + k)/3")
    brief = ("Integrate the cosine of a linear term.",)
    step = (
        "The cosine becomes the sine, divided by the slope inside: {near}.",
        "Integrate the cosine and divide by the slope of its argument: {far} is {near}.",
    )
    reason = ("Differentiating brings the inner slope out as a factor, which the division undoes.",)
    sample = ("sin(2*x)/2", "Integral(cos(2*x), x)")

    @classmethod
    def outer(cls, inner: Tree) -> tuple[str, int, Tree]:
        """The sine."""
        return "cos", 1, ("sin", inner)


class ExponentialOfLinear(_OfLinear):
    """Integrate the exponential of a linear term: it stays, divided by the slope."""

    law = ("Integral(5*exp(3*x + k), x)", "5*exp(3*x + k)/3")
    brief = ("Integrate the exponential of a linear term.",)
    step = (
        "The exponential stays and is divided by the slope of its exponent: {near}.",
        "Divide the exponential by the slope of its exponent: {far} is {near}.",
    )
    reason = ("Differentiating brings the inner slope out as a factor, which the division undoes.",)
    sample = ("exp(3*x)/3", "Integral(exp(3*x), x)")

    @classmethod
    def outer(cls, inner: Tree) -> tuple[str, int, Tree]:
        """Itself."""
        return "exp", 1, ("exp", inner)
