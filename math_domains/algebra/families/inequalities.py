"""Inequalities in one unknown: linear, quadratic, rational, and with absolute values."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.families.polynomials import expanded
from rpsdg.math_domains.algebra.rules.both_sides import AddToBothSides
from rpsdg.math_domains.algebra.rules.brackets import CollectLikeTerms, MultiplyOut
from rpsdg.math_domains.algebra.rules.factoring import CommonFactor, DifferenceOfSquares, FactorTrinomial
from rpsdg.math_domains.algebra.rules.inequalities import (
    AbsoluteValueAbove,
    AbsoluteValueBelow,
    DivideInequality,
    SignsOfFactors,
)
from rpsdg.math_domains.drawing import nonzero, unknown_name
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import opposite, split, term, terms
from rpsdg.math_domains.trees import CONNECTIVES, Path, Tree, add, look, mul, names, power

__all__ = ["AbsoluteValueInequality", "LinearInequality", "QuadraticInequality"]

_SIGNS = ("<", "<=", ">", ">=")


class LinearInequality(Family):
    """Solve a linear inequality.

    Level 1 has a positive number in front of the unknown and level 2 a negative one; then the unknown stands
    on both sides, and brackets have to be multiplied out on one side or on both.
    """

    topic = "math/algebra/inequality"
    asks = (
        "Solve the inequality {problem}.",
        "For which numbers is {problem}?",
        "Find all solutions of {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the bound first."""
        x, sign, bound = unknown_name(rng), rng.choice(_SIGNS), nonzero(rng, 0, 9)
        a, b = rng.randint(2, 9) * (-1 if level == 2 else 1), nonzero(rng, 1, 12)
        c = 0 if level <= 2 else nonzero(rng, 1, 9)
        if a == c:
            raise DrawAgainError
        d = (a - c) * bound + b
        left, right = _side(rng, x, a, b, brackets=level >= 4), _side(rng, x, c, d, brackets=level == 5)
        tape = Tape((sign, left, right))
        tape.everywhere(MultiplyOut)
        tape.everywhere(CollectLikeTerms)
        return solve_bounds(tape)


def _side(rng: Random, x: str, a: int, b: int, *, brackets: bool) -> Tree:
    """Return a x + b, perhaps as k(m x + n) + r."""
    if not brackets:
        return add(term(a, x), b)
    k = next((k for k in rng.sample((2, 3, 4, 5, -2, -3), 6) if a % k == 0), None)
    if k is None:
        raise DrawAgainError
    inner = nonzero(rng, 1, 6)
    return add(mul(k, ("+", term(a // k, x), inner)), b - k * inner)


def solve_bounds(tape: Tape, path: Path = ()) -> Tape:
    """Solve every linear inequality in a state.

    Args:
        tape: whose last state has them in it.
        path: where.
    """
    part = look(tape.answer, path)
    assert type(part) is tuple
    if part[0] in CONNECTIVES:
        for position in range(1, len(part)):
            solve_bounds(tape, (*path, position))
        return tape
    for piece in terms(part[2]):
        if names(piece):
            tape.do(AddToBothSides, path, term=opposite(piece))
    for piece in terms(look(tape.answer, (*path, 1))):
        if not names(piece) and piece != 0:
            tape.do(AddToBothSides, path, term=opposite(piece))
    value, body = split(look(tape.answer, (*path, 1)))
    if type(body) is not str:
        raise DrawAgainError
    if value != 1:
        tape.do(DivideInequality, path, by=int(value))
    return tape


class QuadraticInequality(Family):
    """Solve a quadratic or rational inequality by the signs of its factors.

    At level 1 it is factored already; then it has to be factored, terms stand on both sides, the square has
    a negative sign, and at level 5 it is a quotient.
    """

    topic = "math/algebra/inequality"
    asks = (
        "Solve the inequality {problem}.",
        "For which real numbers is {problem}?",
        "Find all real solutions of {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the zeros first."""
        x, sign = unknown_name(rng), rng.choice(_SIGNS)
        first, second = rng.sample([k for k in range(-9, 10) if k], 2)
        brackets: tuple[Tree, Tree] = (add(x, -first), add(x, -second))
        if level == 1:
            return Tape((sign, mul(*brackets), 0)).do(SignsOfFactors)
        if level == 5:
            third = nonzero(rng, 1, 9)
            above = expanded(*brackets)
            tape = Tape((sign, ("/", above, add(x, -third)), 0))
            return _factored(tape, (1, 1)).do(SignsOfFactors)
        linear, constant = -first - second, first * second
        shift, right = (nonzero(rng, 1, 7), nonzero(rng, 1, 9)) if level >= 3 else (0, 0)
        by = -1 if level == 4 else 1
        left = add(term(by, power(x, 2)), term(by * linear + shift, x), by * constant + right)
        tape = Tape((sign, left, add(term(shift, x), right)))
        for piece in terms(look(tape.answer, (2,))):
            if piece != 0:
                tape.do(AddToBothSides, term=opposite(piece))
        if level == 4:
            tape.do(DivideInequality, by=-1)
        return _factored(tape, (1,)).do(SignsOfFactors)


def _factored(tape: Tape, path: Path) -> Tape:
    """Factor a quadratic."""
    part = look(tape.answer, path)
    for rule in (DifferenceOfSquares, FactorTrinomial, CommonFactor):
        for values in rule.ways_on(part):
            return tape.do(rule, path, values)
    raise DrawAgainError


class AbsoluteValueInequality(Family):
    """Solve an inequality with an absolute value: between two bounds, or beyond them.

    The number in front of the unknown grows, turns negative at level 3, and from level 4 on the absolute
    value has to be made to stand alone first, at level 5 with a negative factor.
    """

    topic = "math/algebra/inequality"
    asks = (
        "Solve the inequality {problem}.",
        "For which numbers is {problem}?",
        "Find all solutions of {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose one bound first."""
        x, sign = unknown_name(rng), rng.choice(_SIGNS)
        a = 1 if level == 1 else rng.randint(2, 5) * (-1 if level == 3 else 1)
        distance, bound = rng.randint(1, 12), nonzero(rng, 0, 9)
        offset = distance - a * bound
        if not offset:
            raise DrawAgainError
        inside: Tree = ("abs", add(term(a, x), offset))
        factor, shift = (
            (rng.randint(2, 5) * (-1 if level == 5 else 1), nonzero(rng, 1, 9)) if level >= 4 else (1, 0)
        )
        tape = Tape((sign, add(term(factor, inside), shift), factor * distance + shift))
        if level >= 4:
            tape.do(AddToBothSides, term=-shift)
            tape.do(DivideInequality, by=factor)
        answer = tape.answer
        assert type(answer) is tuple
        tape.do(AbsoluteValueBelow if answer[0] in {"<", "<="} else AbsoluteValueAbove)
        return solve_bounds(tape)
