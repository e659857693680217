"""Logarithms and exponentials, with the domains that go with them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rpsdg.math_domains.rewriting import Identity, Values, Working
from rpsdg.math_domains.terms import Number, number_tree, split, terms
from rpsdg.math_domains.trees import Tree, names, places

__all__ = [
    "EqualExponents", "EqualLogarithms", "LogarithmOfPower", "LogarithmOfProduct",
    "LogarithmOfQuotient", "NoteDomain", "SolveLogarithm", "TakeLogarithms",
]  # fmt: skip


class LogarithmOfProduct(Identity):
    """Add logarithms: the sum of two logarithms is the logarithm of the product."""

    left = "log(a) + log(b)"
    right = "log(a*b)"
    given = ("Gt(a, 0)", "Gt(b, 0)")
    brief = ("Put the logarithms together.",)
    step = ("A sum of logarithms is the logarithm of the product: {near}.",)
    reason = ("$\\ln a + \\ln b = \\ln(ab)$ for positive $a$ and $b$.",)
    sample = ("log(x*(x - 3))", "log(x) + log(x - 3)")


class LogarithmOfQuotient(Identity):
    """Subtract logarithms: the difference of two logarithms is the logarithm of the quotient."""

    left = "log(a) - log(b)"
    right = "log(a/b)"
    given = ("Gt(a, 0)", "Gt(b, 0)")
    brief = ("Put the logarithms together.",)
    step = ("A difference of logarithms is the logarithm of the quotient: {near}.",)
    reason = ("$\\ln a - \\ln b = \\ln\\frac{{a}}{{b}}$ for positive $a$ and $b$.",)
    sample = ("log((x + 1)/x)", "log(x + 1) - log(x)")


class LogarithmOfPower(Identity):
    """Take a factor into a logarithm as an exponent."""

    left = "n*log(a)"
    right = "log(a**n)"
    given = ("Gt(a, 0)",)
    brief = ("Make the factor an exponent.",)
    step = ("The factor {n} becomes an exponent: {far} is {near}.",)
    reason = ("$n \\ln a = \\ln a^{{n}}$ for positive $a$.",)
    sample = ("log(x**2)", "2*log(x)")


class EqualLogarithms(Identity):
    """Drop the logarithms: equal logarithms belong to equal numbers."""

    left = "Eq(log(a), log(b))"
    right = "Eq(a, b)"
    given = ("Gt(a, 0)", "Gt(b, 0)")
    brief = ("Drop the logarithms.",)
    step = ("Equal logarithms belong to equal numbers: {near}.",)
    reason = ("The logarithm takes every value once.",)
    sample = ("Eq(x*(x - 3), 4)", "Eq(log(x*(x - 3)), log(4))")


class SolveLogarithm(Identity):
    """Undo a logarithm by the exponential function."""

    left = "Eq(log(a), b)"
    right = "Eq(a, exp(b))"
    brief = ("Apply the exponential function.",)
    step = ("Apply the exponential function to both sides: {near}.",)
    reason = ("$\\ln a = b$ means $a = e^{{b}}$.",)
    sample = ("Eq(x - 1, exp(3))", "Eq(log(x - 1), 3)")


class TakeLogarithms(Identity):
    """Undo an exponential by the logarithm."""

    left = "Eq(exp(a), n)"
    right = "Eq(a, log(n))"
    given = ("Gt(n, 0)",)
    brief = ("Take logarithms.",)
    step = ("Take logarithms on both sides: {near}.",)
    reason = ("$e^{{a}} = n$ means $a = \\ln n$, as {n} is positive.",)
    sample = ("Eq(2*x, log(5))", "Eq(exp(2*x), 5)")


class EqualExponents(Identity):
    """Compare exponents: equal powers of the same base have equal exponents."""

    left = "Eq(n**a, n**b)"
    right = "Eq(a, b)"
    given = ("Gt(n, 1)",)
    brief = ("Compare the exponents.",)
    step = ("Powers of {n} are equal when their exponents are: {near}.",)
    reason = ("A power with a base above one grows with its exponent, so it takes every value once.",)
    sample = ("Eq(2*x, x + 3)", "Eq(2**(2*x), 2**(x + 3))")

    @classmethod
    def fresh(cls, values: Values) -> Iterator[Values]:
        """Take a small base."""
        for base in (2, 3, 5):
            yield values | {"n": base}


class NoteDomain(Working):
    """Note where an equation with logarithms is defined, before anything is rewritten."""

    law = ("Eq(log(a), b)", "And(Eq(log(a), b), Gt(a, 0))")
    brief = ("Note the domain.",)
    step = ("A logarithm needs a positive argument, so a solution must have {domain}.",)
    reason = ("What follows may bring numbers for which the equation is not defined; they are no solutions.",)
    sample = ("And(Eq(log(x) + log(x - 3), log(4)), Gt(x, 3))", "Eq(log(x) + log(x - 3), log(4))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Add the one inequality that makes the arguments of all logarithms positive."""
        if type(of) is not tuple or of[0] != "=":
            return None
        domain = values.get("domain") or _domain(of)
        return None if domain is None else ("and", of, domain)

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Note the domain that the logarithms have."""
        if type(far) is tuple and far[0] == "=" and (domain := _domain(far)) is not None:
            yield {"of": far, "domain": domain}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Leave the domain unsaid."""
        match near:
            case ("and", ("=", *_) as equation, domain) if _domain(equation) == domain:
                yield {"of": equation, "domain": domain}


def _domain(equation: Tree) -> Tree | None:
    """Return an inequality in the unknown that is true exactly where all logarithms of linear terms exist.

    None if there is no such logarithm, or if no number makes all of them exist.
    """
    low: list[Number] = []
    high: list[Number] = []
    unknown: Tree = ""
    for _, part in places(equation):
        if type(part) is not tuple or part[0] != "log" or not names(part[1]):
            continue
        slope: Number = 0
        offset: Number = 0
        for piece in terms(part[1]):
            value, body = split(piece)
            if body == 1:
                offset += value
            elif type(body) is str:
                unknown, slope = body, slope + value
            else:
                return None
        if not slope:
            return None
        (low if slope > 0 else high).append(Fraction(-offset) / Fraction(slope))
    if low and not high:
        return (">", unknown, number_tree(max(low)))
    if high and not low:
        return ("<", unknown, number_tree(min(high)))
    if not low or max(low) >= min(high):
        return None
    return ("and", (">", unknown, number_tree(max(low))), ("<", unknown, number_tree(min(high))))
