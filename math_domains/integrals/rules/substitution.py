"""Substitution: a new variable for an inner function, whose derivative stands beside it."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.derivatives import derivative, times
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import Number, number_tree, quotient, split, term
from rpsdg.math_domains.trees import BadTreeError, Tree, div, instead, mul, names, neg, places

__all__ = ["Substitute", "SubstituteBack", "in_terms_of", "instead_of", "times_derivative"]


class Substitute(Working):
    """Substitute u for an inner function whose derivative is a factor of the integrand."""

    law = ("Integral(2*x*cos(x**2), x)", "Subs(Integral(cos(u), u), u, x**2)")
    brief = ("Substitute $u = {_inner}$.",)
    step = (
        "Substitute $u = {_inner}$, so that $\\frac{{du}}{{d{_x}}} = {_du}$: {near}.",
        "With $u = {_inner}$, whose derivative is {du}, this is {near}.",
    )
    reason = ("It is the chain rule read backwards: the derivative of the inner function is a factor.",)
    sample = ("Subs(Integral(cos(u), u), u, x**2)", "Integral(2*x*cos(x**2), x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Replace the inner function by u, and what is left by its derivative times a number."""
        match of:
            case ("int", inside, str(x)) if "inner" in values:
                inner = values["inner"]
                found = in_terms_of(inside, inner, x)
                return None if found is None else ("subs", ("int", found, "u"), "u", inner)
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Try every inner function."""
        match far:
            case ("int", inside, str(x)):
                tried = []
                for _, part in places(inside):
                    if type(part) is tuple and x in names(part) and part != inside and part not in tried:
                        tried.append(part)
                        values: Values = {"of": far, "inner": part}
                        if cls.work(far, values) is not None:
                            yield cls.complete(values)

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put the inner function back and multiply by its derivative."""
        match near:
            case ("subs", ("int", f, str(u)), _, inner) if len(names(inner)) == 1:
                (x,) = names(inner)
                integrand = times_derivative(instead(f, {u: inner}), derivative(inner, x))
                yield cls.complete({"of": ("int", integrand, x), "inner": inner})

    @classmethod
    def complete(cls, values: Values) -> Values:
        """Return the values with what the explanation names besides."""
        of = values["of"]
        assert type(of) is tuple
        return values | {"x": of[2], "du": derivative(values["inner"], of[2])}


def times_derivative(outer: Tree, factor: Tree) -> Tree:
    """Return an integrand as a person writes it, the derivative in front or above the line."""
    match outer:
        case ("/", above, below):
            return div(times(factor, above), below)
        case ("neg", inner):
            return neg(times_derivative(inner, factor))
    return times(factor, outer)


def in_terms_of(inside: Tree, inner: Tree, x: str) -> Tree | None:
    """Return f(u) if the integrand is f(inner) times the derivative of inner, up to a number; else None."""
    try:
        slope = derivative(inner, x)
    except BadTreeError:
        return None
    if slope == 0:
        return None
    factor, shape = split(slope)
    value, body = split(inside)
    above, below = (body[1], body[2]) if type(body) is tuple and body[0] == "/" else (body, 1)
    top, above_body = split(above)
    value = value * top
    rest = _taken_out(above_body, shape)
    if rest is None and type(shape) is tuple and shape[0] == "/" and shape[1] == 1:
        # The derivative is a reciprocal, which stands below the line.
        lower = _taken_out(below, shape[2])
        if lower is not None:
            rest, below = above_body, lower
    if rest is None:
        return None
    changed = instead_of(div(rest, below), inner, "u")
    if x in names(changed):
        return None
    return _with_number(quotient(value, factor), changed)


def _with_number(value: Number, body: Tree) -> Tree:
    match body:
        case ("/", 1, below) if value.denominator == 1:
            return ("/", value.numerator, below)
        case ("/", 1, below):
            shown: Tree = ("/", abs(value.numerator), mul(value.denominator, below))
            return shown if value > 0 else neg(shown)
    return term(value, body) if body != 1 else number_tree(value)


def _taken_out(body: Tree, factor: Tree) -> Tree | None:
    """Return what is left of a product without some of its factors; None if they are not all there."""
    have = list(body[1:]) if type(body) is tuple and body[0] == "*" else [body]
    for part in factor[1:] if type(factor) is tuple and factor[0] == "*" else [factor]:
        if part == 1:
            continue
        if part not in have:
            return None
        have.remove(part)
    if len(have) < 2:
        return have[0] if have else 1
    return ("*", *have)


def instead_of(tree: Tree, part: Tree, name: str) -> Tree:
    """Return the tree with a name for every occurrence of a part."""
    if tree == part:
        return name
    if type(tree) is tuple:
        return (tree[0], *[instead_of(inner, part, name) for inner in tree[1:]])
    return tree


def _has_integral(tree: Tree) -> bool:
    return type(tree) is tuple and (tree[0] == "int" or any(map(_has_integral, tree[1:])))


class SubstituteBack(Working):
    """Put the inner function back in place of u."""

    law = ("Subs(sin(u), u, x**2)", "sin(x**2)")
    brief = ("Substitute back.",)
    step = ("Substitute back $u = {_inner}$: {near}.", "Put {inner} back for $u$: {near}.")
    reason = ("The answer has to be in the variable of the problem.",)
    sample = ("sin(x**2)", "Subs(sin(u), u, x**2)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Replace u, once no integral is left."""
        match of:
            case ("subs", found, str(u), inner) if not _has_integral(found):
                return instead(found, {u: inner})
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Put back what u stands for."""
        if type(far) is tuple and far[0] == "subs" and cls.work(far, {}) is not None:
            yield {"of": far, "inner": far[3]}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Write u for any part with a name in it."""
        for _, part in places(near):
            if type(part) is tuple and names(part) and part != near:
                yield {"of": ("subs", instead_of(near, part, "u"), "u", part), "inner": part}
