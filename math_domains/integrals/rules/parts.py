"""Integration by parts."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.derivatives import derivative, times
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import quotient, split, term
from rpsdg.math_domains.trees import BadTreeError, Tree, add, names, neg

__all__ = ["IntegrateByParts"]


class IntegrateByParts(Working):
    """Integrate by parts: one factor is differentiated, the other one integrated."""

    law = ("Integral(x*cos(x), x)", "x*sin(x) - Integral(sin(x), x)")
    brief = ("Integrate by parts.",)
    step = (
        "Integrate by parts with $u = {_u}$ and $v' = {_dv}$, so $v = {_v}$: {near}.",
        "By parts: differentiate {u} and integrate {dv} to {v}. This gives {near}.",
    )
    reason = ("It is the product rule read backwards: $\\int u v' = uv - \\int u' v$.",)
    sample = ("x*sin(x) - Integral(sin(x), x)", "Integral(x*cos(x), x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Write u v less the integral of u' v."""
        match of:
            case ("int", inside, str(x)) if "u" in values and "v" in values:
                u, v = values["u"], values["v"]
                try:
                    whole = times(u, derivative(v, x))
                    rest = times(derivative(u, x), v)
                except BadTreeError:
                    return None
                if whole != inside:
                    return None
                return add(times(u, v), neg_integral(rest, x))
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Differentiate a power of the variable, or a logarithm, and integrate what else there is."""
        match far:
            case ("int", inside, str(x)):
                for u, v in _choices(inside, x):
                    values = cls.complete({"of": far, "u": u, "v": v})
                    if cls.work(far, values) is not None:
                        yield values

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise u v less the integral of u' v."""
        match near:
            case ("+", ("*", u, v), _) if len(names(near)) == 1:
                (x,) = names(near)
                yield cls.complete({"of": ("int", times(u, derivative(v, x)), x), "u": u, "v": v})

    @classmethod
    def complete(cls, values: Values) -> Values:
        """Return the values with what the explanation names besides."""
        of = values["of"]
        assert type(of) is tuple
        return values | {"dv": times(1, derivative(values["v"], of[2]))}


def neg_integral(rest: Tree, x: str) -> Tree:
    """Return less the integral, with the sign of what is integrated taken out."""
    value, body = split(rest)
    return ("int", term(-value, body), x) if value < 0 else neg(("int", rest, x))


def _choices(inside: Tree, x: str) -> Iterator[tuple[Tree, Tree]]:
    """Yield pairs of u and v that a teacher would try."""
    value, body = split(inside)
    factors = list(body[1:]) if type(body) is tuple and body[0] == "*" else [body]
    for position, factor in enumerate(factors):
        others = factors[:position] + factors[position + 1 :]
        rest: Tree = others[0] if len(others) == 1 else ("*", *others) if others else 1
        match factor:
            case ("log", _):
                yield factor, _antiderivative(term(value, rest), x) or 0
            case (("sin" | "cos"), _) if type(rest) is tuple and rest[0] == "exp":
                # Either factor would do, as neither becomes simpler; the exponential is integrated.
                v = _antiderivative(rest, x)
                if v is not None:
                    yield term(value, factor), v
            case str() | ("^", str(), int()) | ("+", *_) if rest != 1:
                v = _antiderivative(rest, x)
                if v is not None:
                    yield term(value, factor), v


def _antiderivative(tree: Tree, x: str) -> Tree | None:
    """Return an antiderivative of what one integrates in the head; None where one does not."""
    value, body = split(tree)
    match body:
        case 1:
            return term(value, x)
        case str() if body == x:
            return _part(value, 2, ("^", x, 2))
        case ("^", base, int(n)) if base == x and n > 0:
            return _part(value, n + 1, ("^", x, n + 1))
        case (("exp" | "sin" | "cos") as head, inner):
            slope, name = split(inner)
            if name != x or type(slope) is not int or type(value) is not int:
                return None
            outer: tuple[int, Tree] = {
                "exp": (1, ("exp", inner)),
                "sin": (-1, ("cos", inner)),
                "cos": (1, ("sin", inner)),
            }[head]
            return _part(value * outer[0], slope, outer[1])
    return None


def _part(value: object, below: int, body: Tree) -> Tree:
    assert isinstance(value, int)
    divided = quotient(value, below)
    if divided.denominator == 1:
        return term(divided.numerator, body)
    shown: Tree = ("/", term(abs(divided.numerator), body), divided.denominator)
    return shown if divided > 0 else neg(shown)
