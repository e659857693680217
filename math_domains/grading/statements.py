"""Sets of real numbers, however they are said: roots, inequalities, intervals, unions, set braces.

A set is a tree of relations between the variable and constants. All constants together cut the line into
cells, and a set is the cells it holds, as the bits of a number; so equal sets are equal numbers.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from rpsdg.math_domains.trees import RELATIONS, Tree, names, neg

from .equality import enclosure
from .limits import Reason, RefusedError, Work
from .numbers import same_number
from .problem import Problem

__all__ = ["EVERYTHING", "NOTHING", "compare_sets", "is_solved", "said_set", "with_signs"]

NOTHING: Tree = ("or",)
EVERYTHING: Tree = ("and",)

_MOST_CONSTANTS = 24
_MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_INFINITIES = ("oo", ("neg", "oo"))
_INTERVALS = {"()": (">", "<"), "[)": (">=", "<"), "(]": (">", "<="), "[]": (">=", "<=")}


def said_set(tree: Tree, variable: str, *, listed: bool) -> Tree:
    """Return the relations that an answer says, in `or`, `and`, `not` and relations with the variable first.

    Args:
        tree: the answer as it was read.
        variable: whose values it gives.
        listed: read `[1, 2]` as a list and not as an interval.

    Raises:
        RefusedError: it gives no values, such as an equation that is not solved.
    """
    if type(tree) is not tuple or tree[0] not in _STATEMENTS:
        return _value(tree, variable)
    if tree == EVERYTHING:
        return EVERYTHING
    head, parts = tree[0], tree[1:]
    if head in RELATIONS:
        return _relation(head, parts[0], parts[1], variable)
    if head == "in":
        if not _is_variable(parts[0], variable):
            raise RefusedError(Reason.SHAPE, "in")
        return said_set(parts[1], variable, listed=listed)
    if head in {"all", "{}"} and not parts:
        return EVERYTHING if head == "all" else NOTHING
    if head in _INTERVALS and not (listed and head == "[]"):
        if len(parts) != 2:
            raise RefusedError(Reason.SHAPE, "an interval has two ends")
        low, high = _INTERVALS[head]
        return ("and", _bounded(low, parts[0]), _bounded(high, parts[1]))
    if head == "{}" and ("{}",) in parts:
        raise RefusedError(Reason.SHAPE, "a set of a set")
    sets = [said_set(part, variable, listed=listed) for part in parts]
    if head == "setminus":
        return ("and", sets[0], ("not", sets[1]))
    if head == "cap":
        return ("and", *sets)
    if head in {"list", "and"} and not all(_only_roots(part) for part in sets):
        return ("and", *sets)
    # Roots side by side are all meant, whatever word stands between them.
    return ("or", *sets)


_STATEMENTS = (
    RELATIONS | _INTERVALS.keys() | {"in", "all", "{}", "setminus", "cap", "cup", "list", "and", "or"}
)


def _only_roots(said: Tree) -> bool:
    assert type(said) is tuple
    return said[0] == "=" or (said[0] == "or" and all(map(_only_roots, said[1:])))


def _is_variable(tree: Tree, variable: str) -> bool:
    """Whether a name is the variable, perhaps with an index to tell one solution from another."""
    return tree == variable or (type(tree) is str and tree.startswith(f"{variable}_"))


def _relation(sign: str, left: Tree, right: Tree, variable: str) -> Tree:
    if not _is_variable(left, variable):
        left, right, sign = right, left, _MIRRORED[sign]
    if not _is_variable(left, variable) or variable in names(right):
        raise RefusedError(Reason.RESTATED, "the variable does not stand alone")
    if sign == "=":
        if type(right) is tuple and right[0] in {"{}", "list", "or", "and"}:
            return said_set(right, variable, listed=True)
        return _value(right, variable)
    return _bounded(sign, right)


def _value(tree: Tree, variable: str) -> Tree:
    """Return that the variable is a value, with both signs where there are both."""
    if variable in names(tree):
        raise RefusedError(Reason.SHAPE, variable)
    return ("or", *[("=", one) for one in both]) if len(both := with_signs(tree)) > 1 else ("=", both[0])


def _bounded(sign: str, bound: Tree) -> Tree:
    if bound in _INFINITIES:
        below = sign in {"<", "<="}
        return EVERYTHING if below is (bound == "oo") else NOTHING
    return (sign, bound)


def with_signs(tree: Tree) -> list[Tree]:
    """Return what a value with ± stands for: two values, or one where there is none.

    All ± in it have the same sign at once, all ∓ the other one.
    """
    upper = _signed(tree, plus=True)
    if upper == tree:
        return [tree]
    return [upper, _signed(tree, plus=False)]


def _signed(tree: Tree, *, plus: bool) -> Tree:
    if type(tree) is not tuple:
        return tree
    parts = [_signed(part, plus=plus) for part in tree[1:]]
    if tree[0] in {"pm", "mp"}:
        last = parts[-1] if plus is (tree[0] == "pm") else neg(parts[-1])
        return last if len(parts) == 1 else ("+", parts[0], last)
    return (tree[0], *parts)


def is_solved(tree: Tree, variable: str) -> bool:
    """Say whether a statement gives the values of the variable as they are."""
    try:
        said_set(tree, variable, listed=True)
    except RefusedError:
        return False
    return True


class _Cut(NamedTuple):
    """A constant that cuts the line."""

    constant: Tree
    ball: Any


def compare_sets(problem: Problem, answer: Tree, places: int | None, work: Work) -> Reason:
    """Say whether an answer gives the same set as the gold statement.

    Raises:
        RefusedError: it gives no set, or numbers in it could not be put into order.
    """
    gold = said_set(problem.gold, problem.variable, listed=True)
    said = said_set(answer, problem.variable, listed=_only_roots(gold))
    if gold == said:
        return Reason.EQUAL
    if names(problem.gold) - {problem.variable}:
        return _compare_values(problem, gold, said, places, work)
    line = _Line(problem, work)
    line.cut(gold, None)
    line.golds_end()
    line.cut(said, places)
    line.sort()
    wanted, given = line.cells(gold), line.cells(said)
    if wanted == given:
        return Reason.EQUAL
    if line.inexact:
        return Reason.INEXACT
    return Reason.MISSING if wanted & ~given else Reason.EXTRA


class _Line:
    """The real line, cut by the constants of two statements."""

    def __init__(self, problem: Problem, work: Work) -> None:
        self._problem = problem
        self._work = work
        self._cuts: list[_Cut] = []
        self._place: dict[str, int] = {}
        self._order: list[int] = []
        self._golds = 0
        self.inexact = False

    def cut(self, said: Tree, places: int | None) -> None:
        """Cut at every constant of a statement; one that stands for another is put in its place."""
        assert type(said) is tuple
        if said[0] not in RELATIONS:
            for part in said[1:]:
                self.cut(part, places)
            return
        constant = said[1]
        key = str(constant)
        if key in self._place:
            return
        ball = enclosure(constant, self._work)
        if not ball.is_finite():
            raise RefusedError(Reason.DIFFERENT, "a number that is not defined")
        for number, other in enumerate(self._cuts):
            if self._same(other, constant, ball, places if number < self._golds else None):
                self._place[key] = number
                return
        if len(self._cuts) == _MOST_CONSTANTS:
            raise RefusedError(Reason.TOO_LARGE, "that many numbers")
        self._place[key] = len(self._cuts)
        self._cuts.append(_Cut(constant, ball))

    def golds_end(self) -> None:
        """Note that the constants of the gold statement are all known; only these stand for rounded ones."""
        self._golds = len(self._cuts)

    def _same(self, other: _Cut, constant: Tree, ball: Any, places: int | None) -> bool:
        rounded = places is not None or self._problem.tolerance is not None
        if not rounded and not other.ball.overlaps(ball):
            return False
        reason = same_number(self._problem, other.constant, constant, places, self._work)
        if reason is Reason.UNDECIDED:
            raise RefusedError(reason)
        self.inexact |= reason is Reason.INEXACT
        return reason is Reason.EQUAL

    def sort(self) -> None:
        """Put the cuts into order."""
        by_value = sorted(range(len(self._cuts)), key=lambda number: self._cuts[number].ball.mid())
        self._order = [0] * len(by_value)
        for place, number in enumerate(by_value):
            self._order[number] = place

    def cells(self, said: Tree) -> int:
        """Return the cells a set holds: bit 2i + 1 is the cut i, even bits are the gaps between them."""
        assert type(said) is tuple
        count = 2 * len(self._cuts) + 1
        everything = (1 << count) - 1
        match said[0]:
            case "or":
                cells = 0
                for part in said[1:]:
                    cells |= self.cells(part)
                return cells
            case "and":
                cells = everything
                for part in said[1:]:
                    cells &= self.cells(part)
                return cells
            case "not":
                return everything & ~self.cells(said[1])
        place = 2 * self._order[self._place[str(said[1])]] + 1
        at, below = 1 << place, (1 << place) - 1
        above = everything & ~(at | below)
        return {
            "=": at, "!=": below | above, "<": below, "<=": below | at, ">": above, ">=": above | at,
        }[said[0]]  # fmt: skip


def _compare_values(problem: Problem, gold: Tree, said: Tree, places: int | None, work: Work) -> Reason:
    """Compare roots that have parameters in them, which have no order."""
    if not (_only_roots(gold) and _only_roots(said)):
        raise RefusedError(Reason.UNDECIDED, "inequalities with parameters")
    wanted, given = _roots(gold), _roots(said)
    if len(given) > _MOST_CONSTANTS:
        raise RefusedError(Reason.TOO_LARGE, "that many numbers")

    def same(one: Tree, other: Tree) -> bool:
        return same_number(problem, one, other, places, work) is Reason.EQUAL

    if not all(any(same(one, other) for other in given) for one in wanted):
        return Reason.MISSING
    return Reason.EQUAL if all(any(same(one, other) for one in wanted) for other in given) else Reason.EXTRA


def _roots(said: Tree) -> list[Tree]:
    assert type(said) is tuple
    return [said[1]] if said[0] == "=" else [root for part in said[1:] for root in _roots(part)]
