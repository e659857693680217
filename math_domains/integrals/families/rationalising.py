"""Integrals with roots: the root substituted, or a sine or a tangent for the variable."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.rules.brackets import MultiplyOut, SquareOfSum
from rpsdg.math_domains.algebra.rules.partial_fractions import DivideWithRemainder
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError
from rpsdg.math_domains.integrals.families.indefinite import Integral, by_table
from rpsdg.math_domains.integrals.rules.linear_inside import CosineOfLinear
from rpsdg.math_domains.integrals.rules.linearity import ConstantFactor, NumbersInFront
from rpsdg.math_domains.integrals.rules.rational import ReciprocalOfSquarePlusNumber
from rpsdg.math_domains.integrals.rules.rationalising import SubstituteRoot
from rpsdg.math_domains.integrals.rules.substitution import SubstituteBack
from rpsdg.math_domains.integrals.rules.trigonometric import PowerReduction
from rpsdg.math_domains.integrals.rules.trigonometric_substitution import (
    BackFromAngle,
    ExpandDoubleAngle,
    SubstituteSine,
    SubstituteTangent,
)
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, first_place, look

__all__ = ["IntegralByRationalising", "IntegralByTrigonometricSubstitution"]


class IntegralByRationalising(Integral):
    """Integrate a function with a root of a linear term, which a substitution takes away.

    At level 1 the root is part of a sum below; then the variable stands above or below it, then beside it,
    and from level 4 on its square does.
    """

    def integrand(self, rng: Random, level: int) -> Tree:
        """Draw a root and what stands beside it."""
        scale = rng.randint(1, 9)
        if level == 1:
            return ("/", scale, add(("sqrt", "x"), nonzero(rng, 1, 9)))
        if level == 2:
            number = rng.randint(1, 5)
            if rng.random() < 0.5:
                return ("/", term(scale, ("sqrt", "x")), add("x", number * number))
            return ("/", term(scale, "x"), add(("sqrt", "x"), nonzero(rng, 1, 5)))
        root: Tree = ("sqrt", add("x", nonzero(rng, 1, 9)))
        above = "x" if level == 3 else ("^", "x", 2)
        if level == 5 or (level == 3 and rng.random() < 0.5):
            return term(scale, ("*", above, root))
        return ("/", term(scale, above), root)

    def integrate(self, tape: Tape) -> None:
        """Substitute the root, multiply out or divide, and substitute back."""
        tape.everywhere(ConstantFactor)
        path = first_place(tape.answer, "int") or ()
        values = SubstituteRoot.applies(look(tape.answer, path))
        if values is None:
            raise DrawAgainError
        tape.do(SubstituteRoot, path, values)
        tape.everywhere(ConstantFactor, SquareOfSum, MultiplyOut, DivideWithRemainder).everywhere(
            NumbersInFront
        )
        by_table(tape, ReciprocalOfSquarePlusNumber)
        tape.do(SubstituteBack, first_place(tape.answer, "subs") or (), inner=values["root"])


class IntegralByTrigonometricSubstitution(Integral):
    """Integrate a function with a root of a difference or a sum of squares by substituting an angle.

    At level 1 the root alone stands below; then beside another factor, and from level 3 on the powers of sine
    and cosine that arise have to be reduced; at level 5 the tangent is substituted.
    """

    def integrand(self, rng: Random, level: int) -> Tree:
        """Draw one of the forms."""
        a = rng.randint(1, 7)
        below, under = SubstituteTangent.square(a * a), SubstituteSine.square(a * a)
        root: Tree = ("sqrt", under)
        scale, square = rng.randint(1, 9), ("^", "x", 2)
        if level == 1:
            return ("/", scale, root)
        if level == 2:
            return ("/", scale, ("*", rng.choice((under, square)), root))
        if level == 3:
            return term(scale, root) if rng.random() < 0.5 else ("/", scale, ("*", below, ("sqrt", below)))
        if level == 4:
            return ("/", term(scale, square), root) if rng.random() < 0.7 else term(scale, root)
        return ("/", rng.choice((scale, term(scale, square))), ("^", below, 2))

    def integrate(self, tape: Tape) -> None:
        """Substitute the angle, integrate by the table, and go back."""
        for rule in (SubstituteSine, SubstituteTangent):
            values = rule.applies(tape.answer)
            if values is not None:
                tape.do(rule, (), values)
        tape.everywhere(ConstantFactor).everywhere(PowerReduction).everywhere(ConstantFactor, NumbersInFront)
        by_table(tape, CosineOfLinear)
        tape.everywhere(ExpandDoubleAngle)
        values = BackFromAngle.applies(look(tape.answer, ()))
        if values is None:
            raise DrawAgainError
        tape.do(BackFromAngle, (), values)
