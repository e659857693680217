"""Separable equations: each variable on its own side, both sides integrated, and solved for y."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import opposite, split, term, terms
from rpsdg.math_domains.trees import Tree, add, div, first_place, instead, mul, names, neg, places, power

__all__ = [
    "SLOPE",
    "ExponentiateForY",
    "IntegrateSeparated",
    "LogarithmForY",
    "ReciprocalForY",
    "SeparateVariables",
    "SquareForY",
    "TangentForY",
    "Y",
]

Y: Tree = ("fn", "y", "x")
SLOPE: Tree = ("diff", Y, "x")


def has_y(tree: Tree) -> bool:
    """Whether the unknown function occurs in a tree."""
    return any(part == Y for _, part in places(tree))


def _factors(tree: Tree) -> tuple[Tree, ...]:
    return tree[1:] if type(tree) is tuple and tree[0] == "*" else (tree,)


class SeparateVariables(Working):
    """Bring all that has y in it to the side of the derivative, and leave all that has x on the other."""

    heads = frozenset({"="})
    law = ("k*b/b", "k")
    brief = ("Separate the variables.",)
    step = (
        "Separate the variables, $y$ to the left and $x$ to the right: {near}.",
        "Bring everything with $y$ to the side of $y'$: {near}.",
    )
    reason = (
        "Both sides are divided by the same, which is not zero on the solutions that are looked for.",
        "Then each side depends on one variable alone and can be integrated by it.",
    )
    sample = ("Eq(Derivative(y(x), x)/y(x), 2*x)", "Eq(Derivative(y(x), x), 2*x*y(x))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Sort the factors of the right side."""
        match of:
            case ("=", slope, right) if slope == SLOPE and has_y(right):
                sign = 1
                match right:
                    case ("neg", inner):
                        sign, right = -1, inner
                above, below = right, 1
                match right:
                    case ("/", over, under):
                        above, below = over, under
                rising: list[Tree] = [factor for factor in _factors(below) if has_y(factor)]
                falling: list[Tree] = []
                for factor in _factors(above):
                    match factor:
                        case ("exp", ("neg", inner)) if inner == Y:
                            rising.append(("exp", Y))
                        case _ if has_y(factor):
                            falling.append(factor)
                kept = mul(*[factor for factor in _factors(above) if not has_y(factor)])
                free = mul(*[factor for factor in _factors(below) if not has_y(factor)])
                if any(has_y(factor) and type(factor) is tuple and factor[0] == "*" for factor in falling):
                    return None
                left: Tree = mul(*rising, SLOPE)
                shown = div(kept, free)
                if falling:
                    left = ("/", left, mul(*falling))
                return ("=", left, shown if sign > 0 else neg(shown))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply by what stands below the derivative."""
        match near:
            case ("=", ("/", slope, below), right) if slope == SLOPE and has_y(below):
                of = ("=", SLOPE, mul(right, below))
                if cls.work(of, {}) == near:
                    yield {"of": of}


class IntegrateSeparated(Working):
    """Integrate both sides of a separated equation, the left one by y and the right one by x."""

    heads = frozenset({"="})
    law = ("Derivative(Integral(sin(x), x) + C, x)", "sin(x)")
    brief = ("Integrate both sides.",)
    step = (
        "Integrate the left side by $y$ and the right side by $x$, with one constant for both: {near}.",
        "Both sides are integrated, and their antiderivatives differ by a constant: {near}.",
    )
    reason = ("By substitution, the integral of $f(y)\\,y'$ by $x$ is that of $f(y)$ by $y$.",)
    sample = ("Eq(Integral(1/y, y), Integral(2*x, x) + C)", "Eq(Derivative(y(x), x)/y(x), 2*x)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the integrals."""
        match of:
            case ("=", left, right) if not has_y(right) and "C" not in names(of):
                match left:
                    case ("/", slope, below) if slope == SLOPE:
                        inside: Tree = ("/", 1, below)
                    case ("*", *front, slope) if slope == SLOPE:
                        inside = mul(*front)
                    case _:
                        return None
                if first_place(inside, "diff") is not None:
                    return None
                return ("=", ("int", _by_variable(inside), "y"), ("+", ("int", right, "x"), "C"))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Differentiate both sides."""
        match near:
            case ("=", ("int", ("/", 1, below), "y"), ("+", ("int", right, "x"), "C")):
                of = ("=", ("/", SLOPE, instead(below, {"y": Y})), right)
                if cls.work(of, {}) == near:
                    yield {"of": of}


def _by_variable(tree: Tree) -> Tree:
    """Return the tree with the variable y for the function."""
    if tree == Y:
        return "y"
    return (tree[0], *map(_by_variable, tree[1:])) if type(tree) is tuple else tree


def _unfinished(tree: Tree) -> bool:
    return any(first_place(tree, head) is not None for head in ("int", "subs"))


class _ForY(Working):
    """What the rules that solve for y share: a function of y is a function of x plus a constant."""

    heads = frozenset({"="})

    @classmethod
    def solved(cls, left: Tree, right: Tree) -> Tree | None:
        """Return the equation solved for y, `right` being without the constant; None if it cannot be."""
        raise NotImplementedError

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Take the constant off the right side, and undo the function on the left one."""
        match of:
            case ("=", left, ("+", *parts, "C")) if not _unfinished(of):
                return cls.solved(left, add(*parts))
        return None


class ExponentiateForY(_ForY):
    """Take the exponential of both sides; the sign and the power of e become one new constant."""

    law = ("exp(a + b)", "exp(b)*exp(a)")
    brief = ("Exponentiate, and name the constant factor $C$.",)
    step = (
        "Exponentiate both sides; $\\pm e^{{C}}$ is again any constant and is called $C$: {near}.",
        "Take the exponential, where the constant becomes a factor of either sign, again called $C$: {near}.",
    )
    reason = ("With $C = 0$ it also holds the solution that was lost on dividing.",)
    sample = ("Eq(y(x), C*exp(x**2))", "Eq(log(Abs(y)), x**2 + C)")

    @classmethod
    def solved(cls, left: Tree, right: Tree) -> Tree | None:
        """Write the constant times the exponential; logarithms in the exponent become powers."""
        match left:
            case ("log", ("abs", inside)):
                shift = _shift_of(inside)
                if shift is None:
                    return None
                factors: list[Tree] = []
                rest: list[Tree] = []
                for part in terms(right):
                    value, body = split(part)
                    match body:
                        case ("log", ("abs", base)) if type(value) is int:
                            factors.append(power(base, value) if value > 0 else ("/", 1, power(base, -value)))
                        case _:
                            rest.append(part)
                grown: list[Tree] = [("exp", add(*rest))] if rest else []
                match factors:
                    case [("/", 1, below)]:
                        curve: Tree = ("/", mul("C", *grown), below)
                    case _:
                        curve = mul("C", *factors, *grown)
                return ("=", Y, add(curve, -shift))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take the logarithm of both sides."""
        match near:
            case ("=", y, ("*", "C", ("exp", exponent))) if y == Y:
                yield {"of": ("=", ("log", ("abs", "y")), add(*terms(exponent), "C"))}


def _shift_of(inside: Tree) -> int | None:
    """Return the number that is added to y; None if it is something else."""
    match inside:
        case "y":
            return 0
        case ("+", "y", int(k)):
            return k
    return None


class ReciprocalForY(_ForY):
    """Take the reciprocal of both sides."""

    law = ("-1/(-1/a)", "a")
    brief = ("Take reciprocals.",)
    step = (
        "Take the reciprocal of both sides, with the other sign: {near}.",
        "Solve for $y$ by taking reciprocals: {near}.",
    )
    reason = (
        "What is equal and not zero has equal reciprocals, and less any constant is again any constant.",
    )
    sample = ("Eq(y(x), -(1/(x**2 + C)))", "Eq(-(1/y), x**2 + C)")

    @classmethod
    def solved(cls, left: Tree, right: Tree) -> Tree | None:
        """Put the right side below."""
        if left != ("neg", ("/", 1, "y")):
            return None
        if split(terms(right)[0])[0] < 0:
            return ("=", Y, ("/", 1, add(*terms(opposite(right)), "C")))
        return ("=", Y, neg(("/", 1, add(*terms(right), "C"))))

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take reciprocals."""
        match near:
            case ("=", y, ("neg", ("/", 1, ("+", *_, "C") as below))) if y == Y:
                of = ("=", ("neg", ("/", 1, "y")), below)
                if cls.work(of, {}) == near:
                    yield {"of": of}


class TangentForY(_ForY):
    """Take the tangent of both sides, which undoes the arc tangent."""

    law = ("tan(atan(a))", "a")
    brief = ("Take the tangent of both sides.",)
    step = ("Take the tangent of both sides: {near}.", "The tangent undoes the arc tangent: {near}.")
    reason = ("The arc tangent is the inverse of the tangent.",)
    sample = ("Eq(y(x), tan(x**2 + C))", "Eq(atan(y), x**2 + C)")

    @classmethod
    def solved(cls, left: Tree, right: Tree) -> Tree | None:
        """Write the tangent."""
        return ("=", Y, ("tan", add(*terms(right), "C"))) if left == ("atan", "y") else None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take the arc tangent."""
        match near:
            case ("=", y, ("tan", ("+", *_, "C") as inside)) if y == Y:
                yield {"of": ("=", ("atan", "y"), inside)}


class LogarithmForY(_ForY):
    """Take the logarithm of both sides, which undoes the exponential."""

    law = ("log(exp(a))", "a")
    brief = ("Take logarithms.",)
    step = ("Take the logarithm of both sides: {near}.", "The logarithm undoes the exponential: {near}.")
    reason = ("The logarithm is the inverse of the exponential function.",)
    sample = ("Eq(y(x), log(x**2 + C))", "Eq(exp(y), x**2 + C)")

    @classmethod
    def solved(cls, left: Tree, right: Tree) -> Tree | None:
        """Write the logarithm."""
        return ("=", Y, ("log", add(*terms(right), "C"))) if left == ("exp", "y") else None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take the exponential."""
        match near:
            case ("=", y, ("log", ("+", *_, "C") as inside)) if y == Y:
                yield {"of": ("=", ("exp", "y"), inside)}


class SquareForY(_ForY):
    """Multiply by two, which leaves the square of y; twice a constant is a constant."""

    law = ("2*(a/2)", "a")
    brief = ("Multiply by two, and name $2C$ again $C$.",)
    step = (
        "Multiply by two; $2C$ is again any constant and is called $C$: {near}.",
        "Double both sides, with a new constant for the doubled one: {near}.",
    )
    reason = ("As $C$ stands for any number, twice $C$ does so, too.",)
    sample = ("Eq(y(x)**2, 2*x + C)", "Eq(y**2/2, x + C)")

    @classmethod
    def solved(cls, left: Tree, right: Tree) -> Tree | None:
        """Double the right side."""
        if left != ("/", ("^", "y", 2), 2):
            return None
        doubled = [term(2 * split(part)[0], split(part)[1]) for part in terms(right)]
        if any(split(part)[0].denominator != 1 for part in doubled):
            return None
        return ("=", ("^", Y, 2), add(*doubled, "C"))

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Halve both sides."""
        match near:
            case ("=", ("^", y, 2), ("+", ("*", int(k), body), "C")) if y == Y and k % 2 == 0:
                of = ("=", ("/", ("^", "y", 2), 2), add(term(k // 2, body), "C"))
                if cls.work(of, {}) == near:
                    yield {"of": of}
