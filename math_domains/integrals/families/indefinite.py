"""Indefinite integrals: by table, by substitution, by parts, by partial fractions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from random import Random

from rpsdg.math_domains.algebra.families.polynomials import expanded
from rpsdg.math_domains.algebra.rules.factoring import FactorTrinomial
from rpsdg.math_domains.algebra.rules.partial_fractions import DecomposeFraction
from rpsdg.math_domains.derivatives import derivative
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.integrals.rules.fractions import ReciprocalOfLinear
from rpsdg.math_domains.integrals.rules.linearity import (
    AddConstant,
    ConstantFactor,
    IntegrateTermByTerm,
    TidyResult,
)
from rpsdg.math_domains.integrals.rules.parts import IntegrateByParts
from rpsdg.math_domains.integrals.rules.substitution import Substitute, SubstituteBack, times_derivative
from rpsdg.math_domains.integrals.rules.table import KNOWN
from rpsdg.math_domains.memory import Memory
from rpsdg.math_domains.rewriting import Rewrite, Values
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import number_tree, split, term
from rpsdg.math_domains.trees import Tree, add, first_place, instead, look, neg, power

__all__ = [
    "Integral",
    "IntegralByPartialFractions",
    "IntegralByParts",
    "IntegralBySubstitution",
    "IntegralByTable",
    "by_table",
]

_ORDER: tuple[type[Rewrite], ...] = (IntegrateTermByTerm, *KNOWN, ReciprocalOfLinear, ConstantFactor)


class Integral(Family):
    """What the families share: an integrand is drawn, and integrated as it is taught."""

    topic = "math/integrals/indefinite"
    asks = (
        "Find {problem}.",
        "Determine the indefinite integral {problem}.",
        "Find all antiderivatives: {problem}.",
    )

    @abstractmethod
    def integrand(self, rng: Random, level: int) -> Tree:
        """Return what is to be integrated by x."""

    known: tuple[type[Rewrite], ...] = ()
    """What a solver of this kind of problem looks up besides the table."""

    @abstractmethod
    def integrate(self, tape: Tape) -> None:
        """Make the steps that the family is about."""

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw an integrand made from an antiderivative, and integrate it."""
        tape = Tape(("int", self.integrand(rng, level), "x"))
        self.integrate(tape)
        by_table(tape, *self.known)
        if TidyResult.applies(tape.answer) is not None:
            tape.do(TidyResult)
        tape.do(AddConstant)
        if len(tape.moves) < 2:
            raise DrawAgainError
        return tape


def by_table(tape: Tape, *more: type[Rewrite]) -> None:
    """Work on the first integral that is left until there is none.

    Args:
        tape: where it is laid.
        more: what a solver of this kind of problem looks up before anything else.

    Raises:
        DrawAgainError: one of them is in no table.
    """
    while (path := first_place(tape.answer, "int")) is not None:
        here = look(tape.answer, path)
        found = next(_ways(here, more), None) or _by_heart[here]
        if found is None:
            raise DrawAgainError
        rule, values = found
        tape.do(rule, path, values)


def _ways(integral: Tree, rules: Sequence[type[Rewrite]]) -> Iterator[tuple[type[Rewrite], Values]]:
    """Yield the rules that do something with an integral."""
    for rule in rules:
        values = rule.applies(integral)
        if values is not None:
            yield rule, values


_by_heart = Memory(lambda integral: next(_ways(integral, _ORDER), None))


class IntegralByTable(Integral):
    """Integrate a sum of functions that one knows by heart.

    The level is the number of terms; from level 2 on they have numbers in front.
    """

    def integrand(self, rng: Random, level: int) -> Tree:
        """Draw different functions."""
        drawn = rng.sample(_KNOWN, level)
        parts = [_known_term(rng, make(rng), 1 if level == 1 else 9) for make in drawn]
        if level == 1:
            parts.append(number_tree(nonzero(rng, 1, 9)))
        return add(*parts)

    def integrate(self, tape: Tape) -> None:
        """Leave it to the table."""


_KNOWN: tuple[Callable[[Random], Tree], ...] = (
    lambda rng: power("x", rng.randint(2, 7)),
    lambda rng: power("x", rng.randint(1, 5)),
    lambda rng: ("/", 1, power("x", rng.randint(2, 5))),
    lambda _: ("/", 1, "x"),
    lambda _: ("exp", "x"),
    lambda _: ("sin", "x"),
    lambda _: ("cos", "x"),
    lambda _: ("^", ("sec", "x"), 2),
    lambda _: ("/", 1, ("+", ("^", "x", 2), 1)),
    lambda _: ("^", ("csc", "x"), 2),
)


def _known_term(rng: Random, function: Tree, largest: int) -> Tree:
    value = nonzero(rng, 1, largest)
    match function:
        case ("/", 1, below):
            return ("/", value, below) if value > 0 else neg(("/", -value, below))
    return term(value, function)


class IntegralBySubstitution(Integral):
    """Integrate a composite function whose inner derivative stands beside it.

    At level 1 the inner derivative is there to the letter; then the inner function is linear and a number is
    missing, and then it is a polynomial, a function of its own, and a sum of such.
    """

    def integrand(self, rng: Random, level: int) -> Tree:
        """Differentiate the composite: outer function of the inner one, times the inner derivative."""
        inner = _INNER[level - 1](rng)
        outer = instead(rng.choice(_OUTER[: 5 + level])(rng), {"u": inner})
        slope = derivative(inner, "x")
        if level == 1:  # the inner derivative is there to the letter
            return times_derivative(outer, slope)
        value, body = split(slope)
        scale = rng.randint(2, 9) if level > 3 else rng.choice((1, 1, 2, 3, 5))
        if type(body) is tuple and body[0] == "+":
            return (
                times_derivative(outer, slope)
                if level < 5
                else _scaled(scale, times_derivative(outer, slope))
            )
        return times_derivative(outer, term(scale if rng.random() < 0.5 else value * scale, body))

    def integrate(self, tape: Tape) -> None:
        """Substitute, integrate by the table, and substitute back."""
        values = Substitute.applies(tape.answer)
        if values is None:
            raise DrawAgainError
        tape.do(Substitute, (), values)
        by_table(tape)
        for values in SubstituteBack.ways_on(tape.answer):
            tape.do(SubstituteBack, (), values)


def _scaled(scale: int, integrand: Tree) -> Tree:
    match integrand:
        case ("/", above, below):
            return ("/", term(scale, above), below)
    return term(scale, integrand)


_INNER: tuple[Callable[[Random], Tree], ...] = (
    lambda rng: add(power("x", rng.randint(2, 5)), nonzero(rng, 0, 9)),
    lambda rng: add(term(rng.randint(2, 7), "x"), nonzero(rng, 0, 9)),
    lambda rng: add(term(rng.randint(2, 5), power("x", rng.randint(2, 4))), nonzero(rng, 0, 9)),
    lambda rng: rng.choice((("sin", "x"), ("cos", "x"), ("exp", "x"), ("log", "x"), ("tan", "x"))),
    lambda rng: rng.choice(
        (
            add(("exp", "x"), nonzero(rng, 1, 9)),
            add(("sin", "x"), rng.randint(2, 9)),
            add(("^", "x", 2), term(nonzero(rng, 1, 6), "x")),
            add(("log", "x"), rng.randint(1, 9)),
            add(("^", "x", 3), term(3 * nonzero(rng, 1, 4), "x")),
        )
    ),
)
_OUTER: tuple[Callable[[Random], Tree], ...] = (
    lambda rng: ("^", "u", rng.randint(2, 7)),
    lambda _: ("cos", "u"),
    lambda _: ("sin", "u"),
    lambda _: ("exp", "u"),
    lambda _: ("/", 1, "u"),
    lambda rng: ("/", 1, ("^", "u", rng.randint(2, 4))),
    lambda rng: ("^", "u", rng.randint(2, 9)),
    lambda _: ("^", ("sec", "u"), 2),
    lambda _: ("/", 1, ("+", ("^", "u", 2), 1)),
    lambda _: ("^", ("csc", "u"), 2),
)


class IntegralByParts(Integral):
    """Integrate a product by parts, at higher levels more than once.

    A power of x stands before an exponential, a sine or a cosine, or a logarithm is multiplied by a power.
    """

    def integrand(self, rng: Random, level: int) -> Tree:
        """Draw a polynomial factor and one that integrating does not make worse."""
        slope = 1 if level == 1 else rng.choice((1, 1, *range(2, 8)))
        kind = rng.choice(("exp", "sin", "cos"))
        inner = term(slope, "x")
        scale = rng.randint(1, 9) if level == 1 else rng.choice((1, *range(1, 10)))
        if level in {2, 3} and rng.random() < 0.4:
            exponent = rng.randint(0, 7)
            return _product(scale, power("x", exponent), ("log", "x"))
        exponent = {1: 1, 2: 1, 3: 2, 4: 2, 5: 3}[level]
        if exponent == 1 and (level == 2 or rng.random() < 0.5):
            return ("*", add(term(scale, "x"), nonzero(rng, 1, 9)), (kind, inner))
        return _product(scale, power("x", exponent), (kind, inner))

    def integrate(self, tape: Tape) -> None:
        """Integrate by parts, constants taken out, as long as that is what helps."""
        for _ in range(8):
            path = first_place(tape.answer, "int")
            if path is None:
                return
            here = look(tape.answer, path)
            for rule in (ConstantFactor, IntegrateByParts):
                values = rule.applies(here)
                if values is not None:
                    tape.do(rule, path, values)
                    break
            else:
                return


def _product(scale: int, *factors: Tree) -> Tree:
    kept = [factor for factor in (scale, *factors) if factor != 1]
    return kept[0] if len(kept) == 1 else ("*", *kept)


class IntegralByPartialFractions(Integral):
    """Integrate a fraction with two linear factors below by splitting it into partial fractions.

    Up to level 2 the denominator is factored already; then it has to be factored first, and numbers stand in
    front of the variable.
    """

    def integrand(self, rng: Random, level: int) -> Tree:
        """Choose the partial fractions first, and add them."""
        p, q = rng.sample([k for k in range(-7, 8) if k or level > 1], 2)
        lead = rng.choice((2, 3)) if level >= 4 else 1
        left, right = add("x", p), add(term(lead, "x"), q)
        a, b = nonzero(rng, 1, 6 + level), nonzero(rng, 1, 6 + level)
        slope, height = a * lead + b, a * q + b * p
        if type(left) is str or type(right) is str or p * lead == q:
            raise DrawAgainError
        above = add(term(slope, "x"), height)
        if level >= 3:
            return ("/", above, expanded(left, right))
        return ("/", above, ("*", left, right))

    def integrate(self, tape: Tape) -> None:
        """Factor the denominator if need be, and split the fraction."""
        for values in FactorTrinomial.ways_on(look(tape.answer, (1, 2))):
            tape.do(FactorTrinomial, (1, 2), values)
        tape.do(DecomposeFraction, (1,))
