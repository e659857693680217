"""Mistakes with integrals that come back."""

from __future__ import annotations

from math import lcm

from rpsdg.math_domains.integrals.rules.cyclic import SolveForIntegral
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import number, quotient, split, term, terms
from rpsdg.math_domains.trees import Tree, add, div

__all__ = ["ReturnedIntegralDropped"]


class ReturnedIntegralDropped(Mistake):
    """Bring the integral to the other side and forget to divide by how often it stands there."""

    rules = (SolveForIntegral,)
    sample = (
        "exp(x)*sin(x) - exp(x)*cos(x) - Integral(exp(x)*sin(x), x)",
        "exp(x)*sin(x) - exp(x)*cos(x)",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Multiply the answer by the number again."""
        by = number(move.values["by"])
        match move.near:
            case ("/", above, int(below)) if by is not None:
                parts = [(quotient(split(part)[0] * by, below), split(part)[1]) for part in terms(above)]
                common = lcm(*[value.denominator for value, _ in parts])
                return div(add(*[term(int(value * common), body) for value, body in parts]), common)
        return None
