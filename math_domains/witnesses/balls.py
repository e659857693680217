"""The rigorous numeric witness: real balls, each of which certainly holds the true value.

Disjoint balls prove that two expressions differ. Overlapping ones at points without any structure are strong
evidence that they agree. Everything is real, as in school: a logarithm of a negative number is undefined.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from flint import arb

from rpsdg.math_domains.memory import Remembering, keep
from rpsdg.math_domains.trees import Tree, names, places, put

from .areas import integral
from .limits import limit
from .matrices import NotRationalError, determinant, entries_of
from .tails import improper

__all__ = ["ROUNDS", "Balls", "Slopes", "point", "sample", "truth"]

ROUNDS = 8
"""How many sets of three sample points there are."""

_REACH = (
    (0.2, 1.4),
    (-1.3, -0.1),
    (1.4, 3.1),
    (3.2, 6.0),
    (0.02, 0.2),
    (6.0, 12.0),
    (-3.0, -1.3),
    (12.0, 40.0),
)
_MOST_INNER = 256
"""How many expressions that a name stands for are remembered, each with values of its own."""
_NAN = arb("nan")
_UNARY: Mapping[str, Callable[[Any], Any]] = {
    "sin": arb.sin, "cos": arb.cos, "tan": arb.tan, "sec": arb.sec, "csc": arb.csc, "cot": arb.cot,
    "asin": arb.asin, "acos": arb.acos, "atan": arb.atan, "sinh": arb.sinh, "cosh": arb.cosh,
    "tanh": arb.tanh, "exp": arb.exp, "log": arb.log, "sqrt": arb.sqrt, "abs": abs,
}  # fmt: skip


@cache
def point(name: str, number: int) -> Any:
    """Return the exact value that a name has at a sample point: 40 digits of a hash, in one of eight ranges.

    Neighbouring points lie in different ranges, so that three of them see both signs and several sizes.
    """
    low, high = _REACH[number % len(_REACH)]
    drawn = int.from_bytes(hashlib.sha256(f"{name} {number}".encode()).digest()[:5], "big")
    return arb(low) + (arb(high) - arb(low)) * arb(drawn) / arb(1 << 40)


@cache
def sample(name: str, round_number: int) -> tuple[Any, ...]:
    """Return a name's values at the three points of a round."""
    return tuple(point(name, 3 * round_number + k) for k in range(3))


class Balls(Remembering[list[Any]]):
    """Values of trees at a few points.

    A value is a tuple of balls, one for each point; where it is undefined the ball is not finite.
    """

    def __init__(self, at: Callable[[str], tuple[Any, ...]]) -> None:
        """Evaluate where each name has the values that `at` gives."""
        super().__init__()
        self._at = at
        self._inner: dict[tuple[str, Tree], Balls] = {}
        self._areas: dict[tuple[Tree, str, str], Any] = {}
        self._steep: dict[tuple[int, str], Slopes] = {}

    def value(self, tree: Tree) -> list[Any]:
        """Return the balls of a tree."""
        return self[tree]

    def _leaf(self, leaf: Tree) -> list[Any]:
        if leaf == "pi":
            return [arb.pi()] * len(self._at("x"))
        if leaf == "oo":
            return [arb.pos_inf()] * len(self._at("x"))
        if type(leaf) is str:
            return list(self._at(leaf))
        return [arb(leaf)] * len(self._at("x"))

    def work(self, tree: Tree) -> list[Any]:
        """Return the balls of a tree from those of its parts."""
        if type(tree) is not tuple:
            return self._leaf(tree)
        head = tree[0]
        if head == "+" or head == "*":
            result = self[tree[1]]
            if head == "+":
                for part in tree[2:]:
                    result = [a + b for a, b in zip(result, self[part], strict=True)]
            else:
                for part in tree[2:]:
                    result = [a * b for a, b in zip(result, self[part], strict=True)]
            return result
        if head == "^":
            base, exponent = self[tree[1]], tree[2]
            if exponent == 2:
                return [a * a for a in base]
            if type(exponent) is int:
                return [a**exponent for a in base]
            return [_power(a, b) for a, b in zip(base, self[exponent], strict=True)]
        if head == "/":
            return [a / b for a, b in zip(self[tree[1]], self[tree[2]], strict=True)]
        if head == "neg":
            return [-a for a in self[tree[1]]]
        if head == "diff":
            slopes = [self._slopes(k, tree[2]).both(tree[1])[1] for k in range(len(self._at("x")))]
            return [arb(0) if slope is None else slope for slope in slopes]
        if head == "subs":
            return self._within(tree[2], tree[3]).value(tree[1])
        if head == "int" and len(tree) == 5:
            bounds = zip(self[tree[3]], self[tree[4]], strict=True)
            return [self._area(tree[1], tree[2], k, *ends) for k, ends in enumerate(bounds)]
        if head == "lim":
            side = tree[4] if len(tree) > 4 else 0
            there = range(len(self._at("x")))
            if names(tree) <= {tree[2]}:  # the same at every point
                return [self._limit(tree[1], tree[2], tree[3], side, 0)] * len(there)
            return [self._limit(tree[1], tree[2], tree[3], side, k) for k in there]
        if head == "det":
            return [self._determinant(tree[1], k) for k in range(len(self._at("x")))]
        function = _UNARY.get(head)
        if function is None:
            return [_NAN] * len(self._at("x"))  # an integral has no single value
        return [function(a) for a in self[tree[1]]]

    def _determinant(self, inside: Tree, k: int) -> Any:
        """Return a determinant at the point number `k`."""
        try:
            above, below = determinant(entries_of(inside, lambda entry: (self.value(entry)[k], arb(1))))
        except NotRationalError:
            return _NAN
        return above / below

    def _within(self, name: str, meant: Tree) -> Balls:
        """Return the balls where a name stands for an expression."""
        found = self._inner.get((name, meant))
        if found is None:
            value, outer = tuple(self[meant]), self._at
            found = Balls(lambda asked: value if asked == name else outer(asked))
            keep(self._inner, (name, meant), found, _MOST_INNER)
        return found

    def _limit(self, inside: Tree, by: str, to: Tree, side: int, k: int) -> Any:
        """Return a limit at the point number `k`; an integral in it goes where its bounds go."""
        where = "oo" if to == "oo" else "-oo" if to == ("neg", "oo") else self[to][k]

        def outer(name: str) -> Any:
            return self[name][k]

        areas: dict[str, Any] = {}
        for path, part in list(places(inside)):
            if type(part) is tuple and part[0] == "int" and len(part) == 5 and by not in names(part[1]):
                ends = [limit(bound, outer, by, where, side) for bound in part[3:]]
                area = self._area(part[1], part[2], k, *ends)
                if path == ():
                    return area
                name = f"area {len(areas)}"
                areas[name], inside = area, put(inside, path, name)
        return limit(inside, lambda name: areas[name] if name in areas else outer(name), by, where, side)

    def _area(self, integrand: Tree, by: str, k: int, low: Any, high: Any) -> Any:
        """Return a definite integral at the point number `k`."""
        area_of = integral if low.is_finite() and high.is_finite() else improper
        if not names(integrand) <= {by}:
            return area_of(integrand, lambda name: self[name][k], by, low, high)
        key = (integrand, low.str(), high.str())
        area = self._areas.get(key)
        if area is None:
            area = area_of(integrand, lambda name: self[name][k], by, low, high)
            keep(self._areas, key, area)
        return area

    def _slopes(self, k: int, by: str) -> Slopes:
        """Return the derivatives by a name at the point number `k`."""
        key = (k, by)
        if key not in self._steep:
            one = arb(1)

            def at(name: str) -> tuple[Any, Any]:
                return self[name][k], one if name == by else None

            self._steep[key] = Slopes(at)
        return self._steep[key]


def _power(base: Any, exponent: Any) -> Any:
    """Return a real power; a negative base has none, whatever the exponent's ball happens to hold."""
    return (exponent * base.log()).exp() if base > 0 else _NAN


class Slopes(Remembering[tuple[Any, Any]]):
    """Derivatives of trees by one name, as balls, together with their values.

    An integral has the derivative it was named for and no value, so a constant times an integral is fine and
    anything else makes the ball infinite.
    """

    def __init__(self, at: Callable[[str], tuple[Any, Any]]) -> None:
        """Evaluate where names have the values and the slopes that `at` gives; a constant has no slope."""
        super().__init__()
        self._at = at
        self._inner: dict[tuple[str, Tree], Slopes] = {}

    def both(self, tree: Tree) -> tuple[Any, Any]:
        """Return value and slope; the slope of what is constant is None."""
        return self[tree]

    def work(self, tree: Tree) -> tuple[Any, Any]:
        """Return value and slope of a tree from those of its parts."""
        if type(tree) is not tuple:
            return (arb(tree), None) if type(tree) is int else self._at(str(tree))
        head = tree[0]
        if head == "int" and len(tree) == 5:
            return _NAN, _NAN
        if head == "int":
            return _NAN, self[tree[1]][0] * (self._at(tree[2])[1] or 0)
        if head == "subs":
            return self._within(tree[2], tree[3]).both(tree[1])
        value, slope = self[tree[1]]
        if head == "diff":
            return _NAN, _NAN  # a derivative of a derivative is not known here
        if head == "+":
            for part in tree[2:]:
                more, steeper = self[part]
                value = value + more
                if steeper is not None:
                    slope = steeper if slope is None else slope + steeper
            return value, slope
        if head == "*":
            for part in tree[2:]:
                more, steeper = self[part]
                changed = None if slope is None else slope * more
                if steeper is not None:
                    changed = value * steeper if changed is None else changed + value * steeper
                value, slope = value * more, changed
            return value, slope
        if head == "neg":
            return -value, None if slope is None else -slope
        if head == "/":
            below, steeper = self[tree[2]]
            quotient = value / below
            if steeper is None:
                return quotient, None if slope is None else slope / below
            return quotient, ((0 if slope is None else slope) - quotient * steeper) / below
        if head == "^":
            return self._power(value, slope, tree[2])
        function = _UNARY.get(head)
        if function is None:
            return _NAN, _NAN  # nor is one of a limit, a determinant or a sum with a sign
        there = function(value)
        if slope is None or not there.is_finite():  # no slope where there is no value
            return there, None if slope is None else _NAN
        return there, _DERIVATIVE[head](value) * slope

    def _power(self, value: Any, slope: Any, exponent: Tree) -> tuple[Any, Any]:
        if type(exponent) is int:
            return value**exponent, None if slope is None else exponent * value ** (exponent - 1) * slope
        by, steeper = self[exponent]
        raised = _power(value, by)
        changed = None if slope is None else by * slope / value
        if steeper is not None:
            grown = steeper * value.log()
            changed = grown if changed is None else changed + grown
        return raised, None if changed is None else raised * changed

    def _within(self, name: str, meant: Tree) -> Slopes:
        """Return the slopes where a name stands for an expression."""
        found = self._inner.get((name, meant))
        if found is None:
            value, outer = self[meant], self._at
            found = Slopes(lambda asked: value if asked == name else outer(asked))
            keep(self._inner, (name, meant), found, _MOST_INNER)
        return found


_DERIVATIVE: Mapping[str, Callable[[Any], Any]] = {
    "sin": arb.cos,
    "cos": lambda a: -a.sin(),
    "tan": lambda a: a.sec() ** 2,
    "sec": lambda a: a.sec() * a.tan(),
    "csc": lambda a: -a.csc() * a.cot(),
    "cot": lambda a: -(a.csc() ** 2),
    "asin": lambda a: 1 / (1 - a * a).sqrt(),
    "acos": lambda a: -1 / (1 - a * a).sqrt(),
    "atan": lambda a: 1 / (1 + a * a),
    "sinh": arb.cosh,
    "cosh": arb.sinh,
    "tanh": lambda a: 1 / a.cosh() ** 2,
    "exp": arb.exp,
    "log": lambda a: 1 / a,
    "sqrt": lambda a: 1 / (2 * a.sqrt()),
    "abs": lambda a: arb(1) if a > 0 else arb(-1) if a < 0 else _NAN,
}


def truth(tree: Tree, balls: Balls) -> bool | None:
    """Say whether a relation holds at the first point of `balls`; None where the balls are too wide to tell.

    A relation with an undefined side does not hold. Equal is what cannot be told apart.
    """
    assert type(tree) is tuple
    head: str = tree[0]
    if head == "or" or head == "and":
        parts = [truth(part, balls) for part in tree[1:]]
        decisive = head == "or"
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive
    left, right = balls.value(tree[1])[0], balls.value(tree[2])[0]
    if not (left.is_finite() and right.is_finite()):
        return False
    if head == "=":
        return bool(left.overlaps(right))
    if head == "!=":
        return not bool(left.overlaps(right))
    if left.overlaps(right):
        return head in {"<=", ">="} if left.is_exact() and right.is_exact() else None
    return bool(left < right) is (head in {"<", "<="})
