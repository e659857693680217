"""Linear equations of the first order: an integrating factor makes the left side one derivative."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rpsdg.math_domains.derivatives import times
from rpsdg.math_domains.differential_equations.rules.separable import (
    SLOPE,
    Y,
    has_y,
)
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import Number, collected, multiplied, quotient, split, term, terms, whole
from rpsdg.math_domains.trees import Tree, add, div, first_place, mul, names, neg, power

__all__ = [
    "DivideByIntegratingFactor",
    "IntegrateBothSides",
    "MultiplyByIntegratingFactor",
    "ReadProductRuleBackwards",
]


def factor_for(coefficient: Tree) -> Tree | None:
    """Return the integrating factor for what stands before y; None for what is not provided for.

    >>> factor_for(2), factor_for(("*", 2, "x")), factor_for(("/", 3, "x"))
    (('exp', ('*', 2, 'x')), ('exp', ('^', 'x', 2)), ('^', 'x', 3))
    """
    value, body = split(coefficient)
    match body:
        case 1:
            return ("exp", term(value, "x"))
        case "x":
            half = quotient(value, 2)
            return ("exp", term(half, ("^", "x", 2))) if half.denominator == 1 else None
        case ("/", int(above), "x") if (value * above).denominator == 1:
            n = int(value * above)
            return power("x", n) if n > 0 else None
    return None


def coefficient_of_y(left: Tree) -> Tree | None:
    """Return what stands before y in y' + a y; None if the left side is another one."""
    match left:
        case ("+", slope, rest) if slope == SLOPE:
            value, body = split(rest)
            match body:
                case y if y == Y:
                    return term(value, 1)
                case ("*", *front, y) if y == Y and not any(map(has_y, front)):
                    return term(value, mul(*front))
                case ("/", above, "x"):
                    number, y = split(above)
                    if y == Y and (value * number).denominator == 1:
                        n = int(value * number)
                        return ("/", n, "x") if n > 0 else neg(("/", -n, "x"))
    return None


def exponential_product(left: Tree, right: Tree) -> Tree:
    """Return a product in which exponentials are put together and powers of x are multiplied in.

    >>> exponential_product(("exp", "x"), ("*", 3, ("exp", ("*", 2, "x"))))
    ('*', 3, ('exp', ('*', 3, 'x')))
    """
    parts = []
    for part in terms(right):
        exponents: list[Tree] = []
        others: list[Tree] = []
        value, body = split(part)
        for factor in (*_factors(left), *_factors(body)):
            match factor:
                case ("exp", exponent):
                    exponents += terms(exponent)
                case _:
                    others.append(factor)
        exponent = collected(exponents)
        grown: Tree = 1 if exponent == 0 else ("exp", exponent)
        parts.append(term(value, times(*others, grown)))
    if len(parts) > 1 and type(left) is tuple and left[0] == "exp" and first_place(right, "exp") is None:
        return ("*", right, left)  # a polynomial stays in its bracket, to be integrated by parts
    return add(*parts)


def _factors(body: Tree) -> tuple[Tree, ...]:
    if type(body) is tuple and body[0] == "*":
        return body[1:]
    return () if body == 1 else (body,)


class MultiplyByIntegratingFactor(Working):
    """Multiply by the integrating factor, the exponential of an integral of what stands before y."""

    heads = frozenset({"="})
    law = ("exp(a)*(b + k*c)", "exp(a)*b + k*exp(a)*c")
    brief = ("Multiply by the integrating factor {mu}.",)
    step = (
        "Before $y$ stands {a}, so multiply by the integrating factor $e^{{{_power}}} = {_mu}$: {near}.",
        "Multiply by the integrating factor {mu}, the exponential of an integral of {a}: {near}.",
    )
    reason = ("The derivative of the factor {mu} is {a} times itself, which the product rule will need.",)
    sample = (
        "Eq(exp(2*x)*Derivative(y(x), x) + 2*exp(2*x)*y(x), 6*exp(2*x))",
        "Eq(Derivative(y(x), x) + 2*y(x), 6)",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Multiply every term."""
        match of:
            case ("=", left, right) if not has_y(right):
                a = coefficient_of_y(left)
                mu = factor_for(a) if a is not None else None
                if a is None or mu is None:
                    return None
                named = {"a": a, "mu": mu, "power": ("int", a, "x")}
                if any(values.get(name, meant) != meant for name, meant in named.items()):
                    return None
                value, body = split(a)
                match body:
                    case ("/", int(above), "x"):
                        front = multiplied(int(value * above), power("x", int(value * above) - 1))
                    case _:
                        front = times(a, mu)
                second = mul(front, Y)
                return ("=", ("+", mul(mu, SLOPE), second), exponential_product(mu, right))
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name the factor and what it is made of."""
        if cls.work(far, {}) is not None:
            a = coefficient_of_y(far[1])  # type: ignore[index]
            assert a is not None
            mu = factor_for(a)
            assert mu is not None
            yield {"of": far, "a": a, "mu": mu, "power": ("int", a, "x")}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Divide by an exponential."""
        match near:
            case ("=", ("+", ("*", ("exp", _) as mu, _), ("*", int(k), other, _)), right) if mu == other:
                value, body = split(right)
                if body == mu and type(value) is int:
                    of = ("=", ("+", SLOPE, term(k, Y)), value)
                    if cls.work(of, {}) == near:
                        yield from cls.ways_on(of)


class ReadProductRuleBackwards(Working):
    """Read the product rule backwards: the left side is the derivative of one product."""

    heads = frozenset({"="})
    law = (
        "exp(x**2)*Derivative(sin(x), x) + 2*x*exp(x**2)*sin(x)",
        "Derivative(exp(x**2)*sin(x), x)",
    )
    brief = ("The left side is the derivative of a product.",)
    step = (
        "The left side is the derivative of a product, $(uv)' = uv' + u'v$ with $v = y$: {near}.",
        "Read the product rule backwards on the left side: {near}.",
    )
    reason = ("That is what the integrating factor is chosen for.",)
    sample = (
        "Eq(Derivative(exp(2*x)*y(x), x), 6*exp(2*x))",
        "Eq(exp(2*x)*Derivative(y(x), x) + 2*exp(2*x)*y(x), 6*exp(2*x))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Compare what stands before y with the derivative of what stands before its derivative."""
        match of:
            case ("=", ("+", ("*", *front, slope), second), right) if slope == SLOPE:
                mu = mul(*front)
                if has_y(mu) or second != mul(_slope_of(mu), Y):
                    return None
                return ("=", ("diff", mul(mu, Y), "x"), right)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Differentiate the product."""
        match near:
            case ("=", ("diff", ("*", ("exp", _) as mu, y), "x"), right) if y == Y:
                of = ("=", ("+", ("*", mu, SLOPE), mul(_slope_of(mu), Y)), right)
                if cls.work(of, {}) == near:
                    yield {"of": of}


def _slope_of(mu: Tree) -> Tree:
    match mu:
        case ("exp", exponent):
            value, body = split(exponent)
            return times(term(value, 1) if body == "x" else term(2 * value, "x"), mu)
        case ("^", "x", int(n)):
            return term(n, power("x", n - 1))
    return 1


class IntegrateBothSides(Working):
    """Integrate both sides: a derivative on the left leaves what was differentiated."""

    heads = frozenset({"="})
    law = ("Derivative(Integral(sin(x), x) + C, x)", "sin(x)")
    brief = ("Integrate both sides.",)
    step = (
        "Integrate both sides, with one constant for both: {near}.",
        "Integrating undoes the derivative on the left: {near}.",
    )
    reason = ("Antiderivatives of the same function differ by a constant.",)
    sample = (
        "Eq(exp(2*x)*y(x), Integral(6*exp(2*x), x) + C)",
        "Eq(Derivative(exp(2*x)*y(x), x), 6*exp(2*x))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write what was differentiated, and an integral."""
        match of:
            case ("=", ("diff", ("*", *_) as inside, "x"), right) if not has_y(right):
                return ("=", inside, ("+", ("int", right, "x"), "C"))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Differentiate both sides."""
        match near:
            case ("=", ("*", *_) as inside, ("+", ("int", right, "x"), "C")):
                of = ("=", ("diff", inside, "x"), right)
                if cls.work(of, {}) == near:
                    yield {"of": of}


class DivideByIntegratingFactor(Working):
    """Divide by the integrating factor, every term and the constant, too."""

    heads = frozenset({"="})
    law = ("(exp(a)*b + c)/exp(a)", "b + c*exp(-a)")
    brief = ("Divide by the integrating factor.",)
    step = (
        "Divide every term by the integrating factor, also the constant: {near}.",
        "Solve for $y$ by dividing by what stands before it: {near}.",
    )
    reason = ("The constant is a term of the right side like the others.",)
    sample = ("Eq(y(x), 3 + C*exp(-2*x))", "Eq(exp(2*x)*y(x), 3*exp(2*x) + C)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Divide term by term."""
        match of:
            case ("=", ("*", *front, y), right) if y == Y and first_place(of, "int") is None:
                mu = mul(*front)
                if has_y(mu) or has_y(right):
                    return None
                parts = [divided(part, mu) for part in terms(right)]
                if None in parts:
                    return None
                whole = collected([one for part in parts if part is not None for one in _distributed(part)])
                shown = [_shown(*split(part)) for part in terms(whole)]
                if split(shown[0])[0] < 0:  # Ce^x - 3 rather than -3 + Ce^x
                    shown.sort(key=lambda part: "C" not in names(part))
                return ("=", Y, add(*shown))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply by an exponential."""
        match near:
            case ("=", y, ("+", int(k), ("*", "C", ("exp", exponent)))) if y == Y:
                mu: Tree = ("exp", neg(exponent))
                of = ("=", ("*", mu, Y), ("+", term(k, mu), "C"))
                if cls.work(of, {}) == near:
                    yield {"of": of}


def _distributed(part: Tree) -> list[Tree]:
    """Return the terms of a number times a polynomial, or a term as it is."""
    value, body = split(part)
    if type(body) is tuple and body[0] == "+":
        return [term(whole(Fraction(value) * split(one)[0]), split(one)[1]) for one in terms(body)]
    return [part]


def divided(part: Tree, mu: Tree) -> Tree | None:
    """Return a term divided by an integrating factor; None where it cannot be written simply."""
    value, body = split(part)
    match mu:
        case ("exp", exponent):
            factors = list(_factors(body))
            exponents = [*terms(neg(exponent))]
            for factor in list(factors):
                match factor:
                    case ("exp", own):
                        exponents += terms(own)
                        factors.remove(factor)
            left = collected(exponents)
            grown: Tree = 1 if left == 0 else ("exp", left)
            return _shown(value, mul(*factors, *([grown] if grown != 1 else [])))
        case "x":
            return _divided_by_power(value, body, 1)
        case ("^", "x", int(n)):
            return _divided_by_power(value, body, n)
    return None


def _divided_by_power(value: Number, body: Tree, n: int) -> Tree | None:
    """Return a multiple of a power of x, or of the constant, divided by the power `n`."""
    match body:
        case "x":
            own = 1
        case ("^", "x", int(m)):
            own = m
        case 1 | "C":
            own = 0
        case _:
            return None
    lead: Tree = "C" if body == "C" else 1
    if own >= n:
        return _shown(value, mul(lead, power("x", own - n)))
    top = term(value.numerator, lead)
    below = term(value.denominator, power("x", n - own))
    return ("/", top, below) if value > 0 else neg(("/", neg(top), below))


def _shown(value: Number, body: Tree) -> Tree:
    value = whole(Fraction(value))
    shown = div(term(max(value.numerator, -value.numerator), body), value.denominator)
    return shown if value > 0 else neg(shown)
