"""The mistakes made with square roots of numbers."""

from __future__ import annotations

from rpsdg.math_domains.algebra.rules.surds import (
    ExtendByConjugate,
    RationaliseDenominator,
    TakeSquareOutOfRoot,
)
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import opposite, split, term, terms
from rpsdg.math_domains.trees import Tree, add

__all__ = ["ConjugateSquaresAdded", "OnlyDenominatorExtended", "SquareTakenOutWhole"]


class SquareTakenOutWhole(Mistake):
    """Take a square out of a root as it is, not its root."""

    rules = (TakeSquareOutOfRoot,)
    sample = ("sqrt(72)", "36*sqrt(2)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Square what stands in front."""
        value, body = split(move.near)
        front, _ = split(move.far)
        return term(value * value, body) if front == 1 else None


class OnlyDenominatorExtended(Mistake):
    """Extend the denominator by the root, and leave the numerator as it is."""

    rules = (RationaliseDenominator,)
    sample = ("6/sqrt(2)", "6/2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the root above out."""
        return ("/", move.values["a"], move.values["n"])


class ConjugateSquaresAdded(Mistake):
    """Add the squares below after extending by the conjugate."""

    rules = (ExtendByConjugate,)
    sample = ("4/(sqrt(7) + sqrt(3))", "4*(sqrt(7) - sqrt(3))/(7 + 3)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Change the sign between the squares."""
        match move.near:
            case ("/", above, below):
                first, second = terms(below)
                return ("/", above, add(first, opposite(second)))
        return None
