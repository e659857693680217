"""Sums with a sign: taken apart, and the formulas for arithmetic, geometric and telescoping ones."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import number, number_tree, opposite, quotient, split, term
from rpsdg.math_domains.trees import Tree, add, div, mul, names, neg, power

__all__ = [
    "ArithmeticSum",
    "FactorOutOfSum",
    "GeometricSum",
    "SplitOffBeginning",
    "SumOfConstant",
    "SumOfCubeNumbers",
    "SumOfNumbers",
    "SumOfSquareNumbers",
    "SumTermByTerm",
    "TelescopingSum",
]

_LONGEST = 3


class SumTermByTerm(Working):
    """Sum the terms of a sum one by one.

    The sum of 3k + 2 is the sum of 3k plus the sum of 2, over the same numbers.
    """

    heads = frozenset({"sum"})
    law = ("Sum(x*a - x**2*b, (x, 1, 5))", "Sum(x*a, (x, 1, 5)) - Sum(x**2*b, (x, 1, 5))")
    brief = ("Sum term by term.",)
    step = ("Sum each term on its own: {far} is {near}.", "Split the sum into one for each term: {near}.")
    reason = ("The terms of a finite sum can be put in another order.",)
    sample = ("Sum(3*k, (k, 1, 20)) + Sum(2, (k, 1, 20))", "Sum(3*k + 2, (k, 1, 20))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write a sum for each term, a minus in front of it."""
        match of:
            case ("sum", ("+", *parts), *bounds):
                sums: list[Tree] = []
                for part in parts:
                    negative = split(part)[0] < 0
                    one: Tree = ("sum", opposite(part) if negative else part, *bounds)
                    sums.append(neg(one) if negative else one)
                return add(*sums)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put sums over the same numbers together."""
        match near:
            case ("+", *parts):
                inside: list[Tree] = []
                ranges = set()
                for part in parts:
                    match part:
                        case ("sum", body, *bounds):
                            inside.append(body)
                            ranges.add(tuple(bounds))
                        case ("neg", ("sum", body, *bounds)):
                            inside.append(opposite(body))
                            ranges.add(tuple(bounds))
                if len(inside) == len(parts) and len(ranges) == 1:
                    far = ("sum", add(*inside), *ranges.pop())
                    if cls.work(far, {}) == near:
                        yield {"of": far}


class FactorOutOfSum(Working):
    """Take a constant factor out of a sum."""

    heads = frozenset({"sum"})
    law = ("Sum(a*x**2, (x, 1, 6))", "a*Sum(x**2, (x, 1, 6))")
    brief = ("Take the constant factor out.",)
    step = (
        "The factor {factor} is the same in every term; take it out: {near}.",
        "Take the constant {factor} in front of the sum: {near}.",
    )
    reason = ("By the distributive law, a common factor of all terms can be taken out.",)
    sample = ("3*Sum(k, (k, 1, 20))", "Sum(3*k, (k, 1, 20))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Take out the number in front."""
        match of:
            case ("sum", inside, str(k), low, high):
                value, body = split(inside)
                if value not in {0, 1} and k in names(body):
                    return term(value, ("sum", body, k, low, high))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take the number in."""
        value, body = split(near)
        match body:
            case ("sum", inside, *bounds) if type(value) is int and value != 1:
                far = ("sum", term(value, inside), *bounds)
                if cls.work(far, {}) == near:
                    yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Name the factor."""
        assert type(self.far) is tuple
        value, _ = split(self.far[1])
        return self.say(detail, latex, factor=f"${(latex or Latex())(number_tree(value))}$")


class SumOfConstant(Working):
    """Sum a constant: it is taken as often as there are terms."""

    heads = frozenset({"sum"})
    law = ("Sum(a, (x, 3, n))", "a*(n - 2)")
    brief = ("Count the terms.",)
    step = (
        "The constant {constant} is added {count} times: {near}.",
        "There are {count} terms, all equal to {constant}: {near}.",
    )
    reason = ("From the first to the last index there are as many terms as their difference, and one more.",)
    sample = ("2*20", "Sum(2, (k, 1, 20))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Multiply it by the number of terms."""
        match of:
            case ("sum", inside, _, int(low), int(high)) if number(inside) is not None and high >= low:
                return mul(inside, high - low + 1)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Write a product as a sum."""
        match near:
            case ("*", int(constant), int(count)) if 1 < count < 100:
                yield {"of": ("sum", constant, "k", 1, count)}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Name the constant, and how often it is added."""
        match self.far:
            case ("sum", inside, _, int(low), int(high)):
                shown = f"${(latex or Latex())(inside)}$"
                return self.say(detail, latex, constant=shown, count=f"${high - low + 1}$")
        return self.say(detail, latex)


class _PowerSum(Working):
    """What the formulas for sums of powers share."""

    heads = frozenset({"sum"})
    exponent: int

    @classmethod
    def formula(cls, last: int) -> Tree:
        """Return what the formula says, the last number put in."""
        raise NotImplementedError

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Use it for a sum that starts with one."""
        match of:
            case ("sum", inside, str(k), 1, int(last)) if inside == power(k, cls.exponent) and last > 0:
                return cls.formula(last)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise the formula."""
        for last in range(2, 60):
            if cls.formula(last) == near:
                yield {"of": ("sum", power("k", cls.exponent), "k", 1, last)}


class SumOfNumbers(_PowerSum):
    """Sum the numbers from one on: half of the last times the next."""

    exponent = 1
    law = ("Sum(x, (x, 1, n))", "n*(n + 1)/2")
    brief = ("Use the formula for the sum of the first numbers.",)
    step = (
        "The sum of the first numbers is half the last times the next: {far} is {near}.",
        "By the formula for the sum of the first numbers, {far} is {near}.",
    )
    reason = (
        "$1 + 2 + \\dots + n = \\frac{{n(n + 1)}}{{2}}$, since the first and the last, the second and the "
        "last but one, and so on have the same sum.",
    )
    sample = ("20*21/2", "Sum(k, (k, 1, 20))")

    @classmethod
    def formula(cls, last: int) -> Tree:
        """Return n(n + 1)/2."""
        return ("/", ("*", last, last + 1), 2)


class SumOfSquareNumbers(_PowerSum):
    """Sum the squares from one on by their formula."""

    exponent = 2
    law = ("Sum(x**2, (x, 1, n))", "n*(n + 1)*(2*n + 1)/6")
    brief = ("Use the formula for the sum of squares.",)
    step = ("By the formula for the sum of the first squares, {far} is {near}.",)
    reason = ("$1^{{2}} + 2^{{2}} + \\dots + n^{{2}} = \\frac{{n(n + 1)(2n + 1)}}{{6}}$.",)
    sample = ("10*11*21/6", "Sum(k**2, (k, 1, 10))")

    @classmethod
    def formula(cls, last: int) -> Tree:
        """Return n(n + 1)(2n + 1)/6."""
        return ("/", ("*", last, last + 1, 2 * last + 1), 6)


class SumOfCubeNumbers(_PowerSum):
    """Sum the cubes from one on: the square of the sum of the numbers."""

    exponent = 3
    law = ("Sum(x**3, (x, 1, n))", "(n*(n + 1)/2)**2")
    brief = ("Use the formula for the sum of cubes.",)
    step = ("The sum of the first cubes is the square of the sum of the numbers: {far} is {near}.",)
    reason = ("$1^{{3}} + 2^{{3}} + \\dots + n^{{3}} = \\left(\\frac{{n(n + 1)}}{{2}}\\right)^{{2}}$.",)
    sample = ("(6*7/2)**2", "Sum(k**3, (k, 1, 6))")

    @classmethod
    def formula(cls, last: int) -> Tree:
        """Return the square of n(n + 1)/2."""
        return ("^", ("/", ("*", last, last + 1), 2), 2)


class ArithmeticSum(Working):
    """Sum an arithmetic sequence: the number of terms times half the sum of the first and the last."""

    heads = frozenset({"sum"})
    law = ("Sum(a*x + b, (x, 1, n))", "n*(a + b + a*n + b)/2")
    brief = ("Add the first and the last term.",)
    step = (
        "The terms grow by equal steps. There are {count} of them, the first is {first} and the last {last}: "
        "{near}.",
        "This is an arithmetic sum with {count} terms from {first} to {last}: {near}.",
    )
    reason = (
        "The first and the last term, the second and the last but one, and so on have the same sum.",
        "The sum is the number of terms times half the sum of the first and the last.",
    )
    sample = ("20*(5 + 62)/2", "Sum(3*k + 2, (k, 1, 20))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Work out the first and the last term."""
        match of:
            case ("sum", ("+", first, int(offset)), str(k), int(low), int(high)) if high > low:
                slope, body = split(first)
                if body == k and type(slope) is int and slope * low + offset and slope * high + offset:
                    ends = ("+", slope * low + offset, slope * high + offset)
                    return ("/", ("*", high - low + 1, ends), 2)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Find the terms between."""
        match near:
            case ("/", ("*", int(count), ("+", int(first), int(last))), 2) if count > 1:
                step = quotient(last - first, count - 1)
                if type(step) is int and step and first != step:
                    far = ("sum", ("+", term(step, "k"), first - step), "k", 1, count)
                    if cls.work(far, {}) == near:
                        yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Name the number of terms, the first and the last."""
        found: Any = self.sides(self.values)[1]
        _, count, (_, first, last) = found[1]
        return self.say(detail, latex, count=f"${count}$", first=f"${first}$", last=f"${last}$")


class GeometricSum(Working):
    """Sum a geometric sequence: the power after the last less the first, over the ratio less one."""

    heads = frozenset({"sum"})
    law = ("Sum(3**x, (x, 0, 7))", "(3**8 - 1)/(3 - 1)")
    brief = ("Use the formula for geometric sums.",)
    step = (
        "This is a geometric sum with the ratio {ratio}: {far} is {near}.",
        "Each term is {ratio} times the one before, so use the formula for geometric sums: {near}.",
    )
    reason = (
        "Multiplied by the ratio less one, all terms but two cancel.",
        "$1 + q + \\dots + q^{{n}} = \\frac{{q^{{n + 1}} - 1}}{{q - 1}}$ for $q \\ne 1$.",
    )
    sample = ("(2**8 - 1)/(2 - 1)", "Sum(2**k, (k, 0, 7))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the quotient, for a ratio below one with both signs changed."""
        match of:
            case ("sum", ("^", ratio, str(k)), str(by), int(low), int(high)) if k == by and high > low >= 0:
                value = number(ratio)
                if value is None or value in {0, 1}:
                    return None
                first, after = power(ratio, low), power(ratio, high + 1)
                if abs(Fraction(value)) < 1:
                    return ("/", ("+", first, neg(after)), ("+", 1, opposite(ratio)))
                return ("/", ("+", after, neg(first)), ("+", ratio, -1))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise it, as long as it starts with one or the ratio."""
        match near:
            case ("/", ("+", ("^", ratio, int(after)), _), ("+", _, -1)):
                for low in (0, 1):
                    far = ("sum", ("^", ratio, "k"), "k", low, after - 1)
                    if cls.work(far, {}) == near:
                        yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Name the ratio."""
        match self.far:
            case ("sum", ("^", ratio, _), *_):
                return self.say(detail, latex, ratio=f"${(latex or Latex())(ratio)}$")
        return self.say(detail, latex)


class SplitOffBeginning(Working):
    """Write a sum that starts later as one that starts with one, less its beginning."""

    heads = frozenset({"sum"})
    law = ("Sum(a*x**2, (x, 4, 9))", "Sum(a*x**2, (x, 1, 9)) - Sum(a*x**2, (x, 1, 3))")
    brief = ("Start with one, and subtract the beginning.",)
    step = (
        "Start the sum with one, and subtract what is too much: {near}.",
        "The formulas start with one, so write {far} as a difference: {near}.",
    )
    reason = ("What is added in front is taken away again.",)
    sample = (
        "Sum(k**2, (k, 1, 9)) - Sum(k**2, (k, 1, 3))",
        "Sum(k**2, (k, 4, 9))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write both sums."""
        match of:
            case ("sum", inside, str(k), int(low), int(high)) if 1 < low < high and k in names(inside):
                return ("+", ("sum", inside, k, 1, high), ("neg", ("sum", inside, k, 1, low - 1)))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put both together."""
        match near:
            case ("+", ("sum", inside, k, 1, high), ("neg", ("sum", _, _, 1, int(last)))):
                far = ("sum", inside, k, last + 1, high)
                if cls.work(far, {}) == near:
                    yield {"of": far}


class TelescopingSum(Working):
    """Sum differences of neighbours: everything between cancels, and the ends are left."""

    heads = frozenset({"sum"})
    law = ("Sum(1/x - 1/(x + 1), (x, 1, 9))", "1/1 - 1/10")
    brief = ("Let neighbours cancel.",)
    step = (
        "The sum telescopes: what one term takes away the next ones bring back, so {near} is left.",
        "Written out, everything between cancels; left is {near}.",
    )
    reason = ("Each term is the difference of two values of the same function, at places that overlap.",)
    sample = ("1 - 1/10", "Sum(1/k - 1/(k + 1), (k, 1, 9))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Put the first places into the first term and the last ones into the second."""
        match of:
            case ("sum", ("+", ("neg", taken), ("/", _, _) as given), *bounds):
                # Whichever of the two is written first, the one without a minus is put in first.
                return cls.work(("sum", ("+", given, ("neg", taken)), *bounds), values)
            case (
                "sum",
                ("+", ("/", int(a), below), ("neg", ("/", int(b), after))),
                str(k),
                int(low),
                int(high),
            ):
                first, second = _line(below, k), _line(after, k)
                if first is None or second is None or first[0] != second[0] or a != b:
                    return None
                slope, distance = first[0], quotient(second[1] - first[1], first[0])
                if type(distance) is not int or not 0 < distance <= min(_LONGEST, high - low):
                    return None
                starts = [slope * (low + i) + first[1] for i in range(distance)]
                ends = [slope * (high + 1 + i) + first[1] for i in range(distance)]
                if min(starts) <= 0:
                    return None
                return add(*[div(a, at) for at in starts], *[("neg", ("/", a, at)) for at in ends])
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Fill in what cancels between one and a unit fraction."""
        match near:
            case ("+", 1, ("neg", ("/", 1, int(last)))) if last > 2:
                far = ("sum", ("+", ("/", 1, "k"), ("neg", ("/", 1, ("+", "k", 1)))), "k", 1, last - 1)
                if cls.work(far, {}) == near:
                    yield {"of": far}


def _line(tree: Tree, k: str) -> tuple[int, int] | None:
    """Return slope and height of a linear term in k with whole numbers."""
    match tree:
        case ("+", first, int(height)):
            slope, body = split(first)
        case _:
            (slope, body), height = split(tree), 0
    return (slope, height) if body == k and type(slope) is int and slope > 0 else None
