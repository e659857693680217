"""Equations of degree three and four."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.families.polynomials import expanded
from rpsdg.math_domains.algebra.families.quadratic import solve_branches
from rpsdg.math_domains.algebra.rules.both_sides import AddToBothSides, DivideBothSides
from rpsdg.math_domains.algebra.rules.factoring import (
    CommonFactor,
    DifferenceOfSquares,
    FactorTrinomial,
    PerfectSquare,
)
from rpsdg.math_domains.algebra.rules.higher_degree import (
    FactorBiquadratic,
    FactorOutZero,
    PutSolutionsTogether,
    coefficients,
    polynomial,
)
from rpsdg.math_domains.algebra.rules.roots import SquareRootBothSides, ZeroProduct
from rpsdg.math_domains.drawing import nonzero, unknown_name
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import opposite, term, terms
from rpsdg.math_domains.trees import Tree, add, look

__all__ = ["BiquadraticEquation", "PolynomialEquation"]


class PolynomialEquation(Family):
    """Solve an equation of degree three or four whose zeros are found by factoring.

    At level 1 the unknown can be taken out; then a zero has to be found first; at level 3 terms stand on both
    sides, at level 4 a zero is a fraction, and at level 5 the degree is four.
    """

    topic = "math/algebra/equation"
    asks = (
        "Solve {problem}.",
        "Find all real solutions of {problem}.",
        "Solve the equation {problem} by factoring.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the zeros first."""
        x = unknown_name(rng)
        zeros = [rng.choice((1, 1, 2, 3)) * nonzero(rng, 1, 2) for _ in range(4 if level == 5 else 3)]
        lead = 2 if level == 4 else 1
        brackets: list[Tree] = [add(x, -zero) for zero in zeros]
        if level == 1:
            brackets[0] = x
        if level == 4:
            brackets[-1] = add(term(lead, x), -rng.choice((1, 3, -1, -3, 5, -5)))
        side = brackets[0]
        for bracket in brackets[1:]:
            side = expanded(side, bracket)
        found = coefficients(side)
        if found is None or max(map(abs, found[1])) > 60 or 0 in found[1][1:2]:
            raise DrawAgainError
        tape = Tape(("=", side, 0))
        if level == 3:
            tape = _both_sides(rng, x, found[1])
        if level == 1:
            tape.do(CommonFactor, (1,))
        for _ in range(len(found[1]) - 3 if level > 1 else 0):
            _factor_out(tape)
        _factor_quadratic(tape)
        return solve_branches(tape.do(ZeroProduct))


def _both_sides(rng: Random, x: str, numbers: list[int]) -> Tape:
    """Return the equation with some terms on the right, and the steps that bring them back."""
    linear, constant = nonzero(rng, 1, 9), nonzero(rng, 1, 9)
    cubic, square, first, last = numbers
    left = polynomial(x, [cubic, square, first + linear, last + constant])
    right = add(term(linear, x), constant)
    tape = Tape(("=", left, right))
    for part in terms(right):
        tape.do(AddToBothSides, term=opposite(part))
    if look(tape.answer, (1,)) != polynomial(x, numbers):
        raise DrawAgainError  # a term that vanished for a while has come back at the end
    return tape


def _factor_out(tape: Tape) -> None:
    """Divide the last factor on the left by that of its first zero."""
    left = look(tape.answer, (1,))
    product = type(left) is tuple and left[0] == "*"
    path = (1, len(left) - 1) if product and type(left) is tuple else (1,)
    for values in FactorOutZero.ways_on(look(tape.answer, path)):
        tape.do(FactorOutZero, path, values)
        return
    raise DrawAgainError


def _factor_quadratic(tape: Tape) -> None:
    left = look(tape.answer, (1,))
    assert type(left) is tuple
    for rule in (PerfectSquare, DifferenceOfSquares, FactorTrinomial):
        for values in rule.ways_on(left[-1]):
            tape.do(rule, (1, len(left) - 1), values)
            return
    raise DrawAgainError


class BiquadraticEquation(Family):
    """Solve an equation in x⁴, x² and a number by putting u for x².

    At level 1 there are four whole solutions; then one of the squares may be negative, terms stand on both
    sides, there is a common factor, and solutions are surds.
    """

    topic = "math/algebra/equation"
    asks = (
        "Solve {problem}.",
        "Find all real solutions of {problem}.",
        "Solve the biquadratic equation {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the squares of the solutions first."""
        x = unknown_name(rng)
        first, second = _squares(rng, level)
        if first == second or first + second == 0 or max(first, second) < 1:
            raise DrawAgainError
        by = rng.randint(2, 5) if level >= 4 else 1
        numbers = [by, 0, -by * (first + second), 0, by * first * second]
        tape = Tape(("=", polynomial(x, numbers), 0))
        if level in {3, 5}:
            moved = term(nonzero(rng, 1, 9), ("^", x, 2))
            tape = Tape(("=", add(*_shifted(tape, moved)), moved)).do(AddToBothSides, term=opposite(moved))
        if by > 1:
            tape.do(DivideBothSides, by=by)
        for values in FactorBiquadratic.ways_on(look(tape.answer, (1,))):
            tape.do(FactorBiquadratic, (1,), values)
        tape.do(ZeroProduct)
        for position in (1, 2):
            constant = look(tape.answer, (position, 1, 2))
            tape.do(AddToBothSides, (position,), term=opposite(constant))
            tape.do(SquareRootBothSides, (position,))
        return tape.do(PutSolutionsTogether)


def _squares(rng: Random, level: int) -> tuple[int, int]:
    """Return what the square of the unknown may be."""
    if level <= 2:
        second = -rng.randint(1, 9) if level == 2 else rng.randint(1, 8) ** 2
        return rng.randint(1, 8) ** 2, second
    return rng.randint(1, 7) ** 2, rng.choice((-1, 1, 1)) * rng.randint(2, 15)


def _shifted(tape: Tape, moved: Tree) -> tuple[Tree, ...]:
    """Return the terms on the left with one added to the middle one."""
    fourth, square, constant = terms(look(tape.answer, (1,)))
    middle = AddToBothSides.work_sides(square, 0, {"term": moved})[0]
    return fourth, middle, constant
