"""Judging solutions of differential equations: every state leads curves on as the equation does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from rpsdg.math_domains.trees import Tree, first_place, free_names, instead, names, size
from rpsdg.math_domains.witnesses.differential import Direction, directions

from .differential import BITS, VARIABLES
from .equality import Tally
from .judges import Judge, Step
from .limits import Reason, Work
from .points import COUNT, drawn, precision
from .problem import Problem
from .statements import with_signs

__all__ = ["Directions"]

_ROOT = "r"
_ROOTS = frozenset({"r", "m", "s", "k", "lambda"})
"""What the unknown of a characteristic equation is called."""
_TERMS = 12
"""What each node costs at a point: series of a few terms, worked out several times."""


class Directions(Judge):
    """Every state leads its curves on as the one before does, and loses none of them."""

    sides = False

    def __init__(self, problem: Problem, start: Tree, work: Work) -> None:
        super().__init__(problem, start, work)
        self.names = self.names | VARIABLES | {_ROOT}
        match start:
            case ("and", equation, _):
                self._equation: Tree = equation
            case _:
                self._equation = start
        self._family = start
        """The last state with curves in it, to which a line about the constants belongs."""

    def about_the_problem(self, states: tuple[Tree, ...]) -> tuple[Tree, ...]:
        """Return the states of a line that are about the curves, their constants, or the roots."""
        found = []
        for state in states:
            whole = self._completed(state)
            if whole is not None:
                found.append(whole)
                equation = whole[1] if whole[0] == "and" else whole
                if first_place(equation, "diff") is None:
                    self._family = equation
        return tuple(found)

    def _completed(self, state: Tree) -> tuple[Any, ...] | None:
        """Return a state with what is understood beside it; None where it is about something else."""
        if type(state) is not tuple:
            return None
        if (roots := _about_roots(state)) is not None:
            return ("and", self._equation, roots)
        if state[0] in {"list", "and"} and len(state) == 3:
            equation, condition = state[1:]
            if (roots := _about_roots(condition)) is not None:
                return ("and", equation, roots)
            if "y" in names(equation) and not names(condition) & {"x"}:
                return ("and", equation, condition)
        known = names(state)
        if state[0] == "or" and all(part[0] == "=" and part[1] == "y" for part in state[1:]):
            return state
        if state[0] != "=":
            return None
        constants = free_names(self._family) - VARIABLES
        given = type(state[1]) is tuple and state[1][0] == "fn" and not names(state[1][2])
        if given or (known and known <= constants):
            return ("and", self._family, state)
        return state if "y" in known else None

    def look(self, before: Tree, state: Tree) -> tuple[Step, Reason]:
        """Compare where they lead curves on from several points, and the heights of single curves."""
        shown = [self.start, before, state]
        self.work.spend(COUNT * _TERMS * sum(map(size, shown)))
        onward, heights = Tally(BITS, narrower=True), Tally(BITS, narrower=True)
        lost = gained = single = False
        with precision(BITS):
            for asked, earlier, later in self._rows(before, state):
                if later is None:
                    continue
                if asked is not None and later.single and None not in (asked.height, later.height):
                    heights.see(asked.height, later.height)
                if earlier is None:
                    continue
                if later.beside not in {None, earlier.beside, before, self._equation}:
                    return Step.SKIPPED, Reason.SHAPE
                single |= later.single and not earlier.single
                lost |= earlier.onward is not None and later.onward is None
                gained |= earlier.onward is None and later.onward is not None
                if earlier.onward is not None and later.onward is not None:
                    onward.see(earlier.onward, later.onward)
        if Reason.DIFFERENT in {onward.reason(), heights.reason()}:
            return Step.WRONG, Reason.DIFFERENT
        if (lost or single) and self.start == self._equation:
            return Step.WRONG, Reason.MISSING
        one_curve = self.start != self._equation and heights.reason() is Reason.EQUAL
        if onward.reason() is not Reason.EQUAL and not one_curve:
            return Step.SKIPPED, Reason.UNDECIDED
        return Step.WIDENS if gained else Step.NARROWS if lost or single else Step.HOLDS, Reason.EQUAL

    def _rows(self, before: Tree, state: Tree) -> Iterator[Sequence[Direction | None]]:
        """Yield for each point what the problem, the state before and the state say there."""
        letters = {"x", "y", "y'"}.union(*map(names, (self.start, before, state)))
        points = drawn(letters, f"{before} {state}")
        ways = product(_alternatives(before), _alternatives(state))
        found = [directions([self.start, *way], lambda name, k: points[name][k], COUNT) for way in ways]
        for rows in zip(*found, strict=True):
            yield [_first(column) for column in zip(*rows, strict=True)]


def _about_roots(state: Tree) -> Tree | None:
    """Return what is said of the roots of a characteristic equation, with r for them; None if nothing is."""
    unknown = names(state)
    letters = {name.partition("_")[0] for name in unknown}
    if type(state) is not tuple or state[0] not in {"=", "or", "list"}:
        return None
    if len(letters) != 1 or not letters <= _ROOTS:
        return None
    renamed = instead(state, dict.fromkeys(unknown, _ROOT))
    assert type(renamed) is tuple
    parts = renamed[1:] if renamed[0] != "=" else (renamed,)
    if any(type(part) is not tuple or part[0] != "=" for part in parts):
        return None
    equations = [("=", left, right) for _, left, both in parts for right in with_signs(both)]
    return equations[0] if len(equations) == 1 else ("or", *equations)


def _alternatives(state: Tree) -> list[Tree]:
    """Return the equations of curves side by side, both signs written out."""
    match state:
        case ("and", equation, condition):
            return [("and", one, condition) for one in _alternatives(equation)]
        case ("or", *parts):
            return [one for part in parts for one in _alternatives(part)]
        case ("=", left, right):
            return [("=", left, one) for one in with_signs(right)]
    return [state]


def _first(column: Sequence[Direction | None]) -> Direction | None:
    """Return what is said by the alternative that has a curve there."""
    said = [one for one in column if one is not None]
    return next((one for one in said if one.onward is not None), said[0] if said else None)
