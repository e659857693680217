"""Integrals that one knows by heart."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.rewriting import Identity, Rewrite, Values, Working
from rpsdg.math_domains.terms import Number, number, number_tree, quotient, split, term, whole
from rpsdg.math_domains.trees import Tree, div, mul, neg, power

__all__ = [
    "KNOWN",
    "ConstantIntegral", "CosecantSquaredIntegral", "CosineIntegral", "ExponentialIntegral", "PowerRule",
    "ReciprocalIntegral", "ReciprocalOfSquarePlusOne", "SecantSquaredIntegral", "SineIntegral",
]  # fmt: skip


class PowerRule(Working):
    """Integrate a power: raise the exponent by one, and divide by the new exponent."""

    law = ("Integral(x**2, x)", "x**3/3")
    brief = ("Use the power rule.",)
    step = ("By the power rule, {far} is {near}.", "Raise the exponent by one and divide by it: {near}.")
    reason = ("The derivative of $x^{{n + 1}}$ is $(n + 1)x^{{n}}$.",)
    sample = ("x**3/3", "Integral(x**2, x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Raise the exponent and divide; a number in front is multiplied in."""
        match of:
            case ("int", inside, str(x)):
                value, body = split(inside)
                exponent = _exponent(body, x)
                if exponent is not None and exponent != -1:
                    return _over(value, x, exponent + 1)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Differentiate a power."""
        value, body = split(near)
        match body:
            case ("^", str(x), int(exponent)) if exponent > 1:
                yield {"of": ("int", term(whole(value * exponent), power(x, exponent - 1)), x)}


def _exponent(body: Tree, x: str) -> int | None:
    match body:
        case str() if body == x:
            return 1
        case ("^", base, int(exponent)) if base == x:
            return exponent
        case ("/", 1, ("^", base, int(exponent))) if base == x:
            return -exponent
    return None


def _over(value: Number, x: str, exponent: int) -> Tree:
    """Return value/exponent times the power; a negative power is written below the line."""
    divided = quotient(value, exponent)
    above, below = abs(divided.numerator), divided.denominator
    if exponent > 0:
        shown = div(term(above, power(x, exponent)), below)
    else:
        shown = ("/", above, mul(below, power(x, -exponent)))
    return shown if divided > 0 else neg(shown)


class ConstantIntegral(Working):
    """Integrate a constant: it becomes a multiple of the variable."""

    law = ("Integral(k, x)", "k*x")
    brief = ("Integrate the constant.",)
    step = ("The integral of a constant is a multiple of the variable: {near}.",)
    reason = ("The derivative of a multiple of the variable is that constant.",)
    sample = ("5*x", "Integral(5, x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Multiply by the variable."""
        match of:
            case ("int", inside, str(x)) if (value := number(inside)) is not None:
                return term(value, x)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Differentiate a multiple of a name."""
        value, body = split(near)
        if type(body) is str:
            yield {"of": ("int", number_tree(value), body)}


class ReciprocalIntegral(Identity):
    """Integrate a reciprocal: the logarithm of the absolute value."""

    left = "Integral(1/x, x)"
    right = "log(Abs(x))"
    brief = ("Use the integral of the reciprocal.",)
    step = ("The integral of the reciprocal is the logarithm: {near}.",)
    reason = ("The derivative of $\\ln|x|$ is $\\frac{{1}}{{x}}$, for negative $x$, too.",)
    sample = ("log(Abs(x))", "Integral(1/x, x)")

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Differentiate the logarithm of a name."""
        match near:
            case ("log", ("abs", str(x))):
                yield {"x": x}


class _OfVariable(Identity):
    """What the integrals below share: the variable of integration is a bare name."""

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Yield a match whose variable is a name."""
        values = cls.patterns()[1].match(near)
        if values is not None and type(values["x"]) is str:
            yield values


class ExponentialIntegral(_OfVariable):
    """Integrate the exponential function: it is its own antiderivative."""

    left = "Integral(exp(x), x)"
    right = "exp(x)"
    brief = ("The exponential stays.",)
    step = ("The exponential function is its own antiderivative: {near}.",)
    reason = ("It is its own derivative.",)
    sample = ("exp(x)", "Integral(exp(x), x)")


class SineIntegral(_OfVariable):
    """Integrate the sine: minus the cosine."""

    left = "Integral(sin(x), x)"
    right = "-cos(x)"
    brief = ("Integrate the sine.",)
    step = ("The integral of the sine is minus the cosine: {near}.",)
    reason = ("The derivative of the cosine is minus the sine.",)
    sample = ("-cos(x)", "Integral(sin(x), x)")


class CosineIntegral(_OfVariable):
    """Integrate the cosine: the sine."""

    left = "Integral(cos(x), x)"
    right = "sin(x)"
    brief = ("Integrate the cosine.",)
    step = ("The integral of the cosine is the sine: {near}.",)
    reason = ("The derivative of the sine is the cosine.",)
    sample = ("sin(x)", "Integral(cos(x), x)")


class SecantSquaredIntegral(_OfVariable):
    """Integrate the square of the secant: the tangent."""

    left = "Integral(sec(x)**2, x)"
    right = "tan(x)"
    brief = ("Recognise the derivative of the tangent.",)
    step = ("The integral of the squared secant is the tangent: {near}.",)
    reason = ("The derivative of the tangent is the square of the secant.",)
    sample = ("tan(x)", "Integral(sec(x)**2, x)")


class CosecantSquaredIntegral(_OfVariable):
    """Integrate the square of the cosecant: minus the cotangent."""

    left = "Integral(csc(x)**2, x)"
    right = "-cot(x)"
    brief = ("Recognise the derivative of the cotangent.",)
    step = ("The integral of the squared cosecant is minus the cotangent: {near}.",)
    reason = ("The derivative of the cotangent is minus the square of the cosecant.",)
    sample = ("-cot(x)", "Integral(csc(x)**2, x)")


class ReciprocalOfSquarePlusOne(_OfVariable):
    """Integrate one over the square plus one: the arc tangent."""

    left = "Integral(1/(x**2 + 1), x)"
    right = "atan(x)"
    brief = ("Recognise the derivative of the arc tangent.",)
    step = ("The antiderivative is the arc tangent: {near}.",)
    reason = ("The derivative of $\\arctan x$ is $\\frac{{1}}{{x^{{2}} + 1}}$.",)
    sample = ("atan(x)", "Integral(1/(x**2 + 1), x)")


KNOWN: tuple[type[Rewrite], ...] = (
    ConstantIntegral,
    PowerRule,
    ReciprocalIntegral,
    ExponentialIntegral,
    SineIntegral,
    CosineIntegral,
    SecantSquaredIntegral,
    CosecantSquaredIntegral,
    ReciprocalOfSquarePlusOne,
)
"""What a solver looks up, in this order."""
