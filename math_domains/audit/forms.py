"""Whether an answer has the form that was asked for, by what SymPy knows of polynomials."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sympy

__all__ = ["misses_form"]


def misses_form(form: str, problem: Any, answer: Any) -> str:
    """Say in what an answer of the right value misses the form asked for; empty if in nothing.

    Args:
        form: its name.
        problem: evaluated.
        answer: as it is written.
    """
    check = _CHECKS.get(form)
    return "" if check is None else check(problem, answer)


def _factored(_: Any, answer: Any) -> str:
    """Every factor is irreducible over the rationals and has no number in common."""
    for base in _bases(answer):
        content, factors = sympy.factor_list(base.doit())
        if abs(content) != 1 or sum(times for _, times in factors) != 1:
            return f"{base} can be factored"
    return ""


def _bases(product: Any) -> Iterator[Any]:
    """Yield the factors of a product that are no numbers, without their exponents."""
    if product.is_Mul:
        for factor in product.args:
            yield from _bases(factor)
    elif product.is_Pow:
        yield from _bases(product.base)
    elif product.free_symbols:
        yield product


def _expanded(problem: Any, answer: Any) -> str:
    """It is a sum of products without sums in them, as many as SymPy has."""
    terms = answer.args if answer.is_Add else (answer,)
    theirs = sympy.expand(problem)
    count = len(sympy.Add.make_args(theirs))
    if any(term.has(sympy.Add) for term in terms) or len(terms) != count:
        return f"SymPy expands to {theirs}"
    return ""


def _in_lowest_terms(_: Any, answer: Any) -> str:
    """Numerator and denominator have nothing but numbers in common."""
    above, below = sympy.fraction(sympy.together(answer.doit()))
    common = sympy.gcd(above, below)
    return f"{common} can be cancelled" if common.free_symbols else ""


def _in_partial_fractions(problem: Any, answer: Any) -> str:
    """The terms have the denominators that SymPy finds."""
    ours, theirs = (sorted(_denominators(side), key=str) for side in (answer.doit(), sympy.apart(problem)))
    return "" if ours == theirs else f"the denominators are {ours}, SymPy's {theirs}"


def _denominators(total: Any) -> Iterator[Any]:
    for term in sympy.Add.make_args(total):
        below = sympy.fraction(sympy.factor(term))[1]
        if below.free_symbols:
            yield sympy.factor_list(below)[1]


_CHECKS: Mapping[str, Callable[[Any, Any], str]] = {
    "factored": _factored,
    "expanded": _expanded,
    "lowest terms": _in_lowest_terms,
    "partial fractions": _in_partial_fractions,
}
