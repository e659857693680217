"""Improper integrals: an infinite bound is a limit of finite ones."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.trees import Tree, names

__all__ = ["END", "ImproperAsLimit"]

END = "b"
"""The bound that moves."""


class ImproperAsLimit(Working):
    """Write an integral with an infinite bound as the limit of integrals up to a number that grows."""

    heads = frozenset({"int"})
    law = ("Integral(exp(-x), (x, 0, oo))", "Limit(Integral(exp(-x), (x, 0, k)), k, oo)")
    brief = ("Write it as a limit.",)
    step = (
        "The upper bound is infinite, so integrate up to $b$ and let $b$ grow: {near}.",
        "By definition this is a limit of integrals with finite bounds: {near}.",
    )
    reason = ("The fundamental theorem needs numbers for bounds; the infinite one is approached by them.",)
    sample = ("Limit(Integral(exp(-x), (x, 0, b)), b, oo)", "Integral(exp(-x), (x, 0, oo))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write b for the infinite bound."""
        match of:
            case ("int", inside, x, low, "oo") if not names(low) and END not in names(inside):
                return ("lim", ("int", inside, x, low, END), END, "oo")
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put infinity for the bound that grows."""
        match near:
            case ("lim", ("int", inside, x, low, bound), by, "oo") if bound == by == END:
                of = ("int", inside, x, low, "oo")
                if cls.work(of, {}) == near:
                    yield {"of": of}
