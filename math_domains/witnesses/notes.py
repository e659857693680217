"""What witnesses have worked out about trees they saw before.

A normal form, a set of solutions, or the balls at a sample point depend on the tree alone, not on the tape it
is in. So a witness that keeps its notes looks only at the part of a state that is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb

from rpsdg.math_domains.memory import keep
from rpsdg.math_domains.trees import Tree, names

from .balls import Balls, Slopes, sample
from .normal_form import NormalForms
from .solutions import Solver

__all__ = ["Notes"]

_MOST = 64
"""How many sets of names, and of sample points, there are notes for."""
_ONE = arb(1)


class Notes:
    """Witnesses at work. New notes trust nothing that was seen before."""

    def __init__(self) -> None:
        """Start with an empty page."""
        self._forms: dict[frozenset[str], NormalForms] = {}
        self._solvers: dict[str, Solver] = {}
        self._balls: dict[int, Balls] = {}
        self._slopes: dict[tuple[str, int], Slopes] = {}

    def forms(self, states: Sequence[Tree]) -> NormalForms:
        """Return normal forms in the names of the first and the last of `states`, which no step changes."""
        key = names(states[0]) | names(states[-1])
        found = self._forms.get(key)
        if found is None:
            found = NormalForms((states[0], states[-1]))
            keep(self._forms, key, found, _MOST)
        return found

    def solver(self, unknown: str) -> Solver:
        """Return sets of solutions for an unknown."""
        found = self._solvers.get(unknown)
        if found is None:
            found = Solver(unknown)
            keep(self._solvers, unknown, found, _MOST)
        return found

    def balls(self, number: int) -> Balls:
        """Return values at the three sample points of a round."""
        found = self._balls.get(number)
        if found is None:
            found = Balls(lambda name: sample(name, number))
            keep(self._balls, number, found, _MOST)
        return found

    def slopes(self, variable: str, number: int) -> Slopes:
        """Return derivatives by a name at a sample point."""
        found = self._slopes.get((variable, number))
        if found is None:
            found = Slopes(_along(variable, number))
            keep(self._slopes, (variable, number), found, _MOST)
        return found


def _along(variable: str, number: int) -> Any:
    round_number, k = divmod(number, 3)

    def at(name: str) -> tuple[Any, Any]:
        if name == "pi":
            return arb.pi(), None
        return sample(name, round_number)[k], _ONE if name == variable else None

    return at
