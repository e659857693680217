"""Whether a number is the one asked for: exactly, or rounded or off by no more than the problem allows."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import zip_longest

from flint import arb

from rpsdg.math_domains.trees import Tree, free_names

from .equality import compare, enclosure
from .limits import Reason, Work
from .points import precision
from .problem import Problem

__all__ = ["same_items", "same_number"]


def same_number(problem: Problem, gold: Tree, answer: Tree, places: int | None, work: Work) -> Reason:
    """Compare a number, or an expression in the problem's parameters, with a gold one.

    Args:
        problem: says what rounding is asked for.
        gold, answer: the two.
        places: the most decimal places in the answer; None where it has no decimal.
        work: pays for it.
    """
    reason = compare(gold, answer, work, assuming=problem.assuming, narrower=problem.narrower)
    if reason is Reason.EQUAL or free_names(gold) or free_names(answer):
        return reason
    if problem.tolerance is not None and _within(gold, answer, problem.tolerance, work):
        return Reason.EQUAL
    if places is None:
        return reason
    asked = problem.places
    if asked is not None and _within(gold, answer, Fraction(1, 2 * 10 ** max(asked, places)), work):
        return Reason.EQUAL
    return Reason.INEXACT if _within(gold, answer, Fraction(1, 10**places), work) else reason


def _within(gold: Tree, answer: Tree, distance: Fraction, work: Work) -> bool:
    """Say whether two numbers are certainly no farther apart than that."""
    apart = enclosure(("+", gold, ("neg", answer)), work)
    with precision(512):
        return bool(abs(apart) <= arb(distance.numerator) / arb(distance.denominator))


def same_items(
    problem: Problem, golds: Sequence[Tree], answers: Sequence[Tree], places: int | None, work: Work
) -> Reason:
    """Compare items one by one, in order; `...` agrees with itself alone."""
    for gold, answer in zip_longest(golds, answers):
        if gold is None:
            return Reason.EXTRA
        if answer is None:
            return Reason.MISSING
        if "..." in (gold, answer):
            if gold != answer:
                return Reason.DIFFERENT
            continue
        reason = same_number(problem, gold, answer, places, work)
        if reason is not Reason.EQUAL:
            return reason
    return Reason.EQUAL
