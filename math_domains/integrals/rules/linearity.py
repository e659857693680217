"""Integrals of sums and of multiples, and the constant of integration."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import takewhile
from math import prod

from rpsdg.math_domains.derivatives import times
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import (
    Number,
    collected,
    number,
    number_tree,
    quotient,
    split,
    term,
    terms,
    whole,
)
from rpsdg.math_domains.text import sympy_text
from rpsdg.math_domains.trees import Tree, add, div, heads, mul, names, neg

__all__ = ["AddConstant", "ConstantFactor", "IntegrateTermByTerm", "NumbersInFront", "TidyResult"]


class IntegrateTermByTerm(Working):
    """Integrate a sum term by term."""

    law = ("Integral(a + b, x)", "Integral(a, x) + Integral(b, x)")
    brief = ("Integrate term by term.",)
    step = ("Integrate term by term: {near}.", "Split the integral of the sum: {near}.")
    reason = ("The derivative of a sum is the sum of the derivatives.",)
    sample = ("Integral(3*x**2, x) - Integral(cos(x), x)", "Integral(3*x**2 - cos(x), x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write one integral for each term; a minus goes in front."""
        match of:
            case ("int", ("+", *parts), x):
                return add(*[_one(part, x) for part in parts])
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put integrals by the same name together."""
        inner = []
        by = set()
        for part in terms(near):
            match part:
                case ("int", f, x):
                    inner.append(f)
                case ("neg", ("int", f, x)):
                    inner.append(neg(f))
                case _:
                    return
            by.add(x)
        if len(inner) > 1 and len(by) == 1:
            yield {"of": ("int", add(*inner), by.pop())}


def _one(part: Tree, x: str) -> Tree:
    value, body = split(part)
    return neg(("int", term(-value, body), x)) if value < 0 else ("int", part, x)


class ConstantFactor(Working):
    """Take a constant factor out of an integral."""

    law = ("Integral(k*a, x)", "k*Integral(a, x)")
    brief = ("Take the constant out.",)
    step = (
        "Take the constant factor out of the integral: {near}.",
        "The constant goes in front: {near}.",
    )
    reason = ("Differentiating keeps constant factors, so integrating does, too.",)
    sample = ("3*Integral(x**2, x)", "Integral(3*x**2, x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Take the number out, if there is something else."""
        match of:
            case ("int", inside, x):
                value, body = split(inside)
                match body:
                    case ("/", int(above), below) if above != 1 or split(below)[0] != 1:
                        number, rest = split(below)
                        value, body = quotient(value * above, number), ("/", 1, rest)
                if value != 1 and x in names(body):
                    return mul(number_tree(value), ("int", body, x)) if value != -1 else neg(("int", body, x))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take a number into an integral."""
        match near:
            case ("*", int(value), ("int", inside, x)):
                yield {"of": ("int", term(value, inside), x)}
            case ("neg", ("int", inside, x)):
                yield {"of": ("int", term(-1, inside), x)}


class NumbersInFront(Working):
    """Multiply the numbers that have gathered in front of an integral."""

    heads = frozenset({"*"})
    law = ("6*(1/3)*Integral(a, x)", "2*Integral(a, x)")
    brief = ("Multiply the numbers in front.",)
    step = ("Multiply the numbers in front: {near}.", "Put the numbers in front together: {near}.")
    reason = ("The order of factors does not matter.",)
    sample = ("2*Integral(cos(x), x)", "6*(1/3)*Integral(cos(x), x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Multiply the numbers that a product begins with, if there are several."""
        if type(of) is not tuple or of[0] != "*":
            return None
        numbers = list(takewhile(lambda factor: number(factor) is not None, of[1:]))
        rest = of[1 + len(numbers) :]
        if len(numbers) < 2 or not rest:
            return None
        return mul(number_tree(whole(prod(Fraction(split(n)[0]) for n in numbers))), *rest)

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Write a number in front as a multiple of it, and a fraction."""
        match near:
            case ("*", int(value), ("int", *_) as integral):
                yield {"of": ("*", 3 * value, ("/", 1, 3), integral)}


class TidyResult(Working):
    """Tidy a finished antiderivative: signs, numbers and brackets."""

    law = ("k*(-a) - (b - c)", "-k*a - b + c")
    brief = ("Simplify.",)
    step = ("Simplify to {near}.", "Tidied, this is {near}.")
    reason = ("Numbers and signs are multiplied into the brackets.",)
    sample = ("-6*cos(x)", "6*(-cos(x))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Multiply numbers and signs into brackets, once no integral is left."""
        if _unfinished(of):
            return None
        near = _tidy(of)
        return near if sympy_text(near) != sympy_text(of) else None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put a minus inside a product with a number."""
        match near:
            case ("*", int(value), *rest) if value < -1:
                yield {"of": ("*", -value, neg(mul(*rest)))}


def _tidy(tree: Tree) -> Tree:
    if type(tree) is not tuple:
        return tree
    if tree[0] == "+":
        parts = terms(collected([part for inner in tree[1:] for part in terms(_tidy(inner))]))
        return add(*[_scaled(1, part) for part in parts])
    if tree[0] == "neg":
        return add(*[_scaled(-1, part) for part in terms(_tidy(tree[1]))])
    if tree[0] == "*":
        factors = [_tidy(factor) for factor in tree[1:]]
        others = [factor for factor in factors if number(factor) is None]
        if len(others) == 1 and len(factors) > 1:
            value = prod(Fraction(split(factor)[0]) for factor in factors if number(factor) is not None)
            return add(*[_scaled(whole(value), part) for part in terms(others[0])])
        return times(*factors)
    return tree


def _scaled(value: Number, part: Tree) -> Tree:
    own, body = split(part)
    match body:
        case ("/", int(above), below):
            factor, rest = split(below)
            product = quotient(own * value * above, factor)
            return _signed(product, ("/", abs(product.numerator), mul(product.denominator, rest)))
    product = whole(own * value)
    return _signed(product, div(term(abs(product.numerator), body), product.denominator))


def _signed(value: Number, shown: Tree) -> Tree:
    return shown if value > 0 else neg(shown)


class AddConstant(Working):
    """Add the constant of integration, once no integral is left."""

    law = ("Integral(cos(x), x) - sin(x)", "Integral(cos(x), x) - sin(x) + C")
    brief = ("Add the constant of integration.",)
    step = (
        "Add the constant of integration.",
        "Add a constant $C$, since antiderivatives differ by constants.",
    )
    reason = ("The derivative of a constant is zero.",)
    sample = ("x**3 + C", "x**3")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Add it to a finished antiderivative."""
        return None if "C" in names(of) or _unfinished(of) else add(*terms(of), "C")

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Leave it out."""
        match near:
            case ("+", *parts, "C"):
                yield {"of": add(*parts)}


def _unfinished(tree: Tree) -> bool:
    return not heads(tree).isdisjoint(("int", "subs", "="))
