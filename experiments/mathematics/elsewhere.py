"""Problems that are not ours, rebuilt from what others say of theirs. Nothing is taken from their files.

Equations follow `algebra__linear_1d` of mathematics_dataset (Saxton et al., 2019). Integrals that have a rule
of their own in `sympy.integrals.manualintegrate` are of the kinds that its test-suite goes through. Textbook
forms follow Lample and Charton (2020): their backward way draws a function and asks for its derivative's
antiderivative, and their integration by parts asks for products of powers with a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, product
from random import Random

from rpsdg.math_domains.grading import Kind, Problem
from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.streams import stream
from rpsdg.math_domains.trees import Tree

__all__ = ["SOURCES", "Posed", "posed_by"]


@dataclass(frozen=True)
class Posed:
    """A problem as a model is asked it, and what its answer is graded by."""

    asked: str
    problem: Problem


def _linear_1d() -> Iterator[Posed]:
    """Yield equations whose like terms are scattered over both sides: `5 = -3r - 4r + 19 + 7`."""
    rng = stream("linear-1d")
    while True:
        name, root = rng.choice("abcnrtuvwxyz"), rng.randint(-12, 12)
        slope = rng.choice([number for number in range(-12, 13) if number])
        moved, offset = rng.choice((0, 0, *range(-9, 10))), rng.randint(-30, 30)
        left = _scattered(rng, slope + moved, offset, name)
        right = _scattered(rng, moved, slope * root + offset, name)
        if not any(name in term for term in left + right):
            continue  # what was drawn came to nothing
        sides = [" + ".join(left) or "0", " + ".join(right) or "0"]
        rng.shuffle(sides)
        question = read("Eq({}, {})".format(*(side.replace("+ -", "- ") for side in sides)))
        yield Posed(Latex()(question), Problem(Kind.SOLUTIONS, ("=", name, root), name, question=question))


def _scattered(rng: Random, slope: int, offset: int, name: str) -> list[str]:
    """Return the terms of a linear expression, each coefficient as a sum of up to two, in any order."""
    terms = [
        f"{part}*{name}" if abs(part) != 1 else f"{name}" if part == 1 else f"-{name}"
        for part in _split(rng, slope)
    ]
    terms += map(str, _split(rng, offset))
    rng.shuffle(terms)
    return terms


def _split(rng: Random, total: int) -> list[int]:
    part = rng.choice((0, 0, rng.randint(-9, 9)))
    return [number for number in (part, total - part) if number]


_RULES = (
    "x", "x**{n}", "{k}*x**{n}", "1/x", "{k}/x", "1/x**2", "exp(x)", "{k}*exp(x)", "exp({k}*x)", "sin(x)",
    "cos(x)", "{k}*cos(x)", "sin({k}*x)", "cos({k}*x)", "sec(x)**2", "csc(x)**2", "1/(x**2 + 1)",
    "{k}/(x**2 + 1)",
    "x + {k}", "x**2 + {k}*x", "exp(x) + sin(x)", "x**{n} + {k}/x", "{k}*x - sin(x)", "x*exp(x**2)",
    "x*cos(x**2)", "x*sin(x**2)", "{k}*x*exp(x**2)", "x**2*exp(x**3)", "({k}*x + 1)**{n}", "(x + {k})**{n}",
    "1/(x + {k})", "1/({k}*x + 1)", "cos(x)*sin(x)**{n}", "exp(x)*sin(exp(x))", "log(x)/x", "1/(x*log(x))",
)  # fmt: skip
"""The kinds of integrands that have a rule of their own: powers, exponentials, trigonometric ones, sums, and
substitutions that can be seen."""


def _rules() -> Iterator[Posed]:
    """Yield an integral for every rule, with several numbers where it has any."""
    for n, k in product((2, 3, 4, 5), (2, 3, 4, 5, 7)):
        for form in _RULES:
            yield _integral(form.format(n=n, k=k))


_BACKWARD = (
    "{k}*x*cos(x**2 + {n})", "{k}*exp(x)*(exp(x) + {n})**2", "cos(x)*exp(sin(x))", "-sin(x)*exp(cos(x))",
    "2*x*exp(x**2 + {n})", "3*x**2*cos(x**3 + {k})", "{k}*cos({k}*x + {n})", "exp(x)*cos(exp(x) + {n})",
    "2*x/(x**2 + {k})", "{n}*x**2 + {k}*exp(x)", "cos(x) - {k}*sin(x)", "cos(log(x))/x",
    "exp(x)/(exp(x) + {k})",
)  # fmt: skip
_BY_PARTS = (
    "x*exp(x)", "x*sin(x)", "x*cos(x)", "{k}*x*exp(x)", "(x + {k})*sin(x)", "x**2*exp(x)", "x*log(x)",
    "x**{n}*log(x)", "log(x)", "x**2*cos(x)",
)  # fmt: skip


def _textbook() -> Iterator[Posed]:
    """Yield derivatives of functions that one would draw, and products that ask for parts."""
    for n, k in product((1, 2, 3, 5), (2, 3, 4, 6, 7)):
        for form in (*_BACKWARD, *_BY_PARTS):
            yield _integral(form.format(n=n, k=k))


def _integral(integrand: str) -> Posed:
    question: Tree = read(f"Integral({integrand}, x)")
    problem = Problem(Kind.ANTIDERIVATIVE, integrand=read(integrand), question=question, narrower=True)
    return Posed(Latex()(question), problem)


_MAKERS: dict[str, Callable[[], Iterator[Posed]]] = {
    "mathematics_dataset": _linear_1d,
    "SymPy's rules": _rules,
    "Lample and Charton": _textbook,
}
SOURCES = frozenset(_MAKERS)
"""Where problems come from that are not ours."""


def posed_by(source: str, wanted: int) -> list[Posed]:
    """Return problems of a source, so many at most, all different."""
    found: dict[str, Posed] = {}
    for one in islice(_MAKERS[source](), 20 * wanted):
        found.setdefault(one.asked, one)
        if len(found) == wanted:
            break
    return list(found.values())
