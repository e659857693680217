"""The mistakes with limits that every teacher of calculus knows."""

from __future__ import annotations

from rpsdg.math_domains.derivatives import derivative
from rpsdg.math_domains.limits.rules.evaluating import LimitByContinuity
from rpsdg.math_domains.limits.rules.infinity import DivideByHighestPower, DropVanishingTerms
from rpsdg.math_domains.limits.rules.lhopital import LHopital, quotient_of
from rpsdg.math_domains.limits.rules.roots import ExtendByRootConjugate
from rpsdg.math_domains.limits.rules.standard import (
    CosineLimit,
    EulerLimit,
    ExponentialLimit,
    LogarithmLimit,
    SineLimit,
    TangentLimit,
)
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import number, number_tree, quotient, split
from rpsdg.math_domains.trees import BadTreeError, Tree, add, mul, names, neg, power

__all__ = [
    "AngleFactorIgnored", "ConjugateOnOneSide", "DeterminateDifferentiated", "HalfOfCosineForgotten",
    "NumeratorAloneDecides", "OneToAnyPower", "OwnPowersDivided", "QuotientRuleInLHopital",
    "SignLostInConjugate", "VanishedDenominator",
]  # fmt: skip


class DeterminateDifferentiated(Mistake):
    """Use the rule of l'Hopital although putting in the point already gives the limit."""

    rules = (LimitByContinuity,)
    sample = ("Limit((x**2 + 3)/(x + 1), x, 1, '+-')", "Limit(2*x, x, 1, '+-')")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Differentiate numerator and denominator once more."""
        match move.far:
            case ("lim", ("/", above, below), str(x), *rest) if x in names(above) and x in names(below):
                try:
                    slopes = derivative(above, x), derivative(below, x)
                except BadTreeError:
                    return None
                return None if 0 in slopes else ("lim", quotient_of(*slopes), x, *rest)
        return None


class QuotientRuleInLHopital(Mistake):
    """Differentiate the fraction by the quotient rule instead of its numerator and denominator."""

    rules = (LHopital,)
    sample = (
        "Limit((exp(x) - 1)/sin(x), x, 0, '+-')",
        "Limit((sin(x)*exp(x) - (exp(x) - 1)*cos(x))/sin(x)**2, x, 0, '+-')",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write the derivative of the whole fraction."""
        match move.far:
            case ("lim", ("/", above, below), x, *rest):
                first, second = mul(below, move.values["slope"]), mul(above, move.values["below"])
                return ("lim", ("/", add(first, neg(second)), power(below, 2)), x, *rest)
        return None


class NumeratorAloneDecides(Mistake):
    """Conclude that the limit is zero since the numerator goes to zero, whatever the denominator does."""

    rules = (LHopital, SineLimit, TangentLimit, CosineLimit, ExponentialLimit, LogarithmLimit)
    sample = ("Limit((exp(x) - 1)/sin(x), x, 0, '+-')", "0")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write zero."""
        match move.far:
            case ("lim", _, _, 0, *_):
                return 0
        return None


class AngleFactorIgnored(Mistake):
    """Take a standard limit to be one whatever the argument is, and lose the number in it."""

    rules = (SineLimit, TangentLimit, ExponentialLimit, LogarithmLimit)
    sample = ("Limit(sin(3*x)/x, x, 0, '+-')", "1")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Divide the number in front by the one below alone."""
        match move.far:
            case ("lim", ("/", above, below), *_):
                return number_tree(quotient(split(above)[0], split(below)[0]))
        return None


class HalfOfCosineForgotten(Mistake):
    """Take one less the cosine to be about the square of the angle, not half of it."""

    rules = (CosineLimit,)
    sample = ("Limit((1 - cos(2*x))/x**2, x, 0, '+-')", "4")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write twice the limit."""
        value = number(move.near)
        return None if value is None else number_tree(2 * value)


class OneToAnyPower(Mistake):
    """Conclude that what goes to one stays one in any power, however the exponent grows."""

    rules = (EulerLimit,)
    sample = ("Limit((1 + 3/x)**x, x, oo)", "1")

    def wrong(self, move: Rewrite) -> Tree | None:  # noqa: ARG002 - the same for all
        """Write one."""
        return 1


class OwnPowersDivided(Mistake):
    """Divide numerator and denominator each by its own highest power, not by the same."""

    rules = (DivideByHighestPower,)
    sample = (
        "Limit((3*x + 1)/(5*x**2 - 1), x, oo)",
        "Limit((3 + 1/x)/(5 - 1/x**2), x, oo)",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Divide the numerator by its own highest power instead."""
        match move.far, move.near:
            case ("lim", ("/", above, below), str(x), "oo"), ("lim", ("/", _, under), *_):
                turned = ("lim", ("/", above, above), x, "oo")
                own = DivideByHighestPower.work(turned, {"of": turned})
                match own:
                    case ("lim", ("/", top, _), *_) if x in names(below):
                        return ("lim", ("/", top, under), x, "oo")
        return None


class VanishedDenominator(Mistake):
    """Take a fraction with vanishing terms for zero altogether."""

    rules = (DropVanishingTerms,)
    sample = ("Limit((3 + 1/x)/(5 - 1/x**2), x, oo)", "0")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write zero."""
        match move.far:
            case ("lim", ("/", *_), *_):
                return 0
        return None


class ConjugateOnOneSide(Mistake):
    """Multiply by the conjugate where the roots are, and forget it on the other side of the line."""

    rules = (ExtendByRootConjugate,)
    sample = ("Limit((sqrt(x + 4) - 2)/x, x, 0, '+-')", "Limit((x + 4 - 4)/x, x, 0, '+-')")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the conjugate out of the other side."""
        match move.far, move.near:
            case ("/", above, below), ("/", squares, ("*", *_)) if "sqrt" in _heads(above):
                return ("/", squares, below)
            case ("/", above, _), ("/", ("*", *_), squares):
                return ("/", above, squares)
        return None


def _heads(tree: Tree) -> set[object]:
    if type(tree) is not tuple:
        return set()
    return {tree[0]}.union(*map(_heads, tree[1:]))


class SignLostInConjugate(Mistake):
    """Add the squares where a sum times a difference leaves their difference."""

    rules = (ExtendByRootConjugate,)
    sample = (
        "Limit(sqrt(x**2 + 4*x) - x, x, oo)",
        "Limit((x**2 + 4*x + x**2)/(sqrt(x**2 + 4*x) + x), x, oo)",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Flip the sign of the last square."""
        match move.near:
            case ("/", ("+", *parts, last), below):
                return ("/", ("+", *parts, neg(last)), below)
        return None
