"""Polynomials: expanding and factoring."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.rules.brackets import (
    CollectLikeTerms,
    MultiplyOut,
    SquareOfSum,
    SumTimesDifference,
)
from rpsdg.math_domains.algebra.rules.factoring import (
    CommonFactor,
    DifferenceOfSquares,
    FactorTrinomial,
    PerfectSquare,
)
from rpsdg.math_domains.drawing import nonzero, unknown_name
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.forms import Form
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import by_degree, collected, multiplied, term, terms
from rpsdg.math_domains.trees import Tree, add, look, mul, neg, power

__all__ = ["ExpandPolynomial", "FactorPolynomial", "expanded"]


class ExpandPolynomial(Family):
    """Expand brackets and simplify.

    The level is the number of products and squares that are added and subtracted.
    """

    topic = "math/algebra/polynomial"
    form = Form.EXPANDED
    asks = ("Expand and simplify {problem}.", "Write {problem} without brackets, as simply as possible.")

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the pieces; the solved state is their sum, collected."""
        x = unknown_name(rng)
        count = (level + 2) // 2
        pieces = [_piece(rng, x, level) for _ in range(count)]
        signed = [pieces[0], *[neg(piece) if rng.random() < 0.5 else piece for piece in pieces[1:]]]
        if level % 2 == 0:
            signed.append(term(nonzero(rng, 2, 9), rng.choice((x, power(x, 2)))))
        tape = Tape(add(*signed))
        tape.everywhere(SumTimesDifference, SquareOfSum, MultiplyOut)
        tape.everywhere(CollectLikeTerms)
        return tape


def _piece(rng: Random, x: str, level: int) -> Tree:
    first = add(term(rng.choice((1, 1, 2, 3)), x), nonzero(rng, 1, 7))
    kind = rng.randrange(4 if level > 1 else 2)
    if kind == 0:
        return mul(first, add(term(rng.choice((1, 2, 3)), x), nonzero(rng, 1, 7)))
    if kind == 1:
        return power(first, 2)
    if kind == 2:
        front, last = terms(first)
        return mul(first, add(front, neg(last)))
    return mul(term(nonzero(rng, 2, 5), x), first)


class FactorPolynomial(Family):
    """Factor a polynomial completely.

    Level 1 is a trinomial or a difference of squares; then a common factor comes out first, numbers stand in
    front of the squares, and one factoring is followed by another.
    """

    topic = "math/algebra/polynomial"
    form = Form.FACTORED
    asks = ("Factor {problem} completely.", "Write {problem} as a product.")

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the factors, and multiply them for the problem."""
        x = unknown_name(rng)
        p, q = nonzero(rng, 1, 9), nonzero(rng, 1, 9)
        lead = rng.choice((2, 3, 4, 5)) if level in {3, 5} else 1
        if rng.random() < 0.25:
            q, lead = -p, 1
        tape = Tape(expanded(add(term(lead, x), p), add(x, q)))
        if level == 4:  # a difference of squares whose second factor is one again
            base = rng.choice((1, 1, 2))
            if base % p == 0:
                raise DrawAgainError("a difference with 1 would be left, which the rule takes for no square")
            tape = Tape(add(term(base**4, power(x, 4)), -(p**4)))
        front = _front(rng, x, level)
        if front != 1:
            tape = Tape(add(*[multiplied(front, part) for part in terms(tape.problem)]))
        return factored(tape)


def _front(rng: Random, x: str, level: int) -> Tree:
    if level == 1 or (level == 4 and rng.random() < 0.5):
        return 1
    number = nonzero(rng, 2, 6)
    return rng.choice((number, term(number, x), x, term(number, power(x, 2))))


def expanded(left: Tree, right: Tree) -> Tree:
    """Return the product of two sums, multiplied out and collected."""
    return by_degree(collected([multiplied(a, b) for a in terms(left) for b in terms(right)]))


def factored(tape: Tape) -> Tape:
    """Take out what is common, then factor what is left as long as a rule applies."""
    if CommonFactor.work(tape.answer, {}) is not None:
        tape.do(CommonFactor)
    for _ in range(4):
        path = _still_a_sum(tape.answer)
        for rule in (PerfectSquare, DifferenceOfSquares, FactorTrinomial):
            found = [(where, values) for where in path for values in rule.ways_on(look(tape.answer, where))]
            if found:
                where, values = found[0]
                tape.do(rule, where, values)
                break
        else:
            return tape
    return tape


def _still_a_sum(state: Tree) -> list[tuple[int, ...]]:
    """Return the ways to the factors that are sums."""
    if type(state) is not tuple:
        return []
    if state[0] == "+":
        return [()]
    return [(k,) for k in range(1, len(state)) if type(state[k]) is tuple and state[k][0] == "+"]
