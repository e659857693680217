"""What a differential equation says, compared by the slopes and bends that it gives to its solutions.

Every state of a solution, from the equation to the family of curves that solves it, says how a curve goes on
from a point. Of the first order that is a slope: an equation with a derivative is solved for it; of one with
integrals both sides are differentiated; of one with a constant C, the constant is found that puts the curve
through the point, and then both sides are differentiated. Of the second order it is the numbers p and q in
y'' + p y' + q y = 0. All of that is done with power series of balls along the curve, so states that differ
are proved to; and two states that agree at points without any structure most likely agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from flint import arb, arb_series

from rpsdg.math_domains.trees import Tree, names, places

from .balls import point

__all__ = ["Direction", "directions", "has_unknown_function"]

_NAN = arb("nan")
_TERMS = 4
_POINTS = 6
"""At how many points states are looked at."""


class Direction(NamedTuple):
    """How a state says that its curves go on from a point."""

    balls: tuple[Any, ...]
    """The slope; or p and q."""
    single: bool = False
    """Whether it is one curve and not a family of them."""
    beside: Tree | None = None
    """The equation that stands beside a quadratic in r, which no step changes."""


class _UnknownError(ArithmeticError):
    """It is not known what the state says."""


_At = Callable[[str], Any]


def has_unknown_function(states: Sequence[Tree]) -> bool:
    """Whether states are about an unknown function, or about integrals on both sides of an equation."""
    return any(
        type(part) is tuple and (part[0] == "fn" or (part[0] == "int" and state[0] == "="))
        for state in (states[0], states[-1])
        if type(state) is tuple and len(names(state)) > 1
        for _, part in places(state)
    )


def directions(states: Sequence[Tree]) -> list[list[Direction | None]]:
    """Return for each of several points what each state says there; None where that is not known."""
    second = any(_order(state) == 2 for state in states)
    where = next((w for state in states for w in _conditions(state)), point("x", _POINTS))
    found = []
    for number in range(_POINTS):
        row: list[Direction | None] = []
        spot = None if second else _spot(states[-1], number, where)
        for state in states:
            try:
                said = _bends(state, number) if spot is None else _slope(state, spot)
                row.append(said if all(ball.is_finite() for ball in said.balls) else None)
            except _UnknownError:
                row.append(None)
        found.append(row)
    return found


def _conditions(state: Tree) -> list[Any]:
    """Return where the height of a curve is given."""
    match _parts(state)[1]:
        case ("=", ("fn", "y", where), _) if not names(where):
            return [_number(where)]
    return []


def _order(tree: Tree) -> int:
    """Return how often the unknown function is differentiated, or how many constants a solution has."""
    if type(tree) is not tuple:
        return 2 if tree == "C_2" else 0
    if tree[0] == "diff":
        return 1 + _order(tree[1])
    return max(map(_order, tree[1:]), default=0)


class _Spot(NamedTuple):
    """A point that a curve goes through, and where an initial condition is put."""

    x: Any
    y: Any
    constant: Any
    """The constant that the last state has there, if it is a curve with one."""
    last: Tree
    where: Any


def _spot(last: Tree, number: int, where: Any) -> _Spot:
    """Return a point on a curve of the last state if that is solved for y, and any point if it is not."""
    x, constant = point("x", number), point("C", number)
    match _parts(last)[0]:
        case ("=", ("fn", "y", str()), right):
            try:
                y = _series(right, _known({"x": _variable(x), "C": _constant(constant)}))[0]
                return _Spot(x, y, constant, last, where)
            except _UnknownError:
                pass
    return _Spot(x, point("y", number), None, last, where)


def _parts(state: Tree) -> tuple[Tree, Tree | None]:
    """Return the equation of a state, and the condition that stands beside it."""
    match state:
        case ("and", equation, condition):
            return equation, condition
    return state, None


def _slope(state: Tree, spot: _Spot) -> Direction:
    """Return the slope that a state gives to curves at a point, and the height where a condition is put."""
    equation, condition = _parts(state)
    if type(equation) is not tuple or equation[0] != "=":
        raise _UnknownError
    difference = ("+", equation[1], ("neg", equation[2]))
    heads = {part[0] for _, part in places(difference) if type(part) is tuple}
    constant = None
    if "C" in names(equation):
        constant = spot.constant if state is spot.last else None
        if "int" in heads:
            constant = point("C", 0)  # beside an integral it may be any number
        elif constant is None:
            there = {"x": _constant(spot.x), "y": _constant(spot.y)}
            constant = _zero(lambda c: _series(difference, _known(there | {"C": _constant(c)}))[0])

    def residual(slope: Any) -> Any:
        y = arb_series([spot.y, slope], prec=_TERMS)
        fixed = {} if constant is None else {"C": _constant(constant)}
        at = _known({"x": _variable(spot.x), "y": y} | fixed)
        return (_series(difference, at) if "diff" in heads else _changed(difference, at))[0]

    free = constant is not None or bool(heads & {"diff", "int"})
    slope = _zero(residual)
    if not free and not _goes_through(difference, spot):
        raise _UnknownError  # another curve, which says nothing about this point
    if free and condition is None:
        return Direction((slope,))
    return Direction((slope, _height(equation, condition, spot.where)), single=True)


def _goes_through(difference: Tree, spot: _Spot) -> bool:
    """Whether a curve goes through the point."""
    there = _known({"x": _constant(spot.x), "y": _constant(spot.y)})
    return bool(_series(difference, there)[0].contains(0)) or spot.constant is None


def _height(equation: Tree, condition: Tree | None, where: Any) -> Any:
    """Return the height of a curve where the initial condition is put."""
    constant: dict[str, Any] = {}
    match condition:
        case ("=", ("fn", "y", _), height):
            return _number(height)
        case ("=", left, right):
            difference = ("+", left, ("neg", right))
            value = _zero(lambda c: _series(difference, _known({"C": _constant(c)}))[0])
            constant = {"C": _constant(value)}
    match equation:
        case ("=", ("fn", "y", str()), curve):
            return _series(curve, _known({"x": _constant(where)} | constant))[0]
    return arb(0)  # nothing is asked for


def _zero(function: Callable[[Any], Any]) -> Any:
    """Return where a function that is a straight line is zero.

    Raises:
        _UnknownError: it is no straight line, or has no slope.
    """
    low, middle, high = (function(arb(k)) for k in range(3))
    if not (high - middle).overlaps(middle - low) or (middle - low).contains(0) or not high.is_finite():
        raise _UnknownError
    return low / (low - middle)


def _bends(state: Tree, number: int) -> Direction:
    """Return p and q of the equation y'' + p y' + q y = 0 that a state says."""
    equation, characteristic = _parts(state)
    if characteristic is not None:
        return Direction(_of_roots(characteristic), beside=equation)
    x = point("x", number)
    if type(equation) is not tuple or equation[0] != "=":
        raise _UnknownError
    match equation:
        case ("=", ("fn", "y", str()), right):
            first, second = (
                _series(right, _known({"x": _variable(x), "C_1": _constant(a), "C_2": _constant(b)}))
                for a, b in ((arb(1), arb(0)), (arb(0), arb(1)))
            )
            # y'' = -p y' - q y for both curves
            (a, b, e), (c, d, f) = ((s[1], s[0], -2 * s[2]) for s in (first, second))
            below = a * d - b * c
            if below.contains(0):
                raise _UnknownError
            return Direction(((e * d - b * f) / below, (a * f - e * c) / below))
    difference = ("+", equation[1], ("neg", equation[2]))

    def bend(height: int, slope: int) -> Any:
        def residual(second: Any) -> Any:
            y = arb_series([arb(height), arb(slope), second / 2], prec=_TERMS)
            return _series(difference, _known({"x": _variable(x), "y": y}))[0]

        return _zero(residual)

    flat = bend(0, 0)
    if not flat.contains(0):
        raise _UnknownError
    return Direction((-bend(0, 1), -bend(1, 0)), beside=equation)


def _of_roots(state: Tree) -> tuple[Any, ...]:
    """Return p and q of the quadratic in r that an equation, or the equations of its solutions, stand for."""

    def value(tree: Tree, r: Any) -> Any:
        if type(tree) is tuple and tree[0] == "or":
            product = arb(1)
            for part in tree[1:]:
                product *= value(part, r)
            return product
        if type(tree) is not tuple or tree[0] != "=":
            raise _UnknownError
        difference = ("+", tree[1], ("neg", tree[2]))
        return _series(difference, _known({"r": _constant(r)}))[0]

    zero, one, two = (value(state, arb(k)) for k in range(3))
    if (two - 2 * one + zero).contains(0):  # a straight line: a double root, which was written once
        zero, one, two = zero * zero, one * one, two * two
    lead = (two - 2 * one + zero) / 2
    if lead.contains(0):
        raise _UnknownError
    return (one - zero - lead) / lead, zero / lead


def _number(tree: Tree) -> Any:
    return _series(tree, _known({}))[0]


def _constant(value: Any) -> Any:
    return arb_series([value], prec=_TERMS)


def _variable(value: Any) -> Any:
    return arb_series([value, arb(1)], prec=_TERMS)


def _known(values: Mapping[str, Any]) -> _At:
    def at(name: str) -> Any:
        if name not in values:
            raise _UnknownError
        return values[name]

    return at


def _series(tree: Tree, at: _At) -> Any:
    """Return the value of an expression along a curve, as a power series in the way along x."""
    if type(tree) is int:
        return _constant(arb(tree))
    if type(tree) is str:
        return _constant(arb.pi()) if tree == "pi" else at(tree)
    assert type(tree) is tuple
    head = tree[0]
    if head == "fn" and tree[2] == "x":
        return at(tree[1])
    if head == "diff":
        return _series(tree[1], at).derivative()
    if head == "subs":
        inner = _series(tree[3], at)
        return _series(tree[1], lambda name: inner if name == tree[2] else at(name))
    if head in {"int", "lim", "fn"}:
        raise _UnknownError
    parts = [_series(part, at) for part in tree[1:]]
    first = parts[0]
    if head == "+":
        return sum(parts[1:], start=first)
    if head == "*":
        for part in parts[1:]:
            first = first * part
        return first
    if head == "neg":
        return -first
    if head == "/":
        return _finite(first) / _finite(parts[1], nonzero=True)
    if head == "^" and type(tree[2]) is int:
        return first ** tree[2] if tree[2] >= 0 else 1 / _finite(first, nonzero=True) ** -tree[2]
    if head == "abs":
        return first if first[0] > 0 else -first if first[0] < 0 else _constant(_NAN)
    if head in {"log", "sqrt"} and not first[0] > 0:
        raise _UnknownError
    function = getattr(arb_series, head, None)
    if function is None:
        raise _UnknownError
    return function(_finite(first))


def _finite(series: Any, *, nonzero: bool = False) -> Any:
    """Return a series whose first coefficient is known."""
    if not series[0].is_finite() or (nonzero and series[0].contains(0)):
        raise _UnknownError
    return series


def _changed(tree: Tree, at: _At) -> Any:
    """Return the derivative along a curve; that of an integral is what is integrated."""
    if type(tree) is not tuple or not any(type(p) is tuple and p[0] == "int" for _, p in places(tree)):
        return _series(tree, at).derivative()
    match tree:
        case ("int", inside, str(by)):
            return _series(inside, at) * _series(by, at).derivative()
        case ("+", *parts):
            return sum((_changed(part, at) for part in parts[1:]), start=_changed(parts[0], at))
        case ("neg", inside):
            return -_changed(inside, at)
        case ("*", *factors, last) if not any(names(factor) for factor in factors):
            return _series(("*", 1, *factors), at) * _changed(last, at)
        case ("/", above, below) if not names(below):
            return _changed(above, at) / _series(below, at)
        case ("subs", inside, str(name), meant):
            inner = _series(meant, at)
            return _changed(inside, lambda asked: inner if asked == name else at(asked))
    raise _UnknownError
