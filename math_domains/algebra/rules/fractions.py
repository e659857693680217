"""Fractions of expressions: cancelling, adding, multiplying and dividing them."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from rpsdg.math_domains.rewriting import Identity, Values, Working
from rpsdg.math_domains.terms import split, term, terms
from rpsdg.math_domains.trees import Tree, add, div, mul, names, neg

__all__ = [
    "AddFractions",
    "Cancel",
    "DivideByFactor",
    "DivideFactor",
    "DivideFractions",
    "EqualFactors",
    "MultiplyFractions",
    "MultiplyIntoFraction",
    "SplitNumerator",
]


def factors(tree: Tree) -> list[Tree]:
    """Return the factors of a product, powers written out; anything else is its only factor."""
    found: list[Tree] = []
    for factor in tree[1:] if type(tree) is tuple and tree[0] == "*" else (tree,):
        match factor:
            case ("^", base, int(exponent)) if 0 < exponent < 9:
                found += [base] * exponent
            case _:
                found.append(factor)
    return found


def product(parts: list[Tree]) -> Tree:
    """Return a product in which equal neighbours are written as a power."""
    counted: dict[Tree, int] = {}
    for part in parts:
        counted[part] = counted.get(part, 0) + 1
    return mul(*[base if n == 1 or base == 1 else ("^", base, n) for base, n in counted.items()])


class Cancel(Working):
    """Cancel what is a factor of the whole numerator and of the whole denominator.

    (x - 2)(x + 1) over (x - 2)(x + 3) becomes (x + 1)/(x + 3).
    """

    heads = frozenset({"/"})
    law = ("a*c/(b*c)", "a/b")
    brief = ("Cancel the common factor.",)
    step = (
        "Cancel what numerator and denominator have in common: {near}.",
        "Cancel the common factors: {near}.",
    )
    reason = (
        "Numerator and denominator are divided by the same factor, which is not zero where it is defined.",
    )
    sample = ("(x + 1)/(x + 3)", "(x - 2)*(x + 1)/((x - 2)*(x + 3))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Cancel every common factor, whole numbers by their greatest common divisor."""
        if type(of) is not tuple or of[0] != "/":
            return None
        above, below = factors(of[1]), factors(of[2])
        kept = []
        for factor in above:
            if factor in below and factor != 1:
                below.remove(factor)
            else:
                kept.append(factor)
        if kept and below and type(kept[0]) is int and type(below[0]) is int and kept[0]:
            common = gcd(kept[0], below[0])
            kept[0], below[0] = kept[0] // common, below[0] // common
        near = div(product(kept), product(below))
        return near if near != of else None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Extend a fraction by a small number, or by a name plus or minus one."""
        if type(near) is tuple and near[0] == "/":
            extensions: list[Tree] = [2, 3, *sorted(names(near))]
            extensions += [("+", name, k) for name in sorted(names(near)) for k in (-3, -2, -1, 1, 2, 3)]
            for factor in extensions:
                above, below = [factor, *factors(near[1])], [factor, *factors(near[2])]
                yield {"of": ("/", product(above), product(below))}


class AddFractions(Working):
    """Add two fractions, or subtract one, over a common denominator.

    2/(x + 1) + 3/(x - 2) becomes (2(x - 2) + 3(x + 1)) over (x + 1)(x - 2).
    """

    heads = frozenset({"+"})
    law = ("a/b + c/d", "(a*d + c*b)/(b*d)")
    brief = ("Put it over a common denominator.",)
    step = (
        "Put both over a common denominator: {near}.",
        "Add the fractions over a common denominator: {near}.",
    )
    reason = ("Each fraction is extended by what its denominator lacks.",)
    sample = ("(2*(x - 2) + 3*(x + 1))/((x + 1)*(x - 2))", "2/(x + 1) + 3/(x - 2)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Extend each by the factors of the other denominator that its own lacks."""
        if type(of) is not tuple or of[0] != "+" or len(of) != 3:
            return None
        first, second = _over(of[1]), _over(of[2])
        if first is None or second is None or (first[1] == 1 and second[1] == 1):
            return None
        (a, b), (c, d) = first, second
        lacking = factors(d)
        extra = []  # what the first denominator has and the second lacks
        for factor in factors(b):
            if factor in lacking:
                lacking.remove(factor)
            else:
                extra.append(factor)
        left, right = _extended(a, lacking), _extended(c, extra)
        return ("/", add(*terms(left), *terms(right)), mul(b, product(lacking)))

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Split a fraction whose numerator is a sum of two terms."""
        match near:
            case ("/", ("+", left, right), below):
                for factor in factors(below) if type(below) is tuple and below[0] == "*" else ():
                    others = [other for other in factors(below) if other != factor]
                    for whole, rest in ((left, right), (right, left)):
                        a, c = _without(whole, others), _without(rest, [factor])
                        if a is not None and c is not None:
                            parts = (div(a, factor), div(c, product(others)))
                            yield {"of": ("+", *(parts if whole == left else reversed(parts)))}
                yield {"of": ("+", div(left, below), div(right, below))}


def _over(tree: Tree) -> tuple[Tree, Tree] | None:
    """Return numerator and denominator of a term; a minus belongs to the numerator."""
    match tree:
        case ("/", above, below):
            return above, below
        case ("neg", ("/", above, below)):
            value, body = split(above)
            return mul(-int(value), body) if value == int(value) else ("neg", above), below
    return tree, 1


def _extended(above: Tree, by: list[Tree]) -> Tree:
    value, body = split(above)
    if not by:
        return above
    return mul(*([value] if type(value) is int else []), *([body] if body != 1 else []), product(by))


def _without(tree: Tree, gone: list[Tree]) -> Tree | None:
    kept = factors(tree)
    for factor in gone:
        if factor not in kept:
            return None
        kept.remove(factor)
    return product(kept)


class MultiplyFractions(Identity):
    """Multiply fractions: numerator by numerator and denominator by denominator."""

    left = "a/b*(c/d)"
    right = "a*c/(b*d)"
    brief = ("Multiply the fractions.",)
    step = ("Multiply the numerators and the denominators: {near}.",)
    reason = ("$\\frac{{a}}{{b}} \\cdot \\frac{{c}}{{d}} = \\frac{{ac}}{{bd}}$.",)
    sample = ("x*y/((x + 1)*(x - 2))", "x/(x + 1)*(y/(x - 2))")


class DivideFractions(Identity):
    """Divide by a fraction: multiply by its reciprocal."""

    left = "(a/b)/(c/d)"
    right = "a/b*(d/c)"
    brief = ("Multiply by the reciprocal.",)
    step = ("Dividing by a fraction is multiplying by its reciprocal: {near}.",)
    reason = ("$\\frac{{c}}{{d}} \\cdot \\frac{{d}}{{c}} = 1$.",)
    sample = ("x/(x + 1)*(y/(x - 2))", "(x/(x + 1))/((x - 2)/y)")


class DivideByFactor(Identity):
    """Divide a fraction by an expression: it goes into the denominator."""

    left = "(a/b)/c"
    right = "a/(b*c)"
    brief = ("Write it as one fraction.",)
    step = ("What a fraction is divided by goes into the denominator: {near}.",)
    reason = ("Dividing by both, one after the other, is dividing by their product.",)
    sample = ("x/((x + 1)*(x - 2))", "(x/(x + 1))/(x - 2)")


class DivideFactor(Identity):
    """Divide an expression by a fraction: multiply it by the reciprocal."""

    left = "a/(b/c)"
    right = "a*c/b"
    brief = ("Multiply by the reciprocal.",)
    step = ("Dividing by a fraction is multiplying by its reciprocal: {near}.",)
    reason = ("$\\frac{{b}}{{c}} \\cdot \\frac{{c}}{{b}} = 1$.",)
    sample = ("x*(x - 2)/(x + 1)", "x/((x + 1)/(x - 2))")


class MultiplyIntoFraction(Identity):
    """Multiply a fraction by an expression: it goes into the numerator."""

    left = "a*(b/c)"
    right = "a*b/c"
    brief = ("Write it as one fraction.",)
    step = ("The factor goes into the numerator: {near}.",)
    reason = ("The expression is itself over one.",)
    sample = ("x*(x - 2)/(x + 1)", "x*((x - 2)/(x + 1))")


class EqualFactors(Working):
    """Write a product of equal factors as a power."""

    heads = frozenset({"*"})
    law = ("a*b*a", "a**2*b")
    brief = ("Write equal factors as a power.",)
    step = ("Equal factors make a power: {far} is {near}.",)
    reason = ("The exponent counts the factors.",)
    sample = ("x*(x + 1)**2", "x*(x + 1)*(x + 1)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Count equal factors."""
        if type(of) is not tuple or of[0] != "*" or len(set(of[1:])) == len(of) - 1:
            return None
        return product(factors(of))

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Write a power out."""
        parts = factors(near)
        if len(parts) > len(set(parts)):
            yield {"of": ("*", *parts)}


class SplitNumerator(Working):
    """Split a fraction with a sum above: a fraction for each term."""

    heads = frozenset({"/"})
    law = ("(a + b)/c", "a/c + b/c")
    brief = ("Split the numerator.",)
    step = ("Split the numerator: {far} is {near}.", "Write a fraction for each term above: {near}.")
    reason = ("Fractions with the same denominator are added by adding their numerators.",)
    sample = ("x/(x**2 + 4) + 3/(x**2 + 4)", "(x + 3)/(x**2 + 4)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Divide every term; a minus goes in front of its fraction."""
        match of:
            case ("/", ("+", *parts), below):
                return add(*[_term_over(part, below) for part in parts])
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put fractions with the same denominator together."""
        match near:
            case ("+", ("/", first, below), ("/", second, other)) if below == other:
                of = ("/", add(first, second), below)
                if cls.work(of, {}) == near:
                    yield {"of": of}


def _term_over(part: Tree, below: Tree) -> Tree:
    value, body = split(part)
    shown = ("/", term(max(value, -value), body), below)
    return shown if value > 0 else neg(shown)
