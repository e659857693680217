"""Solutions of differential equations: put into the equation, and looked at for how many there are.

A general solution has constants, under any names and in any form: what counts is that every one of its curves
makes the equation true, and that they are all of the curves of the gold one. Curves are told apart by the
constants that the gold solution has for them; so those of `y = e^{x^2 + C}` are found to have positive ones
only, and those of `y = C_1 e^{2x} + C_2 e^{2x}` to need no second one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from flint import arb

from rpsdg.math_domains.trees import Tree, free_names, names, size
from rpsdg.math_domains.witnesses.along import (
    NotKnownError,
    NowhereError,
    change,
    fixed,
    known,
    moving,
    root,
    series,
    solved,
)
from rpsdg.math_domains.witnesses.differential import order_of

from .equality import Tally
from .limits import Reason, RefusedError, Work
from .points import COUNT, drawn, precision
from .problem import Problem
from .statements import with_signs

__all__ = ["BITS", "VARIABLES", "compare_solutions"]

BITS = 192
VARIABLES = frozenset({"x", "y"})
_Signs = tuple[bool, ...]
_FEWEST_POINTS = 3
_ENOUGH_CURVES = 12
_OFTEN = 3
"""How often the gold solution has to reach some signs for an answer to need them, too."""
_TERMS = 4


class _Asked(NamedTuple):
    """What a problem asks for."""

    equation: Tree
    conditions: tuple[Tree, ...]
    order: int


class _Curve(NamedTuple):
    """One of the curves of an answer, at a point on it."""

    x: Any
    heights: tuple[Any, ...]
    """The height and the derivatives, up to the order of the equation."""


def compare_solutions(problem: Problem, answer: Tree, work: Work) -> Reason:
    """Say whether an answer gives the solutions of a differential equation.

    Raises:
        RefusedError: it is no equation of curves, or too large.
    """
    asked = _asked(problem)
    said = [relation for one in _branches(answer, problem) for relation in _with_signs(one)]
    letters = sorted(frozenset().union(*map(free_names, said)) - VARIABLES)
    if asked.conditions and letters:
        return Reason.UNFIXED
    if not asked.conditions and len(letters) < asked.order:
        return Reason.NO_CONSTANT
    tally = Tally(BITS, narrower=True)
    reached: set[_Signs] = set()
    with precision(BITS):
        points = drawn({*letters, *free_names(problem.gold), *VARIABLES}, f"{problem.question} {answer}")
        wanted = set() if asked.conditions else _wanted(problem, asked, points, work)
        for relation in said:
            for seen, curve in enumerate(_curves(relation, letters, asked.order, points, work)):
                _put_in(asked.equation, curve, tally, work)
                if not asked.conditions:
                    reached |= _signs(problem.gold, curve)
                if seen >= _ENOUGH_CURVES and wanted <= reached:
                    break
        if tally.reason(_FEWEST_POINTS) is not Reason.EQUAL:
            return tally.reason(_FEWEST_POINTS)
        if asked.conditions:
            return _meets(asked.conditions, said)
    return Reason.EQUAL if wanted and wanted <= reached else Reason.LESS_GENERAL


def _wanted(problem: Problem, asked: _Asked, points: dict[str, tuple[Any, ...]], work: Work) -> set[_Signs]:
    """Return the signs that the constants of the gold solution have, on curves of its own."""
    letters = sorted(free_names(problem.gold) - VARIABLES)
    (relation,) = _branches(problem.gold, problem)
    found: Counter[_Signs] = Counter()
    for curve in _curves(relation, letters, asked.order, points, work):
        found.update(_signs(problem.gold, curve))
        if len(found) == 1 << len(next(iter(found), ())) and min(found.values()) >= _OFTEN:
            break
    return {signs for signs, times in found.items() if times >= _OFTEN}


def _asked(problem: Problem) -> _Asked:
    question = problem.question
    parts = question[1:] if type(question) is tuple and question[0] == "and" else (question,)
    return _Asked(parts[0], tuple(parts[1:]), order_of(parts[0]))


def _branches(answer: Tree, problem: Problem) -> list[Tree]:
    """Return the equations that an answer consists of, solved for y if the gold one is.

    Raises:
        RefusedError: it is no such answer.
    """
    parts = answer[1:] if type(answer) is tuple and answer[0] in {"list", "or", "and"} else (answer,)
    found: list[Tree] = []
    for part in parts:
        if type(part) is not tuple or part[0] not in {"=", "in", "!="}:
            part = ("=", "y", part)
        if part[0] != "=" or "y" not in names(part):
            continue  # what the constants are
        left, right = part[1:]
        if right == "y" or (type(right) is tuple and right[0] == "fn"):
            left, right = right, left
        explicit = left in ("y", ("fn", "y", "x")) and "y" not in names(right)
        if not explicit and _solved_for_y(problem.gold):
            raise RefusedError(Reason.FORM, "it is not solved for y")
        found.append(("=", "y" if explicit else left, right))
    if not found:
        raise RefusedError(Reason.SHAPE, "no equation of curves")
    return found


def _solved_for_y(equation: Tree) -> bool:
    return type(equation) is tuple and equation[1] == ("fn", "y", "x")


def _with_signs(relation: Tree) -> Iterator[Tree]:
    assert type(relation) is tuple
    for right in with_signs(relation[2]):
        yield ("=", relation[1], right)


def _curves(
    relation: Tree, letters: Sequence[str], order: int, points: dict[str, tuple[Any, ...]], work: Work
) -> Iterator[_Curve]:
    """Yield curves of an answer, the constants drawn several times, at points on them."""
    assert type(relation) is tuple
    explicit = relation[1] == "y" and "y" not in names(relation[2])
    for k, shift in product(range(COUNT), range(COUNT if letters or not explicit else 1)):
        work.spend(2 * size(relation))
        x = points["x"][k]
        # The signs of the letters, which alternate along their points, are to come in every combination.
        at = {
            letter: fixed(points[letter][(3 * k + (j + 1) * shift + j) % COUNT])
            for j, letter in enumerate(letters)
        }
        try:
            if explicit:
                along = series(relation[2], known(at | {"x": moving(x, arb(1))}))
                derivatives = [along[j] * (1, 1, 2, 6)[j] for j in range(order + 1)]
            else:
                height = points["y"][(k + shift) % COUNT]
                derivatives = [height, _slope(relation, at, x, height, letters)]
        except (NotKnownError, NowhereError):
            continue
        if all(value.is_finite() for value in derivatives):
            yield _Curve(x, tuple(derivatives))


def _slope(relation: Tree, at: dict[str, Any], x: Any, height: Any, letters: Sequence[str]) -> Any:
    """Return the slope of the curve through a point that an equation with a constant has."""
    assert type(relation) is tuple
    there = at | {"x": fixed(x), "y": fixed(height)}
    if not letters:
        raise NotKnownError
    constants = at | {letters[0]: fixed(solved(relation, letters[0], known(there)))}
    difference = ("+", relation[1], ("neg", relation[2]))

    def residual(slope: Any) -> Any:
        return change(difference, known(constants | {"x": moving(x, arb(1)), "y": moving(height, slope)}))[0]

    return root(residual)


def _put_in(equation: Tree, curve: _Curve, tally: Tally, work: Work) -> None:
    """Compare both sides of the equation on a curve."""
    assert type(equation) is tuple
    work.spend(_TERMS * size(equation))
    coefficients = [height / (1, 1, 2, 6)[j] for j, height in enumerate(curve.heights)]
    at = known({"x": moving(curve.x, arb(1)), "y": moving(*coefficients)})
    try:
        tally.see(*[series(side, at)[0] for side in equation[1:]])
    except NotKnownError:
        return


def _signs(gold: Tree, curve: _Curve) -> set[_Signs]:
    """Return the signs of the constants that the gold solution has for a curve, if it has any."""
    letters = sorted(free_names(gold) - VARIABLES)
    there = {"x": fixed(curve.x), "y": fixed(curve.heights[0])}
    try:
        if len(letters) == 1:
            values = [solved(gold, letters[0], known(there))]
            if not _solved_for_y(gold):  # y² says nothing of the sign of y
                values.append(curve.heights[0])
        else:
            values = _two_constants(gold, letters, curve)
    except (NotKnownError, NowhereError):
        return set()
    if any(not (value > 0 or value < 0) for value in values):
        return set()
    return {tuple(bool(value > 0) for value in values)}


def _two_constants(gold: Tree, letters: Sequence[str], curve: _Curve) -> list[Any]:
    """Return the two constants of a curve, which the gold solution has linearly."""
    assert type(gold) is tuple

    def along(*values: int) -> Any:
        constants = {letter: fixed(arb(value)) for letter, value in zip(letters, values, strict=True)}
        return series(gold[2], known({"x": moving(curve.x, arb(1))} | constants))

    rest = along(0, 0)
    one, other = along(1, 0) - rest, along(0, 1) - rest
    height, slope = curve.heights[0] - rest[0], curve.heights[1] - rest[1]
    below = one[0] * other[1] - other[0] * one[1]
    return [(height * other[1] - slope * other[0]) / below, (one[0] * slope - one[1] * height) / below]


def _meets(conditions: Sequence[Tree], said: Sequence[Tree]) -> Reason:
    """Say whether the one curve of an answer meets the conditions."""
    if len(said) != 1:
        return Reason.EXTRA
    curve = said[0][2]  # type: ignore[index]
    tally = Tally(BITS, narrower=True)
    for condition in conditions:
        assert type(condition) is tuple
        _, (_, _, where), height = condition
        try:
            at = known({"x": series(where, known({}))})
            tally.see(series(height, known({}))[0], series(curve, at)[0])
        except NotKnownError:
            return Reason.UNDECIDED
    return tally.reason(fewest=len(conditions))
