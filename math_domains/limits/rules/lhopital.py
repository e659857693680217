"""The rule of l'Hopital."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.derivatives import derivative, times
from rpsdg.math_domains.limits.rules.evaluating import value_there
from rpsdg.math_domains.limits.rules.infinity import endless
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import quotient, split, term
from rpsdg.math_domains.trees import BadTreeError, Tree, div

__all__ = ["LHopital"]


class LHopital(Working):
    """Where numerator and denominator both go to zero, or both to infinity, differentiate each of them."""

    heads = frozenset({"lim"})
    law = ("Limit((exp(x) - 1)/sin(x), x, 0)", "Limit(exp(x)/cos(x), x, 0)")
    brief = ("Use the rule of l'Hôpital.",)
    step = (
        "Numerator and denominator both go to {to}, so differentiate each of them: {near}.",
        "This has the form ${_form}$; by the rule of l'Hôpital it is {near}.",
    )
    reason = ("The quotient of the slopes, here {slope} and {below}, has the same limit.",)
    sample = ("Limit(exp(x)/cos(x), x, 0, '+-')", "Limit((exp(x) - 1)/sin(x), x, 0, '+-')")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Differentiate numerator and denominator, if the form is indeterminate."""
        match of:
            case ("lim", ("/", above, below), str(x), to, *side):
                both = _common_end(above, below, x, to)
                if both is None or values.get("to", both) != both:
                    return None
                try:
                    slope, under = derivative(above, x), derivative(below, x)
                except BadTreeError:
                    return None
                named = {"slope": slope, "below": under, "form": ("/", both, both)}
                if any(values.get(name, meant) != meant for name, meant in named.items()):
                    return None
                return ("lim", quotient_of(slope, under), x, to, *side)
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name what both go to, and both derivatives."""
        match far:
            case ("lim", ("/", above, below), str(x), to, *_) if cls.work(far, {}) is not None:
                both = _common_end(above, below, x, to)
                assert both is not None
                slopes = {"slope": derivative(above, x), "below": derivative(below, x)}
                yield {"of": far, "to": both, "form": ("/", both, both), **slopes}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Integrate the exponential above and the cosine below."""
        match near:
            case ("lim", ("/", ("exp", str(x)), ("cos", y)), z, 0) if x == y == z:
                of = ("lim", ("/", ("+", ("exp", x), -1), ("sin", x)), x, 0)
                yield from cls.ways_on(of)


def quotient_of(above: Tree, below: Tree) -> Tree:
    """Return a quotient with its numbers reduced, a minus above, and no fraction above."""
    (over, top), (under, bottom) = split(above), split(below)
    match top:
        case ("/", int(number), lower):
            over, top, bottom = over * number, 1, times(lower, bottom)
    ratio = quotient(over, under)
    return div(term(ratio.numerator, top), term(ratio.denominator, bottom))


def _common_end(above: Tree, below: Tree, x: str, to: Tree) -> Tree | None:
    """Return 0 or infinity if numerator and denominator both go there."""
    if to == "oo":
        return "oo" if endless(above, x) and endless(below, x) else None
    return 0 if value_there(above, x, to) == value_there(below, x, to) == 0 else None
