"""Rational expressions: simplifying, adding and dividing them."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.families.polynomials import expanded
from rpsdg.math_domains.algebra.rules.brackets import CollectLikeTerms, MultiplyOut
from rpsdg.math_domains.algebra.rules.factoring import (
    CommonFactor,
    DifferenceOfSquares,
    FactorTrinomial,
    PerfectSquare,
)
from rpsdg.math_domains.algebra.rules.fractions import (
    AddFractions,
    Cancel,
    DivideFractions,
    MultiplyFractions,
)
from rpsdg.math_domains.drawing import unknown_name
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.forms import Form
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Path, Tree, add, look, neg

__all__ = ["AddRationalExpressions", "SimplifyRationalExpression", "factor_fraction"]

_FACTORINGS = (PerfectSquare, DifferenceOfSquares, FactorTrinomial)


class SimplifyRationalExpression(Family):
    """Simplify a fraction of polynomials by factoring and cancelling.

    Up to level 3 it is one fraction, of growing degree; then a product and a quotient of two.
    """

    topic = "math/algebra/rational"
    form = Form.LOWEST_TERMS
    asks = ("Simplify {problem}.", "Reduce {problem} as far as possible.", "Simplify the fraction {problem}.")

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the simple fraction, extend it, and multiply out."""
        x = unknown_name(rng)
        zeros = rng.sample([k for k in range(-9, 10) if k], 6)
        a, b, c, d, e, f = (add(x, zero) for zero in zeros)
        if level <= 3:
            scale = rng.randint(2, 5) if level == 3 else 1
            lead = rng.choice((2, 3)) if level >= 2 else 1
            above = expanded(add(term(lead, x), zeros[0]), c)
            below = _times(scale, expanded(b, c))
            if level == 1 and rng.random() < 0.5:
                below = c if rng.random() < 0.5 else _times(rng.randint(2, 5), c)
            tape = Tape(("/", above, below))
            factor_fraction(tape, ())
            return tape.do(Cancel)
        first: Tree = ("/", expanded(a, c), expanded(b, d))
        second: Tree = ("/", d, c) if level == 4 else ("/", expanded(c, e), expanded(d, f))
        if level == 4:
            tape = Tape(("*", first, second))
        else:
            tape = Tape(("/", first, second))
            tape.do(DivideFractions, (), _letters(first, second))
        left, right = look(tape.answer, (1,)), look(tape.answer, (2,))
        tape.do(MultiplyFractions, (), _letters(left, right))
        factor_fraction(tape, ())
        return tape.do(Cancel)


def _letters(first: Tree, second: Tree) -> dict[str, Tree]:
    assert type(first) is tuple
    assert type(second) is tuple
    return {"a": first[1], "b": first[2], "c": second[1], "d": second[2]}


def _times(factor: int, side: Tree) -> Tree:
    tidy = MultiplyOut.work(("*", factor, side), {}) if factor != 1 else side
    if tidy is None:
        raise DrawAgainError
    return tidy


def factor_fraction(tape: Tape, path: Path) -> None:
    """Factor numerator and denominator, every factor of them."""
    for side in (1, 2):
        for _ in range(4):
            if not _factor_once(tape, (*path, side)):
                break


def _factor_once(tape: Tape, path: Path) -> bool:
    part = look(tape.answer, path)
    positions = range(1, len(part)) if type(part) is tuple and part[0] == "*" else ()
    for where in (path, *[(*path, k) for k in positions]):
        target = look(tape.answer, where)
        if CommonFactor.work(target, {}) is not None:
            tape.do(CommonFactor, where)
            return True
        for rule in _FACTORINGS:
            for values in rule.ways_on(target):
                tape.do(rule, where, values)
                return True
    return False


class AddRationalExpressions(Family):
    """Add two fractions of polynomials and simplify.

    The numerators grow from numbers to linear terms; from level 3 on a difference occurs, from level 4 on the
    denominators share a factor, and at level 5 one of them has to be factored first.
    """

    topic = "math/algebra/rational"
    form = Form.LOWEST_TERMS
    asks = ("Write {problem} as one fraction.", "Combine {problem} into a single fraction and simplify.")

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose two fractions, add them, and cancel what can be cancelled."""
        x = unknown_name(rng)
        zeros = rng.sample([k for k in range(-7, 8) if k], 3)
        a, b, c = (add(x, zero) for zero in zeros)
        above, other = rng.randint(1, 6), rng.randint(1, 6)
        first: Tree = ("/", term(above, x) if level >= 2 else above, a if level < 4 else ("*", a, c))
        second: Tree = ("/", other, b if level < 4 else ("*", b, c))
        if level == 5:
            second = ("/", other, expanded(b, c))
        tape = Tape(add(first, neg(second) if level >= 3 and rng.random() < 0.6 else second))
        if level == 5:
            _factor_once(tape, (2, 1, 2) if _negative(tape.answer) else (2, 2))
        tape.do(AddFractions)
        _expand_above(tape)
        _collect_above(tape)
        for _ in range(2):
            _factor_once(tape, (1,))
        return tape.do(Cancel) if Cancel.work(tape.answer, {}) is not None else tape


def _negative(total: Tree) -> bool:
    """Whether the second fraction of a sum is taken away."""
    return type(total) is tuple and type(total[2]) is tuple and total[2][0] == "neg"


def _expand_above(tape: Tape) -> None:
    """Multiply out in the numerator alone."""
    while True:
        above = look(tape.answer, (1,))
        parts = above[1:] if type(above) is tuple and above[0] == "+" else ()
        todo = [k for k, part in enumerate(parts, 1) if MultiplyOut.work(part, {}) is not None]
        if not todo:
            return
        tape.do(MultiplyOut, (1, todo[0]))


def _collect_above(tape: Tape) -> None:
    if CollectLikeTerms.work(look(tape.answer, (1,)), {}) is not None:
        tape.do(CollectLikeTerms, (1,))
