"""Mistakes with differential equations."""

from __future__ import annotations

from collections.abc import Callable

from rpsdg.math_domains.differential_equations.rules.conditions import PutInInitialCondition
from rpsdg.math_domains.differential_equations.rules.linear import (
    DivideByIntegratingFactor,
    MultiplyByIntegratingFactor,
)
from rpsdg.math_domains.differential_equations.rules.second_order import (
    CharacteristicEquation,
    SolutionFromComplexRoots,
    SolutionFromTwoRoots,
    complex_roots,
)
from rpsdg.math_domains.differential_equations.rules.separable import (
    SLOPE,
    ExponentiateForY,
    SeparateVariables,
)
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import split, term, terms
from rpsdg.math_domains.trees import Tree, add, mul, names, neg

__all__ = [
    "ConstantAddedLate", "ConstantNotDivided", "ConstantTakenForHeight", "FunctionTakenForRoot",
    "MultipliedInsteadOfDivided", "PartsOfRootSwapped", "RightSideNotMultiplied", "SignOfRootsLost",
]  # fmt: skip


class MultipliedInsteadOfDivided(Mistake):
    """Separate the variables by multiplying with what stands beside the x, instead of dividing by it."""

    rules = (SeparateVariables,)
    sample = ("Eq(Derivative(y(x), x), 2*x*y(x))", "Eq(y(x)*Derivative(y(x), x), 2*x)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write the divisor as a factor."""
        match move.near:
            case ("=", ("/", slope, below), right) if slope == SLOPE:
                return ("=", ("*", below, SLOPE), right)
        return None


class ConstantAddedLate(Mistake):
    """Add the constant at the end, where it should have become a factor."""

    rules = (ExponentiateForY,)
    sample = ("Eq(log(Abs(y)), x**2 + C)", "Eq(y(x), exp(x**2) + C)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Take the exponential of the rest alone, and add the constant."""
        match move.near:
            case ("=", y, curve):
                alone = [_without_factor(part) for part in terms(curve)]
                return ("=", y, add(*alone, "C"))
        return None


def _without_factor(part: Tree) -> Tree:
    match part:
        case "C":
            return 1
        case ("*", "C", *rest):
            return mul(*rest)
        case ("/", above, below):
            return ("/", _without_factor(above), below)
    return part


class RightSideNotMultiplied(Mistake):
    """Multiply by the integrating factor on the left alone."""

    rules = (MultiplyByIntegratingFactor,)
    sample = (
        "Eq(Derivative(y(x), x) + 2*y(x), 6)",
        "Eq(exp(2*x)*Derivative(y(x), x) + 2*exp(2*x)*y(x), 6)",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the right side."""
        match move.far, move.near:
            case ("=", _, right), ("=", left, _):
                return ("=", left, right)
        return None


class ConstantNotDivided(Mistake):
    """Divide by the integrating factor and leave the constant as it is."""

    rules = (DivideByIntegratingFactor,)
    sample = ("Eq(exp(2*x)*y(x), 3*exp(2*x) + C)", "Eq(y(x), 3 + C)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write the constant alone."""
        match move.near:
            case ("=", y, curve):
                kept = [part for part in terms(curve) if "C" not in names(part)]
                return ("=", y, add(*kept, "C")) if kept else None
        return None


class ConstantTakenForHeight(Mistake):
    """Take the constant to be the height at the start, whatever else there is in the solution."""

    rules = (PutInInitialCondition,)
    sample = (
        "And(Eq(y(x), C*exp(2*x) + 4), Eq(y(0), 3))",
        "And(Eq(y(x), C*exp(2*x) + 4), Eq(C, 3))",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write the height for the constant."""
        match move.near:
            case ("and", solution, ("=", _, height)):
                return ("and", solution, ("=", "C", height))
        return None


class FunctionTakenForRoot(Mistake):
    """Write r for the function itself in the characteristic equation, which should leave a number alone."""

    rules = (CharacteristicEquation,)
    sample = (
        "Eq(Derivative(Derivative(y(x), x), x) + 6*y(x), 0)",
        "And(Eq(Derivative(Derivative(y(x), x), x) + 6*y(x), 0), Eq(r**2 + 6*r, 0))",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Multiply the last number by r."""
        match move.near:
            case ("and", equation, ("=", ("+", *powers, int(last)), 0)):
                if any(split(part)[1] == "r" for part in powers):
                    return None
                return ("and", equation, ("=", add(*powers, term(last, "r")), 0))
        return None


class SignOfRootsLost(Mistake):
    """Write the roots with the other sign into the exponents, as they stand in the factors."""

    rules = (SolutionFromTwoRoots,)
    sample = (
        "And(Eq(Derivative(Derivative(y(x), x), x) - 9*y(x), 0), Or(Eq(r, 2), Eq(r, 3)))",
        "Eq(y(x), C_1*exp(-2*x) + C_2*exp(-3*x))",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Flip the signs."""
        return _with_exponents(move.near, neg)


def _with_exponents(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    if type(tree) is not tuple:
        return tree
    if tree[0] == "exp":
        return ("exp", change(tree[1]))
    return (tree[0], *[_with_exponents(part, change) for part in tree[1:]])


class PartsOfRootSwapped(Mistake):
    """Swap real and imaginary part of complex roots: the one for the angle and the other for the exponent."""

    rules = (SolutionFromComplexRoots,)
    sample = (
        "And(Eq(Derivative(Derivative(y(x), x), x) + 13*y(x), 0), Eq((r - 2)**2, -9))",
        "Eq(y(x), exp(3*x)*(C_1*cos(2*x) + C_2*sin(2*x)))",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write them the other way round."""
        assert type(move.far) is tuple
        roots = complex_roots(move.far[2])
        if roots is None or roots[0] == 0:
            return None
        center, turn = roots
        found: dict[Tree, Tree] = {("exp", term(center, "x")): ("exp", term(turn, "x"))}
        for wave in ("cos", "sin"):
            found[(wave, term(turn, "x"))] = (wave, term(max(center, -center), "x"))
        return _replaced(move.near, found)


def _replaced(tree: Tree, found: dict[Tree, Tree]) -> Tree:
    if tree in found:
        return found[tree]
    return (tree[0], *[_replaced(part, found) for part in tree[1:]]) if type(tree) is tuple else tree
