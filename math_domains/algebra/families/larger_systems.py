"""Systems of three linear equations, and of a line and a curve."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.families.quadratic import solve_branches, solve_quadratic
from rpsdg.math_domains.algebra.rules.both_sides import AddToBothSides
from rpsdg.math_domains.algebra.rules.brackets import CollectLikeTerms
from rpsdg.math_domains.algebra.rules.larger_systems import EliminateUnknown, PutInto, SplitIntoCases
from rpsdg.math_domains.algebra.rules.numbers import Evaluate
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import collected, multiplied, opposite, term, terms
from rpsdg.math_domains.trees import Tree, add, look, names, power

__all__ = ["LineAndCurve", "SystemOfThree"]


class SystemOfThree(Family):
    """Solve a system of three linear equations in three unknowns by elimination.

    At level 1 it is triangular already and at level 2 one unknown has to be eliminated once; then twice, then
    three times, and at level 5 multiples of both equations are needed.
    """

    topic = "math/algebra/system"
    asks = (
        "Solve the system {problem}.",
        "Find the numbers for which {problem}.",
        "Solve the system of equations {problem} by elimination.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the solution first, then a triangle, and mix its equations."""
        unknowns = rng.choice(("xyz", "xyz", "abc", "uvw", "rst"))
        at = [nonzero(rng, 1, 6) for _ in unknowns]
        rows = [[0] * 3 for _ in range(3)]
        for i in range(3):
            for j in range(i, 3):
                rows[i][j] = nonzero(rng, 1, 4)
        rows[0][0] = 1 if level < 5 else rng.choice((2, 3))
        rows[1][1] = rng.choice((1, -1, 2)) if level < 5 else rng.choice((2, 3, -2))
        for row, other in [(2, 1), (2, 0), (1, 0)][: min(level - 1, 3)]:
            by, own = nonzero(rng, 1, 3), rng.choice((2, 3)) if level == 5 and row == 1 else 1
            rows[row] = [own * a + by * b for a, b in zip(rows[row], rows[other], strict=True)]
        if max(abs(value) for row in rows for value in row) > 12:
            raise DrawAgainError
        equations: list[Tree] = []
        for values in rows:
            left = add(*[term(value, name) for value, name in zip(values, unknowns, strict=True)])
            equations.append(("=", left, sum(a * b for a, b in zip(values, at, strict=True))))
        tape = Tape(("and", *equations))
        tape.everywhere(EliminateUnknown)
        state = tape.answer
        assert type(state) is tuple
        if [len(names(part)) for part in state[1:]] != [3, 2, 1] or len(tape.moves) != min(level - 1, 3):
            raise DrawAgainError
        solve_branches(tape, (3,))
        for place in (2, 1):
            for _ in range(3 - place):
                tape.do(PutInto)
            tape.everywhere(Evaluate)
            if CollectLikeTerms.work(look(tape.answer, (place, 1)), {}) is not None:
                tape.do(CollectLikeTerms, (place, 1))
            if type(look(tape.answer, (place, 1))) is not str:
                solve_branches(tape, (place,))
        return tape


class LineAndCurve(Family):
    """Find where a line meets a parabola, a hyperbola or a circle.

    At level 1 the line is horizontal and at level 2 both are given by what y is; at level 3 the line has to
    be solved for y, at level 4 a product is given and at level 5 a circle.
    """

    topic = "math/algebra/system"
    asks = (
        "Solve the system {problem}.",
        "Find all points where {problem}.",
        "Find the points in which these curves meet: {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the two points first."""
        x, y = rng.choice((("x", "y"), ("x", "y"), ("u", "v"), ("s", "t")))
        slope, height, curve = _curve(rng, level, x, y)
        line = ("=", y, add(term(slope, x), height))
        tape = Tape(("and", line, curve) if level > 3 else ("and", curve, line))
        if level in {3, 4, 5} and (level < 5 or rng.random() < 0.5):
            moved = term(slope, x)
            shown = ("=", add(opposite(moved), y), height)
            tape = Tape(("and", shown, curve) if level > 3 else ("and", curve, shown))
            place = 1 if level > 3 else 2
            tape.do(AddToBothSides, (place,), term=moved)
            tape_line = look(tape.answer, (place,))
            if tape_line != ("=", y, add(height, moved)) and tape_line != line:
                raise DrawAgainError
        tape.do(PutInto)
        known, target = (1, 2) if level > 3 else (2, 1)
        solve_quadratic(tape, (target,))
        tape.do(SplitIntoCases)
        for case in (1, 2):
            if level > 1:
                tape.do(PutInto, (case,))
            if type(look(tape.answer, (case, known, 2))) is tuple:
                tape.do(Evaluate, (case, known, 2))
        return tape


def _curve(rng: Random, level: int, x: str, y: str) -> tuple[int, int, Tree]:
    """Return slope and height of a line, and a curve that it meets at two places with whole coordinates."""
    if level == 5:
        points = rng.sample(_ON_CIRCLES[rng.choice(sorted(_ON_CIRCLES))], 2)
        (a, b), (c, d) = points
        if a == c or (d - b) % (c - a) or d == b:
            raise DrawAgainError
        slope = (d - b) // (c - a)
        circle = ("=", ("+", power(x, 2), power(y, 2)), a * a + b * b)
        return slope, b - slope * a, circle
    first, second = rng.sample([k for k in range(-6, 7) if k], 2)
    if level == 4:  # the two numbers with a sum and a product
        return -1, first + second, ("=", ("*", x, y), first * second)
    slope, height = nonzero(rng, 1, 4), nonzero(rng, 1, 9)
    lead = 1 if level == 1 else rng.choice((1, -1, 2))
    if level == 1:
        slope = 0
    bracket = [multiplied(lead, part) for part in (power(x, 2), term(-first - second, x), first * second)]
    parabola = collected([*bracket, *terms(add(term(slope, x), height))])
    if type(parabola) is not tuple or not height:
        raise DrawAgainError
    return slope, height, ("=", y, parabola)


_ON_CIRCLES = {
    radius: [(a, b) for a in range(-13, 14) for b in range(-13, 14) if a * a + b * b == radius]
    for radius in (25, 50, 65, 85, 100, 169)
}
"""The points with whole coordinates on circles that have many of them."""
