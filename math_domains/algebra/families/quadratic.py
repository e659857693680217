"""Quadratic equations, by factoring and by completing the square."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.rules.both_sides import AddToBothSides, DivideBothSides, SwapSides
from rpsdg.math_domains.algebra.rules.brackets import (
    CollectLikeTerms,
    MultiplyOut,
    OrderByDegree,
    SquareOfSum,
)
from rpsdg.math_domains.algebra.rules.factoring import (
    CommonFactor,
    DifferenceOfSquares,
    FactorTrinomial,
    PerfectSquare,
    quadratic,
)
from rpsdg.math_domains.algebra.rules.roots import CompleteTheSquare, SquareRootBothSides, ZeroProduct
from rpsdg.math_domains.drawing import nonzero, unknown_name
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import Number, number, number_tree, opposite, split, term, terms
from rpsdg.math_domains.trees import Path, Tree, add, look, mul, names, power

__all__ = ["QuadraticByFactoring", "QuadraticBySquare", "solve_branches", "solve_factored", "solve_quadratic"]


class QuadraticByFactoring(Family):
    """Solve a quadratic equation with rational solutions by factoring.

    Level 1 is in normal form; then terms stand on both sides, there is a common factor, brackets have to be
    multiplied out first, and solutions are fractions.
    """

    topic = "math/algebra/equation"
    asks = (
        "Solve {problem} by factoring.",
        "Find all solutions of {problem}.",
        "Solve the quadratic equation {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the two solutions first, then tangle the product that vanishes there."""
        x = unknown_name(rng)
        m = rng.choice((2, 3, 4)) if level == 5 or (level == 4 and rng.random() < 0.4) else 1
        p, q = nonzero(rng, 1, 9), nonzero(rng, 1, 9)
        a, b, c = m, p * m + q, p * q
        scale = nonzero(rng, 2, 5) if level == 3 else 1
        a, b, c = a * scale, b * scale, c * scale
        return solve_quadratic(Tape(_tangled(rng, level, x, a, b, c)))


def _tangled(rng: Random, level: int, x: str, a: int, b: int, c: int) -> Tree:
    """Return an equation that says a x² + b x + c = 0."""
    square = power(x, 2)
    if level in {1, 3}:
        return ("=", add(term(a, square), term(b, x), c), 0)
    if level == 2:  # some of the terms on the right
        split_b, right = rng.randint(-6, 6), nonzero(rng, 1, 12)
        left = add(term(a, square), term(b + split_b, x), c + right)
        return ("=", left, add(term(split_b, x), right))
    # (x + d)(a x + e) and what it takes besides
    d = nonzero(rng, 1, 6)
    e = nonzero(rng, 1, 6)
    product = mul(add(x, d), add(term(a, x), e))
    return ("=", product, add(term(e + a * d - b, x), d * e - c))


def solve_quadratic(tape: Tape, path: Path = ()) -> Tape:
    """Bring everything to the side where the square has the larger number, factor, and set factors to zero.

    Args:
        tape: whose last state has the equation in it.
        path: where the equation stands.
    """
    tape.everywhere(SquareOfSum, MultiplyOut)
    tape.everywhere(CollectLikeTerms)
    far = 1 if _squares(tape, (*path, 1)) < _squares(tape, (*path, 2)) else 2
    for part in terms(look(tape.answer, (*path, far))):
        if part != 0:
            tape.do(AddToBothSides, path, term=opposite(part))
    if far == 1:
        tape.do(SwapSides, path)
    if quadratic(look(tape.answer, (*path, 1))) is None:
        raise DrawAgainError
    if OrderByDegree.work(look(tape.answer, (*path, 1)), {}) is not None:
        tape.do(OrderByDegree, (*path, 1))
    return solve_factored(tape, path)


def _squares(tape: Tape, side: Path) -> Number:
    """Return the number in front of the square on a side."""
    pairs = map(split, terms(look(tape.answer, side)))
    return sum(value for value, body in pairs if type(body) is tuple and body[0] == "^")


def solve_factored(tape: Tape, path: Path = ()) -> Tape:
    """Factor the left side of an equation with zero on the right, and solve it.

    Args:
        tape: whose last state has the equation in it.
        path: where the equation stands.
    """
    left = (*path, 1)
    tape = _common_factor(tape, path)
    side = look(tape.answer, left)
    bracket = left
    if type(side) is tuple and side[0] == "*":
        bracket = (*left, len(side) - 1)
        side = side[-1]
    for rule in (PerfectSquare, DifferenceOfSquares, FactorTrinomial):
        for values in rule.ways_on(side):
            tape.do(rule, bracket, values)
            break
        else:
            continue
        break
    tape.do(ZeroProduct, path)
    return solve_branches(tape, path)


def _common_factor(tape: Tape, path: Path) -> Tape:
    """Divide by a common number, or take out a common name."""
    side = look(tape.answer, (*path, 1))
    parts = [split(part) for part in terms(side)]
    if all(names(body) for _, body in parts):
        return tape.do(CommonFactor, (*path, 1))
    near = CommonFactor.work(side, {})
    by = -1 if parts[0][0] < 0 else 1
    if near is not None:
        by *= next(abs(k) for k in (near[1],) if type(k) is int) if type(near) is tuple else 1
    return tape.do(DivideBothSides, path, by=by) if by != 1 else tape


def solve_branches(tape: Tape, path: Path = ()) -> Tape:
    """Solve the linear equations that are left, one after another."""
    state = look(tape.answer, path)
    several = type(state) is tuple and state[0] == "or"
    count = len(state) - 1 if several and type(state) is tuple else 1
    for position in range(1, count + 1):
        branch = (*path, position) if several else path
        _solve_linear(tape, branch)
    return tape


def _solve_linear(tape: Tape, branch: Path) -> None:
    """Solve a linear equation; terms with the unknown go left, then the number right, then the factor."""
    for part in terms(look(tape.answer, (*branch, 2))):
        if names(part):
            tape.do(AddToBothSides, branch, term=opposite(part))
    left = look(tape.answer, (*branch, 1))
    for part in terms(left):
        if number(part) is not None:
            tape.do(AddToBothSides, branch, term=opposite(part))
    value, body = split(look(tape.answer, (*branch, 1)))
    if type(body) is not str:
        raise DrawAgainError
    if value != 1:
        tape.do(DivideBothSides, branch, by=number_tree(value))


class QuadraticBySquare(Family):
    """Solve a quadratic equation by completing the square; the solutions are mostly surds.

    Level 1 has the square already; then it has to be completed, terms stand on both sides, there is a common
    factor, and brackets have to be multiplied out first.
    """

    topic = "math/algebra/equation"
    asks = (
        "Solve {problem} exactly.",
        "Find the exact solutions of {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the vertex and the number under the root first."""
        x = unknown_name(rng)
        p, n = nonzero(rng, 1, 9), rng.randint(1, 40)
        if level == 1:
            tape = Tape(("=", power(add(x, p), 2), n))
            return solve_branches(tape.do(SquareRootBothSides))
        scale = nonzero(rng, 2, 5) if level >= 4 else 1
        a, b, c = scale, 2 * p * scale, (p * p - n) * scale
        if c == 0:
            raise DrawAgainError
        tape = Tape(_tangled(rng, {2: 1, 3: 2, 4: 1, 5: 4}[level], x, a, b, c))
        tape.everywhere(SquareOfSum, MultiplyOut)
        tape.everywhere(CollectLikeTerms)
        for part in terms(look(tape.answer, (2,))):
            if names(part):
                tape.do(AddToBothSides, term=opposite(part))
        for part in terms(look(tape.answer, (1,))):
            if not names(part):
                tape.do(AddToBothSides, term=opposite(part))
        found = quadratic(look(tape.answer, (1,)))
        if found is None:
            raise DrawAgainError
        if found[1] != 1:
            tape.do(DivideBothSides, by=found[1])
        for values in CompleteTheSquare.ways_on(tape.answer):
            tape.do(CompleteTheSquare, (), values)
        return solve_branches(tape.do(SquareRootBothSides))
