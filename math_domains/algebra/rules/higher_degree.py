"""Equations of degree three and four: factors that are found by their zeros, and squares as unknowns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import split, term, terms
from rpsdg.math_domains.trees import Tree, add, mul, names, power

from .factoring import FactorTrinomial

__all__ = ["FactorBiquadratic", "FactorOutZero", "PutSolutionsTogether", "coefficients", "polynomial"]


def coefficients(tree: Tree) -> tuple[str, list[int]] | None:
    """Return the name and the whole coefficients, highest degree first; None if it is no such polynomial.

    >>> coefficients(("+", ("^", "x", 3), ("*", -7, "x"), 6))
    ('x', [1, 0, -7, 6])
    """
    found: dict[int, int] = {}
    known = ""
    for part in terms(tree):
        value, body = split(part)
        match body:
            case 1:
                degree = 0
            case str(name):
                degree, known = 1, known or name
            case ("^", str(name), int(degree)) if 1 < degree < 9:
                known = known or name
            case _:
                return None
        if type(value) is not int or degree in found or (degree and name != known):
            return None
        found[degree] = value
    return (known, [found.get(d, 0) for d in range(max(found), -1, -1)]) if known else None


def polynomial(name: str, values: list[int]) -> Tree:
    """Return the sum with these coefficients, highest degree first."""
    last = len(values) - 1
    return add(*[term(value, power(name, last - k)) for k, value in enumerate(values) if value])


class FactorOutZero(Working):
    """Find a zero of a polynomial among the divisors of its constant term, and divide by its factor.

    x³ - 7x + 6 has the zero 1, so it is (x - 1)(x² + x - 6).
    """

    heads = frozenset({"+"})
    law = ("x**3 + (m - k)*x**2 + (n - k*m)*x - k*n", "(x - k)*(x**2 + m*x + n)")
    brief = ("Factor out the zero {zero}.",)
    step = (
        "Trying the divisors of the constant term shows that {zero} is a zero; dividing, {far} is {near}.",
        "The polynomial vanishes at {zero}, so it has the factor that vanishes there: {far} is {near}.",
    )
    reason = (
        "Whole zeros divide the constant term, and every zero belongs to a linear factor.",
        "Dividing a polynomial by the linear factor of a zero leaves no remainder.",
    )
    sample = ("(x - 1)*(x**2 + x - 6)", "x**3 - 7*x + 6")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Divide by Horner's scheme."""
        found, zero = coefficients(of), values.get("zero", next(_zeros(of), None))
        if found is None or type(zero) is not int or len(found[1]) < 4:
            return None
        name, numbers = found
        row = [numbers[0]]
        for number in numbers[1:]:
            row.append(number + zero * row[-1])
        return mul(add(name, -zero), polynomial(name, row[:-1])) if row[-1] == 0 and zero else None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Take each of the whole zeros."""
        for zero in _zeros(far):
            if cls.work(far, {"zero": zero}) is not None:
                yield {"of": far, "zero": zero}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply a linear factor into a quadratic one."""
        match near:
            case ("*", ("+", str(name), int(offset)), rest):
                found = coefficients(rest)
                if found is not None and found[0] == name and len(found[1]) > 2:
                    numbers = [*found[1], 0]
                    spread = [a + offset * b for a, b in zip(numbers, [0, *found[1]], strict=True)]
                    far = polynomial(name, spread)
                    if cls.work(far, {"zero": -offset}) == near:
                        yield {"of": far, "zero": -offset}


def _zeros(tree: Tree) -> Iterator[int]:
    """Yield the whole zeros, small ones first, positive ones before negative ones."""
    found = coefficients(tree)
    if found is None or not found[1][-1]:
        return
    constant = abs(found[1][-1])
    for divisor in range(1, min(constant, 20) + 1):
        for zero in (divisor, -divisor) if constant % divisor == 0 else ():
            total = 0
            for number in found[1]:
                total = total * zero + number
            if total == 0:
                yield zero


class FactorBiquadratic(FactorTrinomial):
    """Factor a sum in x⁴, x² and a number: it is a quadratic trinomial in u = x².

    x⁴ - 13x² + 36 becomes (x² - 9)(x² - 4).
    """

    left = FactorTrinomial.left
    right = FactorTrinomial.right
    brief = ("Factor it as a quadratic in {x}.",)
    step = (
        "With ${u} = {_x}$ this is {quadratic}, which can be factored: {near}.",
        "Only even powers occur: put ${u} = {_x}$, factor {quadratic}, and put {x} back: {near}.",
    )
    reason = (
        "The fourth power is the square of the square.",
        "What is true of a quadratic trinomial in ${u}$ is true of it with {x} for ${u}$.",
    )
    sample = ("(x**2 - 4)*(x**2 - 9)", "x**4 - 13*x**2 + 36")

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Factor the quadratic in the square."""
        match coefficients(far):
            case (name, [a, 0, b, 0, c]):
                for values in FactorTrinomial.ways_on(polynomial("u", [a, b, c])):
                    yield values | {"x": power(name, 2)}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Read two brackets of a square and a number each."""
        for values in FactorTrinomial.ways_back(near):
            match values["x"]:
                case ("^", str(), 2):
                    yield values

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Show the quadratic in u, or in w where u is the unknown."""
        latex = latex or Latex()
        u = "w" if "u" in names(self.values["x"]) else "u"
        shown = latex(self.sides(self.values | {"x": u})[0])
        return self.say(detail, latex, quadratic=f"${shown}$", u=u)


class PutSolutionsTogether(Working):
    """Write the solutions of all cases one after the other; a case without any adds none."""

    heads = frozenset({"or"})
    law = ("Or(Or(Eq(x, 1), Eq(x, -1)), Eq(x, 3))", "Or(Eq(x, 1), Eq(x, -1), Eq(x, 3))")
    brief = ("Put the solutions together.",)
    step = ("Put the solutions of all cases together: {near}.", "Together that is {near}.")
    reason = ("A number is a solution if it is one in any of the cases.",)
    sample = ("Or(Eq(x, 1), Eq(x, -1), Eq(x, 3))", "Or(Or(Eq(x, 1), Eq(x, -1)), Eq(x, 3))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Open what is bracketed."""
        if type(of) is not tuple or of[0] != "or" or not any(part[0] == "or" for part in of[1:]):
            return None
        opened: list[Any] = []
        for part in of[1:]:
            opened += part[1:] if part[0] == "or" else [part]
        kept = tuple(dict.fromkeys(opened))
        return kept[0] if len(kept) == 1 else ("or", *kept)

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Bracket the first ones."""
        if type(near) is tuple and near[0] == "or" and len(near) > 3 and "or" not in {p[0] for p in near[1:]}:
            for end in range(3, len(near)):
                yield {"of": ("or", ("or", *near[1:end]), *near[end:])}
