"""Candidates for a solution, checked against the conditions that are noted beside them."""

from __future__ import annotations

from collections.abc import Iterator
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import Number, number, value_at
from rpsdg.math_domains.trees import Tree

__all__ = ["DropOutsideDomain"]

_COMPARED = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}

_PASSED = {1: "the candidate passes:", 2: "both candidates pass:"}


class DropOutsideDomain(Working):
    """Check the candidates against the conditions, and drop those that do not satisfy them."""

    heads = frozenset({"and"})
    law = ("And(Or(Eq(x, 4), Eq(x, -1)), Ge(x, 3))", "Eq(x, 4)")
    brief = ("Check the candidates.",)
    step = (
        "Check {domain}: {verdict} {near}.",
        "A solution must satisfy {domain}; {verdict} {near}.",
    )
    reason = (
        "The steps before are true only together with what was noted.",
        "What was noted belongs to the equation, so it decides about every candidate.",
    )
    sample = ("Eq(x, 4)", "And(Or(Eq(x, 4), Eq(x, -1)), Gt(x, 3))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - the conditions are only said
        """Keep the rational candidates that satisfy all conditions."""
        match of:
            case ("and", ("=" | "or", *_) as equations, *conditions):
                parts = _candidates(equations)
                verdicts = [_satisfies(part, conditions) for part in parts]
                if None in verdicts:
                    return None
                kept = [part for part, verdict in zip(parts, verdicts, strict=True) if verdict]
                return kept[0] if len(kept) == 1 else ("or", *kept)
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Check what is there."""
        if type(far) is tuple and far[0] == "and" and cls.work(far, {}) is not None:
            yield {"of": far, "domain": far[2] if len(far) == 3 else ("and", *far[2:])}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Bring in a candidate below a domain that has the solution in it."""
        match near:
            case ("=", str(name), int(value)):
                for low in range(value - 5, value):
                    for other in range(low - 5, low + 1):
                        domain = (">", name, low)
                        far = ("and", ("or", near, ("=", name, other)), domain)
                        yield {"of": far, "domain": domain}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Name the candidates that are dropped."""
        latex = latex or Latex()
        assert type(self.far) is tuple
        kept = _candidates(self.near)
        dropped = [f"${latex(part)}$" for part in _candidates(self.far[1]) if part not in kept]
        if dropped:
            verdict = f"{' and '.join(dropped)} {'fails' if len(dropped) == 1 else 'fail'}, which leaves"
        else:
            verdict = _PASSED.get(len(kept), "all candidates pass:")
        return self.say(detail, latex, verdict=verdict)


def _candidates(equations: Any) -> tuple[Any, ...]:
    return equations[1:] if equations[0] == "or" else (equations,)


def _satisfies(candidate: Any, conditions: list[Tree]) -> bool | None:
    """Say whether `x = a number` satisfies conditions on x; None if it is something else."""
    match candidate:
        case ("=", str(name), right) if (value := number(right)) is not None:
            return _all_hold(conditions, name, value)
    return None


def _all_hold(conditions: list[Tree] | tuple[Tree, ...], name: str, value: Number) -> bool | None:
    verdicts = [_holds(condition, name, value) for condition in conditions]
    return None if None in verdicts else all(verdicts)


def _holds(condition: Any, name: str, value: Number) -> bool | None:
    if condition[0] == "and":
        return _all_hold(condition[1:], name, value)
    if condition[0] not in _COMPARED:
        return None
    left, right = (value_at(side, name, value) for side in condition[1:])
    return None if left is None or right is None else bool(_COMPARED[condition[0]](left, right))
