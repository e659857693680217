"""Equations with square roots, and square roots as they are written."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.trees import Tree, names, power

__all__ = ["SquareBothSides"]


class SquareBothSides(Working):
    """Square both sides to remove a square root, and note that it is never negative.

    √(x + 7) = x - 5 becomes x + 7 = (x - 5)², where x - 5 ≥ 0.
    """

    heads = frozenset({"="})
    law = ("Eq(sqrt(a), b)", "And(Eq(a, b**2), Ge(b, 0))")
    brief = ("Square both sides.",)
    step = (
        "Square both sides, and note that a square root is never negative: {near}.",
        "A square root is not negative, so neither is the other side; now square both: {near}.",
    )
    reason = (
        "Squaring alone could bring in numbers for which the right side is the negative root.",
        "Without the condition, squaring would also allow the other sign.",
    )
    sample = ("And(Eq(x + 7, (x - 5)**2), Ge(x - 5, 0))", "Eq(sqrt(x + 7), x - 5)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Square them; of a number it is known whether it is negative."""
        match of:
            case ("=", ("sqrt", inside), int(right)):
                return ("=", inside, right * right) if right >= 0 else ("or",)
            case ("=", ("sqrt", inside), right) if names(right):
                return ("and", ("=", inside, power(right, 2)), (">=", right, 0))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take the root of both sides."""
        match near:
            case ("and", ("=", inside, ("^", right, 2)), (">=", again, 0)) if right == again:
                yield {"of": ("=", ("sqrt", inside), right)}
