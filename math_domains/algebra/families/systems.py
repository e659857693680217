"""Systems of two linear equations."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.families.quadratic import solve_branches
from rpsdg.math_domains.algebra.rules.both_sides import AddToBothSides
from rpsdg.math_domains.algebra.rules.brackets import CollectLikeTerms, MultiplyOut
from rpsdg.math_domains.algebra.rules.systems import AddMultipleOfEquation, SubstituteIntoEquation
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import opposite, term, terms
from rpsdg.math_domains.trees import Tree, add, look

__all__ = ["LinearSystem"]


class LinearSystem(Family):
    """Solve a system of two linear equations in two unknowns, by substitution or by elimination.

    At level 1 adding the equations, or subtracting one, eliminates an unknown; at level 2 a multiple of one
    is taken. At level 3 one equation says what an unknown is. At level 4 multiples of both are needed, and
    at level 5 unknowns stand on both sides.
    """

    topic = "math/algebra/system"
    asks = (
        "Solve the system {problem}.",
        "Find the numbers for which {problem}.",
        "Solve the system of equations {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the solution first."""
        x, y = rng.choice((("x", "y"), ("x", "y"), ("a", "b"), ("u", "v"), ("s", "t")))
        at = {x: nonzero(rng, 1, 9), y: nonzero(rng, 1, 9)}
        if level == 3:
            return _by_substitution(rng, x, y, at)
        a, b, c, d = (nonzero(rng, 1, 9) for _ in range(4))
        if level == 1:
            a, b, d = (nonzero(rng, 1, 3) for _ in range(3))
            c = rng.choice((a, -a))
        elif level == 2:
            c = a * rng.choice((-4, -3, -2, 2, 3, 4))
        elif c % a == 0 or a % c == 0 or b == d:
            raise DrawAgainError
        if a * d == b * c or max(abs(c), abs(d)) > 20:
            raise DrawAgainError
        first = ("=", add(term(a, x), term(b, y)), a * at[x] + b * at[y])
        second = ("=", add(term(c, x), term(d, y)), c * at[x] + d * at[y])
        tape = Tape(("and", first, second)) if level < 5 else _both_sides(rng, x, (first, second))
        values = next(AddMultipleOfEquation.ways_on(tape.answer), None)
        if values is None:
            raise DrawAgainError
        tape.do(AddMultipleOfEquation, (), values)
        solve_branches(tape, (2,))
        return _finished(tape, 1)


def _by_substitution(rng: Random, x: str, y: str, at: dict[str, int]) -> Tape:
    k, a, b = nonzero(rng, 2, 5), nonzero(rng, 1, 7), nonzero(rng, 1, 7)
    shift = at[y] - k * at[x]
    if not shift or a + b * k == 0:
        raise DrawAgainError
    known = ("=", y, add(term(k, x), shift))
    tape = Tape(("and", known, ("=", add(term(a, x), term(b, y)), a * at[x] + b * at[y])))
    tape.do(SubstituteIntoEquation)
    tape.everywhere(MultiplyOut)
    tape.everywhere(CollectLikeTerms)
    solve_branches(tape, (2,))
    return _finished(tape, 1)


def _both_sides(rng: Random, x: str, equations: tuple[Tree, Tree]) -> Tape:
    """Return the system with an unknown on both sides of each equation, and the steps that bring it back."""
    shown: list[Tree] = []
    moved: list[Tree] = []
    for equation in equations:
        assert type(equation) is tuple
        more = term(nonzero(rng, 1, 6), x)
        left, right = AddToBothSides.work_sides(equation[1], equation[2], {"term": more})
        shown.append(("=", left, add(*reversed(terms(right)))))
        moved.append(more)
    tape = Tape(("and", *shown))
    for place, more in enumerate(moved, 1):
        tape.do(AddToBothSides, (place,), term=opposite(more))
    if tape.answer != ("and", *equations):
        raise DrawAgainError  # an unknown that vanished for a while has come back in another place
    return tape


def _finished(tape: Tape, place: int) -> Tape:
    """Put the known unknown into the other equation, and solve that."""
    tape.do(SubstituteIntoEquation)
    equation = look(tape.answer, (place,))
    assert type(equation) is tuple
    for side in (1, 2):
        if CollectLikeTerms.work(equation[side], {}) is not None:
            tape.do(CollectLikeTerms, (place, side))
    return solve_branches(tape, (place,)) if type(equation[1]) is not str else tape
