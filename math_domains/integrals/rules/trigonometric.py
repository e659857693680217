"""Powers and products of sines, cosines and tangents, written so that they can be integrated."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.integrals.rules.fractions import linear, scaled
from rpsdg.math_domains.rewriting import Identity, Values, Working
from rpsdg.math_domains.terms import Number, quotient, split, term, whole
from rpsdg.math_domains.trees import Tree, mul, names, neg, power

__all__ = [
    "CosineTimesCosine",
    "EvenPowerBySquares",
    "HalfDoubleAngle",
    "PowerReduction",
    "ReduceTangentPower",
    "SineTimesCosine",
    "SineTimesSine",
    "SplitOffFactor",
    "SquaredDoubleAngle",
    "TangentIntegral",
    "TangentPowerTimesSquaredSecant",
    "TangentSquared",
]

_OTHER = {"sin": "cos", "cos": "sin"}


def _factors(tree: Tree) -> tuple[Tree, ...]:
    return tree[1:] if type(tree) is tuple and tree[0] == "*" else (tree,)


class SplitOffFactor(Working):
    """Split one factor off an odd power of the sine or the cosine."""

    heads = frozenset({"^"})
    law = ("sin(a)**5", "sin(a)**4*sin(a)")
    brief = ("Split one factor off the odd power.",)
    step = (
        "The exponent is odd, so split one factor off: {far} is {near}.",
        "Split one factor off, which will be the inner derivative: {far} is {near}.",
    )
    reason = ("What is left is an even power, a power of the square.",)
    sample = ("sin(x)**4*sin(x)", "sin(x)**5")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Lower the exponent by one."""
        match of:
            case ("^", (("sin" | "cos"), _) as wave, int(n)) if n > 2 and n % 2:
                return ("*", power(wave, n - 1), wave)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply the factor to its power."""
        match near:
            case ("*", ("^", wave, int(n)), other) if wave == other:
                of = ("^", wave, n + 1)
                if cls.work(of, {}) == near:
                    yield {"of": of}


class EvenPowerBySquares(Working):
    """Write an even power of the sine by the cosine, or the other way round."""

    heads = frozenset({"^"})
    law = ("sin(a)**4", "(1 - cos(a)**2)**2")
    brief = ("Use the Pythagorean identity.",)
    step = (
        "By the Pythagorean identity, {far} is {near}.",
        "Write {far} by the other function: {near}.",
    )
    reason = ("$\\sin^{{2}} + \\cos^{{2}} = 1$ for every angle.",)
    sample = ("(1 - cos(x)**2)**2*sin(x)", "sin(x)**4*sin(x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Put one less the other square for the square."""
        match of:
            case ("^", (("sin" | "cos") as f, angle), int(n)) if 0 < n < 9 and n % 2 == 0:
                return power(("+", 1, neg(("^", (_OTHER[f], angle), 2))), n // 2)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise one less a square, or a power of that."""
        base, n = (near[1], near[2]) if type(near) is tuple and near[0] == "^" else (near, 1)
        match base:
            case ("+", 1, ("neg", ("^", (("sin" | "cos") as f, angle), 2))) if type(n) is int:
                of = ("^", (_OTHER[f], angle), 2 * n)
                if cls.work(of, {}) == near:
                    yield {"of": of}


class PowerReduction(Working):
    """Reduce an even power of the sine or the cosine: by the cosine of twice the angle."""

    heads = frozenset({"^"})
    law = ("sin(a)**4", "(1 - cos(2*a))**2/4")
    brief = ("Reduce the power.",)
    step = (
        "Reduce the power by the double angle: {far} is {near}.",
        "Twice the angle lowers the exponent: {far} is {near}.",
    )
    reason = (
        "From $\\cos 2a = 1 - 2\\sin^{{2}} a = 2\\cos^{{2}} a - 1$ follow both squares.",
        "$\\sin^{{2}} a = \\frac{{1 - \\cos 2a}}{{2}}$ and $\\cos^{{2}} a = \\frac{{1 + \\cos 2a}}{{2}}$.",
    )
    sample = ("(1 - cos(2*x))/2", "sin(x)**2")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the square of either by the double angle; of a higher power, the power of that."""
        match of:
            case ("^", (("sin" | "cos") as f, angle), int(n)) if 0 < n < 9 and n % 2 == 0:
                value, body = split(angle)
                wave: Tree = ("cos", term(2 * value, body))
                return ("/", power(("+", 1, wave if f == "cos" else neg(wave)), n // 2), 2 ** (n // 2))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise half of one plus or minus a cosine."""
        match near:
            case ("/", ("+", 1, wave), 2):
                sign, cosine = split(wave)
                match cosine:
                    case ("cos", ("*", int(k), body)) if k % 2 == 0:
                        of = ("^", ("cos" if sign > 0 else "sin", term(k // 2, body)), 2)
                        if cls.work(of, {}) == near:
                            yield {"of": of}


class HalfDoubleAngle(Identity):
    """Sine times cosine of the same angle is half the sine of twice the angle."""

    left = "sin(a)*cos(a)"
    right = "sin(2*a)/2"
    brief = ("Use the double angle.",)
    step = ("Sine times cosine is half the sine of twice the angle: {far} is {near}.",)
    reason = ("$\\sin 2a = 2\\sin a\\cos a$.",)
    sample = ("sin(6*x)/2", "sin(3*x)*cos(3*x)")

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Halve the angle."""
        match near:
            case ("/", ("sin", ("*", int(k), body)), 2) if k % 2 == 0 and k > 0:
                yield {"a": term(k // 2, body)}


class SquaredDoubleAngle(Identity):
    """The squares of sine and cosine multiplied are a quarter of the squared sine of twice the angle."""

    left = "sin(a)**2*cos(a)**2"
    right = "sin(2*a)**2/4"
    brief = ("Use the double angle.",)
    step = (
        "The product is half the sine of twice the angle, squared: {far} is {near}.",
        "As $\\sin a \\cos a = \\frac{{\\sin 2a}}{{2}}$, {far} is {near}.",
    )
    reason = ("It is $\\sin 2a = 2\\sin a\\cos a$, halved and squared.",)
    sample = ("sin(6*x)**2/4", "sin(3*x)**2*cos(3*x)**2")

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Halve the angle."""
        match near:
            case ("/", ("^", ("sin", ("*", int(k), body)), 2), 4) if k % 2 == 0 and k > 0:
                yield {"a": term(k // 2, body)}


class _ProductToSum(Working):
    """What the three products have in common: two angles, of which sum and difference are taken."""

    heads = frozenset({"*"})
    brief = ("Write the product as a sum.",)
    step = (
        "Write the product as a sum: {far} is {near}.",
        "By the product-to-sum formula, {far} is {near}.",
    )
    kinds: tuple[str, str]

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Take the formula for the two multiples of the same variable."""
        match of:
            case ("*", (str(f), left), (str(g), right)) if (f, g) == cls.kinds:
                (m, x), (n, y) = split(left), split(right)
                if x == y != 1 and m != n and m > 0 and n > 0:
                    return ("/", cls.total(m, n, x), 2)
        return None

    @classmethod
    def total(cls, m: Number, n: Number, x: Tree) -> Tree:
        """Return twice the product as a sum."""
        raise NotImplementedError

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take half the sum and half the difference of the two angles."""
        match near:
            case ("/", ("+", (_, first), second), 2):
                (m, x), (n, y) = split(first), split(split(second)[1][1])  # type: ignore[index]
                for a, b in (((m + n) / 2, (m - n) / 2), ((m + n) / 2, (n - m) / 2)):
                    if x == y and min(a, b) > 0 and a == int(a) and b == int(b):
                        of = ("*", (cls.kinds[0], term(int(a), x)), (cls.kinds[1], term(int(b), x)))
                        if cls.work(of, {}) == near:
                            yield {"of": of}


def _wave(function: str, value: Number, x: Tree) -> Tree:
    """Return sine or cosine of a multiple, a minus taken out of it."""
    shown = (function, term(max(value, -value), x))
    return neg(shown) if value < 0 and function == "sin" else shown


class SineTimesCosine(_ProductToSum):
    """Sine times cosine is half the sine of the sum plus half the sine of the difference."""

    law = ("sin(a)*cos(b)", "(sin(a + b) + sin(a - b))/2")
    reason = ("$\\sin a\\cos b = \\frac{{\\sin(a + b) + \\sin(a - b)}}{{2}}$, by the addition formulas.",)
    sample = ("(sin(5*x) + sin(x))/2", "sin(3*x)*cos(2*x)")
    kinds = ("sin", "cos")

    @classmethod
    def total(cls, m: Number, n: Number, x: Tree) -> Tree:
        """Add the sines of the sum and of the difference."""
        return ("+", _wave("sin", m + n, x), _wave("sin", m - n, x))


class SineTimesSine(_ProductToSum):
    """Sine times sine is half the cosine of the difference less half the cosine of the sum."""

    law = ("sin(a)*sin(b)", "(cos(a - b) - cos(a + b))/2")
    reason = ("$\\sin a\\sin b = \\frac{{\\cos(a - b) - \\cos(a + b)}}{{2}}$, by the addition formulas.",)
    sample = ("(cos(x) - cos(5*x))/2", "sin(3*x)*sin(2*x)")
    kinds = ("sin", "sin")

    @classmethod
    def total(cls, m: Number, n: Number, x: Tree) -> Tree:
        """Take the cosine of the sum from that of the difference."""
        return ("+", _wave("cos", m - n, x), neg(_wave("cos", m + n, x)))


class CosineTimesCosine(_ProductToSum):
    """Cosine times cosine is half the cosine of the difference plus half the cosine of the sum."""

    law = ("cos(a)*cos(b)", "(cos(a - b) + cos(a + b))/2")
    reason = ("$\\cos a\\cos b = \\frac{{\\cos(a - b) + \\cos(a + b)}}{{2}}$, by the addition formulas.",)
    sample = ("(cos(x) + cos(5*x))/2", "cos(3*x)*cos(2*x)")
    kinds = ("cos", "cos")

    @classmethod
    def total(cls, m: Number, n: Number, x: Tree) -> Tree:
        """Add the cosines of the difference and of the sum."""
        return ("+", _wave("cos", m - n, x), _wave("cos", m + n, x))


class TangentSquared(Identity):
    """The square of the tangent is the square of the secant less one."""

    left = "tan(a)**2"
    right = "sec(a)**2 - 1"
    brief = ("Write the squared tangent by the secant.",)
    step = ("Use that {far} is {near}.", "Write the square of the tangent by the secant: {near}.")
    reason = ("Divide $\\sin^{{2}} + \\cos^{{2}} = 1$ by $\\cos^{{2}}$; the new square is in the table.",)
    sample = ("sec(x)**2 - 1", "tan(x)**2")


class ReduceTangentPower(Working):
    """Write two factors of a power of the tangent by the secant, which lowers the power by two."""

    heads = frozenset({"^"})
    law = ("tan(a)**5", "tan(a)**3*sec(a)**2 - tan(a)**3")
    brief = ("Lower the power of the tangent.",)
    step = (
        "Put $\\sec^{{2}} - 1$ for two of the factors: {far} is {near}.",
        "Write two of the factors by the secant and multiply out: {near}.",
    )
    reason = ("The squared secant is the derivative of the tangent, and the rest has a lower power.",)
    sample = ("tan(x)*sec(x)**2 - tan(x)", "tan(x)**3")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Lower the exponent by two."""
        match of:
            case ("^", ("tan", angle) as wave, int(n)) if n > 2:
                lower = power(wave, n - 2)
                return ("+", ("*", lower, ("^", ("sec", angle), 2)), neg(lower))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise a power times the squared secant, less that power."""
        match near:
            case ("+", ("*", lower, ("^", ("sec", _), 2)), ("neg", other)) if lower == other:
                wave, n = (lower[1], lower[2]) if type(lower) is tuple and lower[0] == "^" else (lower, 1)
                of = ("^", wave, n + 2)
                if cls.work(of, {}) == near:
                    yield {"of": of}


def _angle(tree: Tree, x: str) -> Number | None:
    """Return the slope of a linear angle; None if it is none."""
    line = linear(tree) if names(tree) == {x} else None
    return line[0] if line is not None and line[0] else None


class TangentIntegral(Working):
    """Integrate the tangent: minus the logarithm of the cosine, divided by the slope inside."""

    heads = frozenset({"int"})
    law = ("Integral(tan(2*x), x)", "-log(cos(2*x)**2)/4")
    brief = ("Integrate the tangent.",)
    step = (
        "The tangent is minus the derivative of the cosine over the cosine, so {far} is {near}.",
        "The integral of the tangent is minus the logarithm of the cosine: {near}.",
    )
    reason = ("It is the substitution of the cosine, with $\\tan = \\frac{{\\sin}}{{\\cos}}$.",)
    sample = ("-log(Abs(cos(x)))", "Integral(tan(x), x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Take the logarithm of the cosine."""
        match of:
            case ("int", inside, str(x)):
                value, body = split(inside)
                match body:
                    case ("tan", angle) if (slope := _angle(angle, x)) is not None:
                        return scaled(quotient(-value, slope), ("log", ("abs", ("cos", angle))))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise the logarithm of a cosine."""
        match split(near)[1]:
            case ("log", ("abs", ("cos", str(x)))):
                of = ("int", term(-split(near)[0], ("tan", x)), x)
                if cls.work(of, {}) == near:
                    yield {"of": of}


class TangentPowerTimesSquaredSecant(Working):
    """Integrate a power of the tangent times the squared secant, which is its derivative."""

    heads = frozenset({"int"})
    law = ("Integral(tan(x)**3*sec(x)**2, x)", "tan(x)**4/4")
    brief = ("The squared secant is the derivative of the tangent.",)
    step = (
        "The squared secant is the derivative of the tangent, so {far} is {near}.",
        "With $u$ for the tangent, whose derivative stands beside it, {far} is {near}.",
    )
    reason = ("It is the power rule for $u = \\tan$, with $du = \\sec^{{2}}$ times the slope of the angle.",)
    sample = ("tan(x)**4/4", "Integral(tan(x)**3*sec(x)**2, x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Raise the exponent and divide, by the slope of the angle, too."""
        match of:
            case ("int", inside, str(x)):
                value, body = split(inside)
                parts = _factors(body)
                match parts[-1]:
                    case ("^", ("sec", angle), 2) if (slope := _angle(angle, x)) is not None:
                        wave: Tree = ("tan", angle)
                        lower = mul(*parts[:-1])
                        n = 0 if lower == 1 else 1
                        if type(lower) is tuple and lower[0] == "^" and type(lower[2]) is int:
                            lower, n = lower[1], lower[2]
                        if lower in {1, wave} and n >= 0:
                            return scaled(quotient(value, (n + 1) * slope), power(wave, n + 1))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Differentiate a power of the tangent."""
        value, body = split(near)
        match body:
            case ("^", ("tan", str(x)) as wave, int(n)) if n > 1:
                inside = mul(power(wave, n - 1), ("^", ("sec", x), 2))
                of = ("int", term(whole(value * n), inside), x)
                if cls.work(of, {}) == near:
                    yield {"of": of}
