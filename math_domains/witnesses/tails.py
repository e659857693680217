"""Improper integrals as balls: a rigorous quadrature far out, and a bound for what is left from there on.

From a large R on, the integrand is enclosed between multiples of powers of the variable, found from its
parts: a sum is at most the sum of what its terms are at most, an exponential with a negative exponent is
below any power. If the power is less than -1 the rest is as small as its integral; if the integrand stays
above a multiple of 1/x there is no finite value, which is proved as well.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import factorial
from typing import Any, NamedTuple

from flint import arb, ctx

from rpsdg.math_domains.trees import Tree, instead, neg

from .areas import integral

__all__ = ["improper"]

_MOST_BITS = 64
"""How exact a result can be; farther out there is little to be gained."""
_STEEP = 8
"""The power that exponentials are compared with."""
At = Callable[[str], Any]


def _real(number: int | Fraction) -> Any:
    return arb(number.numerator) / number.denominator


def _raised(base: Any, exponent: int | Fraction) -> Any:
    return base**exponent.numerator if exponent.denominator == 1 else base ** _real(exponent)


class _UnknownError(ArithmeticError):
    """No bound is found."""


class _Bound(NamedTuple):
    """A positive multiple of a power of the variable."""

    factor: Any
    power: Fraction

    def at(self, place: Any) -> Any:
        """Return its value at a place."""
        return self.factor * _raised(place, self.power)

    def to_the(self, exponent: int | Fraction) -> _Bound:
        return _Bound(_raised(self.factor, exponent), self.power * exponent)

    def times(self, other: _Bound) -> _Bound:
        return _Bound(self.factor * other.factor, self.power + other.power)


def improper(integrand: Tree, at: At, by: str, low: Any, high: Any) -> Any:
    """Return a ball around an integral with infinite bounds; infinite or nan where it has no finite value.

    Args:
        integrand: what is integrated.
        at: the values of the other names.
        by: the name to integrate by.
        low, high: the bounds, at least one of them infinite.
    """
    if low == arb.neg_inf():
        mirrored = instead(integrand, {by: neg(by)})
        left = improper(mirrored, at, by, arb(0) if high == arb.pos_inf() else -high, arb.pos_inf())
        return left + improper(integrand, at, by, arb(0), high) if high == arb.pos_inf() else left
    if high != arb.pos_inf() or not low.is_finite():
        return arb("nan")
    exact = bits = min(5 * ctx.prec // 8, _MOST_BITS)
    found = _rest(integrand, at, by, arb(2) ** bits)
    if -2 < found.power < -1:  # it falls slowly, so that one has to go farther out
        bits = min(int(bits / -(found.power + 1)), 2 * _MOST_BITS)
        found = _rest(integrand, at, by, arb(2) ** bits)
    if found.beyond.is_nan():
        return found.beyond
    # Up to R by the logarithm of the variable, in which the integrand changes no faster far out than near by.
    begin = low if low > 1 else arb(1)
    ends = [
        begin.log(),
        *[arb(k) for k in range(1, bits) if begin.log() < k < found.far.log()],
        found.far.log(),
    ]
    scaled: Tree = ("*", instead(integrand, {by: ("exp", by)}), ("exp", by))
    tolerance = arb(2) ** -exact
    near = arb(0)
    for piece in pairwise(ends):
        near += integral(scaled, at, by, *piece, tolerance=tolerance)
        if not near.is_finite():
            return near
    if low < 1:
        near += integral(integrand, at, by, low, begin, tolerance=tolerance)
    if not near.is_finite():
        return near
    return near + found.beyond if found.beyond.is_finite() else found.beyond


class _Rest(NamedTuple):
    """What is left of an integral from R on."""

    far: Any
    """R."""
    power: Fraction
    """That the integrand falls like, or more; 0 where there is no finite value."""
    beyond: Any
    """The integral from R on."""


def _rest(integrand: Tree, at: At, by: str, far: Any) -> _Rest:
    bounds = _Bounds(at, by, far)
    try:
        most = bounds.upper(integrand)
        if most.power < -1:
            left = (most.factor * _raised(far, most.power + 1) / _real(-(most.power + 1))).abs_upper()
            return _Rest(far, most.power, arb(0, left))
    except _UnknownError:
        pass
    for sign, tree in ((1, integrand), (-1, neg(integrand))):
        try:
            if bounds.lower(tree).power >= -1:
                return _Rest(far, Fraction(0), sign * arb.pos_inf())
        except _UnknownError:
            continue
    return _Rest(far, Fraction(0), arb("nan"))


class _Bounds:
    """Bounds of expressions for all values of a name from R on."""

    def __init__(self, at: At, by: str, far: Any) -> None:
        self._at = at
        self._by = by
        self._far = far

    def _constant(self, tree: Tree) -> Any:
        return arb(tree) if type(tree) is int else arb.pi() if tree == "pi" else self._at(str(tree))

    def upper(self, tree: Tree) -> _Bound:
        """Return a bound for the absolute value."""
        if tree == self._by:
            return _Bound(arb(1), Fraction(1))
        if type(tree) is not tuple:
            return _Bound(abs(self._constant(tree)), Fraction(0))
        head, parts = tree[0], tree[1:]
        match head:
            case "+":
                bounds = [self.upper(part) for part in parts]
                power = max(bound.power for bound in bounds)
                return _Bound(
                    sum((b.factor * _raised(self._far, b.power - power) for b in bounds), arb(0)), power
                )
            case "*":
                product = self.upper(parts[0])
                for part in parts[1:]:
                    product = product.times(self.upper(part))
                return product
            case "neg" | "abs":
                return self.upper(parts[0])
            case "/":
                return self.upper(parts[0]).times(self._away(parts[1]).to_the(-1))
            case "^" if type(parts[1]) is int:
                return (self.upper if parts[1] > 0 else self._away)(parts[0]).to_the(parts[1])
            case "sqrt":
                return self.upper(parts[0]).to_the(Fraction(1, 2))
            case "sin" | "cos" | "tanh":
                return _Bound(arb(1), Fraction(0))
            case "atan":
                return _Bound(arb.pi() / 2, Fraction(0))
            case "exp":
                return self._exponential(parts[0])
            case "log" if (
                self.lower(parts[0]).at(self._far) > 1
            ):  # ln z is at most 8 times the eighth root of z
                root = self.upper(parts[0]).to_the(Fraction(1, _STEEP))
                return _Bound(_STEEP * root.factor, root.power)
        raise _UnknownError

    def _exponential(self, exponent: Tree) -> _Bound:
        try:
            fall = self.lower(neg(exponent))
        except _UnknownError:
            most = self.upper(exponent)
            if most.power > 0:
                raise
            return _Bound(most.at(self._far).exp(), Fraction(0))
        return _steep(fall).to_the(-1)

    def _away(self, tree: Tree) -> _Bound:
        """Return how far from zero an expression stays."""
        try:
            return self.lower(tree)
        except _UnknownError:
            return self.lower(neg(tree))

    def lower(self, tree: Tree) -> _Bound:
        """Return a bound from below for what is positive.

        Raises:
            _UnknownError: it is not, as far as one sees.
        """
        if tree == self._by:
            return _Bound(arb(1), Fraction(1))
        if type(tree) is not tuple:
            value = self._constant(tree)
            if not value > 0:
                raise _UnknownError
            return _Bound(value, Fraction(0))
        head, parts = tree[0], tree[1:]
        match head:
            case "+":
                return self._least_sum(parts)
            case "neg" if type(parts[0]) is tuple and parts[0][0] in {"+", "/", "*", "neg"}:
                inner = parts[0]
                if inner[0] == "neg":
                    return self.lower(inner[1])
                if inner[0] == "+":
                    return self._least_sum(tuple(map(neg, inner[1:])))
                return self.lower((inner[0], neg(inner[1]), *inner[2:]))
            case "*":
                signs = [self._signed(part) for part in parts]
                if sum(sign < 0 for sign, _ in signs) % 2:
                    raise _UnknownError
                product = signs[0][1]
                for _, bound in signs[1:]:
                    product = product.times(bound)
                return product
            case "/":
                above, below = self._signed(parts[0]), self._signed(parts[1])
                if above[0] != below[0]:
                    raise _UnknownError
                return above[1].times(self.upper(parts[1]).to_the(-1))
            case "^" if type(parts[1]) is int:
                base = self._away(parts[0]) if parts[1] % 2 == 0 else self.lower(parts[0])
                return (base if parts[1] > 0 else self.upper(parts[0])).to_the(parts[1])
            case "sqrt":
                return self.lower(parts[0]).to_the(Fraction(1, 2))
            case "exp":
                return _steep(self.lower(parts[0]))
            case "log" | "atan" if (far := self.lower(parts[0])).power >= 0 and far.at(self._far) > 1:
                return _Bound(
                    far.at(self._far).log() if head == "log" else far.at(self._far).atan(), Fraction(0)
                )
        raise _UnknownError

    def _signed(self, tree: Tree) -> tuple[int, _Bound]:
        try:
            return 1, self.lower(tree)
        except _UnknownError:
            return -1, self.lower(neg(tree))

    def _least_sum(self, parts: tuple[Tree, ...]) -> _Bound:
        """Return the bound of the term that grows fastest, less those of the others that may be negative."""
        positive, other = list[_Bound](), list[_Bound]()
        for part in parts:
            try:
                positive.append(self.lower(part))
            except _UnknownError:
                other.append(self.upper(part))
        if not positive:
            raise _UnknownError
        power = max(bound.power for bound in positive)
        least = sum((b.factor for b in positive if b.power == power), arb(0))
        for bound in other:
            if bound.power > power:
                raise _UnknownError
            least -= bound.factor * _raised(self._far, bound.power - power)
        if not least > 0:
            raise _UnknownError
        return _Bound(least, power)


def _steep(exponent: _Bound) -> _Bound:
    """Return a bound from below for an exponential: a power of its exponent over a factorial."""
    if exponent.power <= 0:
        return _Bound(arb(1), Fraction(0))
    times = -(-_STEEP * exponent.power.denominator // exponent.power.numerator)
    raised = exponent.to_the(times)
    return _Bound(raised.factor / factorial(times), raised.power)
