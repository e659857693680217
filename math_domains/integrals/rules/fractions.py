"""Rational integrands: partial fractions, and one over a linear term."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import Number, number_tree, quotient, split, term, terms, whole
from rpsdg.math_domains.trees import Tree, add, div, mul, names, neg

__all__ = ["PartialFractions", "ReciprocalOfLinear"]


class PartialFractions(Working):
    """Split a fraction with two different linear factors below into partial fractions."""

    law = ("(3*x + 5)/((x + 1)*(x + 2))", "2/(x + 1) + 1/(x + 2)")
    brief = ("Split into partial fractions.",)
    step = (
        "Split into partial fractions: {far} is {near}.",
        "Comparing numerators gives the partial fractions {near}.",
    )
    reason = ("Put over a common denominator again, the two fractions have the given numerator.",)
    sample = ("2/(x + 1) + 1/(x + 2)", "(3*x + 5)/((x + 1)*(x + 2))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Find each numerator where the other factor is zero."""
        match of:
            case ("/", above, ("*", ("+", *_) as left, ("+", *_) as right)):
                known = names(of)
                top = linear(above) if len(known) == 1 else None
                lines = linear(left), linear(right)
                if top is None or lines[0] is None or lines[1] is None:
                    return None
                first, second = _share(top, lines[0], lines[1]), _share(top, lines[1], lines[0])
                if first is None or second is None:
                    return None
                return add(over(first, left), over(second, right))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put two fractions with linear denominators together."""
        match near:
            case ("+", first, second):
                (a, left), (b, right) = _numerator(first), _numerator(second)
                lines = linear(left), linear(right)
                if lines[0] is None or lines[1] is None or a is None or b is None:
                    return
                (m, p), (n, q) = lines[0], lines[1]
                known = sorted(names(near))
                slope, height = a * n + b * m, a * q + b * p
                above = add(term(whole(slope), known[0]), number_tree(whole(height)))
                yield {"of": ("/", above, ("*", left, right))}


def linear(tree: Tree) -> tuple[Number, Number] | None:
    """Return slope and height of a linear term in one name; None if it is none."""
    slope: Number = 0
    height: Number = 0
    for part in terms(tree):
        value, body = split(part)
        if body == 1:
            height += value
        elif type(body) is str:
            slope += value
        else:
            return None
    return slope, height


Line = tuple[Number, Number]


def _share(top: Line, own: Line, other: Line) -> Number | None:
    """Return the number above one factor: the numerator over the other factor, where its own is zero."""
    (s, t), (m, p), (n, q) = top, own, other
    if not m or not n:
        return None
    zero = -quotient(p, m)
    below = n * zero + q
    return quotient(s * zero + t, below) if below else None


def over(value: Number, below: Tree) -> Tree:
    """Return a number over something, with a minus and a denominator of its own where they belong."""
    if value == 0:
        return 0
    scaled = below if value.denominator == 1 else mul(value.denominator, below)
    shown = div(abs(value.numerator), scaled)
    return shown if value > 0 else neg(shown)


def _numerator(fraction: Tree) -> tuple[int | None, Tree]:
    match fraction:
        case ("/", int(above), below):
            return above, below
        case ("neg", ("/", int(above), below)):
            return -above, below
    return None, 1


class ReciprocalOfLinear(Working):
    """Integrate a number over a linear term: a logarithm, divided by the slope."""

    law = ("Integral(5/(2*x), x)", "5*log(Abs(2*x))/2")
    brief = ("Integrate the reciprocal of a linear term.",)
    step = ("The integral of a reciprocal is a logarithm: {near}.", "{far} is {near}.")
    reason = ("The inner derivative is a constant, by which the logarithm is divided.",)
    sample = ("log(Abs(2*x + 3))/2", "Integral(1/(2*x + 3), x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Take the logarithm of the absolute value."""
        match of:
            case ("int", ("/", int(above), below), str(x)):
                factor, inside = 1, below
                match below:
                    case ("*", int(k), ("+", *_) as bracket):
                        factor, inside = k, bracket
                line = linear(inside)
                if line is None or not line[0] or type(inside) is str or names(inside) != {x}:
                    return None
                return scaled(quotient(above, factor * line[0]), ("log", ("abs", inside)))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Differentiate the logarithm of a linear term."""
        value, body = split(near)
        match body:
            case ("log", ("abs", ("+", *_) as inside)):
                line = linear(inside)
                if line is not None and line[0]:
                    above = whole(value * line[0])
                    (x,) = names(inside)
                    if above.denominator == 1:
                        yield {"of": ("int", ("/", above.numerator, inside), x)}


def scaled(value: Number, body: Tree) -> Tree:
    """Return a number times something, a fraction as something over its denominator."""
    shown = div(term(abs(value.numerator), body), value.denominator)
    return shown if value > 0 else neg(shown)
