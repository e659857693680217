"""Definite integrals: bounds put into an antiderivative, carried through a substitution, or symmetric."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.derivatives import derivative
from rpsdg.math_domains.integrals.rules.improper import END
from rpsdg.math_domains.integrals.rules.linear_inside import CosineOfLinear, ExponentialOfLinear, SineOfLinear
from rpsdg.math_domains.integrals.rules.linearity import TidyResult
from rpsdg.math_domains.integrals.rules.rational import ReciprocalOfSquarePlusNumber
from rpsdg.math_domains.integrals.rules.substitution import (
    in_terms_of,
    instead_of,
    times_derivative,
)
from rpsdg.math_domains.integrals.rules.table import KNOWN
from rpsdg.math_domains.rewriting import Rewrite, Values, Working
from rpsdg.math_domains.terms import number_tree, quotient, split, terms
from rpsdg.math_domains.trees import Tree, add, first_place, instead, mul, names, neg, places
from rpsdg.math_domains.values import evaluated

__all__ = [
    "EvenIntegrand",
    "FundamentalTheorem",
    "OddIntegrand",
    "PutInBound",
    "SplitBySymmetry",
    "SubstituteWithBounds",
]  # fmt: skip


class FundamentalTheorem(Working):
    """Find an antiderivative; its value at the upper bound less that at the lower one is the integral."""

    heads = frozenset({"int"})
    law = ("Integral(x**2, (x, 1, k))", "Subs(x**3/3, x, k) - Subs(x**3/3, x, 1)")
    brief = ("Find an antiderivative.",)
    step = (
        "An antiderivative of {inside} is {F}; upper bound less lower bound: {near}.",
        "With the antiderivative {F}, the integral is {near}.",
    )
    reason = (
        "By the fundamental theorem of calculus, $\\int_{{a}}^{{b}} f(x) \\, dx = F(b) - F(a)$ for $F' = f$.",
    )
    sample = ("Subs(exp(x), x, 2) - Subs(exp(x), x, 1)", "Integral(exp(x), (x, 1, 2))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Write the antiderivative at the upper bound, less that at the lower one."""
        match of:
            case ("int", inside, str(x), low, high):
                found = _antiderivative(inside, x)
                if found is None or values.get("F", found) != found or values.get("inside", inside) != inside:
                    return None
                return ("+", ("subs", found, x, high), neg(("subs", found, x, low)))
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Integrate by the table."""
        near = cls.work(far, {}) if type(far) is tuple and far[0] == "int" else None
        match far, near:
            case ("int", inside, *_), ("+", ("subs", found, *_), _):
                yield {"of": far, "inside": inside, "F": found}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Differentiate what stands at both bounds."""
        match near:
            case ("+", ("subs", found, str(x), high), ("neg", ("subs", other, _, low))) if found == other:
                values: Values = {"of": ("int", derivative(found, x), x, low, high), "F": found}
                values["inside"] = values["of"][1]  # type: ignore[index]
                if cls.work(values["of"], values) == near:
                    yield values


def _antiderivative(inside: Tree, x: str) -> Tree | None:
    """Return what one knows by heart, term by term; None where one does not."""
    parts: list[Tree] = []
    for part in terms(inside):
        value, body = split(part)
        match body:
            case ("/", int(above), below) if x in names(below):
                number, rest = split(below)
                value, body = quotient(value * above, number), ("/", 1, rest)
        found = _by_heart(("int", body, x))
        if found is None:
            return None
        whole = mul(number_tree(value), found)
        parts += terms(TidyResult.work(whole, {}) or whole)
    return add(*parts)


_BY_HEART: tuple[type[Rewrite], ...] = (
    *KNOWN,
    ExponentialOfLinear,
    SineOfLinear,
    CosineOfLinear,
    ReciprocalOfSquarePlusNumber,
)


def _by_heart(integral: Tree) -> Tree | None:
    for rule in _BY_HEART:
        values = rule.applies(integral)
        if values is not None:
            return rule.sides(values)[1]
    return None


class PutInBound(Working):
    """Put a bound in for the variable."""

    heads = frozenset({"subs"})
    law = ("Subs(x**2 + x, x, k)", "k**2 + k")
    brief = ("Put in the bound.",)
    step = ("Put in the bound: {far} is {near}.", "At this bound, {far} is {near}.")
    reason = ("The bound takes the place of the variable everywhere.",)
    sample = ("exp(2)", "Subs(exp(x), x, 2)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Put the number in and evaluate what is exact."""
        match of:
            case ("subs", inside, str(x), bound) if (
                names(bound) <= {END} and first_place(inside, "int") is None
            ):
                there = instead(inside, {x: bound})
                return evaluated(there) if not names(bound) else there
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Write x for any whole number."""
        for _, part in places(near):
            if type(part) is int and part != near and not names(near):
                of = ("subs", instead_of(near, part, "x"), "x", part)
                if cls.work(of, {}) == near:
                    yield {"of": of}


class SubstituteWithBounds(Working):
    """Substitute u for an inner function, and carry the bounds over to u."""

    heads = frozenset({"int"})
    law = ("Integral(2*x*cos(x**2), (x, 0, 2))", "Integral(cos(u), (u, 0, 4))")
    brief = ("Substitute $u = {_inner}$ and change the bounds.",)
    step = (
        "Let $u = {_inner}$, so $\\frac{{du}}{{d{_x}}} = {_du}$, and $u$ runs from {low} to {high}: {near}.",
        "With $u = {_inner}$, whose derivative is {du}, $u$ runs from {low} to {high}: {near}.",
    )
    reason = ("As the bounds are those of $u$, there is no need to substitute back.",)
    sample = ("Integral(cos(u), (u, 0, 4))", "Integral(2*x*cos(x**2), (x, 0, 2))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Replace the inner function, what is left by its derivative, and the bounds."""
        match of:
            case ("int", inside, str(x), low, high) if "inner" in values:
                inner = values["inner"]
                found = in_terms_of(inside, inner, x)
                if found is not None and values == cls.complete({"of": of, "inner": inner}):
                    return ("int", found, "u", *(evaluated(instead(inner, {x: at})) for at in (low, high)))
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Try every inner function."""
        match far:
            case ("int", inside, str(x), _, _):
                for part in dict.fromkeys(part for _, part in places(inside) if type(part) is tuple):
                    if x in names(part) and part != inside and in_terms_of(inside, part, x) is not None:
                        yield cls.complete({"of": far, "inner": part})

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take a linear function or the square for u."""
        match near:
            case ("int", f, "u", int(low), int(high)):
                for inner, ends in (
                    (("^", "x", 2), [k for k in range(10) for at in (low, high) if k * k == at]),
                    (("+", "x", 1), [low - 1, high - 1]),
                ):
                    if len(ends) == 2:
                        integrand = times_derivative(instead(f, {"u": inner}), derivative(inner, "x"))
                        yield cls.complete({"of": ("int", integrand, "x", *ends), "inner": inner})

    @classmethod
    def complete(cls, values: Values) -> Values:
        """Return the values with what the explanation names besides."""
        _, _, x, low, high = values["of"]  # type: ignore[misc, str-unpack]
        inner = values["inner"]
        ends = {name: evaluated(instead(inner, {x: at})) for name, at in (("low", low), ("high", high))}
        return {"of": values["of"], "inner": inner, "x": x, "du": derivative(inner, x), **ends}


class SplitBySymmetry(Working):
    """Split an integral between opposite bounds into its even and its odd part."""

    heads = frozenset({"int"})
    law = ("Integral(x**2 + x, (x, -k, k))", "Integral(x**2, (x, -k, k)) + Integral(x, (x, -k, k))")
    brief = ("Split into even and odd parts.",)
    step = ("The bounds are opposite, so split the integrand into even and odd terms: {near}.",)
    reason = ("Even terms contribute the same on both sides of zero, odd ones opposite amounts.",)
    sample = (
        "Integral(x**2, (x, -1, 1)) + Integral(sin(x), (x, -1, 1))",
        "Integral(x**2 + sin(x), (x, -1, 1))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write an integral of the even terms and one of the odd ones."""
        match of:
            case ("int", ("+", *parts), str(x), low, high) if low == neg(high):
                even = [part for part in parts if _parity(part, x) == 1]
                odd = [part for part in parts if _parity(part, x) == -1]
                if even and odd and len(even) + len(odd) == len(parts):
                    return add(*[("int", add(*group), x, low, high) for group in (even, odd)])
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put two integrals between the same opposite bounds together."""
        match near:
            case ("+", ("int", f, x, low, high), ("int", g, y, down, up)) if (x, low, high) == (y, down, up):
                of = ("int", add(*terms(f), *terms(g)), x, low, high)
                if cls.work(of, {}) == near:
                    yield {"of": of}


class OddIntegrand(Working):
    """Drop the integral of an odd function between opposite bounds: it is zero."""

    heads = frozenset({"int"})
    law = ("Integral(x**3, (x, -k, k))", "0")
    brief = ("Use that the integrand is odd.",)
    step = ("The integrand is odd and the bounds are opposite, so {far} is {near}.",)
    reason = ("For odd $f$, where $f(-x) = -f(x)$, the parts left and right of zero cancel.",)
    sample = ("0", "Integral(x**3, (x, -1, 1))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write zero."""
        match of:
            case ("int", inside, str(x), low, high) if low == neg(high):
                return 0 if all(_parity(part, x) == -1 for part in terms(inside)) else None
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take some odd power between some opposite bounds."""
        if near == 0:
            for exponent in (3, 5):
                for bound in range(1, 5):
                    yield {"of": ("int", ("^", "x", exponent), "x", -bound, bound)}


class EvenIntegrand(Working):
    """Halve the interval: between opposite bounds an even function has twice the integral from zero on."""

    heads = frozenset({"int"})
    law = ("Integral(x**2, (x, -k, k))", "2*Integral(x**2, (x, 0, k))")
    brief = ("Use that the integrand is even.",)
    step = ("The integrand is even, so {far} is twice the integral from zero on: {near}.",)
    reason = ("For even $f$, where $f(-x) = f(x)$, the graph is the same left and right of zero.",)
    sample = ("2*Integral(x**2, (x, 0, 3))", "Integral(x**2, (x, -3, 3))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write twice the half."""
        match of:
            case ("int", inside, str(x), low, high) if low == neg(high):
                if all(_parity(part, x) == 1 for part in terms(inside)):
                    return ("*", 2, ("int", inside, x, 0, high))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Double the interval."""
        match near:
            case ("*", 2, ("int", inside, x, 0, high)):
                of = ("int", inside, x, neg(high), high)
                if cls.work(of, {}) == near:
                    yield {"of": of}


def _parity(tree: Tree, x: str) -> int | None:
    """Return 1 for an even function, -1 for an odd one, None for one that is neither, as far as one sees."""
    if x not in names(tree):
        return 1
    if type(tree) is str:
        return -1
    head = tree[0]  # type: ignore[index]
    parities = [_parity(part, x) for part in tree[1:]]  # type: ignore[index]
    if None in parities:
        return None
    if head == "+":
        return parities[0] if len(set(parities)) == 1 else None
    if head in {"*", "/", "neg"}:
        return -1 if parities.count(-1) % 2 else 1
    if head == "^":
        if type(tree[2]) is not int:  # type: ignore[index]
            return None
        return 1 if parities[0] == 1 or (type(tree[2]) is int and tree[2] % 2 == 0) else -1  # type: ignore[index]
    if head in {"sin", "tan", "atan"} or parities[0] == 1:
        return parities[0]
    return 1 if head in {"cos", "abs"} else None
