"""Differential equations of the first order: separable, linear, and with an initial condition."""

from __future__ import annotations

from random import Random
from typing import ClassVar

from rpsdg.math_domains.algebra.families.quadratic import solve_branches
from rpsdg.math_domains.differential_equations.rules.conditions import PutInConstant, PutInInitialCondition
from rpsdg.math_domains.differential_equations.rules.linear import (
    DivideByIntegratingFactor,
    IntegrateBothSides,
    MultiplyByIntegratingFactor,
    ReadProductRuleBackwards,
)
from rpsdg.math_domains.differential_equations.rules.separable import (
    SLOPE,
    ExponentiateForY,
    IntegrateSeparated,
    LogarithmForY,
    ReciprocalForY,
    SeparateVariables,
    SquareForY,
    TangentForY,
    Y,
)
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.integrals.families.indefinite import by_table
from rpsdg.math_domains.integrals.rules.linear_inside import CosineOfLinear, ExponentialOfLinear, SineOfLinear
from rpsdg.math_domains.integrals.rules.linearity import TidyResult
from rpsdg.math_domains.integrals.rules.parts import IntegrateByParts
from rpsdg.math_domains.integrals.rules.substitution import Substitute, SubstituteBack
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Path, Tree, add, first_place, look, mul, names, neg, power, size

__all__ = ["InitialValueProblem", "LinearDifferentialEquation", "SeparableEquation"]

_FOR_Y = (ExponentiateForY, ReciprocalForY, TangentForY, LogarithmForY, SquareForY)
_WAVES = (SineOfLinear, CosineOfLinear, ExponentialOfLinear)
_LONGEST = 24
"""The size of an answer that is still worth writing down."""


class _FirstOrder(Family):
    """What the families share: how the task is put."""

    topic = "math/differential-equations/first-order"
    asks: ClassVar[tuple[str, ...]] = (
        "Solve the differential equation {problem}.",
        "Find the general solution of {problem}.",
        "Find all solutions of {problem}.",
    )


def _separate(tape: Tape, path: Path = ()) -> None:
    """Separate the variables, integrate both sides, and solve for y."""
    tape.do(SeparateVariables, path).do(IntegrateSeparated, path)
    by_table(tape, *_WAVES)
    right = (*path, 2)
    if TidyResult.work(look(tape.answer, right), {}) is not None:
        tape.do(TidyResult, right)
    here = look(tape.answer, path)
    rule = next((rule for rule in _FOR_Y if rule.work(here, {}) is not None), None)
    if rule is None:
        raise DrawAgainError
    tape.do(rule, path)


class SeparableEquation(_FirstOrder):
    """Solve a differential equation in which the variables can be separated.

    At level 1 the slope is a multiple of y and a power of x; then come squares, reciprocals and exponentials
    of y, and sums or functions of x.
    """

    # Not "find all solutions": a constant y that makes the divisor zero may be one more.
    asks = _FirstOrder.asks[:2]

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw a function of x and one of y, whose antiderivatives are in the table."""
        tape = Tape(("=", SLOPE, self._slope(rng, level)))
        _separate(tape)
        if size(tape.answer) > _LONGEST:
            raise DrawAgainError
        return tape

    def _slope(self, rng: Random, level: int) -> Tree:
        n = rng.randint(0, 3)
        # The number is a multiple of the new exponent, so that the antiderivative has a whole one.
        of_x = term((n + 1) * nonzero(rng, 1, 5), power("x", n))
        if level == 1:
            return mul(of_x, Y)
        if level == 2:
            if rng.random() < 0.5:
                return mul(of_x, power(Y, 2)) if rng.random() < 0.6 else _over(of_x, Y)
            return _over(term(nonzero(rng, 1, 5), Y), "x")
        if level == 3:
            shifted = add(Y, nonzero(rng, 1, 9))
            return rng.choice((mul(of_x, shifted), mul(of_x, ("exp", neg(Y))), _over(of_x, Y)))
        slope = rng.choice((1, 2, 3))
        waves = term(slope * nonzero(rng, 1, 4), (rng.choice(("sin", "cos", "exp")), term(slope, "x")))
        if level == 4:
            return rng.choice(
                (mul(waves, Y), mul(waves, power(Y, 2)), mul(waves, ("exp", neg(Y))), _over(waves, Y))
            )
        m = rng.randint(1, 3)
        other = waves if m == n else term((m + 1) * nonzero(rng, 1, 3), power("x", m))
        total = add(other, of_x) if m > n else add(of_x, other)
        shifted = add(Y, nonzero(rng, 1, 9))
        beside = rng.choice((Y, power(Y, 2), add(power(Y, 2), 1), shifted, ("exp", neg(Y))))
        return ("*", total, beside)


def _over(above: Tree, below: Tree) -> Tree:
    match above:
        case ("neg", inner):
            return neg(("/", inner, below))
        case ("*", int(k), *rest) if k < 0:
            return neg(("/", mul(-k, *rest), below))
        case int() if above < 0:
            return neg(("/", -above, below))
    return ("/", above, below)


def _solve_linear(tape: Tape, path: Path = ()) -> None:
    """Multiply by the integrating factor, integrate, and divide."""
    values = MultiplyByIntegratingFactor.applies(look(tape.answer, path))
    if values is None:
        raise DrawAgainError
    tape.do(MultiplyByIntegratingFactor, path, values)
    tape.do(ReadProductRuleBackwards, path).do(IntegrateBothSides, path)
    where = first_place(tape.answer, "int") or ()
    here = look(tape.answer, where)
    if _product_with_exponential(here):
        # The exponent is what a person substitutes, not the exponential.
        inner = [found for found in Substitute.ways_on(here) if first_place(found["inner"], "exp") is None]
        if inner:
            tape.do(Substitute, where, inner[0])
        elif (found := IntegrateByParts.applies(here)) is not None:
            tape.do(IntegrateByParts, where, found)
    by_table(tape, *_WAVES)
    if (back := first_place(tape.answer, "subs")) is not None:
        for found in SubstituteBack.ways_on(look(tape.answer, back)):
            tape.do(SubstituteBack, back, found)
    tape.do(DivideByIntegratingFactor, path)


def _product_with_exponential(integral: Tree) -> bool:
    match integral:
        case ("int", ("*", *factors), x):
            heads = [factor[0] for factor in factors if type(factor) is tuple]
            return "exp" in heads and sum(x in names(factor) for factor in factors) > 1
    return False


class LinearDifferentialEquation(_FirstOrder):
    """Solve a linear differential equation of the first order with an integrating factor.

    At level 1 the factor is a power; then it is an exponential, with a number on the right at level 2 and an
    exponential at level 3, the exponential of a square, and at level 5 the right side is linear.
    """

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw what stands before y, and a right side that can be integrated with it."""
        tape = Tape(_linear_equation(rng, level))
        _solve_linear(tape)
        if size(tape.answer) > _LONGEST:
            raise DrawAgainError
        return tape


def _linear_equation(rng: Random, level: int) -> Tree:
    k = nonzero(rng, 1, 6)
    if level == 1:
        n, m = rng.randint(1, 4), rng.randint(0, 3)
        right = term((n + m + 1) * rng.randint(1, 5), power("x", m))
        return ("=", ("+", SLOPE, ("/", term(n, Y), "x")), right)
    if level == 2:
        return ("=", add(SLOPE, term(k, Y)), k * nonzero(rng, 1, 9))
    if level == 3:
        m = rng.choice([m for m in range(-4, 6) if m])
        return ("=", add(SLOPE, term(k, Y)), term((k + m or 1) * nonzero(rng, 1, 5), ("exp", term(m, "x"))))
    if level == 4:
        return ("=", add(SLOPE, term(2 * k, mul("x", Y))), term(2 * k * nonzero(rng, 1, 6), "x"))
    scale = k * k
    return (
        "=",
        add(SLOPE, term(k, Y)),
        add(term(scale * rng.randint(1, 3), "x"), scale * nonzero(rng, 1, 3)),
    )


class InitialValueProblem(_FirstOrder):
    """Solve a differential equation with an initial condition: find the curve through a point.

    Up to level 2 the equation is separable; then it is linear.
    """

    asks = (
        "Solve the initial value problem {problem}.",
        "Find the solution of {problem}.",
        "Which function satisfies {problem}?",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw an equation, and the height at the start."""
        start = 0
        if level <= 2:
            n = rng.randint(0, 2 + level)
            of_x = term((n + 1) * nonzero(rng, 1, 5), power("x", n))
            equation: Tree = ("=", SLOPE, mul(of_x, Y if level == 1 else add(Y, nonzero(rng, 1, 9))))
        else:
            kind = {3: rng.choice((1, 2)), 4: rng.choice((3, 4)), 5: 5}[level]
            equation = _linear_equation(rng, kind)
            start = 1 if kind == 1 else 0
        height = nonzero(rng, 1, 9)
        tape = Tape(("and", equation, ("=", ("fn", "y", start), height)))
        (_separate if level <= 2 else _solve_linear)(tape, (1,))
        values = PutInInitialCondition.applies(tape.answer)
        if values is None:
            raise DrawAgainError
        tape.do(PutInInitialCondition, (), values)
        if names(look(tape.answer, (2, 1))) != {"C"}:
            raise DrawAgainError
        solve_branches(tape, (2,))
        tape.do(PutInConstant)
        if size(tape.answer) > _LONGEST or (first_place(tape.answer, "exp") is None and start == 0):
            raise DrawAgainError
        return tape
