"""Equations with square roots."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.families.quadratic import solve_branches, solve_quadratic
from rpsdg.math_domains.algebra.rules.both_sides import AddToBothSides, DivideBothSides
from rpsdg.math_domains.algebra.rules.candidates import DropOutsideDomain
from rpsdg.math_domains.algebra.rules.radicals import SquareBothSides
from rpsdg.math_domains.drawing import nonzero, unknown_name
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import opposite, term
from rpsdg.math_domains.trees import Tree, add, neg, power

__all__ = ["RadicalEquation"]


class RadicalEquation(Family):
    """Solve an equation with a square root; candidates that squaring brought in are rejected.

    At level 1 the root equals a number. From level 2 on the other side has the unknown in it, so that
    squaring leads to a quadratic equation; then the root has to be made to stand alone first, and at level 5
    there is a square under it, too.
    """

    topic = "math/algebra/equation"
    asks = (
        "Solve {problem} over the real numbers.",
        "Find all real solutions of {problem}.",
        "Solve the radical equation {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the solutions of the squared equation first, at least one of which is to be kept."""
        x = unknown_name(rng)
        if level == 1:
            return _equal_to_number(rng, x)
        first, second = nonzero(rng, 0, 9), nonzero(rng, 0, 9)
        slope = rng.choice((1, 1, 2)) if level == 5 else 1
        shift = nonzero(rng, 1, 9)
        if first == second or slope * max(first, second) + shift < 0:
            raise DrawAgainError
        side = add(term(slope, x), shift)
        # (slope x + shift)² less what is under the root is by (x - first)(x - second)
        by = rng.choice((1, 2)) if level == 5 else slope * slope
        square = slope * slope - by
        linear = 2 * slope * shift + by * (first + second)
        constant = shift * shift - by * first * second
        if not linear or max(abs(linear), abs(constant)) > 60 or (level == 5 and square == 0):
            raise DrawAgainError
        root: Tree = ("sqrt", add(term(square, power(x, 2)), term(linear, x), constant))
        tape = _squared(_tangled(rng, level, x, root, side), side)
        solve_quadratic(tape, (1,))
        return tape.do(DropOutsideDomain, (), {"domain": (">=", side, 0)})


def _equal_to_number(rng: Random, x: str) -> Tape:
    root, a, solution = rng.randint(2, 9), rng.randint(2, 7), nonzero(rng, 1, 9)
    b = root * root - a * solution
    if b == 0:
        raise DrawAgainError
    tape = Tape(("=", ("sqrt", add(term(a, x), b)), root))
    return solve_branches(tape.do(SquareBothSides))


def _tangled(rng: Random, level: int, x: str, root: Tree, side: Tree) -> Tape:
    """Return root = side with terms on the other side, and the steps that make the root stand alone."""
    assert type(side) is tuple
    _, front, shift = side
    if level in {2, 5}:
        return Tape(("=", root, side))
    if level == 3:
        tape = Tape(("=", add(root, opposite(shift)), front))
        return tape.do(AddToBothSides, term=shift)
    if rng.random() < 0.5:
        tape = Tape(("=", add(x, neg(root)), opposite(shift)))
        tape.do(AddToBothSides, term=opposite(x))
        tape.do(DivideBothSides, by=-1)
        return tape
    factor = rng.randint(2, 4)
    tape = Tape(("=", term(factor, root), add(term(factor, x), factor * shift)))
    return tape.do(DivideBothSides, by=factor)


def _squared(tape: Tape, side: Tree) -> Tape:
    answer = tape.answer
    assert type(answer) is tuple
    if answer[2] != side:
        raise DrawAgainError
    return tape.do(SquareBothSides)
