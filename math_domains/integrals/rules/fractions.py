"""Rational integrands: one over a linear term, and numbers as they are written beside a fraction."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import Number, quotient, split, term, terms, whole
from rpsdg.math_domains.trees import Tree, div, names, neg

__all__ = ["ReciprocalOfLinear", "linear", "scaled"]


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
