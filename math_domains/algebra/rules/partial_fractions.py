"""Fractions of polynomials taken apart: division with remainder, and partial fractions of any kind."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import number_tree, over, terms, whole
from rpsdg.math_domains.trees import Tree, add, div, mul, names, neg, power

from .higher_degree import coefficients, polynomial

__all__ = ["DecomposeFraction", "DivideWithRemainder", "lowest_first", "product_of"]

_HIGHEST = 5
Part = tuple[Tree, int, list[Fraction]]
"""A factor below, the power it has, and the coefficients of the numerator that belongs to it."""


def lowest_first(tree: Tree, name: str) -> list[Fraction] | None:
    """Return the coefficients of a polynomial with whole numbers in a name, lowest degree first."""
    if type(tree) is int:
        return [Fraction(tree)]
    found = coefficients(tree)
    if found is None or found[0] != name:
        return None
    return [Fraction(value) for value in reversed(found[1])]


def product_of(left: list[Fraction], right: list[Fraction]) -> list[Fraction]:
    """Return the coefficients of a product."""
    result = [Fraction(0)] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            result[i + j] += a * b
    return result


def _name(tree: Tree) -> str | None:
    known = names(tree)
    return next(iter(known)) if len(known) == 1 else None


class DivideWithRemainder(Working):
    """Divide a polynomial by one of a lower degree: a polynomial, and a fraction for the remainder.

    (x² + 5x + 7)/(x + 2) becomes x + 3 + 1/(x + 2).
    """

    heads = frozenset({"/"})
    law = ("(x**2 + 5*x + 7)/(x + 2)", "x + 3 + 1/(x + 2)")
    brief = ("Divide the polynomials.",)
    step = (
        "The degree above is not lower than the one below, so divide first: {far} is {near}.",
        "Divide by polynomial long division; what is left stays a fraction: {near}.",
    )
    reason = ("Times the denominator, the quotient and the remainder together give the numerator.",)
    sample = ("x + 3 + 1/(x + 2)", "(x**2 + 5*x + 7)/(x + 2)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Divide, as long as all numbers stay whole."""
        if type(of) is not tuple or of[0] != "/" or (name := _name(of[2])) is None:
            return None
        above, below = lowest_first(of[1], name), lowest_first(of[2], name)
        if above is None or below is None or len(above) < len(below) or len(below) < 2:
            return None
        if len(above) > _HIGHEST + 1 or names(of[1]) != {name}:
            return None
        rest, found = list(above), [Fraction(0)] * (len(above) - len(below) + 1)
        for k in reversed(range(len(found))):
            found[k] = rest[k + len(below) - 1] / below[-1]
            for j, value in enumerate(below):
                rest[k + j] -= found[k] * value
        if any(value.denominator > 1 for value in (*found, *rest)):
            return None
        left = _written(rest, name)
        quotient = _written(found, name)
        return quotient if left == 0 else add(quotient, _fraction(left, of[2]))

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put the parts over the denominator of the last."""
        match near:
            case ("+", *parts, ("/", rest, below)) if (name := _name(below)) is not None:
                front = lowest_first(add(*parts), name)
                under, left = lowest_first(below, name), lowest_first(rest, name)
                if front is not None and under is not None and left is not None:
                    whole_part = product_of(front, under)
                    for k, value in enumerate(left):
                        whole_part[k] += value
                    far = ("/", _written(whole_part, name), below)
                    if cls.work(far, {}) == near:
                        yield {"of": far}


def _written(values: list[Fraction], name: str) -> Tree:
    return polynomial(name, [int(value) for value in reversed(values)])


def _fraction(above: Tree, below: Tree) -> Tree:
    """Return a fraction, the minus of a numerator that is one number in front."""
    return neg(div(neg(above), below)) if type(above) is int and above < 0 else div(above, below)


class DecomposeFraction(Working):
    """Write a fraction of polynomials as a sum of partial fractions, one for each power of each factor below.

    (5x + 1)/((x - 1)(x + 2)) becomes 2/(x - 1) + 3/(x + 2).
    """

    heads = frozenset({"/"})
    law = (
        "(2*x**2 + 3*x - 1)/(x*(x + 1)**2)",
        "-1/x + 3/(x + 1) + 2/(x + 1)**2",
    )
    brief = ("Split into partial fractions.",)
    step = (
        "Set up {far} as {ansatz}. Multiplied by the denominator, both sides agree for {solution}: {near}.",
        "With {ansatz}, multiply by the denominator and compare: {solution}. So {far} is {near}.",
    )
    reason = (
        "Each power of each factor below gets a fraction, with a numerator of lower degree than the factor.",
        "Putting in the zeros of the denominator, or comparing powers, gives one number after another.",
    )
    sample = (
        "2/(x - 1) + 3/(x + 2)",
        "(5*x + 1)/((x - 1)*(x + 2))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Solve the linear equations that comparing coefficients gives."""
        parts = _parts(of)
        if parts is None:
            return None
        name = str(_name(of))
        written = []
        for factor, exponent, found in parts:
            below = power(factor, exponent)
            if len(found) == 1:
                written.append(over(whole(found[0]), below))
            elif any(value.denominator > 1 for value in found):
                return None
            else:
                written.append(_over(found, name, below))
        near = add(*written)
        return near if type(near) is tuple and near[0] == "+" else None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put two fractions with numbers above together."""
        match near:
            case ("+", first, second) if (name := _name(near)) is not None:
                (a, left), (b, right) = _numerator(first), _numerator(second)
                one, other = lowest_first(left, name), lowest_first(right, name)
                if a and b and one is not None and other is not None and len(one) == len(other) == 2:
                    total = [a * q + b * p for p, q in zip(one, other, strict=True)]
                    far = ("/", _written(total, name), mul(left, right))
                    if cls.work(far, {}) == near:
                        yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Show what is set up, and the numbers that are found."""
        latex = latex or Latex()
        shown, found = [], []
        letters = iter("ABDEFGH")
        name = _name(self.far)
        for factor, exponent, values in _parts(self.far) or ():
            used = [next(letters) for _ in values]
            above: Tree = (
                used[-1] if len(used) == 1 else add(*[mul(a, str(name)) for a in used[:1]], used[-1])
            )
            shown.append(f"\\frac{{{latex(above)}}}{{{latex(power(factor, exponent))}}}")
            found += [
                f"${letter} = {latex(number_tree(whole(value)))}$"
                for letter, value in zip(used, reversed(values), strict=True)
            ]
        solution = f"{', '.join(found[:-1])} and {found[-1]}" if len(found) > 1 else "".join(found)
        return self.say(detail, latex, ansatz=f"${' + '.join(shown)}$", solution=solution)


def _over(found: list[Fraction], name: str, below: Tree) -> Tree:
    """Return a polynomial over something, a minus in front where all of it is negative."""
    if not any(found):
        return 0
    if max(found) <= 0:
        return neg(_over([-value for value in found], name, below))
    shown = _written(found, name)
    if found[-1] < 0:  # 3 - x rather than -x + 3
        shown = add(*reversed(terms(shown)))
    return ("/", shown, below)


def _numerator(fraction: Tree) -> tuple[int, Tree]:
    match fraction:
        case ("/", int(above), below):
            return above, below
        case ("neg", ("/", int(above), below)):
            return -above, below
    return 0, 1


def _factors(below: Tree, name: str) -> list[tuple[Tree, int, list[Fraction]]] | None:
    """Return the different factors of a denominator with their exponents and coefficients."""
    found: list[tuple[Tree, int, list[Fraction]]] = []
    for factor in below[1:] if type(below) is tuple and below[0] == "*" else (below,):
        base, exponent = factor, 1
        if type(factor) is tuple and factor[0] == "^" and type(factor[2]) is int:
            base, exponent = factor[1], factor[2]
        values = lowest_first(base, name)
        if values is None or not 2 <= len(values) <= 3 or not 0 < exponent < 4:
            return None
        if len(values) == 3 and (exponent > 1 or values[1] ** 2 >= 4 * values[0] * values[2]):
            return None
        found.append((base, exponent, values))
    proportional = {tuple(value / values[-1] for value in values) for _, _, values in found}
    return found if len(proportional) == len(found) else None


def _parts(of: Tree) -> list[Part] | None:
    """Return the factors with their powers and what belongs above them; None if there is nothing to split."""
    name = _name(of)
    if type(of) is not tuple or of[0] != "/" or name is None:
        return None
    above, factors = lowest_first(of[1], name), _factors(of[2], name)
    if above is None or not factors or sum(exponent for _, exponent, _ in factors) < 2:
        return None
    whole_below = [Fraction(1)]
    for _, exponent, values in factors:
        for _ in range(exponent):
            whole_below = product_of(whole_below, values)
    size = len(whole_below) - 1
    if size > _HIGHEST or len(above) > size:
        return None
    # A column for each number that is looked for: what it is multiplied by when fractions are cleared.
    columns: list[list[Fraction]] = []
    for position, (_, exponent, values) in enumerate(factors):
        for used in range(1, exponent + 1):
            column = [Fraction(1)]
            for other, (_, times, more) in enumerate(factors):
                for _ in range(times - used if other == position else times):
                    column = product_of(column, more)
            columns += [[*[Fraction(0)] * degree, *column] for degree in range(len(values) - 1)]
    rows = [
        [
            *[column[k] if k < len(column) else Fraction(0) for column in columns],
            above[k] if k < len(above) else 0,
        ]
        for k in range(size)
    ]
    numbers = iter(_solved([[Fraction(value) for value in row] for row in rows]))
    return [
        (factor, used, [next(numbers) for _ in range(len(values) - 1)])
        for factor, exponent, values in factors
        for used in range(1, exponent + 1)
    ]


def _solved(rows: list[list[Fraction]]) -> list[Fraction]:
    """Solve a system with as many equations as unknowns that has one solution."""
    size = len(rows)
    for k in range(size):
        best = next(i for i in range(k, size) if rows[i][k])
        rows[k], rows[best] = rows[best], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for i in range(size):
            if i != k and rows[i][k]:
                rows[i] = [a - rows[i][k] * b for a, b in zip(rows[i], rows[k], strict=True)]
    return [row[-1] for row in rows]
