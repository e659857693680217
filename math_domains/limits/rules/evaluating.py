"""Putting in the point, and taking limits of sums, multiples, products and quotients apart."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import number, split, term, terms
from rpsdg.math_domains.trees import Tree, add, instead, mul, names, neg
from rpsdg.math_domains.values import evaluated

__all__ = [
    "ConstantOutOfLimit",
    "LimitByContinuity",
    "LimitOfProduct",
    "LimitOfQuotient",
    "LimitTermByTerm",
    "defined",
    "value_there",
]


def value_there(tree: Tree, x: str, to: Tree) -> Tree | None:
    """Return the value of an expression at a point, exactly; None if it has none, or is not known by heart.

    >>> value_there(("/", ("+", "x", 1), ("+", "x", -2)), "x", 2) is None
    True
    """
    if names(to) or to in {"oo", ("neg", "oo")}:
        return None
    there = instead(tree, {x: to})
    return evaluated(there) if defined(there) else None


def defined(tree: Tree) -> bool:
    """Whether every part of a number is defined, and all around it, as far as one knows by heart."""
    if type(tree) is not tuple:
        return True
    if tree[0] in {"lim", "int", "diff", "subs", "sec", "csc", "cot"} or not all(map(defined, tree[1:])):
        return False
    if tree[0] == "/":
        return evaluated(tree[2]) != 0
    if tree[0] in {"log", "sqrt"}:
        inner = number(evaluated(tree[1]))
        return inner is None or inner > 0
    return tree[0] != "tan" or evaluated(tree[1]) == 0


class LimitByContinuity(Working):
    """Put in the point: a function that is continuous there has its value as its limit."""

    heads = frozenset({"lim"})
    law = ("Limit(x**2 + x, x, 2)", "6")
    brief = ("Put in ${_x} = {_a}$.",)
    step = (
        "Nothing is undefined at ${_x} = {_a}$ any more, so put it in: {near}.",
        "The function is continuous at ${_x} = {_a}$, where its value is {near}.",
    )
    reason = ("Where a function is continuous, its limit is its value.",)
    sample = ("5", "Limit(2*x + 1, x, 2, '+-')")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Evaluate, if all is defined there."""
        match of:
            case ("lim", inside, str(x), to, *_) if (values.get("x", x), values.get("a", to)) == (x, to):
                return value_there(inside, x, to)
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name the variable and the point."""
        if cls.work(far, {}) is not None:
            yield {"of": far, "x": far[2], "a": far[3]}  # type: ignore[index]

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take a linear function that has this value at two."""
        if type(near) is int and near > 4:
            yield {"of": ("lim", ("+", ("*", 2, "x"), near - 4), "x", 2), "x": "x", "a": 2}


class LimitTermByTerm(Working):
    """Take the limit of a sum term by term."""

    heads = frozenset({"lim"})
    law = ("Limit(x**2 + x, x, 2)", "Limit(x**2, x, 2) + Limit(x, x, 2)")
    brief = ("Take the limit term by term.",)
    step = ("Take the limit of each term: {near}.", "Split the limit of the sum: {near}.")
    reason = ("If every term has a limit, that of the sum is the sum of theirs.",)
    sample = (
        "Limit(sin(x)/x, x, 0, '+-') + Limit(tan(x)/x, x, 0, '+-')",
        "Limit(sin(x)/x + tan(x)/x, x, 0, '+-')",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write a limit for each term; a minus goes in front."""
        match of:
            case ("lim", ("+", *parts), *rest):
                return add(*[_one(part, rest) for part in parts])
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put limits at the same point together."""
        found = [part for part in terms(near) if type(part) is tuple and part[0] == "lim"]
        if len(found) == len(terms(near)) > 1 and len({part[2:] for part in found}) == 1:
            of = ("lim", add(*[part[1] for part in found]), *found[0][2:])
            if cls.work(of, {}) == near:
                yield {"of": of}


def _one(part: Tree, rest: list[Tree]) -> Tree:
    value, body = split(part)
    return neg(("lim", term(-value, body), *rest)) if value < 0 else ("lim", part, *rest)


class ConstantOutOfLimit(Working):
    """Take a constant factor out of a limit."""

    heads = frozenset({"lim"})
    law = ("Limit(k*sin(x), x, 2)", "k*Limit(sin(x), x, 2)")
    brief = ("Take the constant out.",)
    step = ("Take the constant factor out of the limit: {near}.", "The constant goes in front: {near}.")
    reason = ("What comes close to a limit comes, multiplied, as close to its multiple.",)
    sample = ("3*Limit(sin(x)/x, x, 0, '+-')", "Limit(3*(sin(x)/x), x, 0, '+-')")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Take the number out, if there is something else."""
        match of:
            case ("lim", inside, *rest):
                value, body = split(inside)
                if value != 1 and body != 1:
                    return term(value, ("lim", body, *rest))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take a number into a limit."""
        match near:
            case ("*", int(value), ("lim", inside, *rest)):
                of = ("lim", term(value, inside), *rest)
                if cls.work(of, {}) == near:
                    yield {"of": of}


class LimitOfProduct(Working):
    """Take the limit of a product factor by factor."""

    heads = frozenset({"lim"})
    law = ("Limit(x*sin(x), x, 2)", "Limit(x, x, 2)*Limit(sin(x), x, 2)")
    brief = ("Take the limit of each factor.",)
    step = ("Take the limit of each factor: {near}.", "Split the limit of the product: {near}.")
    reason = ("If every factor has a limit, that of the product is the product of theirs.",)
    sample = (
        "Limit(sin(x)/x, x, 0, '+-')*Limit(tan(x)/x, x, 0, '+-')",
        "Limit(sin(x)/x*(tan(x)/x), x, 0, '+-')",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write a limit for each factor with the variable in it."""
        match of:
            case ("lim", ("*", *parts), str(x), *rest):
                if sum(x in names(part) for part in parts) > 1:
                    return mul(*[("lim", part, x, *rest) if x in names(part) else part for part in parts])
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put limits at the same point together."""
        match near:
            case ("*", ("lim", first, *rest), ("lim", second, *others)) if rest == others:
                of = ("lim", mul(first, second), *rest)
                if cls.work(of, {}) == near:
                    yield {"of": of}


class LimitOfQuotient(Working):
    """Take the limits above and below the line, that below not being zero."""

    heads = frozenset({"lim"})
    law = ("Limit(sin(x)/x, x, 2)", "Limit(sin(x), x, 2)/Limit(x, x, 2)")
    brief = ("Take the limits above and below.",)
    step = ("Take the limits of numerator and denominator: {near}.",)
    reason = ("If both have limits and that of the denominator is not zero, they are divided.",)
    sample = (
        "Limit(sin(x)/x, x, 0, '+-')/Limit(tan(x)/x, x, 0, '+-')",
        "Limit((sin(x)/x)/(tan(x)/x), x, 0, '+-')",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write a limit for each, if each is a fraction."""
        match of:
            case ("lim", ("/", ("/", *_) as above, ("/", *_) as below), *rest):
                return ("/", ("lim", above, *rest), ("lim", below, *rest))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put two limits at the same point into one."""
        match near:
            case ("/", ("lim", above, *rest), ("lim", below, *others)) if rest == others:
                of = ("lim", ("/", above, below), *rest)
                if cls.work(of, {}) == near:
                    yield {"of": of}
