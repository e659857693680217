"""Expressions with square roots of whole numbers."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.rules.brackets import CollectLikeTerms, MultiplyOut
from rpsdg.math_domains.algebra.rules.fractions import Cancel
from rpsdg.math_domains.algebra.rules.surds import (
    ExtendByConjugate,
    MultiplyRoots,
    RationaliseDenominator,
    TakeSquareOutOfRoot,
)
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.forms import Form
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, look, neg

__all__ = ["SimplifySurds"]

_BARE = (2, 3, 5, 6, 7, 10, 11, 13)


class SimplifySurds(Family):
    """Simplify an expression with square roots.

    At level 1 it is a product of two roots; at level 2 a root is cleared from a denominator, at level 3 two
    roots go together and at level 4 three, and at level 5 the denominator is a sum or a difference of roots.
    """

    topic = "math/algebra/radical"
    form = Form.SIMPLIFIED
    asks = ("Simplify {problem}.", "Write {problem} as simply as possible.", "Simplify {problem} fully.")

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose what the roots become first."""
        if level == 5:
            return _conjugate(rng)
        bare = rng.choice(_BARE)
        if level == 1:
            other = bare * rng.choice((2, 3, 5, 6, 7))
            tape = Tape(("*", ("sqrt", bare), ("sqrt", other)))
            return tape.do(MultiplyRoots, (), {"k": bare, "m": other}).do(TakeSquareOutOfRoot)
        if level == 2:
            above = bare * rng.randint(1, 6) if rng.random() < 0.6 else rng.randint(1, 12)
            tape = Tape(("/", above, ("sqrt", bare))).do(RationaliseDenominator, (), {"a": above, "n": bare})
            return tape.do(Cancel) if Cancel.work(tape.answer, {}) is not None else tape
        outside = rng.sample((1, 2, 3, 4, 5, 6, 7), level - 1)
        parts = [term(nonzero(rng, 1, 5), ("sqrt", k * k * bare)) for k in outside]
        tape = Tape(add(*parts))
        tape.everywhere(TakeSquareOutOfRoot)
        return tape.do(CollectLikeTerms)


def _conjugate(rng: Random) -> Tape:
    """Return k/(b ± √c) or k/(√b ± √c), and clear the roots from below."""
    first, second = rng.sample(_BARE, 2)
    left: Tree = rng.choice((("sqrt", first), rng.randint(1, 6)))
    root: Tree = ("sqrt", second)
    square = first if left == ("sqrt", first) else int(str(left)) ** 2
    above = abs(square - second) * rng.choice((1, 1, 2)) if rng.random() < 0.7 else rng.randint(1, 9)
    tape = Tape(("/", above, ("+", left, root if rng.random() < 0.5 else neg(root))))
    tape.do(ExtendByConjugate).do(CollectLikeTerms, (2,))
    below = look(tape.answer, (2,))
    if type(below) is not int or below < 2:
        raise DrawAgainError
    if Cancel.work(tape.answer, {}) is not None:
        tape.do(Cancel)
    return tape.everywhere(MultiplyOut)
