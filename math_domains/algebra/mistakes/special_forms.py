"""The mistakes made with cubes, groups of terms, and squares that are completed."""

from __future__ import annotations

from rpsdg.math_domains.algebra.rules.special_forms import (
    CubeOfSum,
    DifferenceOfCubes,
    GroupTerms,
    SquareWithin,
    SumOfCubes,
    TakeOutBracket,
    cube_root,
)
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import opposite, split, terms
from rpsdg.math_domains.trees import Tree, add, mul

__all__ = [
    "BracketKeptTwice", "CubeOfSumTermByTerm", "GroupedSignKept", "NumberNotHalved", "SquareNotTakenAway",
    "SumOfCubesAsCube", "WrongSignBetweenCubes",
]  # fmt: skip


class SumOfCubesAsCube(Mistake):
    """Take a sum or a difference of cubes for the cube of the sum or the difference."""

    rules = (SumOfCubes, DifferenceOfCubes)
    sample = ("x**3 + 8", "(x + 2)**3")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Cube the sum of the roots."""
        roots = [cube_root(part) for part in terms(move.far)]
        return ("^", add(*[root for root in roots if root is not None]), 3)


class WrongSignBetweenCubes(Mistake):
    """Give the middle term of the longer bracket the wrong sign."""

    rules = (SumOfCubes, DifferenceOfCubes)
    sample = ("x**3 - 8", "(x - 2)*(x**2 - 2*x + 4)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Flip it."""
        match move.near:
            case ("*", linear, ("+", first, middle, last)):
                return ("*", linear, ("+", first, opposite(middle), last))
        return None


class CubeOfSumTermByTerm(Mistake):
    """Cube a sum term by term, without the terms between."""

    rules = (CubeOfSum,)
    sample = ("(x + 2)**3", "x**3 + 8")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep both ends."""
        parts = terms(move.near)
        return add(parts[0], parts[-1])


class GroupedSignKept(Mistake):
    """Take a negative factor out of the second pair, and keep the sign of its last term."""

    rules = (GroupTerms,)
    sample = ("x**3 + 2*x**2 - 3*x - 6", "x**2*(x + 2) - 3*(x - 2)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Change the sign in the second bracket."""
        match move.near:
            case ("+", first, ("*", int(factor), *rest, ("+", a, b))) if factor < 0:
                return ("+", first, mul(factor, *rest, ("+", a, opposite(b))))
        return None


class BracketKeptTwice(Mistake):
    """Take out a common bracket, and keep it as often as it was there."""

    rules = (TakeOutBracket,)
    sample = ("x**2*(x + 2) + 3*(x + 2)", "(x**2 + 3)*(x + 2)**2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Square the bracket."""
        match move.near:
            case ("*", factor, bracket):
                return ("*", factor, ("^", bracket, 2))
        return None


class SquareNotTakenAway(Mistake):
    """Complete a square, and forget to take away what was added for it."""

    rules = (SquareWithin,)
    sample = ("x**2 + 6*x + 5", "(x + 3)**2 + 5")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the square number out."""
        match move.near:
            case ("+", square, _, *rest):
                return add(square, *rest)
        return None


class NumberNotHalved(Mistake):
    """Complete a square with the number in front of the unknown instead of half of it."""

    rules = (SquareWithin,)
    sample = ("x**2 + 6*x + 5", "(x + 6)**2 - 36 + 5")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Square the whole number."""
        match move.far:
            case ("+", ("^", name, 2), middle, *rest):
                value, _ = split(middle)
                if type(value) is int:
                    return ("+", ("^", add(name, value), 2), -value * value, *rest)
        return None
