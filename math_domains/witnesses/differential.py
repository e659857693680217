"""What a differential equation says, compared by how it leads its solutions on from a point.

Every state of a solution, from the equation to the family of curves that solves it, says how a curve goes on
from a point, given by its height and, of the second order, its slope. An equation with derivatives is solved
for the highest; of one with integrals both sides are differentiated; of one with constants, these are found
so that the curve goes through the point, and then it is differentiated. All of that is done with power series
of balls along the curve, so states that differ are proved to; and two states that agree at points without any
structure most likely agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from flint import arb

from rpsdg.math_domains.trees import Tree, first_place, free_names, names, places

from .along import NotKnownError, NowhereError, change, fixed, known, moving, root, series, solved
from .balls import point
from .bends import bend, of_roots

__all__ = ["Direction", "directions", "has_unknown_function", "order_of"]

_POINTS = 6
"""At how many points states are looked at."""


class Direction(NamedTuple):
    """How a state says that its curves go on from a point."""

    onward: Any
    """The derivative of the highest order; None where no curve of the state goes through the point."""
    single: bool = False
    """Whether the state says which curve it is, and not a family of them."""
    height: Any = None
    """That of the one curve where an initial condition is put, if it is known."""
    beside: Tree | None = None
    """The equation that stands beside one for its roots."""


class _Spot(NamedTuple):
    """A point that a curve goes through."""

    x: Any
    heights: tuple[Any, ...]
    """The height, and of the second order the slope."""
    where: Any
    """Where an initial condition is put; None if there is none."""
    drawn: Callable[[str], Any]
    """Values for letters that do not matter."""


def has_unknown_function(states: Sequence[Tree]) -> bool:
    """Whether states are about an unknown function, or about integrals on both sides of an equation."""
    return any(
        type(part) is tuple and (part[0] == "fn" or (part[0] == "int" and state[0] == "="))
        for state in (states[0], states[-1])
        if type(state) is tuple and len(names(state)) > 1
        for _, part in places(state)
    )


def directions(
    states: Sequence[Tree], at: Callable[[str, int], Any] = point, points: int = _POINTS
) -> Iterator[list[Direction | None]]:
    """Yield for each of several points what each state says there; None where that is not known.

    Args:
        states: equations, perhaps with a condition; if the last is one curve, points on it are looked at.
        at: the values of names at the points, by their numbers.
        points: how many.
    """
    order = max(map(order_of, states))
    where = next((w for state in states for w in _conditions(state)), None)
    for number in range(points):
        spot = _spot(states, order, number, at, where)
        yield [_said(state, spot) for state in states]


def _said(state: Tree, spot: _Spot) -> Direction | None:
    try:
        said = _direction(state, spot)
    except NotKnownError:
        return None
    return said if said.onward is None or said.onward.is_finite() else None


def order_of(tree: Tree) -> int:
    """Return how often the unknown function is differentiated, or how many numbered constants there are."""
    return max(1, _derivatives(tree), sum(name.startswith("C_") for name in names(tree)))


def _derivatives(tree: Tree) -> int:
    if type(tree) is not tuple:
        return 0
    if tree[0] == "diff":
        return 1 + _derivatives(tree[1])
    return max(map(_derivatives, tree[1:]), default=0)


def _parts(state: Tree) -> tuple[Tree, Tree | None]:
    """Return the equation of a state, and the condition that stands beside it."""
    match state:
        case ("and", equation, condition):
            return equation, condition
    return state, None


def _conditions(state: Tree) -> list[Any]:
    """Return where the height of a curve is given."""
    match _parts(state)[1]:
        case ("=", ("fn", "y", where), _) if not names(where):
            return [_number(where)]
    return []


def _number(tree: Tree) -> Any:
    return series(tree, known({}))[0]


def _curve(equation: Tree) -> Tree | None:
    """Return the right side of an equation that is solved for y."""
    match equation:
        case ("=", ("fn", "y", str()) | "y", right) if "y" not in names(right):
            found: Tree = right
            return found
    return None


def _constants(equation: Tree) -> list[str]:
    return sorted(free_names(equation) - {"x", "y"})


def _single(state: Tree) -> tuple[Tree, dict[str, Any]] | None:
    """Return the height of one curve, and the constant in it that a condition gives; None for families."""
    equation, condition = _parts(state)
    curve = _curve(equation)
    if curve is None:
        return None
    letters = _constants(curve)
    if not letters and condition is None:
        return curve, {}
    if len(letters) != 1 or condition is None or free_names(condition) != {letters[0]}:
        return None
    return curve, {letters[0]: fixed(solved(condition, letters[0], known({})))}


def _spot(
    states: Sequence[Tree], order: int, number: int, at: Callable[[str, int], Any], where: Any
) -> _Spot:
    """Return a point on the curve that is named last, and any point if none is."""
    x = at("x", number)
    heights = tuple(at("y" + "'" * k, number) for k in range(order))
    for state in reversed(states):
        try:
            if (found := _single(state)) is not None:
                along = series(found[0], known({"x": moving(x, arb(1))} | found[1]))
                heights = tuple(along[k] for k in range(order))
                break
        except (NotKnownError, NowhereError):
            continue
    return _Spot(x, heights, where, lambda name: at(name, number))


def _direction(state: Tree, spot: _Spot) -> Direction:
    equation, condition = _parts(state)
    if type(equation) is not tuple or equation[0] != "=":
        raise NotKnownError
    if (found := _single(state)) is not None:
        curve, constants = found
        return Direction(_along(curve, constants, spot), True, _height(curve, constants, spot))
    if condition is None:
        return Direction(_onward(equation, spot))
    match condition:
        case ("=", ("fn", "y", _), height):
            return Direction(_onward(equation, spot), True, _number(height))
    unknown = free_names(condition)
    if unknown == {"r"} and len(spot.heights) == 2:
        return Direction(_by_roots(equation, condition, spot), beside=equation)
    if unknown != set(_constants(equation)) or len(unknown) != 1 or _derivatives(equation):
        raise NotKnownError
    (letter,) = unknown
    constant = {letter: fixed(solved(condition, letter, known({})))}
    return Direction(_slope(equation, constant, spot), True)


def _along(curve: Tree, constants: dict[str, Any], spot: _Spot) -> Any:
    """Return the derivative of one curve, if it goes through the point; else None."""
    along = series(curve, known({"x": moving(spot.x, arb(1))} | constants))
    factors = (1, 1, 2)
    if not all((along[k] * factors[k]).overlaps(height) for k, height in enumerate(spot.heights)):
        return None
    return along[len(spot.heights)] * factors[len(spot.heights)]


def _height(curve: Tree, constants: dict[str, Any], spot: _Spot) -> Any:
    """Return the height of a curve where an initial condition is put; None if there is none."""
    return None if spot.where is None else series(curve, known({"x": fixed(spot.where)} | constants))[0]


def _onward(equation: Tree, spot: _Spot) -> Any:
    """Return the derivative of the highest order that an equation gives to its curve through a point."""
    if _derivatives(equation):
        return _highest(equation, spot, spot.heights)
    try:
        if len(spot.heights) == 2:
            curve = _curve(equation)
            if curve is None:
                raise NotKnownError
            return bend(curve, _constants(curve), spot.x, spot.heights)
        return _slope(equation, _constant(equation, spot), spot)
    except NowhereError:
        return None


def _highest(equation: Tree, spot: _Spot, heights: tuple[Any, ...]) -> Any:
    """Solve an equation with derivatives for the highest of them."""
    assert type(equation) is tuple
    difference = ("+", equation[1], ("neg", equation[2]))
    constants = {name: fixed(spot.drawn(name)) for name in _constants(equation)}

    def residual(value: Any) -> Any:
        y = moving(*heights, value if len(heights) == 1 else value / 2)
        return series(difference, known({"x": moving(spot.x, arb(1)), "y": y} | constants))[0]

    return root(residual)


def _constant(equation: Tree, spot: _Spot) -> dict[str, Any]:
    """Return the constants of a curve through the point; those that do not matter are drawn."""
    letters = _constants(equation)
    found = {letter: fixed(spot.drawn(letter)) for letter in letters}
    if first_place(equation, "int") is not None:
        return found  # beside an integral it may be any number
    there = {"x": fixed(spot.x), "y": fixed(spot.heights[0])}
    for letter in letters:
        try:
            found[letter] = fixed(solved(equation, letter, known(found | there)))
        except NotKnownError:
            continue
        return found
    if letters:
        raise NotKnownError
    return found


def _slope(equation: Tree, constants: dict[str, Any], spot: _Spot) -> Any:
    """Return the slope of a curve in the point; None if it does not go through it."""
    assert type(equation) is tuple
    difference = ("+", equation[1], ("neg", equation[2]))
    (height,) = spot.heights
    if first_place(equation, "int") is None:
        there = known({"x": fixed(spot.x), "y": fixed(height)} | constants)
        if not series(difference, there)[0].contains(0):
            return None

    def residual(slope: Any) -> Any:
        at = known({"x": moving(spot.x, arb(1)), "y": moving(height, slope)} | constants)
        return change(difference, at)[0]

    return root(residual)


def _by_roots(equation: Tree, condition: Tree, spot: _Spot) -> Any:
    """Return the bend that the roots of a characteristic equation stand for, beside the equation itself."""
    p, q = of_roots(condition)
    height, slope = spot.heights
    alone = _highest(equation, spot, (arb(0), arb(0)))
    return alone - p * slope - q * height
