"""Limits with roots: extending by the conjugate."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import multiplied, split, terms
from rpsdg.math_domains.trees import Tree, add, mul, names, neg

__all__ = ["ExtendByRootConjugate"]


class ExtendByRootConjugate(Working):
    """Extend a difference of roots by their sum, so that the numerator or the denominator loses its roots."""

    heads = frozenset({"/", "+"})
    law = ("(sqrt(a) - b)/c", "(a - b**2)/(c*(sqrt(a) + b))")
    brief = ("Extend by the conjugate.",)
    step = (
        "Multiply above and below by {conjugate}, which leaves a difference of squares: {near}.",
        "Extend by the conjugate {conjugate}: {near}.",
    )
    reason = ("$(a - b)(a + b) = a^{{2}} - b^{{2}}$, and squaring takes the roots away.",)
    sample = (
        "Limit((x + 4 - 4)/(x*(sqrt(x + 4) + 2)), x, 0, '+-')",
        "Limit((sqrt(x + 4) - 2)/x, x, 0, '+-')",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the difference of squares where the roots were, and the sum on the other side."""
        match of:
            case ("/", above, below):
                if (found := _conjugate(above)) is not None:
                    other, squares = found
                    return ("/", squares, mul(below, other))
                if (found := _conjugate(below)) is not None:
                    other, squares = found
                    return ("/", mul(above, other), squares)
                return None
        found = _conjugate(of)
        return None if found is None else ("/", found[1], found[0])

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise a root plus a number beside its difference of squares."""
        match near:
            case ("/", _, ("*", below, ("+", ("sqrt", inside), int(number)))):
                of = ("/", ("+", ("sqrt", inside), -number), below)
                if cls.work(of, {}) == near:
                    yield {"of": of}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Show the conjugate."""
        match self.far:
            case ("/", above, below):
                found = _conjugate(above) or _conjugate(below)
            case _:
                found = _conjugate(self.far)
        assert found is not None
        return self.say(detail, latex, conjugate=f"${(latex or Latex())(found[0])}$")


def _conjugate(tree: Tree) -> tuple[Tree, Tree] | None:
    """Return the conjugate of a difference with a root in it, and the difference of the squares."""
    match tree:
        case ("+", first, second) if _with_root(first) or _with_root(second):
            if not names(tree):
                return None
            squares = [*terms(_square(first)), *map(neg, terms(_square(second)))]
            return add(first, neg(second)), add(*squares)
    return None


def _with_root(tree: Tree) -> bool:
    body = split(tree)[1]
    return type(body) is tuple and body[0] == "sqrt"


def _square(tree: Tree) -> Tree:
    value, body = split(tree)
    match body:
        case ("sqrt", inside):
            return add(*[multiplied(value * value, part) for part in terms(inside)])
    return multiplied(tree, tree)
