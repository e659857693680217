"""Derivatives that one knows by heart."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.rewriting import Identity, Values, Working
from rpsdg.math_domains.terms import Number, number, number_tree, split, term, terms, whole
from rpsdg.math_domains.trees import Tree, names, neg, power

__all__ = [
    "ArctangentDerivative", "ConstantDerivative", "CosineDerivative", "ExponentialDerivative",
    "GeneralExponentialDerivative", "LogarithmDerivative", "PowerDerivative", "RootDerivative",
    "SineDerivative", "SlopeOfLine", "TangentDerivative",
]  # fmt: skip


class ConstantDerivative(Working):
    """Differentiate a constant: it does not change, so the derivative is zero."""

    heads = frozenset({"diff"})
    law = ("Derivative(k, x)", "0")
    brief = ("Differentiate the constant.",)
    step = ("The derivative of a constant is zero: {far} is {near}.", "A constant has derivative {near}.")
    reason = ("A constant does not change, so its graph has slope zero.",)
    sample = ("0", "Derivative(7, x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write zero."""
        match of:
            case ("diff", inside, str(x)) if x not in names(inside):
                return 0
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Differentiate some small number."""
        if near == 0:
            for value in range(1, 10):
                yield {"of": ("diff", value, "x")}


class SlopeOfLine(Working):
    """Differentiate a linear term: its derivative is the number in front of the variable."""

    heads = frozenset({"diff"})
    law = ("Derivative(k*x + m, x)", "k")
    brief = ("Read off the slope.",)
    step = (
        "The derivative of a linear term is its slope: {far} is {near}.",
        "The number in front of the variable is the derivative: {far} is {near}.",
    )
    reason = ("The graph is a straight line, whose slope is the same everywhere.",)
    sample = ("5", "Derivative(5*x, x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Read off the slope of a line."""
        match of:
            case ("diff", inside, str(x)):
                slope = _slope(inside, x)
                return None if not slope else number_tree(slope)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take the line through the origin with this slope."""
        value = number(near)
        if value:
            yield {"of": ("diff", term(value, "x"), "x")}


def _slope(line: Tree, x: str) -> Number | None:
    """Return the slope of a straight line; None if the graph is none."""
    slope: Number = 0
    for part in terms(line):
        value, body = split(part)
        if body == x:
            slope += value
        elif names(body):
            return None
    return whole(slope)


class PowerDerivative(Working):
    """Differentiate a power: multiply by the exponent, and lower the exponent by one."""

    heads = frozenset({"diff"})
    law = ("Derivative(k*x**3, x)", "3*k*x**2")
    brief = ("Use the power rule.",)
    step = (
        "By the power rule, {far} is {near}.",
        "Multiply by the exponent and lower it by one: {far} is {near}.",
    )
    reason = ("The derivative of $x^{{n}}$ is $nx^{{n - 1}}$, for negative $n$, too.",)
    sample = ("3*x**2", "Derivative(x**3, x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Differentiate a power of the variable; a number in front is multiplied in."""
        match of:
            case ("diff", inside, str(x)):
                value, body = split(inside)
                match body:
                    case ("^", base, int(n)) if base == x:
                        return term(whole(value * n), power(x, n - 1))
                    case ("/", int(above), base) if base == x:
                        return _below(value * above, x, 1)
                    case ("/", int(above), ("^", base, int(n))) if base == x:
                        return _below(value * above, x, n)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Integrate a power."""
        value, body = split(near)
        name, exponent = (body[1], body[2]) if type(body) is tuple and body[0] == "^" else (body, 1)
        if type(name) is str and type(exponent) is int and exponent > 0 and value % (exponent + 1) == 0:
            yield {"of": ("diff", term(value // (exponent + 1), power(name, exponent + 1)), name)}


def _below(value: Number, x: str, exponent: int) -> Tree:
    """Return the derivative of value/xⁿ, the power below the line."""
    scale = whole(value * exponent)
    shown: Tree = ("/", number_tree(scale if scale > 0 else -scale), power(x, exponent + 1))
    return neg(shown) if scale > 0 else shown


class _OfVariable(Identity):
    """What the derivatives below share: the variable is a bare name."""

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Yield a match whose variable is a name."""
        values = cls.patterns()[1].match(near)
        if values is not None and type(values["x"]) is str:
            yield values


class SineDerivative(_OfVariable):
    """Differentiate the sine: the cosine."""

    left = "Derivative(sin(x), x)"
    right = "cos(x)"
    brief = ("Differentiate the sine.",)
    step = ("The derivative of the sine is the cosine: {far} is {near}.",)
    reason = ("Where the sine is steepest, the cosine is largest.",)
    sample = ("cos(x)", "Derivative(sin(x), x)")


class CosineDerivative(_OfVariable):
    """Differentiate the cosine: minus the sine."""

    left = "Derivative(cos(x), x)"
    right = "-sin(x)"
    brief = ("Differentiate the cosine.",)
    step = ("The derivative of the cosine is minus the sine: {far} is {near}.",)
    reason = ("The cosine falls where the sine is positive, which is why there is a minus.",)
    sample = ("-sin(x)", "Derivative(cos(x), x)")


class TangentDerivative(_OfVariable):
    """Differentiate the tangent: the square of the secant."""

    left = "Derivative(tan(x), x)"
    right = "sec(x)**2"
    brief = ("Differentiate the tangent.",)
    step = ("The derivative of the tangent is the squared secant: {far} is {near}.",)
    reason = ("It follows from $\\tan x = \\frac{{\\sin x}}{{\\cos x}}$ by the quotient rule.",)
    sample = ("sec(x)**2", "Derivative(tan(x), x)")


class ExponentialDerivative(_OfVariable):
    """Differentiate the exponential function: it is its own derivative."""

    left = "Derivative(exp(x), x)"
    right = "exp(x)"
    brief = ("The exponential stays.",)
    step = ("The exponential function is its own derivative: {far} is {near}.",)
    reason = ("That is what makes $e$ the natural base.",)
    sample = ("exp(x)", "Derivative(exp(x), x)")


class GeneralExponentialDerivative(_OfVariable):
    """Differentiate an exponential with another base: itself times the logarithm of the base."""

    left = "Derivative(n**x, x)"
    right = "n**x*log(n)"
    given = ("Gt(n, 0)",)
    brief = ("Differentiate the exponential.",)
    step = ("An exponential with base {n} keeps its form and gains the factor $\\ln {_n}$: {near}.",)
    reason = ("$a^{{x}} = e^{{x \\ln a}}$, and the inner derivative is $\\ln a$.",)
    sample = ("2**x*log(2)", "Derivative(2**x, x)")


class LogarithmDerivative(_OfVariable):
    """Differentiate the natural logarithm: the reciprocal."""

    left = "Derivative(log(x), x)"
    right = "1/x"
    given = ("Gt(x, 0)",)
    brief = ("Differentiate the logarithm.",)
    step = ("The derivative of the logarithm is the reciprocal: {far} is {near}.",)
    reason = ("The logarithm is the inverse of the exponential function, which is its own derivative.",)
    sample = ("1/x", "Derivative(log(x), x)")


class RootDerivative(_OfVariable):
    """Differentiate the square root: one over twice the root."""

    left = "Derivative(sqrt(x), x)"
    right = "1/(2*sqrt(x))"
    given = ("Gt(x, 0)",)
    brief = ("Differentiate the root.",)
    step = ("The derivative of the root is one over twice the root: {far} is {near}.",)
    reason = ("The root is the power with exponent $\\frac{{1}}{{2}}$.",)
    sample = ("1/(2*sqrt(x))", "Derivative(sqrt(x), x)")


class ArctangentDerivative(_OfVariable):
    """Differentiate the arc tangent: one over the square plus one."""

    left = "Derivative(atan(x), x)"
    right = "1/(x**2 + 1)"
    brief = ("Differentiate the arc tangent.",)
    step = ("The derivative of the arc tangent is one over the square plus one: {far} is {near}.",)
    reason = ("The arc tangent is the inverse of the tangent, whose derivative is $\\tan^{{2}} x + 1$.",)
    sample = ("1/(x**2 + 1)", "Derivative(atan(x), x)")
