"""Powers and products of trigonometric functions."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.rules.brackets import MultiplyOut, SquareOfSum
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError
from rpsdg.math_domains.integrals.families.indefinite import Integral, by_table
from rpsdg.math_domains.integrals.rules.linear_inside import CosineOfLinear, SineOfLinear
from rpsdg.math_domains.integrals.rules.linearity import ConstantFactor, IntegrateTermByTerm, NumbersInFront
from rpsdg.math_domains.integrals.rules.substitution import Substitute, SubstituteBack
from rpsdg.math_domains.integrals.rules.table import KNOWN
from rpsdg.math_domains.integrals.rules.trigonometric import (
    CosineTimesCosine,
    EvenPowerBySquares,
    HalfDoubleAngle,
    PowerReduction,
    ReduceTangentPower,
    SineTimesCosine,
    SineTimesSine,
    SplitOffFactor,
    SquaredDoubleAngle,
    TangentIntegral,
    TangentPowerTimesSquaredSecant,
    TangentSquared,
)
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, first_place, look, mul, places, power

__all__ = [
    "IntegralByPowerReduction",
    "IntegralOfOddPower",
    "IntegralOfProductOfWaves",
    "IntegralOfTangentPower",
]


class IntegralOfOddPower(Integral):
    """Integrate a product of powers of sine and cosine, one of them odd, by substituting the other function.

    At level 1 the odd power is the third and stands alone; then the other function has a power, too, the
    angle a factor, and from level 4 on the odd power is the fifth.
    """

    def integrand(self, rng: Random, level: int) -> Tree:
        """Draw an odd power of one function and any of the other."""
        odd, even = rng.choice((("sin", "cos"), ("cos", "sin")))
        angle = term(rng.choice((1, 2, 3, 4, 5)) if level in {1, 3, 5} else 1, "x")
        n = 3 if level < 4 else 5
        m = 0 if level == 1 else rng.randint(1 if level == 2 else 2, 6)
        scale = rng.randint(1, 9)
        shown = [("^", (odd, angle), n), power((even, angle), m)]
        # The sine is written first.
        return mul(scale, *(shown if odd == "sin" else reversed(shown)))

    def integrate(self, tape: Tape) -> None:
        """Split a factor off the odd power, write the rest by the other function, and substitute that."""
        wave, other, n = _odd_power(look(tape.answer, (1,)))
        _at(tape, SplitOffFactor, ("^", wave, n))
        _at(tape, EvenPowerBySquares, ("^", wave, n - 1))
        tape.do(Substitute, (), Substitute.complete({"of": tape.answer, "inner": other}))
        tape.everywhere(ConstantFactor, SquareOfSum, MultiplyOut)
        by_table(tape)
        tape.do(SubstituteBack, (), inner=other)


def _odd_power(integrand: Tree) -> tuple[Tree, Tree, int]:
    """Return what has the smallest odd power in a product, the function beside it, and the exponent."""
    odd = [
        (n, wave)
        for _, part in places(integrand)
        if type(part) is tuple and part[0] == "^" and type(wave := part[1]) is tuple and (n := part[2]) % 2
    ]
    n, wave = min(odd, key=lambda found: found[0])
    return wave, ({"sin": "cos", "cos": "sin"}[wave[0]], wave[1]), n


def _at(tape: Tape, rule: type[Rewrite], part: Tree) -> None:
    """Use a rule where a part of the state stands, also as one of the factors of a product."""
    tape.do(rule, next(path for path, here in places(tape.answer) if here == part))


class _ByIdentity(Integral):
    """What the families below share: identities make sums of the integrand, until the table has it."""

    identities: tuple[type[Rewrite], ...]

    def integrate(self, tape: Tape) -> None:
        """Work on the first integral, from the outside in; where nothing is known, use an identity."""
        while (path := first_place(tape.answer, "int")) is not None:
            here = look(tape.answer, path)
            known: tuple[type[Rewrite], ...] = (IntegrateTermByTerm, *self.known, *KNOWN, ConstantFactor)
            for rule in known:
                values = rule.applies(here)
                if values is not None:
                    tape.do(rule, path, values).everywhere(NumbersInFront)
                    break
            else:
                if not self._rewritten(tape, (*path, 1)):
                    return
            if len(tape.moves) > 25:
                raise DrawAgainError

    def _rewritten(self, tape: Tape, path: tuple[int, ...]) -> bool:
        here = look(tape.answer, path)
        for rule in self.identities:
            values = rule.applies(here)
            if values is not None:
                tape.do(rule, path, values)
                return True
        return False


class IntegralByPowerReduction(_ByIdentity):
    """Integrate even powers of sine and cosine by reducing the power.

    Levels 1 and 2 have one square, and from level 2 on there is another term; then sine and cosine are
    multiplied, and from level 4 on there is a fourth power.
    """

    known = (CosineOfLinear, SineOfLinear)
    identities = (HalfDoubleAngle, SquaredDoubleAngle, PowerReduction, SquareOfSum)

    def integrand(self, rng: Random, level: int) -> Tree:
        """Draw an even power."""
        angle = term(rng.randint(1, 6), "x")
        sine, cosine = ("sin", angle), ("cos", angle)
        scale = rng.randint(1, 9)
        wave = rng.choice((sine, cosine))
        more = rng.choice(
            (
                (term(nonzero(rng, 1, 9), power("x", rng.randint(1, 3)))),
                nonzero(rng, 1, 9),
                term(nonzero(rng, 1, 9), (rng.choice(("sin", "cos")), term(rng.randint(1, 5), "x"))),
            )
        )
        if level <= 2:
            return add(mul(scale, ("^", wave, 2)), *[more] * (level - 1))
        if level == 3:
            product = rng.choice((mul(sine, cosine), mul(("^", sine, 2), ("^", cosine, 2))))
            return add(term(scale, product), *([more] if product[1] == sine else []))  # type: ignore[index]
        return add(mul(scale, ("^", wave, 4)), *[more] * (level - 4))


class IntegralOfProductOfWaves(_ByIdentity):
    """Integrate a product of sines and cosines of different angles by writing it as a sum.

    At level 1 it is sine times cosine; then there are all kinds, and from level 3 on more terms.
    """

    known = (CosineOfLinear, SineOfLinear)
    identities = (SineTimesCosine, SineTimesSine, CosineTimesCosine)

    def integrand(self, rng: Random, level: int) -> Tree:
        """Draw two waves, and other terms."""

        def product(scale: int) -> Tree:
            m, n = rng.sample(range(1, 4 + 2 * level), 2)
            kinds = (("sin", "cos"), ("sin", "sin"), ("cos", "cos"))
            f, g = kinds[0] if level == 1 else rng.choice(kinds)
            return term(scale, ("*", (f, term(m, "x")), (g, term(n, "x"))))

        parts = [product(rng.randint(1, 9))]
        if level in {3, 4}:
            parts.append(term(nonzero(rng, 1, 9), power("x", rng.randint(1, level))))
        if level == 5:
            parts.append(product(nonzero(rng, 1, 9)))
        return add(*parts)


class IntegralOfTangentPower(_ByIdentity):
    """Integrate powers of the tangent by lowering the power.

    Level 1 is a square, level 2 a square with another term, then the power is the third, the fourth, and the
    fifth or sixth.
    """

    known = (TangentPowerTimesSquaredSecant, TangentIntegral)
    identities = (TangentSquared, ReduceTangentPower)

    def integrand(self, rng: Random, level: int) -> Tree:
        """Draw a power of the tangent."""
        exponent = {1: 2, 2: 2, 3: 3, 4: 4}.get(level) or rng.choice((5, 6))
        angle = add(term(rng.randint(1, 6), "x"), *([nonzero(rng, 1, 9)] if level in {2, 3} else []))
        more = term(nonzero(rng, 1, 9), power("x", rng.randint(1, 5)))
        shown = term(rng.randint(1, 9), ("^", ("tan", angle), exponent))
        return add(shown, *([more] if level in {2, 4} else []))
