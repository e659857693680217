"""Limits that one knows by heart, and writing others so that these appear."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import Number, number_tree, quotient, split, term
from rpsdg.math_domains.trees import Tree, names

__all__ = [
    "CosineLimit",
    "EulerLimit",
    "ExponentialLimit",
    "ExtendByVariable",
    "LogarithmLimit",
    "SineLimit",
    "SplitIntoStandardLimits",
    "TangentLimit",
]


class _Standard(Working):
    """What these limits share: a function that goes to zero, over a multiple of a power of the variable."""

    heads = frozenset({"lim"})
    degree = 1
    """The power of the variable below the line."""

    @classmethod
    def function(cls, inner: Tree) -> Tree:
        """Return the function of a multiple of the variable."""
        raise NotImplementedError

    @classmethod
    def inner(cls, above: Tree) -> Tree | None:
        """Return what the function is taken of; None if it is another function."""
        raise NotImplementedError

    @classmethod
    def value(cls, k: Number) -> Number:
        """Return the limit of the function of k times the variable, over the power of the variable."""
        return k

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Compare the multiples above and below."""
        match of:
            case ("lim", ("/", above, below), str(x), 0, *_):
                front, body = split(above)
                inside = cls.inner(body)
                under, power = split(below)
                wanted: Tree = x if cls.degree == 1 else ("^", x, cls.degree)
                if inside is None or power != wanted:
                    return None
                k, name = split(inside)
                if name == x and values.get("angle", inside) == inside and under:
                    return number_tree(quotient(front * cls.value(k), under))
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name what the function is taken of."""
        if cls.work(far, {}) is not None:
            inside = cls.inner(split(far[1][1])[1])  # type: ignore[index]
            assert inside is not None
            yield {"of": far, "angle": inside}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take the function of a multiple that leads to a number."""
        if type(near) is int and near > 0:
            for k in range(1, near + 1):
                angle = term(k, "x")
                below: Tree = "x" if cls.degree == 1 else ("^", "x", cls.degree)
                of = ("lim", ("/", cls.function(angle), below), "x", 0)
                if cls.work(of, {}) == near:
                    yield {"of": of, "angle": angle}


class SineLimit(_Standard):
    """The sine of a small angle is about the angle: the quotient goes to one."""

    law = ("Limit(sin(3*x)/(2*x), x, 0)", "3/2")
    brief = ("Use the standard limit of the sine.",)
    step = (
        "The sine of {angle} is to {angle} as one to one in the limit, so {far} is {near}.",
        "By the standard limit of the sine, {far} is {near}.",
    )
    reason = ("$\\lim_{{t \\to 0}} \\frac{{\\sin t}}{{t}} = 1$, here with $t = {_angle}$.",)
    sample = ("3", "Limit(sin(3*x)/x, x, 0, '+-')")

    @classmethod
    def function(cls, inner: Tree) -> Tree:
        """The sine."""
        return ("sin", inner)

    @classmethod
    def inner(cls, above: Tree) -> Tree | None:
        """Read the angle."""
        match above:
            case ("sin", angle):
                found: Tree = angle
                return found
        return None


class TangentLimit(_Standard):
    """The tangent of a small angle is about the angle: the quotient goes to one."""

    law = ("Limit(tan(3*x)/(2*x), x, 0)", "3/2")
    brief = ("Use the standard limit of the tangent.",)
    step = ("By the standard limit of the tangent, {far} is {near}.",)
    reason = (
        "$\\lim_{{t \\to 0}} \\frac{{\\tan t}}{{t}} = 1$, as for the sine, since the cosine goes to one.",
    )
    sample = ("3", "Limit(tan(3*x)/x, x, 0, '+-')")

    @classmethod
    def function(cls, inner: Tree) -> Tree:
        """The tangent."""
        return ("tan", inner)

    @classmethod
    def inner(cls, above: Tree) -> Tree | None:
        """Read the angle."""
        match above:
            case ("tan", angle):
                found: Tree = angle
                return found
        return None


class CosineLimit(_Standard):
    """One less the cosine of a small angle is about half the square of the angle."""

    law = ("Limit((1 - cos(3*x))/x**2, x, 0)", "9/2")
    brief = ("Use the standard limit of the cosine.",)
    step = (
        "One less the cosine of {angle} is about half the square of {angle}, so {far} is {near}.",
        "By the standard limit of the cosine, {far} is {near}.",
    )
    reason = ("With $t = {_angle}$, $\\frac{{1 - \\cos t}}{{t^{{2}}}}$ goes to $\\frac{{1}}{{2}}$.",)
    sample = ("2", "Limit((1 - cos(2*x))/x**2, x, 0, '+-')")
    degree = 2

    @classmethod
    def function(cls, inner: Tree) -> Tree:
        """One less the cosine."""
        return ("+", 1, ("neg", ("cos", inner)))

    @classmethod
    def inner(cls, above: Tree) -> Tree | None:
        """Read the angle."""
        match above:
            case ("+", 1, ("neg", ("cos", angle))):
                found: Tree = angle
                return found
        return None

    @classmethod
    def value(cls, k: Number) -> Number:
        """Half the square."""
        return quotient(k * k, 2)


class ExponentialLimit(_Standard):
    """The exponential of a small number, less one, is about the number."""

    law = ("Limit((exp(3*x) - 1)/(2*x), x, 0)", "3/2")
    brief = ("Use the standard limit of the exponential.",)
    step = (
        "Near zero $e^{{{_angle}}} - 1$ is about {angle}, so {far} is {near}.",
        "By the standard limit of the exponential, {far} is {near}.",
    )
    reason = ("$\\lim_{{t \\to 0}} \\frac{{e^{{t}} - 1}}{{t}} = 1$ is the slope of the exponential at zero.",)
    sample = ("3", "Limit((exp(3*x) - 1)/x, x, 0, '+-')")

    @classmethod
    def function(cls, inner: Tree) -> Tree:
        """The exponential, less one."""
        return ("+", ("exp", inner), -1)

    @classmethod
    def inner(cls, above: Tree) -> Tree | None:
        """Read the exponent."""
        match above:
            case ("+", ("exp", exponent), -1):
                found: Tree = exponent
                return found
        return None


class LogarithmLimit(_Standard):
    """The logarithm of one plus a small number is about the number."""

    law = ("Limit(log(1 + 3*x)/(2*x), x, 0)", "3/2")
    brief = ("Use the standard limit of the logarithm.",)
    step = (
        "Near zero $\\ln(1 + {_angle})$ is about {angle}, so {far} is {near}.",
        "By the standard limit of the logarithm, {far} is {near}.",
    )
    reason = ("$\\lim_{{t \\to 0}} \\frac{{\\ln(1 + t)}}{{t}} = 1$ is the slope of the logarithm at one.",)
    sample = ("3", "Limit(log(1 + 3*x)/x, x, 0, '+-')")

    @classmethod
    def function(cls, inner: Tree) -> Tree:
        """The logarithm of one plus something."""
        return ("log", ("+", 1, inner))

    @classmethod
    def inner(cls, above: Tree) -> Tree | None:
        """Read what is added to one."""
        match above:
            case ("log", ("+", 1, small)):
                found: Tree = small
                return found
        return None


class EulerLimit(Working):
    """One plus a small number, to the power of its reciprocal, goes to Euler's number."""

    heads = frozenset({"lim"})
    law = ("Limit((1 + 3/x)**(2*x), x, oo)", "exp(6)")
    brief = ("Use the limit that defines $e$.",)
    step = (
        "By the limit that defines $e$, {far} is {near}.",
        "This has the form $\\left(1 + \\frac{{k}}{{x}}\\right)^{{mx}}$, which goes to $e^{{km}}$: {near}.",
    )
    reason = ("$\\lim_{{n \\to \\infty}} \\left(1 + \\frac{{k}}{{n}}\\right)^{{n}} = e^{{k}}$.",)
    sample = ("exp(6)", "Limit((1 + 6/x)**x, x, oo)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Multiply the number over the variable by that of the exponent."""
        match of:
            case ("lim", ("^", ("+", 1, small), exponent), str(x), "oo"):
                value, body = split(small)
                m, name = split(exponent)
                match body:
                    case ("/", int(above), below) if below == x == name:
                        return ("exp", number_tree(value * above * m))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take the exponent as the number over the variable."""
        match near:
            case ("exp", int(k)) if k > 0:
                yield {"of": ("lim", ("^", ("+", 1, ("/", k, "x")), "x"), "x", "oo")}


class SplitIntoStandardLimits(Working):
    """Split a product over a square into two fractions, each with one variable below."""

    heads = frozenset({"/"})
    law = ("a*b/(k*c**2)", "a/c*(b/(k*c))")
    brief = ("Split into two fractions.",)
    step = (
        "Give each factor its own variable below: {far} is {near}.",
        "Split the fraction, so that each factor has a standard limit: {near}.",
    )
    reason = ("Fractions are multiplied by multiplying numerators and denominators.",)
    sample = (
        "Limit(sin(x)/x*(tan(2*x)/x), x, 0, '+-')",
        "Limit(sin(x)*tan(2*x)/x**2, x, 0, '+-')",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write one fraction for each factor; the number below goes under the second one."""
        match of:
            case ("/", ("*", first, second), below):
                k, body = split(below)
                match body:
                    case ("^", str(x), 2) if x in names(first) and x in names(second):
                        return ("*", ("/", first, x), ("/", second, term(k, x)))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply two fractions with the variable below."""
        match near:
            case ("*", ("/", first, str(x)), ("/", second, other)) if x == other:
                of = ("/", ("*", first, second), ("^", x, 2))
                if cls.work(of, {}) == near:
                    yield {"of": of}


class ExtendByVariable(Working):
    """Divide numerator and denominator by the variable, so that standard limits appear above and below."""

    heads = frozenset({"/"})
    law = ("a/b", "(a/c)/(b/c)")
    brief = ("Divide above and below by ${_x}$.",)
    step = (
        "Divide numerator and denominator by ${_x}$: {near}.",
        "Reduce by ${_x}$, so that there is a standard limit above and below: {near}.",
    )
    reason = ("A fraction keeps its value when both are divided by the same, which is not zero here.",)
    sample = (
        "Limit((sin(3*x)/x)/(tan(2*x)/x), x, 0, '+-')",
        "Limit(sin(3*x)/tan(2*x), x, 0, '+-')",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Divide both, if neither is a fraction or a polynomial."""
        match of:
            case ("/", above, below) if len(names(of)) == 1:
                (x,) = names(of)
                if values.get("x", x) == x and _small(above) and _small(below):
                    return ("/", ("/", above, x), ("/", below, x))
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name the variable."""
        if cls.work(far, {}) is not None:
            yield {"of": far, "x": min(names(far))}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply both by the variable."""
        match near:
            case ("/", ("/", above, str(x)), ("/", below, other)) if x == other:
                of = ("/", above, below)
                if cls.work(of, {}) == near:
                    yield {"of": of, "x": x}


def _small(tree: Tree) -> bool:
    """Whether something is a multiple of a function that has a standard limit over the variable."""
    known = (SineLimit, TangentLimit, ExponentialLimit, LogarithmLimit)
    return any(rule.inner(split(tree)[1]) is not None for rule in known)
