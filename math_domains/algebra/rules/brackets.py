"""Brackets and like terms: multiplying out and collecting."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from math import gcd

from rpsdg.math_domains.patterns import Pattern
from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import by_degree, collected, multiplied, split, term, terms
from rpsdg.math_domains.trees import Tree, add, mul, names, neg

__all__ = ["CollectLikeTerms", "MultiplyOut", "OrderByDegree", "SquareOfSum", "SumTimesDifference"]

_DIFFERENCE = Pattern("a**2 - b**2")


class CollectLikeTerms(Working):
    """Add like terms, those that differ in their number alone.

    5x + 2 - 3x becomes 2x + 2.
    """

    heads = frozenset({"+"})
    law = ("k*a + m*a", "(k + m)*a")
    brief = ("Collect like terms.",)
    step = ("Collect like terms: {far} is {near}.", "Add what belongs together: {far} gives {near}.")
    reason = ("Like terms are added by adding the numbers in front of them.",)
    sample = ("2*x + 2", "5*x + 2 - 3*x")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Add like terms; powers of one name are put in order."""
        if type(of) is not tuple or of[0] != "+":
            return None
        bodies = [split(part)[1] for part in of[1:]]
        return by_degree(collected(of[1:])) if len(set(bodies)) < len(bodies) else None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Split one term in two, the second part of which goes to the end."""
        parts = terms(near)
        for position, part in enumerate(parts):
            value, body = split(part)
            for second in (k for k in range(-6, 7) if k and k != value) if near != 0 else ():
                front = (*parts[:position], term(value - second, body), *parts[position + 1 :])
                yield {"of": ("+", *front, term(second, body))}


class OrderByDegree(Working):
    """Write the powers of the unknown in falling order.

    6 - 5x + x² becomes x² - 5x + 6.
    """

    heads = frozenset({"+"})
    law = ("b + k*a + a**2", "a**2 + k*a + b")
    brief = ("Order by degree.",)
    step = (
        "Put the powers in falling order: {near}.",
        "Order the terms by degree: {far} is {near}.",
    )
    reason = ("Terms can be added in any order, and in this one the numbers in front are found at once.",)
    sample = ("x**2 - 5*x + 6", "x**2 + 6 - 5*x")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Sort the terms."""
        near = by_degree(of)
        return None if near == of else near

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Swap two neighbours."""
        if type(near) is tuple and near[0] == "+":
            for k in range(1, len(near) - 1):
                far = (*near[:k], near[k + 1], near[k], *near[k + 2 :])
                if cls.work(far, {}) == near:
                    yield {"of": far}


class MultiplyOut(Working):
    """Multiply out a product with a bracket: every term of the one with every term of the other.

    3(x - 2) becomes 3x - 6.
    """

    heads = frozenset({"*", "neg"})
    law = ("a*(b + c)", "a*b + a*c")
    brief = ("Multiply out.", "Expand the brackets.")
    step = ("Multiply out {far}: {near}.", "Expand the brackets: {far} is {near}.")
    reason = (
        "Every term inside the brackets is multiplied.",
        "By the distributive law the factor goes to every term.",
    )
    sample = ("3*x - 6", "3*(x - 2)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Multiply the first bracket with what stands before it; a minus is a factor, too."""
        if type(of) is not tuple:
            return None
        if of[0] == "neg" and type(of[1]) is tuple and of[1][0] == "+":
            return ("+", *map(neg, of[1][1:]))
        if of[0] != "*":
            return None
        sums = [k for k in range(1, len(of)) if type(of[k]) is tuple and of[k][0] == "+"]
        if not sums:
            return None
        # What stands before the first bracket goes into it, else the bracket takes the factor behind it.
        first = sums[0]
        left, right, rest = mul(*of[1:first]), of[first], of[first + 1 :]
        if first == 1:
            left, right, rest = of[1], of[2], of[3:]
        return mul(("+", *[multiplied(a, b) for a in terms(left) for b in terms(right)]), *rest)

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take a common factor of all terms out of a sum."""
        if type(near) is tuple and near[0] == "+":
            pairs = [split(part) for part in near[1:]]
            common = reduce(gcd, [value if type(value) is int else 1 for value, _ in pairs])
            for by in (k for k in range(2, common + 1) if common % k == 0):
                yield {"of": ("*", by, add(*[term(value // by, body) for value, body in pairs]))}
            yield {"of": neg(add(*map(neg, near[1:])))}


class SquareOfSum(Working):
    """Expand the square of a sum of two terms: both squares, and twice the product.

    (x - 3)² becomes x² - 6x + 9.
    """

    heads = frozenset({"^"})
    law = ("(a + b)**2", "a**2 + 2*a*b + b**2")
    brief = ("Expand the square.",)
    step = ("Expand the square: {far} is {near}.", "Square the binomial: {far} is {near}.")
    reason = (
        "$(a + b)^{{2}} = a^{{2}} + 2ab + b^{{2}}$.",
        "The double product belongs to it.",
    )
    sample = ("x**2 - 6*x + 9", "(x - 3)**2")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Expand it."""
        match of:
            case ("^", ("+", a, b), 2):
                return ("+", multiplied(a, a), multiplied(multiplied(2, a), b), multiplied(b, b))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise the square of a name plus or minus a number."""
        match near:
            case ("+", ("^", str(name), 2), middle, int(square)) if name in names(near):
                half = split(middle)[0] / 2
                if half == int(half) and half * half == square:
                    yield {"of": ("^", ("+", name, int(half)), 2)}


class SumTimesDifference(Working):
    """Multiply a sum by the difference of the same two terms: the difference of their squares.

    (2x + 3)(2x - 3) becomes 4x² - 9.
    """

    heads = frozenset({"*"})
    law = ("(a + b)*(a - b)", "a**2 - b**2")
    brief = ("Use the difference of two squares.",)
    step = ("A sum times a difference: {far} is {near}.",)
    reason = ("$(a + b)(a - b) = a^{{2}} - b^{{2}}$.",)
    sample = ("4*x**2 - 9", "(2*x + 3)*(2*x - 3)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Multiply them."""
        if type(of) is not tuple or of[0] != "*":
            return None
        for position in range(1, len(of) - 1):
            match of[position], of[position + 1]:
                case ("+", a, b), ("+", c, d) if a == c and collected([b, d]) == 0:
                    difference = ("+", multiplied(a, a), neg(multiplied(b, b)))
                    return mul(*of[1:position], difference, *of[position + 2 :])
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise a square less a square number."""
        values = _DIFFERENCE.match(near)
        if values is not None:
            a, b = values["a"], values["b"]
            yield {"of": ("*", ("+", a, b), ("+", a, neg(b)))}
