"""Whether two expressions are equal: exactly for rational functions, else by balls at several points.

Disjoint balls prove a difference. Agreement needs balls that are narrow beside their values, computed with
more bits than the numbers of both formulas have together, so that what is merely close is told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from rpsdg.math_domains.trees import Tree, free_names, names
from rpsdg.math_domains.witnesses.balls import Balls, Slopes, truth
from rpsdg.math_domains.witnesses.matrices import is_matrix
from rpsdg.math_domains.witnesses.normal_form import NormalForms, NotRationalError

from .limits import Reason, Work
from .points import COUNT, drawn, precision
from .sizes import Size, matrix_size, size_of

__all__ = [
    "Tally",
    "allowed",
    "bits_for",
    "compare",
    "enclosure",
    "exactly_equal",
    "fraction_of",
    "slopes_at",
    "small",
]

_LARGEST_DEGREE = 60
_MOST_TERMS = 1_000
_MOST_PRODUCTS = 4_000
"""Units of work up to which several variables are multiplied out; beyond that balls are cheaper."""
_ROUNDS = 4
_FEWEST_POINTS = 2


def compare(
    gold: Tree, answer: Tree, work: Work, *, assuming: Sequence[Tree] = (), narrower: bool = False
) -> Reason:
    """Say whether an expression equals the gold one.

    Args:
        gold, answer: the two.
        work: pays for it.
        assuming: conditions on the names under which they have to agree.
        narrower: forgive that the answer is undefined in places where the gold one is not.

    Returns:
        `EQUAL`, `DIFFERENT`, `NARROWER` or `UNDECIDED`.

    Raises:
        RefusedError: one of them is no expression, or too large.
    """
    if gold == answer:
        return Reason.EQUAL
    if is_matrix(gold) or is_matrix(answer):
        return _compare_matrices(gold, answer, work)
    if gold in _INFINITE or answer in _INFINITE:
        return _compare_infinite(gold, answer, work)
    sizes = size_of(gold), size_of(answer)
    same = exactly_equal(gold, answer, sizes, work)
    if same is not None:
        return Reason.EQUAL if same else Reason.DIFFERENT
    known = free_names(gold) | free_names(answer)
    bits = bits_for(*sizes)
    salt = f"{gold} {answer}"
    tally = Tally(bits, narrower=narrower)
    for number in range(_ROUNDS if known else 1):
        work.spend((sizes[0].nodes + sizes[1].nodes) * (COUNT if known else 1) * (1 + bits // 512))
        with precision(bits):
            points = drawn(known, f"{salt} {number}")
            count = COUNT if known else 1
            balls = Balls(lambda name, points=points, count=count: points.get(name, (None,) * count))  # type: ignore[misc]
            pairs = zip(balls.value(gold), balls.value(answer), strict=True)
            for k, (left, right) in enumerate(pairs):
                if allowed(assuming, points, k):
                    tally.see(left, right)
        if tally.decided:
            break
    return tally.reason(fewest=_FEWEST_POINTS if known else 1)


def _compare_matrices(gold: Tree, answer: Tree, work: Work) -> Reason:
    """Compare two expressions of matrices of rational functions, exactly."""
    left, right = matrix_size(gold), matrix_size(answer)
    if left[:2] != right[:2]:
        return Reason.DIFFERENT
    variables = len(free_names(gold) | free_names(answer))
    if not small(left.entries, right.entries, variables=variables):
        return Reason.UNDECIDED
    work.spend(2 * (left.entries.nodes + right.entries.nodes))
    try:
        return Reason.EQUAL if NormalForms([gold, answer]).equal(gold, answer) else Reason.DIFFERENT
    except NotRationalError:
        return Reason.UNDECIDED


def _compare_infinite(gold: Tree, answer: Tree, work: Work) -> Reason:
    """Compare two values of which one is written as infinite; a limit may turn out to be so."""
    values = [_INFINITE[tree] if tree in _INFINITE else enclosure(tree, work) for tree in (gold, answer)]
    tally = Tally(0, narrower=False)
    tally.see(*values)
    return tally.reason(fewest=1)


_INFINITE: dict[Tree, Any] = {"oo": arb.pos_inf(), ("neg", "oo"): arb.neg_inf()}
_INFINITE_BALLS = (arb.pos_inf(), arb.neg_inf())


def allowed(assuming: Sequence[Tree], points: dict[str, tuple[Any, ...]], k: int) -> bool:
    """Say whether the assumptions certainly hold at a point."""
    return all(
        truth(assumption, Balls(lambda name: (points[name][k],) if name in points else (arb(1),))) is True
        for assumption in assuming
    )


class Tally:
    """What was seen at the points: balls apart, balls that agree, and points where one side is undefined."""

    def __init__(self, bits: int, *, narrower: bool) -> None:
        """Start with nothing seen; `bits` is what balls are computed with."""
        self._bits = bits
        self._narrower = narrower
        self._agreed = 0
        self._apart = False
        self._undefined = False

    def see(self, gold: Any, answer: Any) -> None:
        """Compare the balls of one point; where the gold one is undefined nothing is learnt."""
        if gold in _INFINITE_BALLS or answer in _INFINITE_BALLS:
            self._see_infinite(gold, answer)
        elif not gold.is_finite():
            return
        elif not answer.is_finite():
            self._undefined = True
        elif not gold.overlaps(answer):
            self._apart = True
        elif self._narrow(gold, answer):
            self._agreed += 1

    def _see_infinite(self, gold: Any, answer: Any) -> None:
        """Compare values of which one is infinite, as a limit may be; the unknown is not compared."""
        if gold == answer:
            self._agreed += 1
        elif all(ball.is_finite() or ball in _INFINITE_BALLS for ball in (gold, answer)):
            self._apart = True

    def _narrow(self, gold: Any, answer: Any) -> bool:
        """Whether the balls are narrow enough for their overlap to count: half of their bits are sure."""
        if gold.contains(0):
            known = min(gold.rel_one_accuracy_bits(), answer.rel_one_accuracy_bits())
        else:
            known = min(gold.rel_accuracy_bits(), answer.rel_accuracy_bits())
        return bool(2 * known >= self._bits)

    @property
    def decided(self) -> bool:
        """Whether more points would change nothing."""
        return self._apart or self._agreed >= _FEWEST_POINTS

    def reason(self, fewest: int = _FEWEST_POINTS) -> Reason:
        """Return the verdict, which needs that many points of agreement."""
        if self._apart:
            return Reason.DIFFERENT
        if self._undefined and not self._narrower:
            return Reason.NARROWER
        return Reason.EQUAL if self._agreed >= fewest else Reason.UNDECIDED


def bits_for(gold: Size, answer: Size) -> int:
    """Return how many bits balls need to tell two formulas apart that are not equal."""
    return 96 + 2 * (gold.bits + answer.bits)


def small(*sizes: Size, variables: int) -> bool:
    """Whether rational functions are small enough for their normal forms."""
    degree = _degree(*sizes)
    return (
        all(size.rational for size in sizes)
        and degree <= _LARGEST_DEGREE
        and int((degree + 1) ** max(variables, 1)) <= _MOST_TERMS
    )


def _degree(*sizes: Size) -> int:
    """Return a bound for the degrees of the products that decide whether quotients are equal."""
    return max(sizes[0].above + sizes[-1].below, sizes[0].below + sizes[-1].above)


def exactly_equal(gold: Tree, answer: Tree, sizes: tuple[Size, Size], work: Work) -> bool | None:
    """Say whether two rational functions are the same; None where they are none, or too large for it."""
    variables = len(free_names(gold) | free_names(answer))
    if not small(*sizes, variables=variables):
        return None
    nodes, degree = sizes[0].nodes + sizes[1].nodes, _degree(*sizes)
    cost = 2 * nodes + 10 * degree
    if variables > 1:
        cost += int(nodes * (degree + 1) ** variables) // 8
        if cost > _MOST_PRODUCTS:
            return None
    work.spend(cost)
    try:
        return NormalForms([gold, answer]).equal(gold, answer)
    except NotRationalError:
        return None


def fraction_of(tree: Tree, work: Work) -> Fraction | None:
    """Return the exact value of a rational number; None where a tree is none."""
    size = size_of(tree)
    if names(tree) or not size.rational:
        return None
    work.spend(size.nodes)
    try:
        above, below = NormalForms([tree]).form(tree)
    except NotRationalError:
        return None
    value = above[0] / below[0]
    return Fraction(int(value.p), int(value.q))


def enclosure(tree: Tree, work: Work) -> Any:
    """Return a ball around the value of a constant; not finite where it has none."""
    size = size_of(tree)
    work.spend(size.nodes)
    with precision(bits_for(size, size)):
        return Balls(lambda _: (arb("nan"),)).value(tree)[0]


def slopes_at(variable: str, points: dict[str, tuple[Any, ...]], k: int) -> Slopes:
    """Return the derivatives by a variable at a point."""
    one, pi = arb(1), arb.pi()
    return Slopes(lambda name: (pi if name == "pi" else points[name][k], one if name == variable else None))
