"""Equations with the unknown in a denominator: where they are defined, and how they lose it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import number_tree, quotient, split, terms
from rpsdg.math_domains.trees import Tree, add, mul, names, neg, places

from .both_sides import BothSides
from .fractions import factors, product

__all__ = ["MultiplyByDenominators", "NoteExcludedValues"]


class NoteExcludedValues(Working):
    """Note the values for which a denominator is zero, before anything is rewritten.

    4/(x - 3) = x becomes 4/(x - 3) = x with x ≠ 3.
    """

    heads = frozenset({"="})
    law = ("Eq(a/b, c)", "And(Eq(a/b, c), Ne(b, 0))")
    brief = ("Note the excluded values.",)
    step = (
        "No denominator may be zero, so {domain}.",
        "The equation is not defined where a denominator is zero: {domain} must hold.",
    )
    reason = ("One cannot divide by zero, and the next step multiplies by the denominators.",)
    sample = ("And(Eq(4/(x - 3), x), Ne(x, 3))", "Eq(4/(x - 3), x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Add an inequation for each value that makes a denominator zero."""
        if type(of) is not tuple or of[0] != "=":
            return None
        domain: Any = values.get("domain") or _excluded(of)
        return None if domain is None else ("and", of, *(domain[1:] if domain[0] == "and" else (domain,)))

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Note what the denominators exclude."""
        if type(far) is tuple and far[0] == "=" and (domain := _excluded(far)) is not None:
            yield {"of": far, "domain": domain}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Leave the excluded values unsaid."""
        match near:
            case ("and", ("=", *_) as equation, *_):
                domain = _excluded(equation)
                if domain is not None and cls.work(equation, {"domain": domain}) == near:
                    yield {"of": equation, "domain": domain}


def _excluded(equation: Tree) -> Tree | None:
    """Return what keeps all linear factors of the denominators from being zero; None without such."""
    zeros: dict[Tree, None] = {}
    for _, part in places(equation):
        if type(part) is tuple and part[0] == "/" and names(part[2]):
            for factor in factors(part[2]):
                zero = _zero(factor)
                if zero is None and names(factor):
                    return None
                if zero is not None:
                    zeros[zero] = None
    if not zeros:
        return None
    return next(iter(zeros)) if len(zeros) == 1 else ("and", *zeros)


def _zero(factor: Tree) -> Tree | None:
    """Return `x ≠ zero` for a linear factor in x."""
    match factor:
        case str(name):
            return ("!=", name, 0)
        case ("+", first, int(offset)):
            slope, body = split(first)
            if type(body) is str:
                return ("!=", body, number_tree(quotient(-offset, slope)))
    return None


class MultiplyByDenominators(BothSides):
    """Multiply every term of an equation by the common denominator, where it is not zero.

    3/(x - 2) = 5/(x + 4) becomes 3(x + 4) = 5(x - 2).
    """

    law = ("And(Eq(a/b, c/d), Ne(b, 0), Ne(d, 0))", "And(Eq(a*d, c*b), Ne(b, 0), Ne(d, 0))")
    brief = ("Multiply by {by}.",)
    step = (
        "Multiply both sides by {by}, which is not zero: {near}.",
        "Multiply every term by the common denominator {by}: {near}.",
    )
    reason = ("By the values that are excluded, {by} is not zero, so the solutions stay the same.",)
    sample = (
        "And(Eq(3*(x + 4), 5*(x - 2)), Ne(x, 2), Ne(x, -4))",
        "And(Eq(3/(x - 2), 5/(x + 4)), Ne(x, 2), Ne(x, -4))",
    )

    @classmethod
    def work_sides(cls, left: Tree, right: Tree, values: Values) -> tuple[Tree, Tree]:
        """Multiply each term, its own denominator cancelled."""
        by = values["by"]
        sides = [[_times(part, by) for part in terms(side)] for side in (left, right)]
        new = [add(*[part for part in parts if part is not None]) for parts in sides]
        return (left, right) if any(None in parts for parts in sides) else (new[0], new[1])

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Multiply by the least product that all denominators divide."""
        if type(far) is tuple and far[0] == "=":
            common: list[Tree] = []
            for part in (*terms(far[1]), *terms(far[2])):
                lacking = list(common)
                for factor in factors(_fraction(part)[1]):
                    if factor in lacking:
                        lacking.remove(factor)
                    elif factor != 1:
                        common.append(factor)
            if any(names(factor) for factor in common):
                yield {"of": far, "by": product(common)}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Divide both sides by the last factor of each."""
        match near:
            case ("=", ("*", *above, d), ("*", *others, b)) if names(b) and names(d) and b != d:
                by = product([b, d])
                yield {"of": ("=", ("/", mul(*above), b), ("/", mul(*others), d)), "by": by}


def _fraction(part: Any) -> tuple[Any, Any]:
    """Return the absolute numerator and denominator of a term."""
    match part:
        case ("neg", ("/", above, below)) | ("/", above, below):
            return above, below
    return part, 1


def _times(part: Any, by: Tree) -> Tree | None:
    """Return a term times a product that its denominator divides; None if it does not."""
    above, below = _fraction(part)
    rest = factors(by)
    for factor in factors(below):
        if factor in rest:
            rest.remove(factor)
        elif factor != 1:
            return None
    value, body = split(above)
    front = [value] if type(value) is int else []
    scaled = mul(*front, *([body] if body != 1 else []), *rest) if rest else above
    return neg(scaled) if type(part) is tuple and part[0] == "neg" and above is not part else scaled
