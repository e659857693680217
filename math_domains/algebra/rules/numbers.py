"""Numbers alone: what is left to work out when no name is left."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.text import sympy_text
from rpsdg.math_domains.trees import Tree, names
from rpsdg.math_domains.values import evaluated

__all__ = ["Evaluate"]


class Evaluate(Working):
    """Work out the number that is left."""

    law = ("8/3 - (1/3 - 2)", "13/3")
    brief = ("Work it out.",)
    step = ("Work it out: {far} is {near}.", "Calculate {far}, which is {near}.")
    reason = ("Only numbers are left.",)
    sample = ("7", "9 - 2")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Evaluate what is exact, once neither an integral nor a bound is left."""
        if names(of) or type(of) is not tuple or of[0] == "=":
            return None
        near = evaluated(of)
        return near if sympy_text(near) != sympy_text(of) else None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Split a number in a difference."""
        if type(near) is int:
            for less in range(1, 6):
                yield {"of": ("+", near + less, -less)}
