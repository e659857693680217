"""Whether an expression is an antiderivative: the integrand is its derivative, a constant is added."""

from __future__ import annotations

from typing import Any

from flint import arb

from rpsdg.math_domains.trees import Tree, names
from rpsdg.math_domains.witnesses.balls import Balls
from rpsdg.math_domains.witnesses.normal_form import NormalForms, NotRationalError

from .equality import Tally, allowed, bits_for, compare, slopes_at, small
from .limits import Reason, Work
from .points import COUNT, drawn, precision
from .problem import Problem
from .sizes import Size, size_of

__all__ = ["is_antiderivative", "without_constant"]

_ROUNDS = 3
_PIECEWISE = ("abs", "sqrt", "log", "asin", "acos")
"""Functions that are defined, or the same, only in part of the line: more points are looked at then."""
_FEWEST_LOOKED_AT = 4
"""Points of both signs come first, so that a branch which is right on one side only is seen."""


def is_antiderivative(problem: Problem, answer: Tree, work: Work) -> Reason:
    """Say whether an expression is one of the antiderivatives asked for.

    Raises:
        RefusedError: it is no expression, or too large.
    """
    integrand, variable = problem.integrand, problem.variable
    assert integrand is not None
    letters = names(answer) - names(integrand) - {variable}
    rest, constant = without_constant(answer, letters)
    inside = letters & names(rest)
    reason = _derivative_agrees(problem, integrand, rest, inside, work)
    if reason is not Reason.EQUAL:
        return reason
    if inside:
        return _takes_every_value(rest, variable, inside, work)
    if letters and compare(0, constant, work) is Reason.EQUAL:
        return Reason.NO_CONSTANT  # such as `+ C - C`
    return Reason.NO_CONSTANT if problem.constant and not letters else Reason.EQUAL


def without_constant(answer: Tree, letters: frozenset[str]) -> tuple[Tree, Tree]:
    """Return a sum without the terms that are multiples of letters, and these terms."""
    terms = answer[1:] if type(answer) is tuple and answer[0] == "+" else (answer,)
    constant = [term for term in terms if _is_multiple(term, letters)]
    rest = [term for term in terms if not _is_multiple(term, letters)]
    return _sum(rest), _sum(constant)


def _sum(terms: list[Tree]) -> Tree:
    if len(terms) < 2:
        return terms[0] if terms else 0
    return ("+", *terms)


def _is_multiple(term: Tree, letters: frozenset[str]) -> bool:
    """Whether a term is a constant's letter, perhaps with a sign or a number."""
    if type(term) is str:
        return term in letters
    if type(term) is not tuple:
        return False
    match term:
        case ("neg", inner):
            return _is_multiple(inner, letters)
        case ("*", int(), inner):
            return _is_multiple(inner, letters)
        case ("/", inner, int()):
            return _is_multiple(inner, letters)
    return False


def _derivative_agrees(
    problem: Problem, integrand: Tree, answer: Tree, inside: frozenset[str], work: Work
) -> Reason:
    variable = problem.variable
    sizes = size_of(integrand), size_of(answer)
    if not inside and small(*sizes, variables=1) and names(answer) | names(integrand) <= {variable}:
        same = _exact_derivative(integrand, answer, sizes, variable, work)
        if same is not None:
            return Reason.EQUAL if same else Reason.DIFFERENT
    known = names(integrand) | inside | {variable}
    bits = bits_for(*sizes)
    salt = f"{integrand} {answer}"
    looked_at = COUNT if any(f"'{name}'" in salt for name in _PIECEWISE) else _FEWEST_LOOKED_AT
    tally = Tally(bits, narrower=problem.narrower)
    for number in range(_ROUNDS):
        with precision(bits):
            points = drawn(known, f"{salt} {number}")
            wanted = Balls(lambda name, points=points: points.get(name, (None,) * COUNT)).value(integrand)  # type: ignore[misc]
            work.spend(COUNT * sizes[0].nodes)
            for k in range(COUNT):
                work.spend(2 * sizes[1].nodes * (1 + bits // 512))
                if not allowed(problem.assuming, points, k):
                    continue
                slope = slopes_at(variable, points, k).both(answer)[1]
                tally.see(wanted[k], arb(0) if slope is None else slope)
                if k + 1 >= looked_at and tally.decided:
                    return tally.reason()
    return tally.reason()


def _exact_derivative(
    integrand: Tree, answer: Tree, sizes: tuple[Size, Size], variable: str, work: Work
) -> bool | None:
    """Compare the derivative of a rational function exactly; None where a denominator is zero everywhere."""
    work.spend(4 * (sizes[0].nodes + sizes[1].nodes) + 40 * (sizes[1].above + sizes[1].below))
    try:
        forms = NormalForms([variable])
        above, below = forms.form(answer)
        wanted, under = forms.form(integrand)
    except NotRationalError:
        return None
    derivative = above.derivative() * below - above * below.derivative()
    return bool(derivative * under == wanted * below * below)


def _takes_every_value(answer: Tree, variable: str, inside: frozenset[str], work: Work) -> Reason:
    """Judge a constant that is inside of something: it has to enter linearly, or as a logarithm."""
    size = size_of(answer)
    with precision(bits_for(size, size)):
        points = drawn(inside | {variable}, f"{answer}", count=2)
        for letter in sorted(inside):
            work.spend(4 * size.nodes)
            found: list[tuple[Any, Any]] = []
            for k in range(2):
                slope = slopes_at(letter, points, k).both(answer)[1]
                if slope is None or not slope.is_finite() or slope.contains(0):
                    return Reason.BAD_CONSTANT
                found.append((slope, points[letter][k]))
            (one, at), (other, there) = found
            if not one.overlaps(other) and not (one * at).overlaps(other * there):
                return Reason.BAD_CONSTANT
    return Reason.EQUAL
