"""The mistakes made with systems of equations."""

from __future__ import annotations

from rpsdg.math_domains.algebra.rules.systems import AddMultipleOfEquation
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.trees import Tree

__all__ = ["RightSideNotCombined"]


class RightSideNotCombined(Mistake):
    """Combine the left sides of two equations, and keep the right side of one."""

    rules = (AddMultipleOfEquation,)
    sample = ("And(Eq(3*x + 2*y, 16), Eq(5*x - 2*y, 8))", "And(Eq(3*x + 2*y, 16), Eq(8*x, 8))")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Take the right side that was there."""
        match move.far, move.near:
            case ("and", kept, ("=", _, right)), ("and", _, ("=", left, _)):
                return ("and", kept, ("=", left, right))
        return None
