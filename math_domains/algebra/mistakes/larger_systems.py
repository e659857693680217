"""The mistakes made with systems of three equations, and with cases."""

from __future__ import annotations

from rpsdg.math_domains.algebra.rules.larger_systems import EliminateUnknown, SplitIntoCases
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.trees import Tree

__all__ = ["CaseForgotten", "OldRightSideKept"]


class CaseForgotten(Mistake):
    """Go on with the first case, and forget the others."""

    rules = (SplitIntoCases,)
    sample = ("And(Eq(y, x**2), Or(Eq(x, 1), Eq(x, 2)))", "And(Eq(y, x**2), Eq(x, 1))")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the first."""
        match move.near:
            case ("or", first, *_):
                kept: Tree = first
                return kept
        return None


class OldRightSideKept(Mistake):
    """Combine the left sides of two of three equations, and keep the right side of one."""

    rules = (EliminateUnknown,)
    sample = (
        "And(Eq(x + y + z, 6), Eq(2*x - y + 3*z, 9), Eq(y - z, -1))",
        "And(Eq(x + y + z, 6), Eq(-3*y + z, 9), Eq(y - z, -1))",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Take the right side that was there."""
        row = move.values["row"]
        if type(move.far) is tuple and type(move.near) is tuple and type(row) is int:
            mixed = ("=", move.near[row][1], move.far[row][2])
            return (*move.near[:row], mixed, *move.near[row + 1 :])
        return None
