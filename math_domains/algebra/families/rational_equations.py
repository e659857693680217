"""Equations with the unknown in denominators."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.families.polynomials import expanded
from rpsdg.math_domains.algebra.families.quadratic import solve_branches, solve_quadratic
from rpsdg.math_domains.algebra.rules.brackets import CollectLikeTerms, MultiplyOut
from rpsdg.math_domains.algebra.rules.candidates import DropOutsideDomain
from rpsdg.math_domains.algebra.rules.factoring import FactorTrinomial
from rpsdg.math_domains.algebra.rules.rational_equations import MultiplyByDenominators, NoteExcludedValues
from rpsdg.math_domains.drawing import nonzero, unknown_name
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.trees import Tree, add, neg

__all__ = ["RationalEquation"]


class RationalEquation(Family):
    """Solve an equation with the unknown in denominators; the values excluded by them are no solutions.

    Levels 1 and 2 lead to linear equations, the others to quadratic ones; at level 5 a denominator has to be
    factored first, and one of the two candidates is excluded.
    """

    topic = "math/algebra/equation"
    asks = (
        "Solve {problem}.",
        "Find all solutions of {problem}.",
        "Solve the rational equation {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the solutions first, and numerators that make them so."""
        x = unknown_name(rng)
        left, right = _SIDES[level - 1](rng, x)
        tape = Tape(("=", left, right))
        if level == 5:
            tape.everywhere(FactorTrinomial)
        _step_on(tape)
        if level <= 2:
            tape.everywhere(MultiplyOut)
            tape.everywhere(CollectLikeTerms)
            solve_branches(tape, (1,))
        else:
            solve_quadratic(tape, (1,))
        return _checked(tape)


def _step_on(tape: Tape) -> None:
    """Note what is excluded, and multiply by the denominators."""
    for values in NoteExcludedValues.ways_on(tape.answer):
        tape.do(NoteExcludedValues, (), values)
    answer = tape.answer
    if type(answer) is not tuple or answer[0] != "and":
        raise DrawAgainError
    for values in MultiplyByDenominators.ways_on(answer[1]):
        tape.do(MultiplyByDenominators, (1,), values)


def _checked(tape: Tape) -> Tape:
    for values in DropOutsideDomain.ways_on(tape.answer):
        tape.do(DropOutsideDomain, (), values)
    if tape.answer == ("or",):
        raise DrawAgainError
    return tape


def _over(above: int, below: Tree) -> Tree:
    fraction: Tree = ("/", abs(above), below)
    return fraction if above > 0 else neg(fraction)


def _with_number(rng: Random, x: str) -> tuple[Tree, Tree]:
    """Return a/(x + b) = c, or x/(x + b) = c."""
    if rng.random() < 0.7:
        c = rng.choice((-3, -2, -1, 2, 3, 4, 5))
        return ("/", x, add(x, nonzero(rng, 1, 6) * (1 - c))), c
    b, c, solution = nonzero(rng, 1, 9), nonzero(rng, 2, 9), nonzero(rng, 1, 9)
    above = _small(c * (solution + b), 60)
    if above < 0:
        raise DrawAgainError
    return ("/", above, add(x, b)), c


def _two_fractions(rng: Random, x: str) -> tuple[Tree, Tree]:
    """Return a/(x + b) = c/(x + d)."""
    b, d, solution = rng.randint(-8, 8), nonzero(rng, 1, 8), nonzero(rng, 1, 9)
    k = rng.choice((1, 1, 2, 3))
    a, c = _small(k * (solution + b), 30), _small(k * (solution + d), 30)
    if b == d or (a < 0 and c < 0):
        raise DrawAgainError
    return ("/", a, add(x, b)), ("/", c, add(x, d))


def _unknown_above(rng: Random, x: str) -> tuple[Tree, Tree]:
    """Return x/(x + b) = c/(x + d)."""
    first, second = _zeros(rng)
    c = nonzero(rng, 1, 9)
    b, d = -first * second // c, c - first - second
    if first * second % c or b in {0, d} or not d or max(abs(b), abs(d)) > 15:
        raise DrawAgainError
    return ("/", x, add(x, b)), ("/", c, add(x, d))


def _sum_of_two(rng: Random, x: str) -> tuple[Tree, Tree]:
    """Return a/x + b/(x + d) = e."""
    (first, second), d, e = _zeros(rng), nonzero(rng, 1, 8), rng.choice((1, 1, 2))
    a = -e * first * second // d
    b = e * (d + first + second) - a
    if e * first * second % d:
        raise DrawAgainError
    return add(_over(_small(a, 40), x), _over(_small(b, 40), add(x, d))), e


def _with_excluded(rng: Random, x: str) -> tuple[Tree, Tree]:
    """Return x/(x + b) + c/(x + d) = e/((x + b)(x + d)), the product expanded; -b is not allowed."""
    b, d, solution = nonzero(rng, 1, 7), nonzero(rng, 1, 7), nonzero(rng, 1, 9)
    c = b - solution - d
    e = c * b + b * solution
    if b == d or -solution in {b, d}:
        raise DrawAgainError
    left = add(("/", x, add(x, b)), _over(_small(c, 15), add(x, d)))
    return left, ("/", _small(e, 60), expanded(add(x, b), add(x, d)))


def _zeros(rng: Random) -> tuple[int, int]:
    first, second = nonzero(rng, 1, 9), nonzero(rng, 1, 9)
    if first == second:
        raise DrawAgainError
    return first, second


def _small(value: int, most: int) -> int:
    if not value or abs(value) > most:
        raise DrawAgainError
    return value


_SIDES = (_with_number, _two_fractions, _unknown_above, _sum_of_two, _with_excluded)
"""What the equation is like at each level."""
