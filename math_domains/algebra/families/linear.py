"""Linear equations in one unknown."""

from __future__ import annotations

from math import prod
from random import Random

from rpsdg.math_domains.algebra.rules.both_sides import (
    AddToBothSides,
    DivideBothSides,
    MultiplyBothSides,
    SwapSides,
)
from rpsdg.math_domains.algebra.rules.brackets import CollectLikeTerms, MultiplyOut
from rpsdg.math_domains.drawing import nonzero, unknown_name
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import (
    Number,
    common_denominator,
    number_tree,
    opposite,
    quotient,
    split,
    term,
    terms,
    whole,
)
from rpsdg.math_domains.trees import Tree, add, mul, names

__all__ = ["LinearEquation"]


class LinearEquation(Family):
    """Solve a linear equation in one unknown.

    Level 1 takes two steps; then the unknown comes on both sides, in brackets, in brackets on both sides
    among terms that have to be collected, and over denominators.
    """

    topic = "math/algebra/equation"
    asks = ("Solve {problem}.", "Solve the equation {problem}.", "Find the solution of {problem}.")

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the solution first, then sides that meet there."""
        x = unknown_name(rng)
        solution = rng.randint(-9, 9)
        left, right = _SHAPES[level - 1](rng, x)
        # What the sides differ by at the solution goes to the right as a number, so they meet there.
        gap = whole(_at(left, solution) - _at(right, solution))
        if type(gap) is not int:
            raise DrawAgainError
        right = add(*terms(right), gap)
        tape = Tape(("=", left, right))
        return solved(tape, x)


def solved(tape: Tape, x: Tree) -> Tape:
    """Solve a linear equation as it is taught: brackets, fractions, like terms, the unknown, the number."""
    _, left, right = _equation(tape)
    below = common_denominator((*terms(left), *terms(right)))
    if below > 1:
        tape.do(MultiplyBothSides, by=below)
    tape.everywhere(MultiplyOut)
    tape.everywhere(CollectLikeTerms)
    move_terms(tape, x)
    _, left, right = _equation(tape)
    value, _ = split(left)
    if not names(left):
        raise DrawAgainError
    return tape.do(DivideBothSides, by=number_tree(value)) if value != 1 else tape


def move_terms(tape: Tape, x: Tree) -> None:
    """Bring the unknown to the left, where there is more of it, and the numbers to the right."""
    _, left, right = _equation(tape)
    if _slope(right, x) > _slope(left, x) >= 0:
        tape.do(SwapSides)
        _, left, right = _equation(tape)
    for part in terms(right):
        if names(part):
            tape.do(AddToBothSides, term=opposite(part))
    for part in terms(_equation(tape)[1]):
        if not names(part):
            tape.do(AddToBothSides, term=opposite(part))


def _equation(tape: Tape) -> tuple[str, Tree, Tree]:
    state = tape.answer
    assert type(state) is tuple
    return state[0], state[1], state[2]


def _slope(side: Tree, x: Tree) -> Number:
    return sum(value for value, body in map(split, terms(side)) if body == x)


def _at(tree: Tree, value: int) -> Number:
    """Return the value of a side where the unknown has a value."""
    if type(tree) is not tuple:
        return tree if type(tree) is int else value
    parts = [_at(part, value) for part in tree[1:]]
    match tree[0]:
        case "+":
            return sum(parts)
        case "neg":
            return -parts[0]
        case "/":
            return quotient(*parts)
    return prod(parts)


def _two_steps(rng: Random, x: str) -> tuple[Tree, Tree]:
    return add(term(nonzero(rng, 2, 9), x), nonzero(rng, 1, 15)), 0


def _both_sides(rng: Random, x: str) -> tuple[Tree, Tree]:
    a, c = nonzero(rng, 2, 9), nonzero(rng, 2, 9)
    if a == c:
        raise DrawAgainError
    return add(term(a, x), nonzero(rng, 1, 15)), term(c, x)


def _bracket(rng: Random, x: str) -> Tree:
    return mul(nonzero(rng, 2, 6), add(term(rng.choice((1, 1, 2, 3)), x), nonzero(rng, 1, 9)))


def _one_bracket(rng: Random, x: str) -> tuple[Tree, Tree]:
    return _bracket(rng, x), term(nonzero(rng, 2, 9), x)


def _two_brackets(rng: Random, x: str) -> tuple[Tree, Tree]:
    left = add(_bracket(rng, x), term(nonzero(rng, 2, 9), x))
    right = add(_bracket(rng, x), *([term(nonzero(rng, 2, 9), x)] if rng.random() < 0.5 else []))
    return left, right


def _denominators(rng: Random, x: str) -> tuple[Tree, Tree]:
    def part() -> Tree:
        above = add(term(rng.choice((1, 1, 2, 3)), x), nonzero(rng, 1, 9))
        return ("/", above, rng.choice((2, 3, 4, 5, 6)))

    return add(part(), _bracket(rng, x)), part()


_SHAPES = (_two_steps, _both_sides, _one_bracket, _two_brackets, _denominators)
