"""Limits of the form zero over zero that algebra resolves: by factoring, and by extending by a conjugate."""

from __future__ import annotations

from math import gcd
from random import Random

from rpsdg.math_domains.algebra.families.polynomials import expanded
from rpsdg.math_domains.algebra.families.rationals import factor_fraction
from rpsdg.math_domains.algebra.rules.brackets import CollectLikeTerms
from rpsdg.math_domains.algebra.rules.factoring import CommonFactor
from rpsdg.math_domains.algebra.rules.fractions import Cancel
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.limits.rules.evaluating import LimitByContinuity
from rpsdg.math_domains.limits.rules.roots import ExtendByRootConjugate
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, look, mul, names, neg

__all__ = ["LimitByFactoring", "LimitByRationalising", "LimitFamily"]


class LimitFamily(Family):
    """What the families of limits share: how the task is put."""

    topic = "math/limits"
    asks = (
        "Find {problem}.",
        "Determine the limit {problem}.",
        "Compute {problem}.",
    )


def _put_in(tape: Tape) -> Tape:
    """Put in the point.

    Raises:
        DrawAgainError: something is still undefined there.
    """
    values = LimitByContinuity.applies(tape.answer)
    if values is None:
        raise DrawAgainError
    return tape.do(LimitByContinuity, (), values)


class LimitByFactoring(LimitFamily):
    """Find a limit of a fraction whose numerator and denominator both vanish, by factoring and cancelling.

    At level 1 the denominator is linear, at level 2 quadratic; then numbers stand in front of the variable,
    from level 4 on the numerator is cubic, and at level 5 both may be.
    """

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the common zero, and multiply out."""
        a, b, c = rng.sample([k for k in range(-6, 7) if k], 3)
        common: Tree = add("x", -a)
        above, below = add("x", -b), add("x", -c)
        if level in {3, 5}:
            lead = rng.choice((2, 3))
            if gcd(lead, b) != 1:
                raise DrawAgainError
            above = add(term(lead, "x"), -b)
        numerator = expanded(common, above)
        denominator = mul(rng.choice((1, 1, 2, 3)), common) if level == 1 else expanded(common, below)
        if level == 1 and denominator != common:
            denominator = expanded(denominator[1], common)  # type: ignore[index]
        if level >= 4:
            numerator = expanded("x", numerator)
        if level == 5:
            denominator = expanded("x", denominator) if rng.random() < 0.5 else denominator
        fraction: Tree = ("/", numerator, denominator)
        if level <= 2 and rng.random() < 0.25:
            fraction = ("/", denominator, numerator)
        tape = Tape(("lim", fraction, "x", a))
        factor_fraction(tape, (1,))
        tape.do(Cancel, (1,))
        return _put_in(tape)


class LimitByRationalising(LimitFamily):
    """Find a limit of the form zero over zero with roots, by extending by the conjugate.

    Up to level 2 a root less a number stands above the variable or a shifted one; then the root stands below,
    and from level 4 on there are two roots.
    """

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the point and the value of the root there."""
        root, a = rng.randint(2, 7), 0 if level == 1 else nonzero(rng, 1, 6)
        slope = rng.choice((1, 2, 3)) if level >= 2 else 1
        offset = root * root - slope * a
        inside = add(term(slope, "x"), offset)
        line = add("x", -a)
        if level <= 3:
            difference = add(("sqrt", inside), -root)
            if level == 3 and rng.random() < 0.6:
                fraction: Tree = ("/", line, difference)
            else:
                fraction = ("/", difference, term(rng.choice((1, 2, 3)), line) if a == 0 else line)
        else:
            other = rng.choice([k for k in range(-3, slope) if k])
            second = add(term(other, "x"), root * root - other * a)
            if other < 0:  # 52 - x rather than -x + 52
                second = add(root * root - other * a, term(other, "x"))
            difference = add(("sqrt", inside), neg(("sqrt", second)))
            fraction = (
                ("/", difference, line) if level == 4 else ("/", term(rng.randint(1, 5), line), difference)
            )
        if not names(inside) or offset == 0:
            raise DrawAgainError
        tape = Tape(("lim", fraction, "x", a)).do(ExtendByRootConjugate, (1,))
        _tidy_difference(tape)
        tape.do(Cancel, (1,))
        return _put_in(tape)


def _tidy_difference(tape: Tape) -> None:
    """Collect the difference of squares, and take the number before the variable out of it."""
    side = next(k for k in (1, 2) if CollectLikeTerms.work(look(tape.answer, (1, k)), {}) is not None)
    tape.do(CollectLikeTerms, (1, side))
    if CommonFactor.work(look(tape.answer, (1, side)), {}) is not None:
        tape.do(CommonFactor, (1, side))
