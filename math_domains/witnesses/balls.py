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

from rpsdg.math_domains.trees import Tree, names

from .areas import integral
from .limits import limit

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


class Balls:
    """Values of the states of one tape at a few points.

    A value is a tuple of balls, one for each point; where it is undefined the ball is not finite.
    """

    def __init__(self, at: Callable[[str], tuple[Any, ...]]) -> None:
        """Evaluate where each name has the values that `at` gives."""
        self._at = at
        # The tree is kept beside its value: an id means nothing once its object is gone.
        self._known: dict[int, tuple[Tree, list[Any]]] = {}
        self._numbers: dict[int | str, list[Any]] = {}
        self._inner: dict[tuple[str, int], tuple[Tree, Balls]] = {}
        self._areas: dict[Any, tuple[Tree, Any]] = {}
        self._steep: dict[tuple[int, str], Slopes] = {}

    def value(self, tree: Tree) -> list[Any]:
        """Return the balls of a tree."""
        if isinstance(tree, int | str):
            found = self._numbers.get(tree)
            if found is None:
                found = self._numbers[tree] = self._leaf(tree)
            return found
        known = self._known.get(id(tree))
        if known is not None:
            return known[1]
        value = self._node(tree)
        self._known[id(tree)] = (tree, value)
        return value

    def _leaf(self, leaf: Tree) -> list[Any]:
        if leaf == "pi":
            return [arb.pi()] * len(self._at("x"))
        if type(leaf) is str:
            return list(self._at(leaf))
        return [arb(leaf)] * len(self._at("x"))

    def _node(self, tree: tuple[Any, ...]) -> list[Any]:
        head = tree[0]
        if head == "+" or head == "*":
            result = self.value(tree[1])
            if head == "+":
                for part in tree[2:]:
                    result = [a + b for a, b in zip(result, self.value(part), strict=True)]
            else:
                for part in tree[2:]:
                    result = [a * b for a, b in zip(result, self.value(part), strict=True)]
            return result
        if head == "^":
            base, exponent = self.value(tree[1]), tree[2]
            if exponent == 2:
                return [a * a for a in base]
            if type(exponent) is int:
                return [a**exponent for a in base]
            return [_power(a, b) for a, b in zip(base, self.value(exponent), strict=True)]
        if head == "/":
            return [a / b for a, b in zip(self.value(tree[1]), self.value(tree[2]), strict=True)]
        if head == "neg":
            return [-a for a in self.value(tree[1])]
        if head == "diff":
            slopes = [self._slopes(k, tree[2]).both(tree[1])[1] for k in range(len(self._at("x")))]
            return [arb(0) if slope is None else slope for slope in slopes]
        if head == "subs":
            return self._within(tree[2], tree[3]).value(tree[1])
        if head == "int" and len(tree) == 5:
            bounds = zip(self.value(tree[3]), self.value(tree[4]), strict=True)
            return [self._area(tree[1], tree[2], k, *ends) for k, ends in enumerate(bounds)]
        if head == "lim":
            side = tree[4] if len(tree) > 4 else 0
            return [self._limit(tree[1], tree[2], tree[3], side, k) for k in range(len(self._at("x")))]
        function = _UNARY.get(head)
        if function is None:
            return [_NAN] * len(self._at("x"))  # an integral has no single value
        return [function(a) for a in self.value(tree[1])]

    def _within(self, name: str, meant: Tree) -> Balls:
        """Return the balls where a name stands for an expression."""
        key = (name, id(meant))
        if key not in self._inner:
            value, outer = tuple(self.value(meant)), self._at
            self._inner[key] = (meant, Balls(lambda asked: value if asked == name else outer(asked)))
        return self._inner[key][1]

    def _limit(self, inside: Tree, by: str, to: Tree, side: int, k: int) -> Any:
        """Return a limit at the point number `k`."""
        alone = names(inside) | names(to) <= {by}
        if alone and k:
            return self._limit(inside, by, to, side, 0)
        key = (id(inside), "lim", k) if alone else None
        if key in self._areas:
            return self._areas[key][1]
        where = "oo" if to == "oo" else "-oo" if to == ("neg", "oo") else self.value(to)[k]
        found = limit(inside, lambda name: self.value(name)[k], by, where, side)
        if key is not None:
            self._areas[key] = (inside, found)
        return found

    def _area(self, integrand: Tree, by: str, k: int, low: Any, high: Any) -> Any:
        """Return a definite integral at the point number `k`."""
        key = (id(integrand), low.str(), high.str()) if names(integrand) <= {by} else None
        if key in self._areas:
            return self._areas[key][1]
        area = integral(integrand, lambda name: self.value(name)[k], by, low, high)
        if key is not None:
            self._areas[key] = (integrand, area)
        return area

    def _slopes(self, k: int, by: str) -> Slopes:
        """Return the derivatives by a name at the point number `k`."""
        key = (k, by)
        if key not in self._steep:
            one = arb(1)

            def at(name: str) -> tuple[Any, Any]:
                return self.value(name)[k], one if name == by else None

            self._steep[key] = Slopes(at)
        return self._steep[key]


def _power(base: Any, exponent: Any) -> Any:
    """Return a real power; a negative base has none, whatever the exponent's ball happens to hold."""
    return (exponent * base.log()).exp() if base > 0 else _NAN


@cache
def _whole(number: int) -> tuple[Any, None]:
    return arb(number), None


class Slopes:
    """Derivatives of the states of one tape by one name, as balls, together with their values.

    An integral has the derivative it was named for and no value, so a constant times an integral is fine and
    anything else makes the ball infinite.
    """

    def __init__(self, at: Callable[[str], tuple[Any, Any]]) -> None:
        """Evaluate where names have the values and the slopes that `at` gives; a constant has no slope."""
        self._at = at
        self._known: dict[int, tuple[Tree, tuple[Any, Any]]] = {}
        self._inner: dict[tuple[str, int], tuple[Tree, Slopes]] = {}

    def both(self, tree: Tree) -> tuple[Any, Any]:
        """Return value and slope; the slope of what is constant is None."""
        if type(tree) is tuple:
            known = self._known.get(id(tree))
            if known is None:
                known = self._known[id(tree)] = (tree, self._node(tree))
            return known[1]
        return _whole(tree) if type(tree) is int else self._at(str(tree))

    def _node(self, tree: tuple[Any, ...]) -> tuple[Any, Any]:
        head = tree[0]
        if head == "int" and len(tree) == 5:
            return _NAN, _NAN
        if head == "int":
            return _NAN, self.both(tree[1])[0] * (self._at(tree[2])[1] or 0)
        if head == "subs":
            return self._within(tree[2], tree[3]).both(tree[1])
        value, slope = self.both(tree[1])
        if head == "diff":
            return _NAN, _NAN  # a derivative of a derivative is not known here
        if head == "+":
            for part in tree[2:]:
                more, steeper = self.both(part)
                value = value + more
                if steeper is not None:
                    slope = steeper if slope is None else slope + steeper
            return value, slope
        if head == "*":
            for part in tree[2:]:
                more, steeper = self.both(part)
                changed = None if slope is None else slope * more
                if steeper is not None:
                    changed = value * steeper if changed is None else changed + value * steeper
                value, slope = value * more, changed
            return value, slope
        if head == "neg":
            return -value, None if slope is None else -slope
        if head == "/":
            below, steeper = self.both(tree[2])
            quotient = value / below
            if steeper is None:
                return quotient, None if slope is None else slope / below
            return quotient, ((0 if slope is None else slope) - quotient * steeper) / below
        if head == "^":
            return self._power(value, slope, tree[2])
        there = _UNARY[head](value)
        if slope is None or not there.is_finite():  # no slope where there is no value
            return there, None if slope is None else _NAN
        return there, _DERIVATIVE[head](value) * slope

    def _power(self, value: Any, slope: Any, exponent: Tree) -> tuple[Any, Any]:
        if type(exponent) is int:
            return value**exponent, None if slope is None else exponent * value ** (exponent - 1) * slope
        by, steeper = self.both(exponent)
        raised = _power(value, by)
        changed = None if slope is None else by * slope / value
        if steeper is not None:
            grown = steeper * value.log()
            changed = grown if changed is None else changed + grown
        return raised, None if changed is None else raised * changed

    def _within(self, name: str, meant: Tree) -> Slopes:
        """Return the slopes where a name stands for an expression."""
        key = (name, id(meant))
        if key not in self._inner:
            value, outer = self.both(meant), self._at
            self._inner[key] = (meant, Slopes(lambda asked: value if asked == name else outer(asked)))
        return self._inner[key][1]


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
