"""The laws of exponents: powers of one base, of a power, and negative and fractional exponents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import Number, number, number_tree, term, whole
from rpsdg.math_domains.trees import Tree, div, mul, neg, power

__all__ = [
    "DividePowers",
    "FlipForNegativeExponent",
    "MultiplyPowers",
    "NegativeExponent",
    "NumberAsPower",
    "RaisePower",
    "RaiseProduct",
    "RaiseQuotient",
    "RootAsPower",
    "exponents",
    "raised",
]

_LARGEST_EXPONENT = 12
_LARGEST_NUMBER = 10**6


def exponents(tree: Tree) -> tuple[Number, dict[Tree, Number]]:
    """Return a product as the number in front and the exponent of each of its bases.

    >>> exponents(("*", 3, ("^", "x", 4), 2, ("neg", "x")))
    (-6, {'x': 5})
    """
    front: Number = 1
    found: dict[Tree, Number] = {}
    for factor in _factors(tree):
        base: Tree = factor
        exponent: Number = 1
        if (value := number(factor)) is not None:
            front = whole(Fraction(front * value))
            continue
        if type(factor) is tuple and factor[0] == "^" and (raised_to := number(factor[2])) is not None:
            base, exponent = factor[1], raised_to
        found[base] = whole(Fraction(found.get(base, 0) + exponent))
    return front, found


def _factors(tree: Tree) -> list[Tree]:
    """Return the factors of a product, those of bracketed products among them; a minus is the factor -1."""
    if type(tree) is tuple and tree[0] == "*":
        return [factor for part in tree[1:] for factor in _factors(part)]
    if type(tree) is tuple and tree[0] == "neg" and number(tree) is None:
        return [-1, *_factors(tree[1])]
    return [tree]


def raised(base: Tree, exponent: Number) -> Tree:
    """Return a power with a rational exponent as it is written."""
    return power(base, number_tree(exponent))


def _product(front: Number, bases: Mapping[Tree, Number]) -> Tree:
    """Return a number times powers; a denominator of the number goes below all of it."""
    body = mul(*[raised(base, exponent) for base, exponent in bases.items()])
    shown = div(term(abs(front.numerator), body), front.denominator)
    return shown if front > 0 else neg(shown)


class MultiplyPowers(Working):
    """Multiply powers of the same base by adding their exponents.

    3x⁴ · 2x⁵ becomes 6x⁹.
    """

    heads = frozenset({"*"})
    law = ("a**m*a**n", "a**(m + n)")
    brief = ("Add the exponents of equal bases.",)
    step = (
        "To multiply powers of the same base, add the exponents: {far} is {near}.",
        "Equal bases: add their exponents, so {far} is {near}.",
    )
    reason = (
        "An exponent counts factors, and the product has the factors of both.",
        "$a^{{m}} \\cdot a^{{n}} = a^{{m + n}}$; a base without an exponent has the exponent one.",
    )
    sample = ("x**5", "x**2*x**3")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Add the exponents of each base, numbers multiplied."""
        if type(of) is not tuple or of[0] != "*":
            return None
        front, bases = exponents(of)
        numbers = sum(number(factor) is not None for factor in _factors(of))
        if len(_factors(of)) == len(bases) + min(1, numbers):
            return None
        return _product(front, {base: exponent for base, exponent in bases.items() if exponent})

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Split a power in two."""
        match near:
            case ("^", base, int(exponent)) if 1 < exponent <= _LARGEST_EXPONENT:
                for first in range(1, exponent):
                    yield {"of": ("*", power(base, first), power(base, exponent - first))}


class DividePowers(Working):
    """Divide powers of the same base by subtracting the exponent below from the one above.

    6x⁵/(4x²) becomes 3x³/2.
    """

    heads = frozenset({"/"})
    law = ("a**m/a**n", "a**(m - n)")
    brief = ("Subtract the exponents of equal bases.",)
    step = (
        "To divide powers of the same base, subtract the exponents: {far} is {near}.",
        "Subtract the exponent below from the one above for equal bases: {near}.",
    )
    reason = (
        "Every factor below cancels one above.",
        "$\\frac{{a^{{m}}}}{{a^{{n}}}} = a^{{m - n}}$, also where that is negative.",
    )
    sample = ("x**4", "x**7/x**3")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Subtract for the bases on both sides; the numbers in front are reduced."""
        if type(of) is not tuple or of[0] != "/":
            return None
        (front, above), (under, below) = exponents(of[1]), exponents(of[2])
        if not under or not set(above) & set(below):
            return None
        kept = {base: whole(Fraction(exponent - below.get(base, 0))) for base, exponent in above.items()}
        left = {base: exponent for base, exponent in below.items() if base not in above}
        value = Fraction(front) / under
        top = _product(abs(value.numerator), {base: e for base, e in kept.items() if e})
        near = div(top, _product(value.denominator, left))
        return near if value > 0 else neg(near)

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Extend a power by a few factors."""
        match near:
            case ("^", base, int(exponent)) if 1 < exponent <= _LARGEST_EXPONENT:
                for more in (1, 2, 3):
                    yield {"of": ("/", power(base, exponent + more), power(base, more))}


class RaisePower(Working):
    """Raise a power to a power by multiplying the exponents.

    (x³)⁴ becomes x¹².
    """

    heads = frozenset({"^"})
    law = ("(a**2)**3", "a**(2*3)")
    brief = ("Multiply the exponents.",)
    step = (
        "A power of a power: multiply the exponents, so {far} is {near}.",
        "To raise a power to a power, multiply the exponents: {far} is {near}.",
    )
    reason = ("The inner factors are repeated as often as the outer exponent says.",)
    sample = ("x**12", "(x**3)**4")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Multiply them."""
        match of:
            case ("^", ("^", base, inner), outer):
                first, second = number(inner), number(outer)
                if first is not None and second is not None:
                    return raised(base, whole(Fraction(first * second)))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Split an exponent into two factors."""
        match near:
            case ("^", base, int(exponent)) if 1 < exponent <= _LARGEST_EXPONENT:
                for inner in range(2, exponent):
                    if exponent % inner == 0:
                        yield {"of": ("^", ("^", base, inner), exponent // inner)}


class RaiseProduct(Working):
    """Raise a product to a power by raising every factor of it.

    (2x³y)² becomes 4(x³)²y².
    """

    heads = frozenset({"^"})
    law = ("(a*b)**2", "a**2*b**2")
    brief = ("Raise every factor.",)
    step = (
        "The exponent goes to every factor: {far} is {near}.",
        "Raise each factor of the product to the power: {far} is {near}.",
    )
    reason = (
        "The factors of a repeated product can be put in another order.",
        "$(ab)^{{n}} = a^{{n}} b^{{n}}$, and a number in front is a factor, too.",
    )
    sample = ("x**3*y**3", "(x*y)**3")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Raise every factor, numbers to whole powers at once."""
        match of:
            case ("^", ("*", *factors), outer) if (exponent := number(outer)) is not None:
                if exponent < 0 and number(factors[0]) is not None:
                    return None
                return mul(*[_raised(factor, exponent) for factor in factors])
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put factors with the same exponent together."""
        match near:
            case ("*", ("^", first, int(exponent)), *rest) if 1 < exponent <= _LARGEST_EXPONENT:
                bases = [
                    factor[1] for factor in rest if type(factor) is tuple and factor[::2] == ("^", exponent)
                ]
                far = ("^", mul(first, *bases), exponent)
                if len(bases) == len(rest) and cls.work(far, {}) == near:
                    yield {"of": far}


def _raised(factor: Tree, exponent: Number) -> Tree:
    if type(factor) is int and type(exponent) is int and 0 < exponent <= _LARGEST_EXPONENT:
        result = factor**exponent
        return int(result)
    return raised(factor, exponent)


class RaiseQuotient(Working):
    """Raise a quotient to a power by raising what is above and what is below.

    (x²/y)³ becomes (x²)³/y³.
    """

    heads = frozenset({"^"})
    law = ("(a/b)**2", "a**2/b**2")
    brief = ("Raise numerator and denominator.",)
    step = (
        "The exponent goes to the numerator and to the denominator: {far} is {near}.",
        "Raise what is above and what is below: {far} is {near}.",
    )
    reason = ("Fractions are multiplied above and below.",)
    sample = ("x**3/y**3", "(x/y)**3")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Raise both."""
        match of:
            case ("^", ("/", above, below), outer) if (
                exponent := number(outer)
            ) is not None and exponent > 0:
                return ("/", _raised(above, exponent), _raised(below, exponent))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put a quotient of two powers with the same exponent together."""
        match near:
            case ("/", ("^", above, int(exponent)), ("^", below, other)) if other == exponent > 0:
                yield {"of": ("^", ("/", above, below), exponent)}


class FlipForNegativeExponent(Working):
    """Turn a quotient with a negative exponent upside down, and drop the minus.

    (x/y)⁻² becomes (y/x)².
    """

    heads = frozenset({"^"})
    law = ("(a/b)**(-3)", "(b/a)**3")
    brief = ("Flip the fraction.",)
    step = (
        "A negative exponent turns the fraction upside down: {far} is {near}.",
        "Take the reciprocal to make the exponent positive: {far} is {near}.",
    )
    reason = ("A power with the opposite exponent is the reciprocal.",)
    sample = ("(y/x)**2", "(x/y)**(-2)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Flip it."""
        match of:
            case ("^", ("/", above, below), outer) if (
                exponent := number(outer)
            ) is not None and exponent < 0:
                return raised(div(below, above), -exponent)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Flip it back."""
        match near:
            case ("^", ("/", above, below), int(exponent)) if exponent > 0 and above != 1:
                yield {"of": ("^", ("/", below, above), -exponent)}


class NegativeExponent(Working):
    """Move a factor with a negative exponent to the other side of the fraction line.

    3x⁻² becomes 3/x².
    """

    heads = frozenset({"^", "*", "/"})
    law = ("b*a**(-n)", "b/a**n")
    brief = ("Make the exponents positive.",)
    step = (
        "A negative exponent means a reciprocal: {far} is {near}.",
        "What has a negative exponent goes to the other side of the fraction line: {near}.",
    )
    reason = (
        "$a^{{-n}}$ times $a^{{n}}$ is $a^{{0}}$, which is one.",
        "Counting exponents down past zero, every step divides by the base once more.",
    )
    sample = ("3/x**2", "3*x**(-2)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Move all that have one."""
        if type(of) is not tuple or of[0] not in cls.heads:
            return None
        over, under = (of[1], of[2]) if of[0] == "/" else (of, 1)
        (front, above), (number_below, below) = exponents(over), exponents(under)
        if min([*above.values(), *below.values()], default=0) >= 0 or not number_below:
            return None
        sides: tuple[dict[Tree, Number], dict[Tree, Number]] = ({}, {})
        for position, bases in enumerate((above, below)):
            for base, exponent in bases.items():
                side = sides[position if exponent > 0 else 1 - position]
                side[base] = side.get(base, 0) + max(exponent, -exponent)
        value = Fraction(front) / number_below
        near = div(_product(abs(value.numerator), sides[0]), _product(value.denominator, sides[1]))
        return near if value > 0 else neg(near)

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Write the power below as a factor."""
        match near:
            case ("/", above, ("^", base, int(exponent))) if exponent > 0 and type(base) is str:
                far = mul(above, ("^", base, -exponent))
                if cls.work(far, {}) == near:
                    yield {"of": far}


class RootAsPower(Working):
    """Write a square root as a power with the exponent one half.

    √x becomes x^(1/2).
    """

    heads = frozenset({"sqrt"})
    law = ("sqrt(a)", "a**(1/2)")
    brief = ("Write the root as a power.",)
    step = ("Write the root as a power: {far} is {near}.", "A square root is the power one half: {near}.")
    reason = ("The power one half, squared, is the power one.",)
    sample = ("x**(1/2)*x**2", "sqrt(x)*x**2")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the exponent, multiplied with that of a power under the root."""
        match of:
            case ("sqrt", ("^", str() as base, int(exponent))):
                return raised(base, whole(Fraction(exponent, 2)))
            case ("sqrt", inside):
                return ("^", inside, ("/", 1, 2))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Write the root."""
        match near:
            case ("^", base, ("/", 1, 2)):
                yield {"of": ("sqrt", base)}


class NumberAsPower(Working):
    """Write a number with a fraction for an exponent as a power, so that the root can be taken.

    27^(2/3) becomes (3³)^(2/3).
    """

    heads = frozenset({"^"})
    law = ("27**a", "(3**3)**a")
    brief = ("Write the base as a power.",)
    step = (
        "The number {number} is {root}, so {far} is {near}.",
        "Write {number} as {root}: {near}.",
    )
    reason = ("The denominator of the exponent says which root is to be taken.",)
    sample = ("(3**3)**(2/3)", "27**(2/3)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Take the root that the denominator of the exponent names."""
        match of:
            case ("^", int(value), outer) if 1 < value <= _LARGEST_NUMBER:
                exponent = number(outer)
                degree = 1 if exponent is None else exponent.denominator
                root = round(value ** (1 / degree))
                if degree > 1 and root**degree == value:
                    return ("^", ("^", root, degree), outer)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Work the inner power out."""
        match near:
            case ("^", ("^", int(root), int(degree)), outer) if root > 0 < degree <= _LARGEST_EXPONENT:
                far = ("^", root**degree, outer)
                if cls.work(far, {}) == near:
                    yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Name the number and what it is a power of."""
        latex = latex or Latex()
        match self.far, self.near:
            case ("^", value, _), ("^", written, _):
                return self.say(detail, latex, number=f"${value}$", root=f"${latex(written)}$")
        return self.say(detail, latex)
