"""Derivatives of what is put together: sums, multiples, products, quotients, composite functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from rpsdg.math_domains.patterns import Pattern
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import number_tree, split, term, terms
from rpsdg.math_domains.trees import Tree, add, div, mul, names, neg, power

__all__ = ["ChainRule", "ConstantMultiple", "DifferentiateTermByTerm", "ProductRule", "QuotientRule"]


_SQUARE = Pattern("v**2")


class DifferentiateTermByTerm(Working):
    """Differentiate a sum term by term."""

    heads = frozenset({"diff"})
    law = ("Derivative(x**2 + sin(x), x)", "Derivative(x**2, x) + Derivative(sin(x), x)")
    brief = ("Differentiate term by term.",)
    step = ("Differentiate term by term: {near}.", "Split the derivative of the sum: {near}.")
    reason = ("The slope of a sum of functions is the sum of their slopes.",)
    sample = ("Derivative(x**3, x) - Derivative(cos(x), x)", "Derivative(x**3 - cos(x), x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write one derivative for each term; a minus goes in front."""
        match of:
            case ("diff", ("+", *parts), x):
                return add(*[_one(part, x) for part in parts])
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put derivatives by the same name together."""
        inner = []
        by = set()
        for part in terms(near):
            match part:
                case ("diff", f, x):
                    inner.append(f)
                case ("neg", ("diff", f, x)):
                    inner.append(neg(f))
                case _:
                    return
            by.add(x)
        if len(inner) > 1 and len(by) == 1:
            yield {"of": ("diff", add(*inner), by.pop())}


def _one(part: Tree, x: str) -> Tree:
    value, body = split(part)
    return neg(("diff", term(-value, body), x)) if value < 0 else ("diff", part, x)


class ConstantMultiple(Working):
    """Take a constant factor out of a derivative."""

    heads = frozenset({"diff"})
    law = ("Derivative(k*sin(x), x)", "k*Derivative(sin(x), x)")
    brief = ("Take the constant out.",)
    step = (
        "The constant factor stays: {far} is {near}.",
        "Take the constant factor out of the derivative: {near}.",
    )
    reason = ("A graph that is stretched by a factor is steeper by the same factor.",)
    sample = ("3*Derivative(sin(x), x)", "Derivative(3*sin(x), x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Take the number out, if there is something else."""
        match of:
            case ("diff", inside, x):
                value, body = split(inside)
                if value != 1 and x in names(body):
                    shown: Tree = mul(number_tree(abs(value.numerator)), ("diff", body, x))
                    shown = div(shown, value.denominator)
                    return neg(shown) if value < 0 else shown
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take a number into a derivative."""
        match near:
            case ("*", int(value), ("diff", inside, x)):
                yield {"of": ("diff", term(value, inside), x)}
            case ("neg", ("diff", inside, x)):
                yield {"of": ("diff", term(-1, inside), x)}


class ProductRule(Working):
    """Differentiate a product: each factor times the derivative of the other."""

    heads = frozenset({"diff"})
    law = ("Derivative(x**2*sin(x), x)", "x**2*Derivative(sin(x), x) + sin(x)*Derivative(x**2, x)")
    brief = ("Use the product rule.",)
    step = (
        "Use the product rule with $u = {_u}$ and $v = {_v}$: {near}.",
        "Each factor times the derivative of the other, here of {u} and {v}: {near}.",
    )
    reason = ("By the product rule, $(uv)' = uv' + vu'$.",)
    sample = ("x**2*Derivative(sin(x), x) + sin(x)*Derivative(x**2, x)", "Derivative(x**2*sin(x), x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Differentiate one factor at a time."""
        pair = _factors(of)
        if pair is None or (values.get("u", pair[0]), values.get("v", pair[1])) != pair:
            return None
        u, v, x = *pair, of[2]  # type: ignore[index]
        return add(mul(u, ("diff", v, x)), mul(v, ("diff", u, x)))

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Take the first factor, and the rest as the second one."""
        pair = _factors(far)
        if pair is not None:
            yield {"of": far, "u": pair[0], "v": pair[1]}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise each factor times the derivative of the other."""
        match near:
            case ("+", ("*", u, ("diff", v, x)), ("*", w, ("diff", t, y))) if (u, v, x) == (t, w, y):
                yield {"of": ("diff", mul(u, v), x), "u": u, "v": v}


def _factors(of: Tree) -> tuple[Tree, Tree] | None:
    """Return two factors with the variable in them; None if there are not two."""
    match of:
        case ("diff", ("*", u, *rest), x) if x in names(u) and any(x in names(v) for v in rest):
            return u, mul(*rest)
    return None


class QuotientRule(Working):
    """Differentiate a quotient of two functions."""

    heads = frozenset({"diff"})
    law = ("Derivative(sin(x)/x, x)", "(x*Derivative(sin(x), x) - sin(x)*Derivative(x, x))/x**2")
    brief = ("Use the quotient rule.",)
    step = (
        "Use the quotient rule with $u = {_u}$ and $v = {_v}$: {near}.",
        "With {u} above and {v} below the line, the quotient rule gives {near}.",
    )
    reason = ("By the quotient rule, $\\left(\\frac{{u}}{{v}}\\right)' = \\frac{{vu' - uv'}}{{v^{{2}}}}$.",)
    sample = ("(x*Derivative(sin(x), x) - sin(x)*Derivative(x, x))/x**2", "Derivative(sin(x)/x, x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Write v u' less u v', over the square of v."""
        match of:
            case ("diff", ("/", u, v), x) if x in names(u) and x in names(v):
                if (values.get("u", u), values.get("v", v)) == (u, v):
                    above = add(mul(v, ("diff", u, x)), neg(mul(u, ("diff", v, x))))
                    return ("/", above, _SQUARE.build({"v": v}))
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Take what is above and below the line."""
        if cls.work(far, {}) is not None:
            yield {"of": far, "u": far[1][1], "v": far[1][2]}  # type: ignore[index]

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise v u' less u v', over the square of v."""
        match near:
            case ("/", ("+", ("*", v, ("diff", u, x)), _), _):
                values: Values = {"of": ("diff", ("/", u, v), x), "u": u, "v": v}
                if cls.work(values["of"], values) == near:
                    yield values


class ChainRule(Working):
    """Differentiate a composite function: the outer derivative times the inner one."""

    heads = frozenset({"diff"})
    law = ("Derivative(sin(x**2), x)", "cos(x**2)*Derivative(x**2, x)")
    brief = ("Use the chain rule.",)
    step = (
        "Use the chain rule with the inner function {inner}: {near}.",
        "Differentiate the outer function, keep {inner} inside, and multiply by its derivative: {near}.",
    )
    reason = ("By the chain rule, $(f(g(x)))' = f'(g(x))\\,g'(x)$.",)
    sample = ("cos(x**2)*Derivative(x**2, x)", "Derivative(sin(x**2), x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Differentiate the outer function, and leave the derivative of the inner one to be found."""
        found = _composite(of)
        if found is None or values.get("inner", found[1]) != found[1]:
            return None
        outer, inner, x = found
        return mul(outer, ("diff", inner, x))

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Take what is inside the outermost function."""
        found = _composite(far)
        if found is not None:
            yield {"of": far, "inner": found[1]}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise an outer derivative times the inner one."""
        match near:
            case ("*", *_, ("diff", inner, x)):
                for head in _OUTER:
                    values: Values = {"of": ("diff", (head, inner), x), "inner": inner}
                    if cls.work(values["of"], values) == near:
                        yield values


def _composite(of: Tree) -> tuple[Tree, Tree, str] | None:
    """Return the outer derivative, the inner function and the variable; None if nothing is composed."""
    match of:
        case ("diff", ("^", inner, int(n)), x):
            outer = term(n, power(inner, n - 1))
        case ("diff", ("/", int(k), ("^", inner, int(n))), x):
            outer = neg(("/", k * n, power(inner, n + 1)))
        case ("diff", ("/", int(k), inner), x):
            outer = neg(("/", k, power(inner, 2)))
        case ("diff", (str(head), inner), x) if head in _OUTER:
            outer = _OUTER[head](inner)
        case ("diff", ("^", int(n), inner), x):
            outer = ("*", ("^", n, inner), ("log", n))
        case _:
            return None
    return (outer, inner, x) if type(inner) is tuple and x in names(inner) else None


_OUTER: Mapping[str, Callable[[Tree], Tree]] = {
    "sin": lambda a: ("cos", a),
    "cos": lambda a: ("neg", ("sin", a)),
    "tan": lambda a: ("^", ("sec", a), 2),
    "exp": lambda a: ("exp", a),
    "log": lambda a: ("/", 1, a),
    "sqrt": lambda a: ("/", 1, ("*", 2, ("sqrt", a))),
    "atan": lambda a: ("/", 1, ("+", ("^", a, 2), 1)),
}
