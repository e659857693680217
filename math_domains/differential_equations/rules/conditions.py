"""Initial conditions: which of the curves it is."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.differential_equations.rules.separable import Y
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import number, split, term, terms
from rpsdg.math_domains.trees import Tree, add, instead, mul, names, neg
from rpsdg.math_domains.values import evaluated

__all__ = ["PutInConstant", "PutInInitialCondition"]


class PutInInitialCondition(Working):
    """Put the initial condition into the general solution, which leaves an equation for the constant."""

    heads = frozenset({"and"})
    law = ("(k + 2)*exp(0)", "k + 2")
    brief = ("Put in the initial condition.",)
    step = (
        "Put in the initial condition, $y = {_height}$ at $x = {_begin}$: {near}.",
        "At $x = {_begin}$ the solution has the value {height}, which leaves an equation for $C$: {near}.",
    )
    reason = ("Of all the curves, the one through the given point is looked for.",)
    sample = (
        "And(Eq(y(x), C*exp(2*x)), Eq(C, 3))",
        "And(Eq(y(x), C*exp(2*x)), Eq(y(0), 3))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Evaluate the solution at the start."""
        match of:
            case ("and", ("=", y, curve) as solution, ("=", ("fn", "y", start), height)) if y == Y:
                if (values.get("begin", start), values.get("height", height)) != (start, height):
                    return None
                if names(start) or "C" not in names(curve):
                    return None
                return ("and", solution, ("=", evaluated(instead(curve, {"x": start})), height))
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name the start and the height."""
        if cls.work(far, {}) is not None:
            _, _, (_, (_, _, start), height) = far  # type: ignore[misc, str-unpack]
            yield {"of": far, "begin": start, "height": height}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Read the height at zero."""
        match near:
            case ("and", solution, ("=", "C", height)):
                of = ("and", solution, ("=", ("fn", "y", 0), height))
                if cls.work(of, {}) == near:
                    yield {"of": of, "begin": 0, "height": height}


class PutInConstant(Working):
    """Put the constant that was found into the solution."""

    heads = frozenset({"and"})
    law = ("2*k*exp(a) - k*exp(a)", "k*exp(a)")
    brief = ("Put in the constant.",)
    step = ("With this constant the solution is {near}.", "Put the constant into the solution: {near}.")
    reason = ("It is the only one of the curves that meets the condition.",)
    sample = ("Eq(y(x), 3*exp(2*x))", "And(Eq(y(x), C*exp(2*x)), Eq(C, 3))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the number for the constant."""
        match of:
            case ("and", ("=", y, curve), ("=", "C", value)) if y == Y and number(value) is not None:
                return ("=", Y, _filled(curve, value))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Write C for the number before an exponential."""
        match near:
            case ("=", y, ("*", int(value), ("exp", _) as grown)) if y == Y:
                of = ("and", ("=", Y, ("*", "C", grown)), ("=", "C", value))
                if cls.work(of, {}) == near:
                    yield {"of": of}


def _filled(tree: Tree, value: Tree) -> Tree:
    """Return a solution with a number for its constant, tidied where it stands."""
    if "C" not in names(tree):
        return tree
    match tree:
        case "C":
            return value
        case ("+", *parts):
            return add(*[part for inner in parts for part in terms(_filled(inner, value))])
        case ("neg", inner):
            return neg(_filled(inner, value))
        case ("*", *parts):
            known, rest = split(value)[0], [part for part in parts if part != "C"]
            return term(known, mul(*rest))
        case ("/", above, below):
            top = _filled(above, value)
            return 0 if top == 0 else neg(("/", neg(top), below)) if split(top)[0] < 0 else ("/", top, below)
    return instead(tree, {"C": value})
