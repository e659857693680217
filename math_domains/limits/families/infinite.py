"""Limits at infinity: of rational functions, and of differences of roots."""

from __future__ import annotations

from math import gcd
from random import Random

from rpsdg.math_domains.algebra.rules.brackets import CollectLikeTerms
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError
from rpsdg.math_domains.limits.families.algebraic import LimitFamily
from rpsdg.math_domains.limits.rules.infinity import DivideByHighestPower, DropVanishingTerms
from rpsdg.math_domains.limits.rules.roots import ExtendByRootConjugate
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, neg, power

__all__ = ["LimitAtInfinity", "LimitOfDifferenceOfRoots"]


def _finish(tape: Tape) -> Tape:
    """Divide by the highest power below, and drop what vanishes.

    Raises:
        DrawAgainError: there is no finite limit.
    """
    for rule in (DivideByHighestPower, DropVanishingTerms):
        values = rule.applies(tape.answer)
        if values is None:
            raise DrawAgainError
        tape.do(rule, (), values)
    return tape


class LimitAtInfinity(LimitFamily):
    """Find the limit of a fraction at infinity, by dividing by the highest power of the variable.

    The level is the number of terms and the degree; from level 4 on there is a root, of which a power of the
    variable comes out.
    """

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw two polynomials whose numerator does not have the higher degree."""
        degree = {1: 1, 2: 2, 3: 3, 4: 1, 5: 2}[level]
        below = _polynomial(rng, degree, 2 if level < 3 else 3)
        above = _polynomial(rng, degree if rng.random() < 0.75 else max(1, degree - 1), 2 if level < 2 else 3)
        if level >= 4:
            square = rng.randint(1, 5) ** 2
            inside = add(
                term(square, power("x", 2 * degree)),
                term(nonzero(rng, 1, 9), power("x", rng.randint(1, 2 * degree - 1))),
                *([nonzero(rng, 1, 9)] if level == 5 else []),
            )
            root: Tree = ("sqrt", inside)
            above = root if rng.random() < 0.5 else add(root, term(rng.randint(1, 9), power("x", degree)))
        return _finish(Tape(("lim", ("/", above, below), "x", "oo")))


def _polynomial(rng: Random, degree: int, count: int) -> Tree:
    lower = rng.sample(range(degree), min(count - 1, degree))
    powers = sorted(lower, reverse=True)
    shown = [term(nonzero(rng, 1, 9), power("x", k)) for k in powers]
    return add(term(rng.randint(1, 9), power("x", degree)), *shown)


class LimitOfDifferenceOfRoots(LimitFamily):
    """Find the limit of a difference that grows on both sides, by extending by the conjugate.

    At level 1 the root of a square and a linear term stands before the variable; then there is a number, too,
    a number before the square, and from level 4 on a second root.
    """

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw a difference whose squares cancel."""
        lead = 1 if level in {1, 2, 4} else rng.randint(2, 4)
        a, b = nonzero(rng, 1, 9), nonzero(rng, 1, 9)
        inside = add(term(lead * lead, power("x", 2)), term(a, "x"), *([b] if level not in {1, 4} else []))
        if level <= 3:
            difference = add(("sqrt", inside), neg(term(lead, "x")))
            if level >= 2 and rng.random() < 0.3:
                difference = add(term(lead, "x"), neg(("sqrt", inside)))
        else:
            c = rng.choice([k for k in range(-9, 10) if k not in {0, a}])
            other = add(term(lead * lead, power("x", 2)), term(c, "x"), *([nonzero(rng, 1, 9)] * (level - 4)))
            difference = add(("sqrt", inside), neg(("sqrt", other)))
        if gcd(lead, a) != 1 and level == 3:
            raise DrawAgainError
        tape = Tape(("lim", difference, "x", "oo")).do(ExtendByRootConjugate, (1,))
        tape.do(CollectLikeTerms, (1, 1))
        return _finish(tape)
