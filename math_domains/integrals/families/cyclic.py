"""Integrals that come back after integrating by parts twice."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError
from rpsdg.math_domains.integrals.families.indefinite import Integral
from rpsdg.math_domains.integrals.rules.cyclic import SolveForIntegral
from rpsdg.math_domains.integrals.rules.linearity import ConstantFactor, NumbersInFront
from rpsdg.math_domains.integrals.rules.parts import IntegrateByParts
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Path, Tree, first_place, look, places

__all__ = ["IntegralComingBack"]


class IntegralComingBack(Integral):
    """Integrate an exponential times a sine or a cosine by parts twice, until the integral comes back.

    At level 1 the exponent and the angle are the variable; then they have factors, first one of them and then
    both, also negative ones, and from level 4 on there is a number in front.
    """

    def integrand(self, rng: Random, level: int) -> Tree:
        """Draw the two factors."""
        kind = rng.choice(("sin", "cos"))
        a = 1 if level <= 2 else nonzero(rng, 2, 2 + level)
        b = 1 if level == 1 else rng.randint(2, 3 + level)
        if a == b and level > 1:
            raise DrawAgainError
        scale = rng.randint(1, 9) if level in {1, 4, 5} else 1
        return term(scale, ("*", ("exp", term(a, "x")), (kind, term(b, "x"))))

    def integrate(self, tape: Tape) -> None:
        """Integrate by parts twice, and solve for the integral."""
        tape.everywhere(ConstantFactor)
        start = first_place(tape.answer, "int") or ()
        for _ in range(2):
            path = first_place(tape.answer, "int") or ()
            values = next(IntegrateByParts.ways_on(look(tape.answer, path)), None)
            if values is None:
                raise DrawAgainError
            tape.do(IntegrateByParts, path, values)
            tape.everywhere(ConstantFactor).everywhere(NumbersInFront)
        where = _returned(tape.answer, start)
        tape.do(SolveForIntegral, where, SolveForIntegral.applies(look(tape.answer, where)))


def _returned(state: Tree, start: Path) -> Path:
    """Return the way to the sum that the first integral became.

    Raises:
        DrawAgainError: it cannot be solved for the integral.
    """
    for path, part in places(state):
        if path[: len(start)] == start and SolveForIntegral.applies(part) is not None:
            return path
    raise DrawAgainError
