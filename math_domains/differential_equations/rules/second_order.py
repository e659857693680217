"""Linear equations of the second order with constant coefficients: by the characteristic equation."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt

from rpsdg.math_domains.differential_equations.rules.separable import SLOPE, Y
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import Number, number, split, term, terms
from rpsdg.math_domains.trees import Tree, add, mul, neg, power

__all__ = [
    "CharacteristicEquation",
    "SolutionFromComplexRoots",
    "SolutionFromDoubleRoot",
    "SolutionFromTwoRoots",
    "bend",
    "complex_roots",
]

SECOND: Tree = ("diff", SLOPE, "x")
_TWO = "Eq(Derivative(Derivative(y(x), x), x) - 5*Derivative(y(x), x) + 6*y(x), 0)"
_DOUBLE = "Eq(Derivative(Derivative(y(x), x), x) - 6*Derivative(y(x), x) + 9*y(x), 0)"
_COMPLEX = "Eq(Derivative(Derivative(y(x), x), x) - 4*Derivative(y(x), x) + 13*y(x), 0)"
_DEGREES = {SECOND: 2, SLOPE: 1, Y: 0}


def bend(p: Number, q: Number) -> Tree:
    """Return y'' + p y' + q y."""
    return add(SECOND, term(p, SLOPE) if p else 0, term(q, Y) if q else 0)


class CharacteristicEquation(Working):
    """Write the characteristic equation: a power of r for each derivative of y."""

    heads = frozenset({"="})
    law = (
        "Derivative(Derivative(exp(k*x), x), x) + 3*Derivative(exp(k*x), x) + 2*exp(k*x)",
        "(k**2 + 3*k + 2)*exp(k*x)",
    )
    brief = ("Write the characteristic equation.",)
    step = (
        "Try $y = e^{{rx}}$; each derivative brings out a factor $r$, so it is a solution where {chosen}.",
        "With $y = e^{{rx}}$ the equation becomes {chosen}, as the exponential is never zero.",
    )
    reason = ("Differentiating $e^{{rx}}$ multiplies it by $r$, and differentiating twice by $r^{{2}}$.",)
    sample = (
        f"And({_TWO}, Eq(r**2 - 5*r + 6, 0))",
        _TWO,
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Write the equation beside, derivatives replaced by powers."""
        match of:
            case ("=", left, 0):
                parts = [split(part) for part in terms(left)]
                if parts[0] != (1, SECOND) or any(body not in _DEGREES for _, body in parts):
                    return None
                powers = add(*[term(value, power("r", _DEGREES[body])) for value, body in parts])
                chosen: Tree = ("=", powers, 0)
                return ("and", of, chosen) if values.get("chosen", chosen) == chosen else None
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name the new equation."""
        near = cls.work(far, {})
        if near is not None:
            yield {"of": far, "chosen": near[2]}  # type: ignore[index]

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Leave the new equation out."""
        match near:
            case ("and", ("=", _, 0) as of, chosen) if cls.work(of, {}) == near:
                yield {"of": of, "chosen": chosen}


def _grown(root: Number) -> Tree:
    """Return the exponential that a root stands for; that of zero is one."""
    return 1 if root == 0 else ("exp", term(root, "x"))


class _FromRoots(Working):
    """What the rules below share: a differential equation with the roots of its characteristic equation."""

    heads = frozenset({"and"})

    @classmethod
    def curves(cls, roots: Tree) -> Tree | None:
        """Return the solutions for the roots; None if there are others than the rule is for."""
        raise NotImplementedError

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the solutions."""
        match of:
            case ("and", ("=", left, 0), roots) if terms(left)[0] == SECOND:
                found = cls.curves(roots)
                return None if found is None else ("=", Y, found)
        return None


class SolutionFromTwoRoots(_FromRoots):
    """Two different real roots: a combination of two exponentials."""

    law = ("Derivative(Derivative(exp(2*x), x), x) - 5*Derivative(exp(2*x), x) + 6*exp(2*x)", "0")
    brief = ("Combine the two exponentials.",)
    step = (
        "Two real roots give two exponentials, and every combination of them is a solution: {near}.",
        "For each root there is an exponential; the general solution is {near}.",
    )
    reason = ("Sums and multiples of solutions are solutions, and there are two independent ones.",)
    sample = (
        "Eq(y(x), C_1*exp(2*x) + C_2*exp(3*x))",
        f"And({_TWO}, Or(Eq(r, 2), Eq(r, 3)))",
    )

    @classmethod
    def curves(cls, roots: Tree) -> Tree | None:
        """Write an exponential for each root."""
        match roots:
            case ("or", ("=", "r", first), ("=", "r", second)):
                one, two = number(first), number(second)
                if one is not None and two is not None and one != two:
                    return add(mul("C_1", _grown(one)), mul("C_2", _grown(two)))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Read the roots off the exponents."""
        match near:
            case ("=", y, ("+", ("*", "C_1", ("exp", one)), ("*", "C_2", ("exp", two)))) if y == Y:
                (a, x), (b, z) = split(one), split(two)
                if x == z == "x":
                    roots = ("or", ("=", "r", term(a, 1)), ("=", "r", term(b, 1)))
                    of = ("and", ("=", bend(-a - b, a * b), 0), roots)
                    if cls.work(of, {}) == near:
                        yield {"of": of}


class SolutionFromDoubleRoot(_FromRoots):
    """A double root: the exponential, and x times it."""

    law = ("Derivative(Derivative(x*exp(3*x), x), x) - 6*Derivative(x*exp(3*x), x) + 9*x*exp(3*x)", "0")
    brief = ("A double root gives the exponential and $x$ times it.",)
    step = (
        "The root is double, so besides the exponential $x$ times it is a solution: {near}.",
        "For a double root the second solution is $x$ times the first: {near}.",
    )
    reason = ("One root gives one exponential only, and two independent solutions are needed.",)
    sample = (
        "Eq(y(x), (C_1 + C_2*x)*exp(3*x))",
        f"And({_DOUBLE}, Eq(r, 3))",
    )

    @classmethod
    def curves(cls, roots: Tree) -> Tree | None:
        """Write a linear function times the exponential."""
        match roots:
            case ("=", "r", value) if (root := number(value)) is not None:
                line = ("+", "C_1", ("*", "C_2", "x"))
                return mul(line, _grown(root))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Read the root off the exponent."""
        match near:
            case ("=", y, ("*", ("+", "C_1", _), ("exp", exponent))) if y == Y:
                root, x = split(exponent)
                of = ("and", ("=", bend(-2 * root, root * root), 0), ("=", "r", term(root, 1)))
                if x == "x" and cls.work(of, {}) == near:
                    yield {"of": of}


class SolutionFromComplexRoots(_FromRoots):
    """A square that is negative has complex roots: an exponential times sine and cosine."""

    law = (
        "Derivative(Derivative(exp(2*x)*cos(3*x), x), x) - 4*Derivative(exp(2*x)*cos(3*x), x)",
        "-13*exp(2*x)*cos(3*x)",
    )
    brief = ("Complex roots give sine and cosine.",)
    step = (
        "A square is negative here, so the roots are complex, {upper} and {lower}: {near}.",
        "The roots {upper} and {lower} are complex, so the solutions are waves: {near}.",
    )
    reason = ("By Euler's formula, $e^{{(a + bi)x}} = e^{{ax}}(\\cos bx + i\\sin bx)$.",)
    sample = (
        "Eq(y(x), exp(2*x)*(C_1*cos(3*x) + C_2*sin(3*x)))",
        f"And({_COMPLEX}, Eq((r - 2)**2, -9))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Write the waves, if the values name the roots."""
        near = super().work(of, {})
        named = _named(of)
        if near is None or any(values.get(name, meant) != meant for name, meant in named.items()):
            return None
        return near

    @classmethod
    def curves(cls, roots: Tree) -> Tree | None:
        """Write the exponential of the real part times waves of the imaginary one."""
        found = complex_roots(roots)
        if found is None:
            return None
        center, turn = found
        angle = term(turn, "x")
        waves = ("+", ("*", "C_1", ("cos", angle)), ("*", "C_2", ("sin", angle)))
        return waves if center == 0 else ("*", _grown(center), waves)

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name both roots."""
        if cls.work(far, {}) is not None:
            yield {"of": far} | _named(far)

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Read the roots off exponent and angle."""
        match near:
            case ("=", y, ("*", ("exp", exponent), ("+", ("*", "C_1", ("cos", angle)), _))) if y == Y:
                (a, x), (b, z) = split(exponent), split(angle)
                if x == z == "x":
                    square = ("=", ("^", add("r", neg(term(a, 1))), 2), term(-b * b, 1))
                    of = ("and", ("=", bend(-2 * a, a * a + b * b), 0), square)
                    if cls.work(of, {}) == near:
                        yield from cls.ways_on(of)


def _named(state: Tree) -> Values:
    """Return the complex roots that the equation beside a differential equation has, as they are written."""
    found = complex_roots(state[2]) if type(state) is tuple and len(state) > 2 else None
    if found is None:
        return {}
    center, turn = term(found[0], 1), term(found[1], "i")
    return {"upper": add(center, turn), "lower": add(center, neg(turn))}


def complex_roots(equation: Tree) -> tuple[Number, int] | None:
    """Return real and imaginary part of the roots of an equation (r - a)² = -b²."""
    match equation:
        case ("=", ("^", base, 2), int(value)) if value < 0 and isqrt(-value) ** 2 == -value:
            turn = isqrt(-value)
            match base:
                case "r":
                    return 0, turn
                case ("+", "r", shift) if (moved := number(shift)) is not None:
                    return -moved, turn
    return None
