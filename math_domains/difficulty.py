"""How hard a worked problem is, from what a solver has to do and to keep in mind."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log2

from .rewriting import Rewrite
from .trees import Tree, size

__all__ = ["features_of", "score_of"]


def features_of(problem: Tree, moves: Sequence[Rewrite], lengths: Sequence[int]) -> dict[str, float]:
    """Return what difficulty is computed from.

    `steps` and different `rules` of the solution, `nodes` of the problem, `growth` of the longest state over
    the problem, and `bits` of the numbers in the problem.

    Args:
        problem: what a solver gets.
        moves: the steps of the solution.
        lengths: how long each state is, the problem first, in any one unit.
    """
    return {
        "steps": float(len(moves)),
        "rules": float(len({move.rule for move in moves})),
        "nodes": float(size(problem)),
        "growth": round(max(lengths) / lengths[0], 3),
        "bits": round(_bits(problem), 3),
    }


def score_of(features: dict[str, float]) -> float:
    """Return the difficulty, from 0 (nothing to do) to 1."""
    work = (
        features["steps"]
        + features["rules"] / 2
        + features["nodes"] / 10
        + features["bits"] / 10
        + 2 * (features["growth"] - 1)
    )
    return round(1 - exp(-work / 15), 6)


def _bits(tree: Tree) -> float:
    if type(tree) is int:
        return log2(1 + abs(tree))
    return sum(map(_bits, tree[1:])) if type(tree) is tuple else 0.0
