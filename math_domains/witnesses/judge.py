"""Judging the steps of a tape: which witness looks, and how strong what it saw is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from flint import arb

from rpsdg.math_domains.trees import CONNECTIVES, RELATIONS, Tree, names
from rpsdg.traces.record import Evidence

from .balls import ROUNDS, Balls, sample, truth
from .curves import UnknownPointsError, points_of, same_points
from .differential import directions, has_unknown_function
from .finding import Finding, Holds
from .normal_form import NormalForms, NotRationalError
from .notes import Notes
from .regions import UnknownRegionError, pieces_agree, speaks_of_regions
from .solutions import Roots, Solver, crossings, same_roots, solves
from .systems import NotLinearError, rows_of

__all__ = ["judge_tape"]

_FEWEST_POINTS = 2
"""At how many points both sides of a step must be defined for overlapping balls to count."""

_FEWEST_BITS = 20
"""How many bits of a ball must be known, relative to the larger of its value and one."""


def judge_tape(
    states: Sequence[Tree], *, assuming: Sequence[Tree] = (), notes: Notes | None = None
) -> list[Finding]:
    """Judge every step of a tape.

    Equations are judged by their solutions, states with integrals by their derivative, other expressions by
    their value.

    Args:
        states: in solution order; step i leads from state i to i + 1.
        assuming: conditions on the names, under which the steps are claimed.
        notes: what the witnesses know already; without them they start anew.
    """
    notes = notes or Notes()
    first = states[0]
    if type(first) is tuple and first[0] in RELATIONS | CONNECTIVES:
        return _by_solutions(states, notes)
    if (variable := _variable(states)) is not None:
        return _by_derivative(states, variable, notes)
    try:
        forms = notes.forms(states)
        return [_exact(forms.equal(before, after)) for before, after in pairwise(states)]
    except NotRationalError:
        return _by_value(states, assuming, notes)


def _exact(same: bool) -> Finding:
    return _finding(Holds.YES if same else Holds.NO, "normal form", "exact", ("equal", same))


def _by_value(states: Sequence[Tree], assuming: Sequence[Tree], notes: Notes) -> list[Finding]:
    tally = _Tally(len(states) - 1)
    for number in range(ROUNDS):
        allowed = _allowed(assuming, number)
        balls = notes.balls(number)
        values = [balls[state] for state in states]
        for step, (before, after) in enumerate(pairwise(values)):
            for left, right, wanted in zip(before, after, allowed, strict=True):
                if wanted:
                    tally.compare(step, left, right)
        if tally.enough:
            break
    return tally.findings("balls")


def _allowed(assuming: Sequence[Tree], number: int) -> list[bool]:
    """Say at which of the three points of a round the assumptions certainly hold."""
    if not assuming:
        return [True] * 3
    return [
        all(truth(p, Balls(lambda name, k=k: (sample(name, number)[k],))) is True for p in assuming)  # type: ignore[misc]
        for k in range(3)
    ]


def _by_derivative(states: Sequence[Tree], variable: str, notes: Notes) -> list[Finding]:
    tally = _Tally(len(states) - 1)
    for number in range(ROUNDS * 3):
        slopes = notes.slopes(variable, number)
        found = [slopes[state][1] for state in states]
        tally.compare_all([_ZERO if slope is None else slope for slope in found])
        if number >= _FEWEST_POINTS - 1 and tally.enough:
            break
    return tally.findings("derivative")


_ZERO, _ONE = arb(0), arb(1)


class _Tally:
    """At how many points the two sides of each step were seen to overlap, and which were seen apart."""

    def __init__(self, steps: int) -> None:
        self._agreed = [0] * steps
        self._apart = [False] * steps

    def compare(self, step: int, left: Any, right: Any) -> None:
        """Compare two balls; where one is not finite, a side is undefined and nothing is learnt.

        Nor is it where they overlap only because one of them is wide.
        """
        if not left.overlaps(right):
            self._apart[step] = True
        elif min(left.rel_one_accuracy_bits(), right.rel_one_accuracy_bits()) >= _FEWEST_BITS:
            self._agreed[step] += 1

    def compare_all(self, balls: Sequence[Any]) -> None:
        """Compare each of the balls of the states with the one before."""
        sharp = [ball.rel_one_accuracy_bits() >= _FEWEST_BITS for ball in balls]
        for step, (left, right) in enumerate(pairwise(balls)):
            if not left.overlaps(right):
                self._apart[step] = True
            elif sharp[step] and sharp[step + 1]:
                self._agreed[step] += 1

    @property
    def enough(self) -> bool:
        return all(n >= _FEWEST_POINTS or a for n, a in zip(self._agreed, self._apart, strict=True))

    def findings(self, judge: str) -> list[Finding]:
        return [
            _finding(Holds.NO, judge, "enclosure", ("apart", True))
            if apart
            else _finding(
                Holds.YES if agreed >= _FEWEST_POINTS else Holds.UNKNOWN,
                judge,
                "enclosure",
                ("points", agreed),
            )
            for agreed, apart in zip(self._agreed, self._apart, strict=True)
        ]


def _by_solutions(states: Sequence[Tree], notes: Notes) -> list[Finding]:
    first: Any = states[0]
    unknowns = names(first)
    if has_unknown_function(states):
        return _by_directions(states)
    if len(unknowns) != 1:
        return _by_rows(states, len(unknowns), notes)
    if speaks_of_regions(first):
        try:
            return [_same_region(before, after) for before, after in pairwise(states)]
        except NotRationalError:
            if first[0] != "=":
                return [_finding(Holds.UNKNOWN, "regions", "exact", ("pieces", 0))] * (len(states) - 1)
            # of an equation the solutions that are named can still be put in
    (unknown,) = unknowns
    solver = notes.solver(unknown)
    sets = [solver[state] for state in states]
    candidates: list[Any] | None = None
    findings = []
    for (before, left), (after, right) in pairwise(zip(states, sets, strict=True)):
        if left is not None and right is not None:
            findings.append(_same_solutions(left, right))
            continue
        if candidates is None:
            candidates = _candidates(states, solver, unknown)
        findings.append(_same_truth(before, after, candidates, unknown))
    return findings


def _by_directions(states: Sequence[Tree]) -> list[Finding]:
    """Judge a differential equation and its solution by how they lead curves on from a point."""
    tally = _Tally(len(states) - 1)
    for row in directions(states):
        for step, (before, after) in enumerate(pairwise(row)):
            if before is None or after is None:
                continue
            if after.beside not in {None, before.beside, states[step]}:
                continue  # another equation stands beside the one for its roots
            # One curve is not a family of them, and where no curve goes through nothing else does.
            if before.single != after.single or (before.onward is None) != (after.onward is None):
                tally.compare(step, _ZERO, _ONE)
                continue
            if before.height is not None and after.height is not None:
                tally.compare(step, before.height, after.height)
            if before.onward is not None:
                tally.compare(step, before.onward, after.onward)
        if tally.enough:
            break
    return tally.findings("directions")


def _by_rows(states: Sequence[Tree], unknowns: int, notes: Notes) -> list[Finding]:
    """Judge a system of linear equations, or one of two curves."""
    forms = notes.forms(states)
    try:
        rows = [rows_of(state, forms, unknowns) for state in states]
    except NotLinearError:
        return _by_points(states, forms, unknowns)
    except NotRationalError:
        return [_finding(Holds.UNKNOWN, "rows", "exact", ("unknowns", unknowns))] * (len(states) - 1)
    return [
        _finding(Holds.YES if before == after else Holds.NO, "rows", "exact", ("unknowns", unknowns))
        for before, after in pairwise(rows)
    ]


def _by_points(states: Sequence[Tree], forms: NormalForms, unknowns: int) -> list[Finding]:
    """Judge a system of two equations by the points that satisfy both."""
    try:
        points = [points_of(state, forms) for state in states]
    except (UnknownPointsError, NotRationalError):
        return [_finding(Holds.UNKNOWN, "points", "enclosure", ("unknowns", unknowns))] * (len(states) - 1)
    findings = []
    for before, after in pairwise(points):
        same = same_points(before, after)
        holds = Holds.UNKNOWN if same is None else Holds.YES if same else Holds.NO
        exact = all(at.is_exact() for point in (*before, *after) for at in point)
        findings.append(_finding(holds, "points", "exact" if exact else "enclosure", ("points", len(before))))
    return findings


def _same_region(before: Tree, after: Tree) -> Finding:
    try:
        same, pieces = pieces_agree(before, after)
    except UnknownRegionError:
        return _finding(Holds.UNKNOWN, "regions", "exact", ("pieces", 0))
    return _finding(Holds.YES if same else Holds.NO, "regions", "exact", ("pieces", pieces))


def _same_solutions(left: Roots, right: Roots) -> Finding:
    exactly = left.polynomial is not None and right.polynomial is not None
    same = same_roots(left, right)
    holds = Holds.UNKNOWN if same is None else Holds.YES if same else Holds.NO
    return _finding(holds, "solutions", "exact" if exactly else "enclosure", ("solutions", len(right.balls)))


def _candidates(states: Sequence[Tree], solver: Solver, unknown: str) -> list[Any]:
    """Return every number that some state names as a solution, conditions left aside.

    Where none does, solutions are searched for.
    """
    found: list[Any] = []
    for state in states:
        assert type(state) is tuple
        for part in state[1:] if state[0] == "and" else [state]:
            roots = solver[part] if part[0] in {"=", "or"} else None
            for ball in roots.balls if roots is not None else ():
                if not any(ball.overlaps(other) for other in found):
                    found.append(ball)
    return found or crossings(states[0], unknown)


def _same_truth(before: Tree, after: Tree, candidates: Sequence[Any], unknown: str) -> Finding:
    verdicts = [(solves(ball, before, unknown), solves(ball, after, unknown)) for ball in candidates]
    if any(None not in pair and pair[0] != pair[1] for pair in verdicts):
        return _finding(Holds.NO, "substitution", "enclosure", ("apart", True))
    known = sum(None not in pair for pair in verdicts)
    holds = Holds.YES if known == len(verdicts) > 0 else Holds.UNKNOWN
    return _finding(holds, "substitution", "enclosure", ("candidates", known))


def _variable(states: Sequence[Tree]) -> str | None:
    """Return the name by which states are differentiated; None if they are compared by value.

    An antiderivative is one as long as there is an integral in it, a substitution, or the constant C.
    """
    first, last = states[0], states[-1]
    if (integrated := _integrated(first) or _integrated(last)) is not None:
        return integrated
    meant = names(first) | names(last)
    if "C" in meant or (type(first) is tuple and first[0] == "subs"):
        others = meant - {"C", *([first[2]] if type(first) is tuple and first[0] == "subs" else [])}
        return min(others, default=None)
    return None


def _integrated(tree: Tree) -> str | None:
    """Return the name that the outermost integral of a tree integrates by, seen from outside."""
    if type(tree) is not tuple:
        return None
    if tree[0] == "subs" and _integrated(tree[1]) is not None:
        return min(names(tree[3]), default=None)
    if tree[0] == "int" and len(tree) == 3:
        return str(tree[2])
    for part in tree[1:]:
        if type(part) is tuple and (found := _integrated(part)) is not None:
            return found
    return None


@cache
def _finding(holds: Holds, judge: str, strength: Any, saw: tuple[str, int]) -> Finding:
    """Return a finding; there are few different ones, so each is made once."""
    return Finding(holds, Evidence(judge=judge, strength=strength, saw=dict([saw])))
