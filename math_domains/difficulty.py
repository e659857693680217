"""How hard a worked problem is, from what a solver has to do and to keep in mind."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log2

from .memory import Memory
from .rewriting import Rewrite
from .trees import Tree

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
    nodes, bits = _measured[problem]
    return {
        "steps": float(len(moves)),
        "rules": float(len({move.rule for move in moves})),
        "nodes": float(nodes),
        "growth": round(max(lengths) / lengths[0], 3),
        "bits": round(bits, 3),
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


def _measure(tree: Tree) -> tuple[int, float]:
    """Return the number of nodes, and the bits of the whole numbers."""
    if type(tree) is int:
        return 1, log2(1 + abs(tree))
    if type(tree) is not tuple:
        return 1, 0.0
    parts = [_measured[part] for part in tree[1:]]
    return 1 + sum([nodes for nodes, _ in parts]), sum([bits for _, bits in parts])


_measured = Memory(_measure)
