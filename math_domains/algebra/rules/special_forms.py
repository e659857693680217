"""Factoring by grouping, cubes, and the square completed inside an expression."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import gcd

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import (
    Number,
    multiplied,
    number,
    number_tree,
    opposite,
    quotient,
    split,
    term,
    whole,
)
from rpsdg.math_domains.trees import Tree, add, mul, names, power

from .factoring import quadratic
from .powers import exponents

__all__ = [
    "CubeOfSum",
    "DifferenceOfCubes",
    "FactorLeadOut",
    "GroupTerms",
    "PerfectCube",
    "SquareWithin",
    "SumOfCubes",
    "TakeOutBracket",
    "cube_root",
]


class GroupTerms(Working):
    """Take a common factor out of the first two terms and one out of the last two.

    x³ + 2x² + 3x + 6 becomes x²(x + 2) + 3(x + 2).
    """

    heads = frozenset({"+"})
    law = ("a*c + a*d + b*c + b*d", "a*(c + d) + b*(c + d)")
    brief = ("Group the terms in pairs.",)
    step = (
        "Group the terms in pairs, and take out of each pair what it has in common: {near}.",
        "Take a factor out of the first two terms and one out of the last two: {near}.",
    )
    reason = (
        "What is left in the brackets is the same for both pairs, which is what grouping aims at.",
        "By the distributive law, read backwards, for each pair.",
    )
    sample = ("x**2*(x + 2) + 3*(x + 2)", "x**3 + 2*x**2 + 3*x + 6")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Take out what makes the same bracket."""
        if type(of) is not tuple or of[0] != "+" or len(of) != 5:
            return None
        first, second = _taken_out(of[1], of[2]), _taken_out(of[3], of[4])
        if first is None or second is None:
            return None
        (factor, bracket), (other, rest) = first, second
        if rest == opposite(bracket):
            other, rest = opposite(other), bracket
        if rest != bracket or factor in {1, -1}:
            return None
        return ("+", mul(factor, bracket), mul(other, bracket))

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply the brackets out."""
        match near:
            case ("+", ("*", *front, bracket), last) if type(bracket) is tuple and bracket[0] == "+":
                factor, other = mul(*front), _over_bracket(last, bracket)
                if other is not None and len(bracket) == 3:
                    spread = [multiplied(by, part) for by in (factor, other) for part in bracket[1:]]
                    far = ("+", *spread)
                    if cls.work(far, {}) == near:
                        yield {"of": far}


def _taken_out(first: Tree, second: Tree) -> tuple[Tree, Tree] | None:
    """Return the greatest common factor of two terms, with the sign of the first, and what is left."""
    (value, _), (other, _) = split(first), split(second)
    if type(value) is not int or type(other) is not int:
        return None
    common = gcd(value, other) * (-1 if value < 0 else 1)
    left, right = exponents(first)[1], exponents(second)[1]
    shared = {base: min(left[base], right[base]) for base in left if base in right}
    factor = term(common, mul(*[power(base, number_tree(e)) for base, e in shared.items()]))
    rest = [
        term(
            front // common,
            mul(*[power(base, number_tree(e - shared.get(base, 0))) for base, e in bases.items()]),
        )
        for front, bases in ((value, left), (other, right))
    ]
    return factor, add(*rest)


def _over_bracket(tree: Tree, bracket: Tree) -> Tree | None:
    """Return what a bracket is multiplied by in a term; None if it is no factor of it."""
    if tree == bracket:
        return 1
    match tree:
        case ("neg", inner) if (found := _over_bracket(inner, bracket)) is not None:
            return opposite(found)
        case ("*", *front, last) if last == bracket:
            return mul(*front)
    return None


class TakeOutBracket(Working):
    """Take out a bracket that two terms have in common.

    x²(x + 2) + 3(x + 2) becomes (x² + 3)(x + 2).
    """

    heads = frozenset({"+"})
    law = ("a*(c + d) + b*(c + d)", "(a + b)*(c + d)")
    brief = ("Take out the common bracket.",)
    step = (
        "Both terms contain the same bracket; take it out: {near}.",
        "The bracket is a common factor: {far} is {near}.",
    )
    reason = ("A bracket can be taken out like any other factor.",)
    sample = ("(x**2 + 3)*(x + 2)", "x**2*(x + 2) + 3*(x + 2)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Add what it is multiplied by."""
        match of:
            case ("+", ("*", *front, ("+", *_) as bracket), last) if front:
                other = _over_bracket(last, bracket)
                if other is not None:
                    return ("*", add(mul(*front), other), bracket)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply the bracket into a sum of two terms."""
        match near:
            case ("*", ("+", first, second), ("+", *_) as bracket):
                far = ("+", mul(first, bracket), mul(second, bracket))
                if cls.work(far, {}) == near:
                    yield {"of": far}


def cube_root(tree: Tree) -> Tree | None:
    """Return what a term is the cube of; None if it is none.

    >>> cube_root(("*", 8, ("^", "x", 6)))
    ('*', 2, ('^', 'x', 2))
    """
    value, bases = exponents(tree)
    root = round(abs(value) ** (1 / 3)) if type(value) is int else 0
    if not root or root**3 != abs(value) or any(e % 3 or e < 0 for e in bases.values()):
        return None
    front = root if value > 0 else -root
    return term(front, mul(*[power(base, number_tree(quotient(e, 3))) for base, e in bases.items()]))


class _Cubes(Working):
    """What sums and differences of cubes share."""

    heads = frozenset({"+"})
    sign: int

    @classmethod
    def roots(cls, of: Tree) -> tuple[Tree, Tree] | None:
        """Return the two cube roots, the second without its sign."""
        match of:
            case ("+", first, second):
                a, b = cube_root(first), cube_root(second)
                if a is not None and b is not None and split(a)[0] > 0 and split(b)[0] * cls.sign > 0:
                    return (a, term(max(split(b)[0], -split(b)[0]), split(b)[1])) if names(a) else None
        return None

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the product."""
        found = cls.roots(of)
        if found is None:
            return None
        a, b = found
        linear = add(a, b if cls.sign > 0 else opposite(b))
        middle = multiplied(a, b)
        squares = (multiplied(a, a), opposite(middle) if cls.sign > 0 else middle, multiplied(b, b))
        return ("*", linear, ("+", *squares))

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply it out."""
        match near:
            case ("*", ("+", a, b), ("+", _, _, _)):
                far = add(multiplied(multiplied(a, a), a), multiplied(multiplied(b, b), b))
                if cls.work(far, {}) == near:
                    yield {"of": far}


class SumOfCubes(_Cubes):
    """Factor a sum of two cubes.

    x³ + 8 becomes (x + 2)(x² - 2x + 4).
    """

    sign = 1
    law = ("a**3 + b**3", "(a + b)*(a**2 - a*b + b**2)")
    brief = ("Factor the sum of cubes.",)
    step = (
        "This is a sum of two cubes: {far} is {near}.",
        "Factor the sum of cubes: {far} is {near}.",
    )
    reason = ("$a^{{3}} + b^{{3}} = (a + b)(a^{{2}} - ab + b^{{2}})$; multiplied out, the rest cancels.",)
    sample = ("(x + 2)*(x**2 - 2*x + 4)", "x**3 + 8")


class DifferenceOfCubes(_Cubes):
    """Factor a difference of two cubes.

    x³ - 8 becomes (x - 2)(x² + 2x + 4).
    """

    sign = -1
    law = ("a**3 - b**3", "(a - b)*(a**2 + a*b + b**2)")
    brief = ("Factor the difference of cubes.",)
    step = (
        "This is a difference of two cubes: {far} is {near}.",
        "Factor the difference of cubes: {far} is {near}.",
    )
    reason = ("$a^{{3}} - b^{{3}} = (a - b)(a^{{2}} + ab + b^{{2}})$; multiplied out, the rest cancels.",)
    sample = ("(x - 2)*(x**2 + 2*x + 4)", "x**3 - 8")


class CubeOfSum(Working):
    """Expand the cube of a sum of two terms.

    (x - 2)³ becomes x³ - 6x² + 12x - 8.
    """

    heads = frozenset({"^"})
    law = ("(a + b)**3", "a**3 + 3*a**2*b + 3*a*b**2 + b**3")
    brief = ("Expand the cube.",)
    step = ("Expand the cube: {far} is {near}.", "Cube the binomial: {far} is {near}.")
    reason = (
        "$(a + b)^{{3}} = a^{{3}} + 3a^{{2}}b + 3ab^{{2}} + b^{{3}}$.",
        "The binomial coefficients are 1, 3, 3 and 1.",
    )
    sample = ("x**3 - 6*x**2 + 12*x - 8", "(x - 2)**3")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the four terms."""
        match of:
            case ("^", ("+", a, b), 3):
                square, other = multiplied(a, a), multiplied(b, b)
                return (
                    "+",
                    multiplied(square, a),
                    multiplied(multiplied(3, square), b),
                    multiplied(multiplied(3, a), other),
                    multiplied(other, b),
                )
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise a cube."""
        if (found := _perfect_cube(near)) is not None:
            yield {"of": found}


class PerfectCube(Working):
    """Recognise the cube of a sum or a difference.

    x³ - 6x² + 12x - 8 becomes (x - 2)³.
    """

    heads = frozenset({"+"})
    law = ("a**3 + 3*a**2*b + 3*a*b**2 + b**3", "(a + b)**3")
    brief = ("Write it as a cube.",)
    step = ("This is a perfect cube: {far} is {near}.", "Recognise a cube: {far} is {near}.")
    reason = ("Both ends are cubes, and the terms between them have the numbers that belong to a cube.",)
    sample = ("(x - 2)**3", "x**3 - 6*x**2 + 12*x - 8")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Compare with the cube of the sum of the roots of both ends."""
        return _perfect_cube(of)

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Expand it."""
        far = CubeOfSum.work(near, {})
        if far is not None and _perfect_cube(far) == near:
            yield {"of": far}


def _perfect_cube(tree: Tree) -> Tree | None:
    match tree:
        case ("+", first, _, _, last):
            a, b = cube_root(first), cube_root(last)
            if a is not None and b is not None:
                found: Tree = ("^", add(a, b), 3)
                return found if CubeOfSum.work(found, {}) == tree else None
    return None


class FactorLeadOut(Working):
    """Take the number in front of the square out of the terms with the unknown.

    2x² + 12x + 7 becomes 2(x² + 6x) + 7.
    """

    heads = frozenset({"+"})
    law = ("k*a**2 + k*b*a + c", "k*(a**2 + b*a) + c")
    brief = ("Take {lead} out of the first two terms.",)
    step = (
        "Take the number in front of the square, {lead}, out of the first two terms: {near}.",
        "Factor {lead} out of the terms with the unknown: {near}.",
    )
    reason = ("A square is completed most easily when nothing stands in front of it.",)
    sample = ("2*(x**2 + 6*x) + 7", "2*x**2 + 12*x + 7")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Divide the first two terms."""
        found = quadratic(of)
        if found is None or found[1] == 1 or not found[2] or not found[3]:
            return None
        name, lead, middle, constant = found
        inner = add(power(name, 2), _fraction_of(quotient(middle, lead), name))
        return ("+", mul(lead, inner), constant)

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply it in."""
        match near:
            case ("+", ("*", int(lead), ("+", first, second)), int(constant)):
                far = ("+", multiplied(lead, first), multiplied(lead, second), constant)
                if cls.work(far, {}) == near:
                    yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Name the number."""
        found = quadratic(self.far)
        return self.say(detail, latex, lead=f"${found[1] if found is not None else 1}$")


def _fraction_of(value: Number, body: Tree) -> Tree:
    """Return a number times something, a denominator below it."""
    if value.denominator == 1:
        return term(value, body)
    shown: Tree = ("/", term(abs(value.numerator), body), value.denominator)
    return shown if value > 0 else ("neg", shown)


class SquareWithin(Working):
    """Complete the square in a sum: a square takes the place of two terms, less what it has too much.

    x² + 6x + 5 becomes (x + 3)² - 9 + 5.
    """

    heads = frozenset({"+"})
    law = ("a**2 + 2*b*a + c", "(a + b)**2 - b**2 + c")
    brief = ("Complete the square.",)
    step = (
        "Half the number in front of {name} is {half}, so complete the square: {near}.",
        "Complete the square with {half}, and take its square {square} away again: {near}.",
    )
    reason = (
        "The square has the first two terms and {square} besides, which has to be taken away again.",
        "Nothing is gained or lost: what is added to make a square is subtracted at once.",
    )
    sample = ("(x + 3)**2 - 9 + 5", "x**2 + 6*x + 5")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Halve the number in the middle."""
        match of:
            case ("+", ("^", str(name), 2), middle, *rest) if len(rest) < 2 and (
                not rest or number(rest[0]) is not None
            ):
                value, body = split(middle)
                if body == name:
                    half = quotient(value, 2)
                    square = number_tree(-whole(Fraction(half * half)))
                    return ("+", ("^", add(name, number_tree(half)), 2), square, *rest)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Expand the square."""
        match near:
            case ("+", ("^", ("+", str(name), half), 2), _, *rest) if (value := number(half)) is not None:
                far = ("+", power(name, 2), _fraction_of(whole(Fraction(2 * value)), name), *rest)
                if cls.work(far, {}) == near:
                    yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Name what is halved and squared, as it should be where a mistake is made."""
        latex = latex or Latex()
        assert type(self.far) is tuple
        value, name = split(self.far[2])
        half = quotient(value, 2)
        shown = {"name": name, "half": number_tree(half), "square": number_tree(whole(Fraction(half * half)))}
        return self.say(detail, latex, **{word: f"${latex(tree)}$" for word, tree in shown.items()})
