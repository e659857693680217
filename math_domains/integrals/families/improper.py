"""Improper integrals: the upper bound is infinite, or both are."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.rules.numbers import Evaluate
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.integrals.rules.definite import (
    EvenIntegrand,
    FundamentalTheorem,
    PutInBound,
    SubstituteWithBounds,
)
from rpsdg.math_domains.integrals.rules.improper import ImproperAsLimit
from rpsdg.math_domains.limits.rules.infinity import ArcTangentAtInfinity, DropVanishingTerms
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, first_place, look, neg, power, size

__all__ = ["ImproperIntegral"]

_LONGEST_ANSWER = 12


class ImproperIntegral(Family):
    """Evaluate an integral with an infinite bound as a limit of integrals with finite ones.

    At level 1 the integrand is a power; then an exponential, and a fraction whose antiderivative is an arc
    tangent. From level 4 on both bounds are infinite, or there is a substitution to carry them through.
    """

    topic = "math/integrals/improper"
    asks = (
        "Evaluate {problem}.",
        "Find the value of {problem}.",
        "Compute the improper integral {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw an integrand that falls fast enough, and integrate it up to a bound that grows."""
        integrand, low, inner = _drawn(rng, level)
        tape = Tape(("int", integrand, "x", low, "oo"))
        if low == ("neg", "oo"):
            tape.do(EvenIntegrand)
        path = first_place(tape.answer, "int") or ()
        tape.do(ImproperAsLimit, path)
        within = (*path, 1)
        if inner is not None:
            values = SubstituteWithBounds.complete({"of": look(tape.answer, within), "inner": inner})
            tape.do(SubstituteWithBounds, within, values)
        found = FundamentalTheorem.applies(look(tape.answer, within))
        if found is None:
            raise DrawAgainError
        tape.do(FundamentalTheorem, within, found).everywhere(PutInBound)
        for rule in (DropVanishingTerms, ArcTangentAtInfinity):
            vanishing = rule.applies(look(tape.answer, path))
            if vanishing is not None:
                tape.do(rule, path, vanishing)
                break
        else:
            raise DrawAgainError
        tape.everywhere(Evaluate)
        if size(tape.answer) > _LONGEST_ANSWER:
            raise DrawAgainError
        return tape


def _drawn(rng: Random, level: int) -> tuple[Tree, Tree, Tree | None]:
    """Return an integrand, the lower bound, and what is substituted."""
    scale = rng.randint(1, 9)
    if level == 1:
        return ("/", scale, power("x", rng.randint(2, 4))), rng.randint(1, 4), None
    if level == 2:
        return term(scale, ("exp", neg(term(rng.randint(1, 6), "x")))), rng.randint(0, 2), None
    square: Tree = ("^", "x", 2)
    root = rng.randint(1, 6)
    circle = ("/", scale, add(square, root * root))
    if level == 3:
        return circle, rng.choice((0, 0, root)), None
    if level == 4 and rng.random() < 0.5:
        return circle, ("neg", "oo"), None
    slope = rng.randint(1, 5)
    if level == 4:
        inner: Tree = neg(term(slope, square))
        return term(scale, ("*", "x", ("exp", inner))), 0, inner
    below = add(term(slope, square), rng.randint(1, 9))
    return ("/", term(scale, "x"), power(below, rng.randint(2, 3))), rng.randint(0, 2), below
