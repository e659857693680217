"""Equations of curves: the same curve is given by every multiple of an equation by a number."""

from __future__ import annotations

from typing import Any

from flint import fmpq_poly

from rpsdg.math_domains.trees import Tree, names
from rpsdg.math_domains.witnesses.balls import Balls
from rpsdg.math_domains.witnesses.normal_form import NormalForms, NotRationalError

from .equality import Tally, bits_for, small
from .limits import Reason, RefusedError, Work
from .points import COUNT, drawn, precision
from .problem import Problem
from .sizes import size_of

__all__ = ["compare_curves"]


def compare_curves(problem: Problem, answer: Tree, work: Work) -> Reason:
    """Say whether an answer is the gold equation, but for a factor that is a number.

    Raises:
        RefusedError: it is no equation, or too large.
    """
    wanted, given = _difference(problem.gold), _difference(answer)
    sizes = size_of(wanted), size_of(given)
    known = names(wanted) | names(given)
    work.spend(4 * COUNT * (sizes[0].nodes + sizes[1].nodes))
    if small(*sizes, variables=len(known)):
        try:
            forms = NormalForms([wanted, given])
            one, other = _monic(forms.form(wanted)[0]), _monic(forms.form(given)[0])
        except NotRationalError:
            return Reason.UNDECIDED
        return Reason.EQUAL if one is not None and one == other else Reason.DIFFERENT
    bits = bits_for(*sizes)
    tally = Tally(bits, narrower=False)
    with precision(bits):
        points = drawn(known, f"{wanted} {given}")
        balls = Balls(lambda name: points.get(name, (None,) * COUNT))
        left, right = balls.value(wanted), balls.value(given)
        for k in range(1, COUNT):  # the ratio of the two is the same everywhere
            tally.see(left[0] * right[k], left[k] * right[0])
        if all(ball.contains(0) for ball in right):
            return Reason.DIFFERENT
    return tally.reason()


def _difference(equation: Tree) -> Tree:
    if type(equation) is not tuple or equation[0] != "=":
        raise RefusedError(Reason.SHAPE, "an equation was asked for")
    return ("+", equation[1], ("neg", equation[2]))


def _monic(polynomial: Any) -> Any:
    """Return a polynomial over its leading coefficient; None for zero, which is no curve."""
    if polynomial == 0:
        return None
    if type(polynomial) is fmpq_poly:
        return polynomial / polynomial[polynomial.degree()]
    return polynomial * (1 / polynomial.leading_coefficient())
