"""Factoring by grouping and by cubes, cubes expanded, and the vertex form of a quadratic."""

from __future__ import annotations

from math import gcd
from random import Random

from rpsdg.math_domains.algebra.rules.brackets import CollectLikeTerms, MultiplyOut, SquareOfSum
from rpsdg.math_domains.algebra.rules.factoring import CommonFactor, DifferenceOfSquares
from rpsdg.math_domains.algebra.rules.fractions import EqualFactors
from rpsdg.math_domains.algebra.rules.special_forms import (
    CubeOfSum,
    DifferenceOfCubes,
    FactorLeadOut,
    GroupTerms,
    PerfectCube,
    SquareWithin,
    SumOfCubes,
    TakeOutBracket,
)
from rpsdg.math_domains.drawing import nonzero, unknown_name
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.forms import Form
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import multiplied, split, term, terms
from rpsdg.math_domains.trees import Tree, add, mul, neg, power

__all__ = ["ExpandCubes", "FactorByGrouping", "FactorCubes", "VertexForm"]


class FactorByGrouping(Family):
    """Factor a sum of four terms by grouping them in pairs.

    At level 1 there are four letters; then powers of one letter, signs, a difference of squares that can be
    factored again, and at level 5 a common factor as well.
    """

    topic = "math/algebra/polynomial"
    form = Form.FACTORED
    asks = (
        "Factor {problem} by grouping.",
        "Write {problem} as a product.",
        "Factor {problem} completely.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the two brackets, and multiply them for the problem."""
        x = unknown_name(rng)
        first, second = _brackets(rng, level, x)
        if any(gcd(*[int(split(part)[0]) for part in bracket]) > 1 for bracket in (first, second)):
            raise DrawAgainError
        spread = [multiplied(a, b) for a in first for b in second]
        common = rng.choice((2, 3, x)) if level == 5 else 1
        tape = Tape(("+", *[multiplied(common, part) for part in spread]))
        if level == 5:
            tape.do(CommonFactor)
        tape.everywhere(GroupTerms)
        tape.everywhere(TakeOutBracket)
        if len(tape.moves) < 2:
            raise DrawAgainError
        return tape.everywhere(DifferenceOfSquares).everywhere(EqualFactors)


def _brackets(rng: Random, level: int, x: str) -> tuple[tuple[Tree, Tree], tuple[Tree, Tree]]:
    if level == 1:
        a, b, c = rng.sample([name for name in "abcxyz" if name != x], 3)
        last = rng.choice((c, rng.randint(2, 9), term(rng.randint(2, 3), c)))
        return (a, term(rng.randint(1, 5), b)), (term(rng.choice((1, 1, 2, 3)), x), last)
    if level in {4, 5}:
        number, lead = rng.randint(2, 6), rng.choice((1, 1, 2, 3)) if level == 5 else 1
        return (power(x, 2), -number * number), (term(lead, x), nonzero(rng, 1, 9))
    square = term(rng.choice((1, 1, 2, 3)), power(x, 2))
    high = 9 if level == 3 else 7
    number = nonzero(rng, 2, high) if level == 3 else rng.randint(1, high)
    other = nonzero(rng, 1, high) if level == 3 else rng.randint(1, high)
    return (square, number), (term(rng.choice((1, 2, 3)) if level == 3 else 1, x), other)


class FactorCubes(Family):
    """Factor a sum or a difference of cubes, or a perfect cube.

    Level 1 has a cube and a cube number; then there are numbers in front or a perfect cube of four terms, a
    common factor, a second letter, and at level 5 sixth powers, which are squares as well.
    """

    topic = "math/algebra/polynomial"
    form = Form.FACTORED
    asks = (
        "Factor {problem} completely.",
        "Write {problem} as a product.",
        "Factor {problem} as far as possible over the integers.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the cube roots."""
        x = unknown_name(rng)
        lead, number = rng.randint(2, 5) if level > 1 else 1, rng.randint(1, 10 if level == 1 else 6)
        if gcd(lead, number) > 1:
            raise DrawAgainError
        sign = rng.choice((1, -1))
        if level == 5:
            return _sixth_powers(rng, x)
        if level in {2, 3} and rng.random() < 0.4:
            cube = terms(_expanded_cube(add(term(lead, x), sign * number)))
            by = rng.choice((2, 3, 5)) if level == 3 else 1
            tape = Tape(add(*[multiplied(by, part) for part in cube]))
            return tape.everywhere(CommonFactor).everywhere(PerfectCube)
        y = rng.choice([name for name in "abyz" if name != x]) if level == 4 else 1
        parts = [_cube(term(lead, x)), _cube(term(sign * number, y))]
        if level < 3:
            return Tape(add(*parts)).everywhere(SumOfCubes, DifferenceOfCubes)
        by = rng.choice((2, 3, 5))
        tape = Tape(add(*[multiplied(by, part) for part in parts])).do(CommonFactor)
        return tape.everywhere(SumOfCubes, DifferenceOfCubes)


def _sixth_powers(rng: Random, x: str) -> Tape:
    """Return a difference of sixth powers, to be read as one of squares first."""
    by, root = rng.choice((1, 2, 3, 5)), rng.choice((2, 3))
    lead = rng.choice((1, 1, 3 if root == 2 else 2))
    sixth = add(term(lead**6, power(x, 6)), -(root**6))
    tape = Tape(add(*[multiplied(by, part) for part in terms(sixth)]))
    tape.everywhere(CommonFactor)
    return tape.everywhere(DifferenceOfSquares).everywhere(SumOfCubes, DifferenceOfCubes)


def _cube(tree: Tree) -> Tree:
    return multiplied(multiplied(tree, tree), tree)


def _expanded_cube(bracket: Tree) -> Tree:
    found = CubeOfSum.work(("^", bracket, 3), {})
    if found is None:
        raise DrawAgainError
    return found


class ExpandCubes(Family):
    """Expand the cube of a sum or a difference, and simplify.

    Level 1 has a letter and a number, level 2 a number in front of the letter; then squares and products are
    added or taken away, and at level 5 there are two cubes and a square.
    """

    topic = "math/algebra/polynomial"
    form = Form.EXPANDED
    asks = ("Expand and simplify {problem}.", "Write {problem} without brackets, as simply as possible.")

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the pieces."""
        x = unknown_name(rng)
        pieces = [_cube_of_binomial(rng, x, rng.randint(2, 4) if level > 1 else 1)]
        if level in {3, 4}:
            other: Tree = power(add(term(rng.randint(1, 3), x), nonzero(rng, 1, 6)), 2)
            if level == 4:
                other = mul(term(nonzero(rng, 2, 5), x), other)
            pieces.append(neg(other) if rng.random() < 0.5 else other)
        if level == 5:
            second = _cube_of_binomial(rng, x, rng.randint(1, 3))
            pieces.append(neg(second) if rng.random() < 0.6 else second)
            pieces.append(mul(nonzero(rng, 2, 5), power(add(x, nonzero(rng, 1, 6)), 2)))
        tape = Tape(add(*pieces))
        tape.everywhere(CubeOfSum, SquareOfSum, MultiplyOut)
        return tape.everywhere(CollectLikeTerms)


def _cube_of_binomial(rng: Random, x: str, lead: int) -> Tree:
    number = nonzero(rng, 1, 6)
    if gcd(lead, number) > 1:
        raise DrawAgainError
    return ("^", add(term(lead, x), number), 3)


class VertexForm(Family):
    """Write a quadratic as a multiple of a square and a number by completing the square.

    Level 1 has an even number in the middle and level 2 an odd one; then there is a number in front of the
    square, which is negative at level 4, and at level 5 fractions come of it.
    """

    topic = "math/algebra/polynomial"
    form = Form.VERTEX
    asks = (
        "Complete the square in {problem}.",
        "Write {problem} in vertex form.",
        "Complete the square to bring {problem} into vertex form.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the three numbers."""
        x = unknown_name(rng)
        lead = {3: rng.randint(2, 5), 4: -rng.randint(1, 5), 5: nonzero(rng, 2, 6)}.get(level, 1)
        half = nonzero(rng, 1, 9)
        middle = 2 * half * lead if level in {1, 3, 4} else (2 * half - 1) * lead
        constant = nonzero(rng, 1, 15)
        if middle**2 == 4 * lead * constant:  # a square already
            raise DrawAgainError
        tape = Tape(("+", term(lead, power(x, 2)), term(middle, x), constant))
        tape.everywhere(FactorLeadOut)
        tape.everywhere(SquareWithin)
        tape.everywhere(MultiplyOut)
        return tape.everywhere(CollectLikeTerms)
