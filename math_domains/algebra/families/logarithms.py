"""Equations with logarithms and exponentials."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.families.quadratic import solve_branches, solve_quadratic
from rpsdg.math_domains.algebra.rules.both_sides import (
    AddToBothSides,
    ClearDenominator,
    DivideBothSides,
)
from rpsdg.math_domains.algebra.rules.candidates import DropOutsideDomain
from rpsdg.math_domains.algebra.rules.logarithms import (
    EqualExponents,
    EqualLogarithms,
    LogarithmOfPower,
    LogarithmOfProduct,
    LogarithmOfQuotient,
    NoteDomain,
    TakeLogarithms,
)
from rpsdg.math_domains.algebra.rules.roots import SquareRootBothSides
from rpsdg.math_domains.drawing import nonzero, unknown_name
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, look

__all__ = ["ExponentialEquation", "LogarithmicEquation"]


class LogarithmicEquation(Family):
    """Solve an equation between logarithms; candidates outside its domain are rejected.

    Level 1 has one logarithm on each side, level 2 a logarithm with a factor, and from level 3 on a sum of
    logarithms leads to a quadratic equation, of whose solutions one usually lies outside the domain.
    """

    topic = "math/algebra/equation"
    asks = (
        "Solve {problem} over the real numbers.",
        "Find all real solutions of {problem}.",
        "Solve the logarithmic equation {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the solutions of the equation without logarithms first."""
        x = unknown_name(rng)
        if level == 1:
            return _one_each(rng, x)
        if level == 2:
            return _with_factor(rng, x)
        return _sum_of_two(rng, x, level)


def _one_each(rng: Random, x: str) -> Tape:
    solution, a, b = rng.randint(1, 9), rng.randint(2, 5), nonzero(rng, 1, 9)
    value = a * solution + b
    if value < 1:
        raise DrawAgainError
    c = rng.randint(0, 1)
    right = add(term(c, x), value - c * solution)
    tape = Tape(("=", ("log", add(term(a, x), b)), ("log", right)))
    _step(tape, NoteDomain)
    _step(tape, EqualLogarithms)
    solve_branches(tape, (1,))
    _step(tape, DropOutsideDomain)
    return tape


def _with_factor(rng: Random, x: str) -> Tape:
    root, shift = rng.randint(2, 9), nonzero(rng, 1, 6)
    side: Tree = ("*", 2, ("log", add(x, shift)))
    tape = Tape(("=", side, ("log", root * root)))
    _step(tape, NoteDomain)
    _step(tape, LogarithmOfPower)
    _step(tape, EqualLogarithms)
    tape.do(SquareRootBothSides, (1,))
    solve_branches(tape, (1,))
    _step(tape, DropOutsideDomain)
    return tape


def _sum_of_two(rng: Random, x: str, level: int) -> Tape:
    """Use that log(x + a) + log(x + b) = log c leads to a quadratic with the solutions that were chosen."""
    solution = rng.randint(1, 9)
    a, b = nonzero(rng, 0, 6), nonzero(rng, 1, 6)
    first, second = solution + a, solution + b
    if first < 1 or second < 1 or a == b:
        raise DrawAgainError
    left: tuple[Tree, Tree] = (("log", add(x, a)), ("log", add(x, b)))
    if level == 5:  # the right side has the unknown in it, too
        k = rng.randint(1, 3)
        rest = first * second - k * solution
        if rest < 1:
            raise DrawAgainError
        right: Tree = ("log", add(term(k, x), rest))
    else:
        right = ("log", first * second)
    if level == 4:  # the second logarithm stands on the right, with a minus
        tape = Tape(("=", left[0], ("+", right, ("neg", left[1]))))
        _step(tape, NoteDomain)
        _step(tape, LogarithmOfQuotient)
    else:
        tape = Tape(("=", add(*left), right))
        _step(tape, NoteDomain)
        _step(tape, LogarithmOfProduct)
    _step(tape, EqualLogarithms)
    if level == 4:
        tape.do(ClearDenominator, (1,), by=add(x, b))
    equation = look(tape.answer, (1,))
    assert type(equation) is tuple
    if type(equation[1]) is not tuple:
        raise DrawAgainError
    solve_quadratic(tape, (1,))
    _step(tape, DropOutsideDomain)
    return tape


def _step(tape: Tape, rule: type[Rewrite]) -> None:
    """Make the solver's step by a rule at the first place where it applies."""
    move = next(rule.spot(tape.answer), None)
    if move is None:
        raise DrawAgainError
    tape.do(rule, move.place.path, move.values)


class ExponentialEquation(Family):
    """Solve an equation with the unknown in an exponent.

    At level 1 a logarithm is taken at once; at levels 2 and 3 exponents of equal bases are compared; at
    levels 4 and 5 the exponential has to be made to stand alone first.
    """

    topic = "math/algebra/equation"
    asks = ("Solve {problem} over the real numbers.", "Find the real solution of {problem}.")

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose exponents that meet at the solution, or the number whose logarithm it has."""
        x = unknown_name(rng)
        if level in {2, 3}:
            return _equal_bases(rng, x, level)
        inside, a = rng.choice((2, 3, 5, 6, 7, 10, 11, 13, 14, 15)), rng.randint(2, 9)
        b = nonzero(rng, 1, 6) if level == 5 else 0
        exponential: Tree = ("exp", add(term(a, x), b))
        factor, shift = (rng.randint(2, 6), nonzero(rng, 1, 9)) if level >= 4 else (1, 0)
        tape = Tape(("=", add(term(factor, exponential), shift), factor * inside + shift))
        if level >= 4:
            tape.do(AddToBothSides, (), term=-shift)
            tape.do(DivideBothSides, (), by=factor)
        _step(tape, TakeLogarithms)
        if b:
            tape.do(AddToBothSides, (), term=-b)
        return tape.do(DivideBothSides, (), by=a)


def _equal_bases(rng: Random, x: str, level: int) -> Tape:
    base, solution = rng.choice((2, 3, 5, 7)), rng.randint(-6, 9)
    a, b = rng.randint(2, 5), nonzero(rng, 1, 9)
    c = 0 if level == 2 else nonzero(rng, 1, 4)
    right = add(term(c, x), (a - c) * solution + b)
    if a == c or right in {0, 1}:
        raise DrawAgainError
    tape = Tape(("=", ("^", base, add(term(a, x), b)), ("^", base, right)))
    _step(tape, EqualExponents)
    solve_branches(tape)
    return tape
