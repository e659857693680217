"""Limits with sines, exponentials and logarithms: by standard limits, and by the rule of l'Hopital."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from rpsdg.math_domains.algebra.rules.fractions import SplitNumerator
from rpsdg.math_domains.algebra.rules.numbers import Evaluate
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError
from rpsdg.math_domains.limits.families.algebraic import LimitFamily
from rpsdg.math_domains.limits.rules.evaluating import (
    ConstantOutOfLimit,
    LimitByContinuity,
    LimitOfProduct,
    LimitOfQuotient,
    LimitTermByTerm,
)
from rpsdg.math_domains.limits.rules.infinity import DropVanishingTerms
from rpsdg.math_domains.limits.rules.lhopital import LHopital
from rpsdg.math_domains.limits.rules.standard import (
    CosineLimit,
    EulerLimit,
    ExponentialLimit,
    ExtendByVariable,
    LogarithmLimit,
    SineLimit,
    SplitIntoStandardLimits,
    TangentLimit,
)
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, mul, neg, power

__all__ = ["LimitByLHopital", "LimitByStandardLimits"]

_SMALL: tuple[Callable[[Tree], Tree], ...] = (
    lambda inner: ("sin", inner),
    lambda inner: ("tan", inner),
    lambda inner: ("+", ("exp", inner), -1),
    lambda inner: ("log", ("+", 1, inner)),
)
"""Functions that go to zero as their argument does, at the same rate."""

_STANDARD = (SineLimit, TangentLimit, CosineLimit, ExponentialLimit, LogarithmLimit, EulerLimit)


class LimitByStandardLimits(LimitFamily):
    """Find a limit by bringing it to those that one knows by heart.

    Level 1 is one of them with a number; level 2 has numbers above and below, or the square of the variable;
    then come quotients, products, and sums.
    """

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw functions that go to zero, and put them together."""
        tape = Tape(self._problem(rng, level))
        tape.everywhere(SplitIntoStandardLimits, ExtendByVariable)
        tape.everywhere(SplitNumerator) if level == 5 else tape
        tape.everywhere(LimitTermByTerm, LimitOfQuotient, LimitOfProduct)
        tape.everywhere(*_STANDARD).everywhere(ConstantOutOfLimit).everywhere(*_STANDARD)
        if Evaluate.applies(tape.answer) is not None:
            tape.do(Evaluate)
        return tape

    def _problem(self, rng: Random, level: int) -> Tree:
        k, m = rng.sample(range(2, 10), 2)
        angle, other = term(k, "x"), term(m, "x")
        first, second = rng.sample(_SMALL, 2)
        below = term(rng.choice((1, 1, 2, 3, 5)), "x")
        if level == 1:
            return ("lim", ("/", rng.choice((first, second))(angle), below), "x", 0)
        if level == 2:
            if rng.random() < 0.3:
                lifted = ("^", ("+", 1, ("/", k, "x")), term(rng.choice((1, 1, m)), "x"))
                return ("lim", lifted, "x", "oo")
            cosine = ("+", 1, neg(("cos", angle)))
            shown = cosine if rng.random() < 0.5 else mul(m, cosine)
            return ("lim", ("/", shown, term(rng.choice((1, 2, 3)), power("x", 2))), "x", 0)
        if level == 3:
            return ("lim", ("/", term(rng.randint(1, 9), first(angle)), second(other)), "x", 0)
        if level == 4:
            product = ("*", first(angle), second(other))
            return ("lim", ("/", product, term(rng.choice((1, 2, 3)), power("x", 2))), "x", 0)
        third = rng.choice(("sin", "tan"))
        parts = (("sin", angle), (third, other), ("log", ("+", 1, term(rng.randint(2, 9), "x"))))
        signed = [parts[0], *(part if rng.random() < 0.6 else neg(part) for part in parts[1:])]
        return ("lim", ("/", add(*signed[: rng.choice((2, 3))]), below), "x", 0)


class LimitByLHopital(LimitFamily):
    """Find a limit of the form zero over zero, or infinity over infinity, by the rule of l'Hopital.

    Up to level 2 one use of it is enough; from level 3 on there are more, and limits at infinity.
    """

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw a fraction whose parts both vanish or both grow, and differentiate as long as they do."""
        above, below, to = _fraction(rng, level)
        tape = Tape(("lim", ("/", above, below), "x", to))
        for _ in range(4):
            values = LHopital.applies(tape.answer)
            if values is None:
                break
            tape.do(LHopital, (), values)
        last = LimitByContinuity if to != "oo" else DropVanishingTerms
        values = last.applies(tape.answer)
        if values is None or len(tape.moves) < (1 if level < 3 else 2):
            raise DrawAgainError
        return tape.do(last, (), values)


def _fraction(rng: Random, level: int) -> tuple[Tree, Tree, Tree]:
    """Return numerator, denominator, and where the variable goes."""
    k, m = rng.randint(2, 9), rng.randint(2, 9)
    angle = term(k, "x")
    exponential: Tree = ("+", ("exp", angle), -1)
    if level == 1:
        n = rng.randint(2, 6)
        if rng.random() < 0.5:
            return ("log", "x"), add(power("x", n), -1), 1
        return (
            exponential,
            rng.choice((("sin", term(m, "x")), term(m, "x"), add(power("x", 2), term(m, "x")))),
            0,
        )
    if level == 2:
        a = nonzero(rng, 1, 4)
        waves: Tree = add(term(m, ("sin", angle)), term(nonzero(rng, 1, 9), "x"))
        polynomial = add(power("x", 2), term(nonzero(rng, 1, 9), "x"))
        return rng.choice(
            (
                (waves, exponential, 0),
                (("log", ("+", 1, angle)), polynomial, 0),
                (add(("exp", add("x", -a)), -1), add(power("x", 2), -a * a), a),
                (waves, polynomial, 0),
            )
        )
    if level == 3:
        return rng.choice(
            (
                (add(1, neg(("cos", angle))), term(rng.choice((1, 2, m)), power("x", 2)), 0),
                (add(("exp", angle), term(-k, "x"), -1), term(rng.choice((1, m)), power("x", 2)), 0),
                (add(term(m, power("x", 2)), nonzero(rng, 1, 9)), ("exp", angle), "oo"),
                (("log", "x"), term(m, power("x", rng.randint(1, 4))), "oo"),
            )
        )
    if level == 4:
        return rng.choice(
            (
                (add(term(k, power("x", 2)), term(m, "x")), ("exp", term(rng.randint(1, 5), "x")), "oo"),
                (add("x", neg(("sin", "x"))), term(m, power("x", 3)), 0),
                (add(1, neg(("cos", angle))), add(("exp", term(m, "x")), term(-m, "x"), -1), 0),
                (add(1, neg(("cos", angle))), add(1, neg(("cos", term(m, "x")))), 0),
            )
        )
    cubic = add(term(k, power("x", 3)), term(m, power("x", 2)))
    return rng.choice(
        (
            (term(k, power("x", 3)), ("exp", term(m, "x")), "oo"),
            (add(("sin", angle), term(-k, "x")), term(m, power("x", 3)), 0),
            (add(("exp", "x"), neg(("exp", neg("x"))), term(-2, "x")), term(m, power("x", 3)), 0),
            (add(("sin", angle), term(-k, "x")), add(term(m, "x"), neg(("sin", term(m, "x")))), 0),
            (cubic, ("exp", term(rng.randint(1, 4), "x")), "oo"),
        )
    )
