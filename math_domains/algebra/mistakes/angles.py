"""The mistakes made with angles and with the addition formulas."""

from __future__ import annotations

from rpsdg.math_domains.algebra.rules.angles import (
    CosineOfDifference,
    CosineOfSum,
    ExactValue,
    ReduceAngle,
    SineOfDifference,
    SineOfSum,
)
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.trees import Tree, neg
from rpsdg.math_domains.values import evaluated

__all__ = ["FunctionOfEachTerm", "FunctionOfEachTermSubtracted", "SignOfQuadrantForgotten", "SineForCosine"]


class FunctionOfEachTerm(Mistake):
    """Take the sine or cosine of a sum for the sum of the sines or cosines."""

    rules = (SineOfSum, CosineOfSum)
    sample = ("sin(x + y)", "sin(x) + sin(y)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Take the function of each."""
        function = move.far[0] if type(move.far) is tuple else ""
        return ("+", *[(function, move.values[name]) for name in ("a", "b")])


class FunctionOfEachTermSubtracted(Mistake):
    """Take the sine or cosine of a difference for the difference of the sines or cosines."""

    rules = (SineOfDifference, CosineOfDifference)
    sample = ("cos(x - y)", "cos(x) - cos(y)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Take the function of each."""
        function = move.far[0] if type(move.far) is tuple else ""
        return ("+", (function, move.values["a"]), ("neg", (function, move.values["b"])))


class SignOfQuadrantForgotten(Mistake):
    """Go to the reference angle, and forget the sign of the quadrant."""

    rules = (ReduceAngle,)
    sample = ("sin(7*pi/6)", "sin(pi/6)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Flip the sign."""
        return neg(move.near)


class SineForCosine(Mistake):
    """Take the value of the sine for that of the cosine, or the other way round."""

    rules = (ExactValue,)
    sample = ("sin(pi/3)", "1/2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Look the other one up."""
        match move.far:
            case ("sin", at):
                return evaluated(("cos", at))
            case ("cos", at):
                return evaluated(("sin", at))
        return None
