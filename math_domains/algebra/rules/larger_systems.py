"""Systems of three linear equations, and of two equations that are not linear."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import Any

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import collected, split, term, terms
from rpsdg.math_domains.trees import Tree, add, div, mul, names, neg, power

__all__ = ["EliminateUnknown", "PutInto", "SplitIntoCases"]

_PLACES = ("first", "second", "third", "fourth")


class EliminateUnknown(Working):
    """Eliminate an unknown from one of three equations by a multiple of another one.

    From x + y + z = 6 and 2x - y + 3z = 9 follows -3y + z = -3 for the second.
    """

    heads = frozenset({"and"})
    law = (
        "And(Eq(x + a, b), Eq(y, c), Eq(n*x + d, k))",
        "And(Eq(x + a, b), Eq(y, c), Eq(n*x + d - n*(x + a), k - n*b))",
    )
    brief = ("Eliminate {gone} from the {which} equation.",)
    step = (
        "{Combine}, so that {gone} drops out: {replaced}.",
        "To eliminate {gone} from the {which} equation, {combine}: {replaced}.",
    )
    reason = (
        "The other equations are kept, so the step can be taken back and the solutions stay the same.",
        "What solves all equations solves the combination, and the other way round.",
    )
    sample = (
        "And(Eq(x + y + z, 6), Eq(-3*y + z, -3), Eq(y - z, -1))",
        "And(Eq(x + y + z, 6), Eq(2*x - y + 3*z, 9), Eq(y - z, -1))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Write the combination in the place of the equation."""
        row, other, by, factor = (values.get(name) for name in ("row", "other", "by", "factor"))
        if type(of) is not tuple or of[0] != "and" or len(of) < 4 or any(part[0] != "=" for part in of[1:]):
            return None
        if type(row) is not int or type(other) is not int or type(by) is not int or type(factor) is not int:
            return None
        if row == other or not by or not factor or not 1 <= min(row, other) <= max(row, other) < len(of):
            return None
        sides = [
            collected([*_scaled(own, factor), *_scaled(added, by)])
            for own, added in zip(of[row][1:], of[other][1:], strict=True)
        ]
        left = sorted(terms(sides[0]), key=lambda part: str(split(part)[1]))  # the unknowns in their order
        return (*of[:row], ("=", add(*left), sides[1]), *of[row + 1 :])

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Go through the equations from above, and eliminate the first unknown of each below it."""
        if type(far) is not tuple or far[0] != "and" or any(part[0] != "=" for part in far[1:]):
            return
        for other in range(1, len(far)):
            value, body = split(terms(far[other][1])[0])
            for row in range(other + 1, len(far)):
                own = next((v for v, b in map(split, terms(far[row][1])) if b == body), 0)
                if body != 1 and type(value) is int and type(own) is int and value and own:
                    common = gcd(value, own) * (1 if value > 0 else -1)
                    yield {
                        "of": far,
                        "row": row,
                        "other": other,
                        "by": -own // common,
                        "factor": value // common,
                    }

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Add a small multiple of the first equation to one below it."""
        if type(near) is not tuple or near[0] != "and" or any(part[0] != "=" for part in near[1:]):
            return
        for row in range(2, len(near)):
            for by in (-3, -2, -1, 1, 2, 3):
                values: Values = {"row": row, "other": 1, "by": by, "factor": 1}
                sides = [
                    collected([*_scaled(added, -by), *terms(own)])
                    for added, own in zip(near[1][1:], near[row][1:], strict=True)
                ]
                far = (*near[:row], ("=", *sides), *near[row + 1 :])
                if cls.work(far, values) == near:
                    yield {"of": far} | values

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Say how often each equation is taken."""
        latex = latex or Latex()
        far: Any = self.far
        near: Any = self.near
        row, other, by, factor = (int(str(self.values[name])) for name in ("row", "other", "by", "factor"))
        combine = (
            f"{'add' if by > 0 else 'subtract'} {_times(abs(by), other)} "
            f"{'to' if by > 0 else 'from'} {_times(factor, row)}"
        )
        gone = min(names(far[row]) - names(near[row]), default="the unknown")
        return self.say(
            detail,
            latex,
            combine=combine,
            Combine=combine[0].upper() + combine[1:],
            gone=f"${latex(gone)}$" if len(gone) == 1 else gone,
            which=_PLACES[row - 1],
            replaced=f"${latex(near[row])}$",
        )


def _times(count: int, place: int) -> str:
    which = f"the {_PLACES[place - 1]} equation"
    return which if count == 1 else f"${count}$ times {which}"


def _scaled(side: Tree, by: int) -> list[Tree]:
    return [term(value * by, body) for value, body in map(split, terms(side))]


class PutInto(Working):
    """Put what an unknown equals into another equation, wherever it stands there.

    With y = x + 1 the equation x² + y² = 25 becomes x² + (x + 1)² = 25.
    """

    heads = frozenset({"and"})
    law = ("And(Eq(y, a), Eq(x**2 + y**2, b))", "And(Eq(y, a), Eq(x**2 + a**2, b))")
    brief = ("Substitute for {name}.",)
    step = (
        "Put {value} for {name} in the {which} equation: {replaced}.",
        "Substitute {known} into the {which} equation: {replaced}.",
    )
    reason = ("The equations hold for the same numbers, so equals can be put for equals.",)
    sample = (
        "And(Eq(y, x + 1), Eq(x**2 + (x + 1)**2, 25))",
        "And(Eq(y, x + 1), Eq(x**2 + y**2, 25))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Use the last equation that says what an unknown is, in the last one where that unknown occurs."""
        places = _known_and_target(of)
        if places is None or type(of) is not tuple:
            return None
        known, target = places
        _, name, value = of[known]
        new = ("=", *[_put(side, name, value) for side in of[target][1:]])
        return (*of[:target], new, *of[target + 1 :])

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise what the unknown equals, as a base or a term."""
        match near:
            case ("and", ("=", str(name), value) as known, ("=", left, right)):
                back = _recognised(left, value, name)
                if back != left:
                    far = ("and", known, ("=", back, right))
                    if cls.work(far, {}) == near:
                        yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Show the equation that is used and the one it makes."""
        latex = latex or Latex()
        far: Any = self.far
        near: Any = self.near
        known, target = _known_and_target(far) or (1, 2)
        return self.say(
            detail,
            latex,
            known=f"${latex(far[known])}$",
            name=f"${latex(far[known][1])}$",
            value=f"${latex(far[known][2])}$",
            which="other" if len(far) == 3 else _PLACES[target - 1],
            replaced=f"${latex(near[target])}$",
        )


def _known_and_target(of: Any) -> tuple[int, int] | None:
    """Return which equation is used, numbers before expressions, and in which one."""
    if type(of) is not tuple or of[0] != "and" or any(part[0] != "=" for part in of[1:]):
        return None
    found = [
        (bool(names(part[2])), -k)
        for k, part in enumerate(of[1:], 1)
        if type(part[1]) is str and part[1] not in names(part[2])
    ]
    for _, place in sorted(found):
        targets = [k for k in range(1, len(of)) if k != -place and of[-place][1] in names(of[k])]
        if targets:
            return -place, targets[-1]
    return None


def _put(tree: Tree, name: str, value: Tree) -> Tree:
    """Return an expression with a value for a name, signs and brackets in their places."""
    if type(tree) is not tuple:
        return value if tree == name else tree
    parts = [_put(part, name, value) for part in tree[1:]]
    match tree[0]:
        case "+":
            return add(
                *[piece for a, b in zip(tree[1:], parts, strict=True) for piece in _opened(a, b, name)]
            )
        case "*":
            return mul(*parts)
        case "neg":
            return neg(parts[0])
        case "^":
            return power(parts[0], parts[1])
        case "/":
            return div(parts[0], parts[1])
    return (tree[0], *parts)


def _opened(before: Tree, after: Tree, name: str) -> tuple[Tree, ...]:
    return terms(after) if before == name else (after,)


def _recognised(tree: Tree, value: Tree, name: str) -> Tree:
    if tree == value:
        return name
    return (tree[0], *[_recognised(part, value, name) for part in tree[1:]]) if type(tree) is tuple else tree


class SplitIntoCases(Working):
    """Split a system, one equation of which has several solutions, into a system for each of them."""

    heads = frozenset({"and"})
    law = (
        "And(Eq(y, a), Or(Eq(x, 1), Eq(x, 2)))",
        "Or(And(Eq(y, a), Eq(x, 1)), And(Eq(y, a), Eq(x, 2)))",
    )
    brief = ("Take the cases one by one.",)
    step = (
        "Take the cases one by one: {near}.",
        "Each solution belongs to a case of its own: {near}.",
    )
    reason = ("What is beside the cases has to hold in each of them.",)
    sample = (
        "Or(And(Eq(y, x**2), Eq(x, 1)), And(Eq(y, x**2), Eq(x, 2)))",
        "And(Eq(y, x**2), Or(Eq(x, 1), Eq(x, 2)))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the other parts beside each case."""
        if type(of) is not tuple or of[0] != "and":
            return None
        for k, part in enumerate(of[1:], 1):
            if part[0] == "or" and len(part) > 2:
                return ("or", *[("and", *of[1:k], case, *of[k + 1 :]) for case in part[1:]])
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put cases together that differ in the last part."""
        match near:
            case ("or", ("and", *front, _), *_) if all(part[:-1] == ("and", *front) for part in near[1:]):
                far = ("and", *front, ("or", *[part[-1] for part in near[1:]]))
                if cls.work(far, {}) == near:
                    yield {"of": far}
