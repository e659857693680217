"""Limits as balls, by the expansion of a function around where its variable goes.

With t for the distance to the point, or for the reciprocal of a variable that goes to infinity, the function
is expanded in powers of t with balls for coefficients. Each of them certainly holds the true coefficient, so
the ball of the constant one encloses the limit, provided that no power below it is there; and that is only
taken for granted where a coefficient is exactly zero. Where there is one the limit is infinite. What grows or
vanishes faster than any power of t, and logarithms of t, are kept apart. Where this cannot tell, the limit is
unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flint import arb, arb_series

from rpsdg.math_domains.trees import Tree, names

__all__ = ["limit"]

_NAN, _INFINITY = arb("nan"), arb.pos_inf()
_TERMS = 10
"""How many terms are known; python-flint cuts series off there, too."""


class _UnknownError(ArithmeticError):
    """The expansion cannot be told."""


class _Expansion(NamedTuple):
    """A function of a small t > 0: a power of t, times a series that does not begin with zero."""

    order: int
    series: Any
    logs: int = 0
    """The power of ln(1/t) that it has as a factor; if there is one, only the first term is known."""
    flat: int = 0
    """1 for what vanishes faster than any power of t, -1 for what grows faster; the rest then means no more
    than the sign of the first coefficient."""

    @property
    def known(self) -> int:
        """The power of t from which on nothing is known."""
        return self.order + int(self.series.prec)


_Maybe = _Expansion | None
"""None is zero itself."""


def limit(inside: Tree, at: Callable[[str], Any], by: str, to: Any, side: int) -> Any:
    """Return a ball around a limit, which may be infinite; it is nan where there is none or none was found.

    Args:
        inside: the function.
        at: the values of the other names.
        by: the name that goes somewhere.
        to: where it goes, as a ball or as `oo` or `-oo`.
        side: 1 from above, -1 from below, 0 from both.
    """
    found = [_one_sided(inside, at, by, to, direction) for direction in ([side] if side else [1, -1])]
    if to in {"oo", "-oo"}:
        return found[0]
    return found[0] if all(value.overlaps(found[0]) for value in found) else _NAN


def _one_sided(inside: Tree, at: Callable[[str], Any], by: str, to: Any, side: int) -> Any:
    if by not in names(inside):
        moving: _Maybe = None
    elif to in {"oo", "-oo"}:
        moving = _Expansion(-1, _series([arb(1 if to == "oo" else -1)]))
    else:
        moving = _tidy(0, [to, arb(side)], _TERMS)
    try:
        return _value(_expand(inside, lambda name: moving if name == by else _constant(at(name))))
    except _UnknownError:
        return _NAN


def _value(found: _Maybe) -> Any:
    if found is None or found.flat > 0 or (not found.flat and found.order > 0):
        return arb(0)
    if found.flat < 0 or found.order < 0 or found.logs > 0:
        return _INFINITY if found.series[0] > 0 else -_INFINITY
    return arb(0) if found.logs < 0 else found.series[0]


def _series(coefficients: list[Any], terms: int = _TERMS) -> Any:
    return arb_series(coefficients, prec=terms)


def _tidy(order: int, coefficients: list[Any], terms: int) -> _Expansion:
    """Return an expansion whose first coefficient is certainly not zero.

    Raises:
        _UnknownError: there is none.
    """
    for skipped, value in enumerate(coefficients):
        if value.is_zero():
            continue
        if not (value > 0 or value < 0):
            break
        return _Expansion(order + skipped, _series(coefficients[skipped:], terms - skipped))
    raise _UnknownError


def _constant(value: Any) -> _Maybe:
    if value.is_zero():
        return None
    return _tidy(0, [value], _TERMS)


def _expand(tree: Tree, at: Callable[[str], _Maybe]) -> _Maybe:
    if type(tree) is int:
        return _constant(arb(tree))
    if type(tree) is str:
        return _constant(arb.pi()) if tree == "pi" else at(tree)
    assert type(tree) is tuple
    head = tree[0]
    if head == "subs":
        meant = _expand(tree[3], at)
        return _expand(tree[1], lambda name: meant if name == tree[2] else at(name))
    if head in {"int", "diff", "lim", "fn"}:
        raise _UnknownError
    parts = [_expand(part, at) for part in tree[1:]]
    first = parts[0]
    if head == "+":
        return _sum(parts)
    if head == "*":
        for part in parts[1:]:
            first = _times(first, part)
        return first
    if head == "neg":
        return _times(_constant(arb(-1)), first)
    if head == "/":
        return _times(first, _inverse(parts[1]))
    if head == "^" and type(tree[2]) is int:
        base = first if tree[2] > 0 else _inverse(first)
        for _ in range(abs(tree[2]) - 1):
            base = _times(base, first if tree[2] > 0 else _inverse(first))
        return base
    if head == "^":
        return _exp(_times(parts[1], _log(first)))
    return _FUNCTIONS[head](first) if head in _FUNCTIONS else _analytic(head, first)


def _sum(parts: list[_Maybe]) -> _Maybe:
    """Return a sum; all terms are added at once, since those of x² - x² + x cancel before the last comes."""
    found = [part for part in parts if part is not None]
    if len(found) < 2:
        return found[0] if found else None
    if any(part.flat or part.logs for part in found):
        return _dominating(found)
    low, high = min(part.order for part in found), min(part.known for part in found)
    sums = [sum((_at(part, k) for part in found[1:]), start=_at(found[0], k)) for k in range(low, high)]
    return _tidy(low, sums, high - low)


def _dominating(found: list[_Expansion]) -> _Expansion:
    """Return the first coefficient of what outgrows the rest of a sum; all of it if the rest is flat."""
    found = sorted(found, key=lambda part: (part.flat, part.order, -part.logs))
    first = found[0]
    rank = [(part.flat, *((part.order, part.logs) if not part.flat else ())) for part in found]
    alike = [part for part, own in zip(found, rank, strict=True) if own == rank[0]]
    if len(alike) > 1:
        if first.flat:
            raise _UnknownError
        leading = _tidy(0, [sum((part.series[0] for part in alike[1:]), start=alike[0].series[0])], 1)
        return _Expansion(first.order, _series([leading.series[0]], 1), first.logs)
    if first.flat:
        return first
    if all(part.flat > 0 for part in found[1:]):
        return first
    return _Expansion(first.order, _series([first.series[0]], 1), first.logs)


def _at(one: _Expansion, power: int) -> Any:
    return one.series[power - one.order] if power >= one.order else arb(0)


def _times(left: _Maybe, right: _Maybe) -> _Maybe:
    if left is None or right is None:
        return None
    if left.flat or right.flat:
        if left.flat * right.flat < 0:
            raise _UnknownError
        sign = _series([left.series[0] * right.series[0]], 1)
        return _Expansion(0, sign, flat=left.flat or right.flat)
    return _Expansion(left.order + right.order, left.series * right.series, left.logs + right.logs)


def _inverse(one: _Maybe) -> _Expansion:
    if one is None:
        raise _UnknownError
    if one.flat:
        return one._replace(flat=-one.flat)
    return _Expansion(-one.order, one.series.inv(), -one.logs)


def _exp(one: _Maybe) -> _Maybe:
    if one is not None and not one.flat and not one.logs and one.order < 0:
        return _Expansion(0, _series([arb(1)], 1), flat=1 if one.series[0] < 0 else -1)
    return _analytic("exp", one)


def _log(one: _Maybe) -> _Maybe:
    if one is not None and not one.flat and not one.logs and one.order and one.series[0] > 0:
        return _Expansion(0, _series([arb(-one.order)], 1), 1)
    return _analytic("log", one)


def _sqrt(one: _Maybe) -> _Maybe:
    if one is None:
        return None
    if one.flat or one.logs or one.order % 2 or not one.series[0] > 0:
        raise _UnknownError
    # Not by flint's own, which takes the root of nine by Newton's method and so not exactly.
    root = [one.series[0].sqrt()]
    for k in range(1, int(one.series.prec)):
        mixed = sum((root[i] * root[k - i] for i in range(1, k)), start=arb(0))
        root.append((one.series[k] - mixed) / (2 * root[0]))
    return _Expansion(one.order // 2, _series(root, int(one.series.prec)))


def _abs(one: _Maybe) -> _Maybe:
    if one is None or one.flat or one.series[0] > 0:
        return one
    return _times(_constant(arb(-1)), one)


def _atan(one: _Maybe) -> _Maybe:
    if one is not None and not one.flat and not one.logs and one.order < 0:
        turn = arb.pi() / 2
        less = _analytic("atan", _inverse(one))
        quarter = _constant(turn if one.series[0] > 0 else -turn)
        return _sum([quarter, _times(_constant(arb(-1)), less)])
    return _analytic("atan", one)


_FUNCTIONS: Mapping[str, Callable[[_Maybe], _Maybe]] = {
    "exp": _exp, "log": _log, "sqrt": _sqrt, "abs": _abs, "atan": _atan,
}  # fmt: skip


def _analytic(head: str, one: _Maybe) -> _Maybe:
    """Return a function of what has a finite limit, where the function can be expanded."""
    if one is None:
        inner = _series([arb(0)])
    elif one.flat or one.logs or one.order < 0:
        raise _UnknownError
    else:
        inner = _series([arb(0)] * one.order + one.series.coeffs(), min(_TERMS, one.known))
    function = getattr(arb_series, head, None)
    if function is None or (head == "log" and not inner[0] > 0):
        raise _UnknownError
    found = function(inner)
    coefficients = found.coeffs()
    if one is None or inner.prec == 0:
        coefficients = coefficients[:1]
        if not coefficients or coefficients[0].is_zero():
            return None
    return _tidy(0, coefficients, int(inner.prec))
