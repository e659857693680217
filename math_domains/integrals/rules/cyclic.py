"""Integrals that come back: what is looked for is left over on the other side, and is solved for."""

from __future__ import annotations

from collections.abc import Iterator
from math import lcm

from rpsdg.math_domains.derivatives import derivative
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import Number, collected, number_tree, quotient, split, term, terms, whole
from rpsdg.math_domains.trees import BadTreeError, Tree, add, div, names, neg

__all__ = ["SolveForIntegral"]


class SolveForIntegral(Working):
    """The integral has come back: bring it to the other side, and divide."""

    heads = frozenset({"+"})
    law = (
        "exp(x)*sin(x) - exp(x)*cos(x) - Integral(exp(x)*sin(x), x)",
        "(exp(x)*sin(x) - exp(x)*cos(x))/2",
    )
    brief = ("Solve for the integral.",)
    step = (
        "The integral {whole} is back, {back} times. Bring it to the left and divide by {by}: {near}.",
        "On the right stands {whole} again, {back} times; so {by} times it is the rest, and it is {near}.",
    )
    reason = ("It is a linear equation for the integral, which is solved like one for a number.",)
    sample = (
        "(exp(x)*sin(x) - exp(x)*cos(x))/2",
        "exp(x)*sin(x) - exp(x)*cos(x) - Integral(exp(x)*sin(x), x)",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Divide what stands beside the integral by one less its factor, if that is its derivative."""
        found = _parts(of)
        if found is None:
            return None
        rest, back, whole_integral = found
        named = {"whole": whole_integral, "back": number_tree(back), "by": number_tree(whole(1 - back))}
        if any(values.get(name, meant) != meant for name, meant in named.items()):
            return None
        scaled = [(quotient(value, 1 - back), body) for value, body in map(split, rest)]
        below = lcm(*[value.denominator for value, _ in scaled])
        return div(add(*[term(whole(value * below), body) for value, body in scaled]), below)

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name the integral, its factor, and what is divided by."""
        if cls.work(far, {}) is not None:
            found = _parts(far)
            assert found is not None
            by = number_tree(whole(1 - found[1]))
            yield {"of": far, "whole": found[2], "back": number_tree(found[1]), "by": by}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Bring half of it back as an integral."""
        match near:
            case ("/", ("+", *parts), 2) if len(names(near)) == 1:
                (x,) = names(near)
                try:
                    slope = collected([one for part in parts for one in terms(_slope(part, x))])
                except BadTreeError:
                    return
                value, body = split(slope)
                far = add(*parts, neg(("int", body, x)))
                if value == 2 and cls.work(far, {}) == near:
                    yield from cls.ways_on(far)


def _slope(part: Tree, x: str) -> Tree:
    """Return the derivative of a term, the number in front multiplied in."""
    value, body = split(part)
    return add(*[term(whole(value * split(one)[0]), split(one)[1]) for one in terms(derivative(body, x))])


def _parts(of: Tree) -> tuple[list[Tree], Number, Tree] | None:
    """Return the terms beside an integral, its factor, and the integral; None if it has not come back."""
    rest: list[Tree] = []
    found: list[tuple[Number, Tree]] = []
    _collect(of, 1, rest, found)
    if len(found) != 1 or not rest or found[0][0] == 1:
        return None
    ((back, integral),) = found
    assert type(integral) is tuple
    try:
        slopes = [one for part in rest for one in terms(_slope(part, integral[2]))]
    except BadTreeError:
        return None
    # That the integral has come back can be seen by differentiating: it is what stands beside it.
    if collected(slopes) != collected([term(whole(1 - back), integral[1])]):
        return None
    return rest, back, integral


def _collect(tree: Tree, factor: Number, rest: list[Tree], found: list[tuple[Number, Tree]]) -> None:
    value, body = split(tree)
    value = whole(value * factor)
    if type(body) is tuple and body[0] == "+":
        for part in body[1:]:
            _collect(part, value, rest, found)
    elif type(body) is tuple and body[0] == "int" and len(body) == 3:
        found.append((value, body))
    else:
        rest.append(term(value, body))
