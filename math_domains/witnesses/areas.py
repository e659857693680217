"""Definite integrals as balls, by a rigorous quadrature.

The integrand is evaluated on complex balls, since the error is bounded by how large it is around the
interval; but it counts as defined only where it is a real number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flint import acb, arb

from rpsdg.math_domains.trees import Tree

__all__ = ["integral"]

_NAN = acb("nan")
_EVALUATIONS = 1000
"""After so many there is most likely no integral, but a pole in between."""
_ENTIRE: Mapping[str, Callable[[Any], Any]] = {
    "sin": acb.sin, "cos": acb.cos, "tan": acb.tan, "sec": acb.sec, "csc": acb.csc, "cot": acb.cot,
    "sinh": acb.sinh, "cosh": acb.cosh, "tanh": acb.tanh, "exp": acb.exp,
}  # fmt: skip
"""Functions without branch cuts; at a pole their ball is not finite, as the quadrature expects."""


def integral(
    integrand: Tree, at: Callable[[str], Any], by: str, low: Any, high: Any, *, tolerance: Any = None
) -> Any:
    """Return a ball around a definite integral, which is not finite where there is none or none was found.

    Args:
        integrand: what is integrated.
        at: the values of the other names.
        by: the name to integrate by.
        low: the lower bound.
        high: the upper bound.
        tolerance: how wide the ball may be; None for as narrow as the precision lets it be.
    """
    if not (low.is_finite() and high.is_finite()):
        return arb("nan")

    def value(x: Any, analytic: bool) -> Any:
        return _value(integrand, lambda name: x if name == by else acb(at(name)), analytic=bool(analytic))

    tolerances = {} if tolerance is None else {"abs_tol": tolerance, "rel_tol": tolerance}
    area = acb.integral(value, acb(low), acb(high), eval_limit=_EVALUATIONS, **tolerances)
    return area.real if area.is_finite() and area.imag.contains(0) else arb("nan")


def _value(tree: Tree, at: Callable[[str], Any], *, analytic: bool) -> Any:
    if type(tree) is int:
        return acb(tree)
    if type(tree) is str:
        return acb(arb.pi()) if tree == "pi" else at(tree)
    assert type(tree) is tuple
    head = tree[0]
    if head == "^" and type(tree[2]) is int:
        return _value(tree[1], at, analytic=analytic) ** tree[2]
    if head in {"int", "subs", "diff"}:
        return _NAN
    values = [_value(part, at, analytic=analytic) for part in tree[1:]]
    first = values[0]
    if head == "+":
        return sum(values[1:], first)
    if head == "*":
        product = first
        for factor in values[1:]:
            product = product * factor
        return product
    if head == "neg":
        return -first
    if head == "/":
        return first / values[1]
    if head in _ENTIRE:
        return _ENTIRE[head](first)
    return _branched(head, values, analytic=analytic)


def _branched(head: str, values: list[Any], *, analytic: bool) -> Any:
    """Return the value of a function with a branch cut, which only positive real arguments stay away from."""
    first = values[0]
    if head == "abs":
        return first.real_abs(analytic=analytic)
    if head == "atan":  # it is cut on the imaginary axis, from i on
        return first.atan() if not analytic or abs(first.imag) < 1 else _NAN
    if head not in {"log", "sqrt", "^"} or (first.imag == 0 and first.real < 0):
        return _NAN
    if head == "log":
        return first.log(analytic=analytic)
    if head == "sqrt":
        return first.sqrt(analytic=analytic)
    return (first.log(analytic=analytic) * values[1]).exp()
