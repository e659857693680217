"""Systems of equations: combining them, and putting one into another."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import Number, collected, number, number_tree, split, term, terms
from rpsdg.math_domains.trees import Tree, add, mul, names

__all__ = ["AddMultipleOfEquation", "SubstituteIntoEquation"]

_PLACES = ("first", "second", "third", "fourth")


class AddMultipleOfEquation(Working):
    """Replace an equation by a multiple of it plus a multiple of the other, to eliminate an unknown.

    From 3x + 2y = 16 and 5x - 2y = 8 follows 8x = 24 for the second.
    """

    heads = frozenset({"and"})
    law = ("And(Eq(a, b), Eq(c, d))", "And(Eq(a, b), Eq(n*c + k*a, n*d + k*b))")
    brief = ("Eliminate {gone}.",)
    step = (
        "{Combine}, so that {gone} drops out: {replaced}.",
        "To eliminate {gone}, {combine}: {replaced}.",
    )
    reason = (
        "The other equation is kept, so the step can be taken back and the solutions stay the same.",
        "What solves both equations solves the combination, and the other way round.",
    )
    sample = (
        "And(Eq(3*x + 2*y, 16), Eq(8*x, 24))",
        "And(Eq(3*x + 2*y, 16), Eq(5*x - 2*y, 8))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Write the combination in the place of the last equation."""
        by, other = values.get("by"), values.get("other")
        match of:
            case ("and", ("=", left, right) as kept, ("=", below, beside)) if by and other:
                if type(by) is not int or type(other) is not int:
                    return None
                sides = [
                    collected([*_scaled(own, by), *_scaled(added, other)])
                    for own, added in ((below, left), (beside, right))
                ]
                return ("and", kept, ("=", sides[0], sides[1]))
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Eliminate one of the unknowns from the second equation."""
        match far:
            case ("and", ("=", left, _), ("=", below, _)):
                first, second = dict(_numbers(left)), dict(_numbers(below))
                for body, value in second.items():
                    if body != 1 and type(value) is int and type(first.get(body)) is int:
                        by, other = _multipliers(int(first[body]), value)
                        yield {"of": far, "by": by, "other": other}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take a small multiple of the first equation away from the second."""
        match near:
            case ("and", ("=", left, right) as kept, ("=", below, beside)):
                for other in (-3, -2, -1, 1, 2, 3):
                    far = (
                        "and",
                        kept,
                        (
                            "=",
                            collected([*_scaled(left, -other), *terms(below)]),
                            collected([*_scaled(right, -other), *terms(beside)]),
                        ),
                    )
                    values: Values = {"of": far, "by": 1, "other": other}
                    if cls.work(far, values) == near:
                        yield values

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Say how often each equation is taken."""
        latex = latex or Latex()
        far, near = self.far, self.near
        assert type(far) is tuple
        assert type(near) is tuple
        by, other = self.values["by"], self.values["other"]
        assert type(by) is int
        assert type(other) is int
        combine = (
            f"{'add' if other > 0 else 'subtract'} {_times(abs(other), 'first')} "
            f"{'to' if other > 0 else 'from'} {_times(by, 'second')}"
        )
        gone = min(names(far[2]) - names(near[2]), default="the unknown")
        return self.say(
            detail,
            latex,
            combine=combine,
            Combine=combine[0].upper() + combine[1:],
            gone=f"${latex(gone)}$" if len(gone) == 1 else gone,
            replaced=f"${latex(near[2])}$",
        )


def _times(count: int, which: str) -> str:
    return f"the {which} equation" if count == 1 else f"${count}$ times the {which} equation"


def _multipliers(first: int, second: int) -> tuple[int, int]:
    """Return by and other so that by·second + other·first is zero, as small as possible, by positive."""
    value = Fraction(-second, first)
    return value.denominator, value.numerator


def _scaled(side: Tree, by: int) -> list[Tree]:
    return [term(value * by, body) for value, body in map(split, terms(side))]


def _numbers(side: Tree) -> Iterator[tuple[Tree, Number]]:
    for value, body in map(split, terms(side)):
        yield body, value


class SubstituteIntoEquation(Working):
    """Put what an unknown equals into the other equation of a system.

    With y = 2x - 1 the equation 3x + y = 9 becomes 3x + 2x - 1 = 9.
    """

    heads = frozenset({"and"})
    law = ("And(Eq(x, a), Eq(y + n*x, b))", "And(Eq(x, a), Eq(y + n*a, b))")
    brief = ("Substitute for {name}.",)
    step = (
        "Substitute {known} into the other equation: {replaced}.",
        "Put {value} for {name} in the other equation: {replaced}.",
    )
    reason = ("Both equations hold for the same numbers, so equals can be put for equals.",)
    sample = ("And(Eq(y, 2*x - 1), Eq(3*x + 2*(2*x - 1), 9))", "And(Eq(y, 2*x - 1), Eq(3*x + 2*y, 9))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Use the first equation that says what an unknown is."""
        if type(of) is not tuple or of[0] != "and" or len(of) != 3:
            return None
        for known in (1, 2):
            match of[known], of[3 - known]:
                case ("=", str(name), value), ("=", left, right) if name in names(of[3 - known]):
                    if name not in names(value):
                        new = ("=", _put(left, name, value), _put(right, name, value))
                        return ("and", of[1], new) if known == 1 else ("and", new, of[2])
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise what the unknown equals in the other equation."""
        match near:
            case ("and", ("=", str(name), ("+", *_) as value) as known, ("=", ("+", *parts), right)):
                for position, part in enumerate(parts):
                    if type(part) is tuple and part[0] == "*" and part[2:] == (value,):
                        new = [*parts[:position], mul(part[1], name), *parts[position + 1 :]]
                        far = ("and", known, ("=", ("+", *new), right))
                        if cls.work(far, {}) == near:
                            yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Show the equation that is used and the one it makes."""
        latex = latex or Latex()
        far: Any = self.far
        near: Any = self.near
        known = 1 if far[1] == near[1] else 2
        return self.say(
            detail,
            latex,
            known=f"${latex(far[known])}$",
            name=f"${latex(far[known][1])}$",
            value=f"${latex(far[known][2])}$",
            replaced=f"${latex(near[3 - known])}$",
        )


def _put(side: Tree, name: str, value: Tree) -> Tree:
    """Return a side with a value for a name that stands there in linear terms; numbers are multiplied."""
    parts: list[Tree] = []
    plain = number(value)
    for part in terms(side):
        factor, body = split(part)
        if body != name:
            parts.append(part)
        elif plain is not None:
            parts.append(number_tree(factor * plain))
        elif factor == 1:
            parts += terms(value)
        else:
            parts.append(term(factor, value))
    return add(*parts)
