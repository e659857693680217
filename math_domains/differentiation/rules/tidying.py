"""Tidying a finished derivative."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce

from rpsdg.math_domains.derivatives import times
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import by_degree, collected, multiplied, opposite, split, terms, whole
from rpsdg.math_domains.text import sympy_text
from rpsdg.math_domains.trees import Tree, add, div, mul, neg, places, power

__all__ = ["SimplifyDerivative"]


class SimplifyDerivative(Working):
    """Tidy a derivative: numbers in front, signs, brackets, and what cancels."""

    law = ("a*(-b)*k + 0 - x*(1/x)", "-k*a*b - 1")
    brief = ("Simplify.",)
    step = ("Simplify to {near}.", "Tidied, this is {near}.")
    reason = ("Numbers go to the front, like terms are collected, and common factors cancel.",)
    sample = ("6*x**2*cos(x)", "2*cos(x)*(3*x**2)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Tidy, once nothing is left to be differentiated."""
        if any(type(part) is tuple and part[0] == "diff" for _, part in places(of)):
            return None
        near = _tidied(of)
        return near if sympy_text(near) != sympy_text(of) else None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put the number of a product elsewhere."""
        match near:
            case ("*", int(value), body, function) if value % 2 == 0 and value > 2:
                yield {"of": ("*", 2, function, mul(value // 2, body))}


def _tidied(tree: Tree) -> Tree:
    if type(tree) is not tuple:
        return tree
    if tree[0] == "+":
        return by_degree(collected([part for inner in tree[1:] for part in terms(_tidied(inner)) if part]))
    if tree[0] == "neg":
        return opposite(_tidied(tree[1]))
    if tree[0] in {"*", "/"}:
        number, exponents = _cancelled(*_factors(tree))
        above = [power(base, n) for base, n in exponents.items() if n > 0]
        below = [power(base, -n) for base, n in exponents.items() if n < 0]
        top = _expanded([whole(number).numerator, *above]) or times(number.numerator, *above)
        under = times(number.denominator, *below)
        value, body = split(top)
        return neg(div(neg(top), under)) if value < 0 and under != 1 and body != top else div(top, under)
    return tree


def _factors(tree: Tree) -> tuple[Fraction, dict[Tree, int]]:
    """Return the number in a product or quotient, and the exponent of everything else in it."""
    match tree:
        case int():
            return Fraction(tree), {}
        case ("neg", inner):
            number, exponents = _factors(inner)
            return -number, exponents
        case ("*", *parts):
            return _together([(1, _factors(_tidied(part))) for part in parts])
        case ("/", above, below):
            return _together([(1, _factors(_tidied(above))), (-1, _factors(below))])
        case ("^", base, int(n)):
            return Fraction(1), {base: n}
    return Fraction(1), {tree: 1}


def _cancelled(number: Fraction, exponents: dict[Tree, int]) -> tuple[Fraction, dict[Tree, int]]:
    """Cancel the power of a name below the line that every term of a sum above it has as a factor."""
    sums = [base for base in exponents if len(terms(base)) > 1]
    if len(sums) != 1 or exponents[sums[0]] != 1:
        return number, exponents
    parts = [_factors(part) for part in terms(sums[0])]
    for name, exponent in exponents.items():
        common = min(-exponent, *[bases.get(name, 0) for _, bases in parts])
        if type(name) is str and common > 0:
            less = [_tidied(div(part, power(name, common))) for part in terms(sums[0])]
            kept = {base: n for base, n in exponents.items() if base not in {name, sums[0]}}
            return number, {add(*less): 1, **kept, name: exponent + common}
    return number, exponents


def _together(parts: list[tuple[int, tuple[Fraction, dict[Tree, int]]]]) -> tuple[Fraction, dict[Tree, int]]:
    number, exponents = Fraction(1), dict[Tree, int]()
    for sign, (value, bases) in parts:
        number *= value**sign
        for base, exponent in bases.items():
            exponents[base] = exponents.get(base, 0) + sign * exponent
    return number, exponents


def _expanded(factors: list[Tree]) -> Tree | None:
    """Return a product of polynomials multiplied out; None if there is no bracket, or something else."""
    if not all(map(_polynomial, factors)) or not any(len(terms(factor)) > 1 for factor in factors):
        return None

    def product(left: Tree, right: Tree) -> Tree:
        return collected([multiplied(a, b) for a in terms(left) for b in terms(right)])

    return by_degree(reduce(product, factors))


def _polynomial(tree: Tree) -> bool:
    """Whether a tree is a sum of multiples of powers of names, without brackets."""

    def monomial(body: Tree) -> bool:
        match body:
            case 1 | str() | ("^", str(), int()):
                return True
        return False

    return all(monomial(split(part)[1]) for part in terms(tree))
