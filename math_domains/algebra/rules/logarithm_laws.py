"""The laws of logarithms from left to right: a logarithm taken apart, and factors in front of logarithms."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Identity, Values, Working
from rpsdg.math_domains.terms import Number, number, split, term
from rpsdg.math_domains.trees import Tree, div, mul, neg, power

__all__ = [
    "ExponentInFront",
    "FactorToExponent",
    "LogarithmOfExponential",
    "LogarithmOfFactors",
    "LogarithmOfFraction",
    "LogarithmOfNumber",
]

_LARGEST = 10_000


class LogarithmOfFactors(Working):
    """Take the logarithm of a product apart: it is the sum of the logarithms of its factors.

    ln(2xy) becomes ln 2 + ln x + ln y.
    """

    heads = frozenset({"log"})
    law = ("log(a*b)", "log(a) + log(b)")
    given = ("Gt(a, 0)", "Gt(b, 0)")
    brief = ("Write the product as a sum of logarithms.",)
    step = (
        "The logarithm of a product is the sum of the logarithms: {far} is {near}.",
        "Split the product: {far} is {near}.",
    )
    reason = ("$\\ln(ab) = \\ln a + \\ln b$ for positive $a$ and $b$, as exponents are added.",)
    sample = ("log(x) + log(y)", "log(x*y)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write a logarithm for each factor."""
        match of:
            case ("log", ("*", int(front), *_)) if front < 0:
                return None
            case ("log", ("*", *factors)):
                return ("+", *[("log", factor) for factor in factors])
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put logarithms together."""
        match near:
            case ("+", *parts) if all(type(part) is tuple and part[0] == "log" for part in parts):
                far = ("log", mul(*[part[1] for part in parts]))
                if cls.work(far, {}) == near:
                    yield {"of": far}


class LogarithmOfFraction(Identity):
    """Take the logarithm of a quotient apart: it is the difference of the logarithms."""

    left = "log(a/b)"
    right = "log(a) - log(b)"
    given = ("Gt(a, 0)", "Gt(b, 0)")
    brief = ("Write the quotient as a difference of logarithms.",)
    step = (
        "The logarithm of a quotient is the difference of the logarithms: {far} is {near}.",
        "Split the quotient: {far} is {near}.",
    )
    reason = ("$\\ln\\frac{{a}}{{b}} = \\ln a - \\ln b$ for positive $a$ and $b$.",)
    sample = ("log(x) - log(y)", "log(x/y)")


class ExponentInFront(Working):
    """Bring the exponent inside a logarithm to the front, as a factor; that of a square root is one half."""

    heads = frozenset({"log"})
    law = ("log(a**n)", "n*log(a)")
    given = ("Gt(a, 0)",)
    brief = ("Bring the exponent to the front.",)
    step = (
        "The exponent becomes a factor in front of the logarithm: {far} is {near}.",
        "Bring the exponent down: {far} is {near}.",
    )
    reason = (
        "$\\ln a^{{n}} = n \\ln a$ for positive $a$.",
        "A power is a repeated product, so its logarithm is a repeated sum.",
    )
    sample = ("3*log(x)", "log(x**3)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the factor."""
        match of:
            case ("log", ("sqrt", inside)):
                return ("/", ("log", inside), 2)
            case ("log", ("^", base, above)) if (exponent := number(above)) is not None:
                return _scaled(exponent, ("log", base))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take the factor in."""
        value, body = split(near)
        match body:
            case ("log", inside) if type(value) is int and value > 1 and type(inside) is str:
                yield {"of": ("log", power(inside, value))}


def _scaled(value: Number, body: Tree) -> Tree:
    """Return a number times a logarithm, a denominator of the number below it."""
    shown = div(term(abs(value.numerator), body), value.denominator)
    return shown if value > 0 else neg(shown)


class LogarithmOfExponential(Identity):
    """The natural logarithm undoes the exponential function."""

    left = "log(exp(a))"
    right = "a"
    brief = ("The logarithm undoes the exponential.",)
    step = (
        "The natural logarithm undoes the exponential function: {far} is {near}.",
        "By definition of the logarithm, {far} is {near}.",
    )
    reason = ("It asks for the exponent to which $e$ has to be raised.",)
    sample = ("3 + log(x)", "log(exp(3)) + log(x)")

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Write a whole number as a logarithm."""
        if type(near) is int and near > 0:
            yield {"a": near}


class LogarithmOfNumber(Working):
    """Write the logarithm of a power of a smaller number by the logarithm of that number.

    ln 8 becomes 3 ln 2.
    """

    heads = frozenset({"log"})
    law = ("log(8)", "3*log(2)")
    brief = ("Write {number} as a power.",)
    step = (
        "As {number} is {written}, its logarithm is {near}.",
        "Write {number} as {written}, and bring the exponent to the front: {near}.",
    )
    reason = ("The logarithm of a power is the exponent times the logarithm of the base.",)
    sample = ("3*log(2)", "log(8)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Find the smallest base."""
        match of:
            case ("log", int(value)) if 3 < value < _LARGEST:
                for base in range(2, round(value**0.5) + 1):
                    exponent, left = 0, value
                    while left % base == 0:
                        exponent, left = exponent + 1, left // base
                    if left == 1:
                        return ("*", exponent, ("log", base))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Work the power out."""
        match near:
            case ("*", int(exponent), ("log", int(base))) if 1 < exponent < 9 and 1 < base < 20:
                far = ("log", base**exponent)
                if cls.work(far, {}) == near:
                    yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Show the power."""
        match self.far, self.near:
            case ("log", value), ("*", exponent, ("log", base)):
                return self.say(detail, latex, number=f"${value}$", written=f"${base}^{{{exponent}}}$")
        return self.say(detail, latex)


class FactorToExponent(Working):
    """Take the factor in front of a logarithm into it as an exponent; one half becomes a square root.

    3 ln x becomes ln x³, and -2 ln y becomes -ln y².
    """

    heads = frozenset({"*", "/"})
    law = ("n*log(a)", "log(a**n)")
    given = ("Gt(a, 0)",)
    brief = ("Make the factor an exponent.",)
    step = (
        "A factor in front of a logarithm becomes an exponent inside: {far} is {near}.",
        "Take the factor into the logarithm: {far} is {near}.",
    )
    reason = ("$n \\ln a = \\ln a^{{n}}$ for positive $a$; a minus stays in front.",)
    sample = ("log(x**3)", "3*log(x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Raise what is inside."""
        value, body = split(of)
        match body:
            case ("log", inside) if value not in {0, 1, -1} and body != of:
                size = max(value, -value)
                root = Fraction(size).denominator
                if root > 2 or (type(inside) is int and inside ** int(size) > _LARGEST):
                    return None
                front = size.numerator
                raised = inside**front if type(inside) is int else power(inside, front)
                near = ("log", raised if root == 1 else ("sqrt", raised))
                return near if value > 0 else neg(near)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Bring an exponent to the front."""
        match near:
            case ("log", ("^", base, int(exponent))) if exponent > 1:
                yield {"of": ("*", exponent, ("log", base))}
