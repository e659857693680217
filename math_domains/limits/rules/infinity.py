"""Limits at infinity: dividing by the highest power, and dropping what vanishes."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.limits.rules.evaluating import defined
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import split, term, terms
from rpsdg.math_domains.trees import Tree, add, div, first_place, look, names, neg, power
from rpsdg.math_domains.values import evaluated

__all__ = ["ArcTangentAtInfinity", "DivideByHighestPower", "DropVanishingTerms", "endless"]


class DivideByHighestPower(Working):
    """Divide numerator and denominator by the highest power of the variable in the denominator."""

    heads = frozenset({"lim"})
    law = ("Limit((3*x**2 + 1)/(5*x**2 - x), x, oo)", "Limit((3 + 1/x**2)/(5 - 1/x), x, oo)")
    brief = ("Divide by ${_power}$.",)
    step = (
        "Divide numerator and denominator by ${_power}$, the highest power below: {near}.",
        "Reduce by ${_power}$, which grows fastest in the denominator: {near}.",
    )
    reason = ("The fraction keeps its value, and what is left of the lower powers goes to zero.",)
    sample = ("Limit((3 + 1/x)/(5 - 1/x**2), x, oo)", "Limit((3*x**2 + x)/(5*x**2 - 1), x, oo)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Lower every exponent by the degree of the denominator."""
        match of:
            case ("lim", ("/", above, below), str(x), "oo"):
                degree = _degree(below, x)
                if (
                    not degree
                    or _degree(above, x) is None
                    or values.get("power", power(x, degree)) != power(x, degree)
                ):
                    return None
                near = ("/", _divided(above, x, degree), _divided(below, x, degree))
                return ("lim", near, x, "oo")
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name the power."""
        match far:
            case ("lim", ("/", _, below), str(x), _) if cls.work(far, {}) is not None:
                yield {"of": far, "power": power(x, _degree(below, x) or 0)}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply by the square of the variable."""
        match near:
            case ("lim", ("/", above, below), str(x), "oo"):
                for degree in (1, 2, 3):
                    tops = _divided(above, x, -degree), _divided(below, x, -degree)
                    of = ("lim", ("/", *tops), x, "oo")
                    if cls.work(of, {}) == near:
                        yield {"of": of, "power": power(x, degree)}


def _power_of(body: Tree, x: str) -> int | None:
    match body:
        case 1:
            return 0
        case str() if body == x:
            return 1
        case ("^", base, int(n)) if base == x:
            return n
        case ("/", int(), base) if base == x:
            return -1
        case ("/", int(), ("^", base, int(n))) if base == x:
            return -n
    return None


def _degree(tree: Tree, x: str) -> int | None:
    """Return the power of the variable that a sum of powers and roots grows like; None if it is none."""
    found = []
    for part in terms(tree):
        body = split(part)[1]
        match body:
            case ("sqrt", inner):
                inside = _degree(inner, x)
                degree = inside // 2 if inside is not None and inside % 2 == 0 else None
            case ("*", *factors):
                degrees = [_degree(factor, x) for factor in factors]
                degree = None if None in degrees else sum(d for d in degrees if d is not None)
            case _:
                degree = _power_of(body, x)
        if degree is None:
            return None
        found.append(degree)
    return max(found)


def _divided(tree: Tree, x: str, by: int) -> Tree:
    """Return a sum divided by a power of the variable, term by term."""
    return add(*[_one(part, x, by) for part in terms(tree)])


def _one(part: Tree, x: str, by: int) -> Tree:
    value, body = split(part)
    match body:
        case ("sqrt", inner):
            return term(value, ("sqrt", _divided(inner, x, 2 * by)))
        case ("*", *factors):
            shared = [_degree(factor, x) or 0 for factor in factors]
            return term(value, ("*", *[_divided(f, x, d) for f, d in zip(factors, shared, strict=True)]))
        case ("/", int(above), _):
            value *= above
    exponent = (_power_of(body, x) or 0) - by
    if exponent >= 0:
        return term(value, power(x, exponent))
    shown = div(abs(value.numerator), term(value.denominator, power(x, -exponent)))
    return shown if value > 0 else neg(shown)


class DropVanishingTerms(Working):
    """Take the limit at infinity: numbers over powers or exponentials go to zero."""

    heads = frozenset({"lim"})
    law = ("Limit((3 + 1/x**2)/(5 - 1/x), x, oo)", "3/5")
    brief = ("Drop what goes to zero.",)
    step = (
        "What goes to zero as ${_x}$ grows is dropped, and the limit is {near}.",
        "As ${_x}$ grows, all terms with it go to zero, which leaves {near}.",
    )
    reason = ("A fixed number over one that grows beyond all bounds comes as close to zero as one likes.",)
    sample = ("3", "Limit(3 - 1/x, x, oo)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Put zero for what vanishes, if then no variable is left and nothing is undefined."""
        match of:
            case ("lim", inside, str(x), "oo") if x in names(inside) and values.get("x", x) == x:
                left = cls.left_over(inside, x)
                if left is None or x in names(left) or not defined(left):
                    return None
                return evaluated(left)
        return None

    @classmethod
    def left_over(cls, inside: Tree, x: str) -> Tree | None:
        """Return an expression with zero for what vanishes; None if something else is to be done."""
        left = _without(inside, x)
        return None if _arc_tangents(left, x) else left

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name the variable."""
        if cls.work(far, {}) is not None:
            yield {"of": far, "x": far[2]}  # type: ignore[index]

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take away something that vanishes."""
        if type(near) is int:
            yield {"of": ("lim", add(near, ("neg", ("/", 1, "x"))), "x", "oo"), "x": "x"}


class ArcTangentAtInfinity(DropVanishingTerms):
    """Take the limit of arc tangents at infinity, which is a quarter turn; what else there is vanishes."""

    law = ("Limit(2*atan(3*x) + 1/x, x, oo)", "pi")
    brief = ("The arc tangent goes to $\\frac{{\\pi}}{{2}}$.",)
    step = (
        "As ${_x}$ grows, the arc tangent goes to $\\frac{{\\pi}}{{2}}$, so the limit is {near}.",
        "An arc tangent goes to a quarter turn, $\\frac{{\\pi}}{{2}}$, as ${_x}$ grows: {near}.",
    )
    reason = ("The tangent of an angle grows beyond all bounds as the angle comes close to a quarter turn.",)
    sample = ("pi", "Limit(2*atan(x), x, oo)")

    @classmethod
    def left_over(cls, inside: Tree, x: str) -> Tree | None:
        """Put a quarter turn for the arc tangents, of which there has to be one."""
        left = _without(inside, x)
        return _turned(left, x) if _arc_tangents(left, x) else None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Write an arc tangent for each half of pi."""
        if near == "pi":
            yield {"of": ("lim", ("*", 2, ("atan", "x")), "x", "oo"), "x": "x"}


def _arc_tangents(tree: Tree, x: str) -> bool:
    path = first_place(tree, "atan")
    return path is not None and x in names(look(tree, path))


def _turned(tree: Tree, x: str) -> Tree:
    match tree:
        case ("atan", inner) if endless(inner, x):
            return ("/", "pi", 2)
        case (head, *parts):
            return (head, *[_turned(part, x) for part in parts])
    return tree


def _without(tree: Tree, x: str) -> Tree:
    if type(tree) is not tuple or x not in names(tree):
        return tree
    match tree:
        case ("/", above, below) if x not in names(above) and endless(below, x):
            return 0
        case ("exp", inner) if split(inner)[0] < 0 and endless(split(inner)[1], x):
            return 0
    return (tree[0], *[_without(part, x) for part in tree[1:]])


def endless(tree: Tree, x: str) -> bool:
    """Whether something grows beyond all bounds: a sum of positive multiples of what does, and numbers."""
    parts = [split(part) for part in terms(tree)]
    moving = [(value, body) for value, body in parts if body != 1]
    return bool(moving) and all(value > 0 and _growing(body, x) for value, body in moving)


def _growing(body: Tree, x: str) -> bool:
    match body:
        case str():
            return body == x
        case ("^", base, int(n)):
            return n > 0 and endless(base, x)
        case (("exp" | "sqrt" | "log"), inner):
            return endless(inner, x)
        case ("*", *factors):
            return all(_growing(factor, x) for factor in factors)
    return False
