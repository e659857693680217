"""Derivatives: by table, by the product rule, by the quotient rule, by the chain rule."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from random import Random

from rpsdg.math_domains.differentiation.rules.combining import (
    ChainRule,
    ConstantMultiple,
    DifferentiateTermByTerm,
    ProductRule,
    QuotientRule,
)
from rpsdg.math_domains.differentiation.rules.table import (
    ArctangentDerivative,
    ConstantDerivative,
    CosineDerivative,
    ExponentialDerivative,
    GeneralExponentialDerivative,
    LogarithmDerivative,
    PowerDerivative,
    RootDerivative,
    SineDerivative,
    SlopeOfLine,
    TangentDerivative,
)
from rpsdg.math_domains.differentiation.rules.tidying import SimplifyDerivative
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, first_place, instead, look, mul, neg, power

__all__ = [
    "DerivativeByChainRule",
    "DerivativeByProductRule",
    "DerivativeByQuotientRule",
    "DerivativeByTable",
]

_ORDER: tuple[type[Rewrite], ...] = (
    ConstantDerivative,
    SlopeOfLine,
    PowerDerivative,
    SineDerivative,
    CosineDerivative,
    TangentDerivative,
    ExponentialDerivative,
    GeneralExponentialDerivative,
    LogarithmDerivative,
    RootDerivative,
    ArctangentDerivative,
    DifferentiateTermByTerm,
    ConstantMultiple,
    ProductRule,
    QuotientRule,
    ChainRule,
)
_LONGEST = 14
"""Steps after which a derivative is drudgery."""


class _Derivative(Family):
    """What the families share: a function is drawn, and differentiated as it is taught."""

    topic = "math/derivatives"
    asks = (
        "Find {problem}.",
        "Work out {problem}.",
        "Determine the derivative {problem}.",
    )

    @abstractmethod
    def function(self, rng: Random, level: int) -> Tree:
        """Return what is to be differentiated by x."""

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw a function, and differentiate from the outside in."""
        tape = Tape(("diff", self.function(rng, level), "x"))
        while (path := first_place(tape.answer, "diff")) is not None:
            here = look(tape.answer, path)
            found = ((rule, rule.applies(here)) for rule in _ORDER)
            rule, values = next(((r, v) for r, v in found if v is not None), (None, None))
            if rule is None or len(tape.moves) == _LONGEST:
                raise DrawAgainError
            tape.do(rule, path, values)
        if SimplifyDerivative.work(tape.answer, {}) is not None:
            tape.do(SimplifyDerivative)
        if len(tape.moves) < 2 or tape.answer == 0:
            raise DrawAgainError
        return tape


class DerivativeByTable(_Derivative):
    """Differentiate a sum of functions that one knows by heart.

    Level 1 is a polynomial; then roots, reciprocals, exponentials, logarithms and trigonometric functions
    come in, and there are more terms.
    """

    def function(self, rng: Random, level: int) -> Tree:
        """Draw different functions."""
        if level == 1:
            first, second = sorted(rng.sample(range(1, 8), 2), reverse=True)
            scaled = [term(nonzero(rng, 1, 9), power("x", n)) for n in (first, second)]
            return add(*scaled, nonzero(rng, 1, 9))
        drawn = rng.sample(_KNOWN, min(level, 4))
        parts = [_multiple(nonzero(rng, 1, 9), make(rng)) for make in drawn]
        parts += [nonzero(rng, 1, 9)] if level in {3, 5} else []
        return add(*parts)


_KNOWN: tuple[Callable[[Random], Tree], ...] = (
    lambda rng: power("x", rng.randint(2, 7)),
    lambda rng: ("/", 1, power("x", rng.randint(1, 5))),
    lambda _: ("sqrt", "x"),
    lambda _: ("exp", "x"),
    lambda rng: ("^", rng.randint(2, 9), "x"),
    lambda _: ("log", "x"),
    lambda _: ("sin", "x"),
    lambda _: ("cos", "x"),
    lambda _: ("tan", "x"),
    lambda _: ("atan", "x"),
)


def _multiple(value: int, function: Tree) -> Tree:
    match function:
        case ("/", 1, below):
            return ("/", value, below) if value > 0 else neg(("/", -value, below))
    return term(value, function)


class DerivativeByProductRule(_Derivative):
    """Differentiate a product.

    Level 1 multiplies a power by a function of the table; then the power gets a number or becomes a
    polynomial, and from level 3 on the second factor is composite.
    """

    def function(self, rng: Random, level: int) -> Tree:
        """Draw a polynomial and something else."""
        kind = rng.choice(("sin", "cos", "exp", "log", "tan", "sqrt"))
        exponent = rng.randint(1, 2 + level)
        second: Tree = (kind, "x")
        if level >= 3:
            inner = term(rng.randint(2, 7), "x")
            if level >= 4:
                steep = inner if level == 4 else term(rng.choice((1, 1, 2, 3)), power("x", 2))
                inner = add(steep, nonzero(rng, 1, 9))
            second = (rng.choice(("sin", "cos", "exp")), inner) if kind != "log" else ("log", inner)
            if level == 3 and kind == "log":
                second = ("log", add(inner, nonzero(rng, 1, 9)))
        if level == 1:
            return mul(power("x", exponent), second)
        if level == 2 and rng.random() < 0.5:
            return mul(rng.randint(2, 9), power("x", exponent + 1), second)
        first = add(term(rng.choice((1, *range(1, 6))), power("x", exponent)), nonzero(rng, 1, 9))
        return mul(first, second)


class DerivativeByQuotientRule(_Derivative):
    """Differentiate a quotient.

    Level 1 has linear terms above and below the line; then there are quadratics, functions of the table, and
    composite ones.
    """

    def function(self, rng: Random, level: int) -> Tree:
        """Draw what stands above and below the line."""
        line = add(term(rng.randint(1, 7), "x"), nonzero(rng, 1, 9))
        other = add(term(rng.randint(1, 7), "x"), nonzero(rng, 1, 9))
        square = add(term(rng.randint(1, 4), power("x", 2)), nonzero(rng, 1, 9))
        if level == 1:
            return ("/", line, other)
        if level == 2:
            return (
                "/",
                *rng.choice(((line, square), (square, line), (term(rng.randint(1, 9), "x"), square))),
            )
        if level == 3 and rng.random() < 0.25:
            return ("/", ("log", "x"), power("x", rng.randint(1, 5)))
        inner: Tree = "x" if level == 3 else term(rng.randint(2, 7), "x")
        if level == 5:
            inner = add(inner, nonzero(rng, 1, 9))
        below = rng.choice((power("x", rng.randint(1, 4)), line, square))
        return ("/", (rng.choice(("sin", "cos", "exp")), inner), below)


class DerivativeByChainRule(_Derivative):
    """Differentiate a composite function.

    At level 1 the inner function is linear, then a polynomial, then a function of the table; from level 4 on
    there are three functions inside each other.
    """

    def function(self, rng: Random, level: int) -> Tree:
        """Put functions into each other."""
        inner = _INNER[min(level, 3) - 1](rng)
        if level >= 4:
            middle = rng.choice(_OUTER[:5])(rng)
            inner = instead(middle, {"u": _INNER[level - 4](rng)})
        outer = instead(rng.choice(_OUTER)(rng), {"u": inner})
        heads = (str(outer[0]), str(inner[0]))  # type: ignore[index]
        if heads[0] == heads[1] or heads in _SIMPLER:
            raise DrawAgainError
        scaled = level >= 3 and heads[0] != "/" and rng.random() < 0.5
        return term(rng.randint(2, 9), outer) if scaled else outer


_SIMPLER = frozenset(
    (outer, inner)
    for outer, inners in {
        "log": ("exp", "^", "sqrt", "sin", "cos", "tan"),
        "sqrt": ("^", "exp"),
        "^": ("sqrt", "exp", "/"),
        "/": ("sqrt", "exp", "^", "sin", "cos", "tan"),
        "atan": ("tan",),
    }.items()
    for inner in inners
)
"""Outer functions of inner ones that algebra would write more simply, or whose derivative it would."""


_INNER: tuple[Callable[[Random], Tree], ...] = (
    lambda rng: add(term(rng.randint(2, 9), "x"), nonzero(rng, 0, 9)),
    lambda rng: add(term(rng.choice((1, 1, 2, 3, 4)), power("x", rng.randint(2, 5))), nonzero(rng, 1, 9)),
    lambda rng: rng.choice(
        (
            ("sin", "x"),
            ("cos", "x"),
            ("tan", "x"),
            add(("exp", "x"), nonzero(rng, 1, 9)),
            add(("sin", "x"), rng.randint(2, 9)),
            add(("cos", "x"), rng.randint(2, 9)),
            add(("log", "x"), rng.randint(1, 9)),
        )
    ),
)
_OUTER: tuple[Callable[[Random], Tree], ...] = (
    lambda _: ("sin", "u"),
    lambda _: ("cos", "u"),
    lambda rng: ("^", "u", rng.randint(2, 7)),
    lambda _: ("exp", "u"),
    lambda _: ("sqrt", "u"),
    lambda _: ("log", "u"),
    lambda rng: ("/", rng.randint(1, 5), ("^", "u", rng.randint(2, 4))),
    lambda _: ("atan", "u"),
)
