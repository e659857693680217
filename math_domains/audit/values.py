"""Values at points: 30 digits by SymPy's `evalf`, which raises its working precision until they are right.

Numbers are real, as in school: an expression is undefined where any part of it is, even if SymPy's complex
numbers would cancel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import sympy
from sympy import Float, Rational

__all__ = ["Point", "UnclearError", "close", "points", "value"]

Point = Mapping[Any, Any]
"""What stands for each symbol: exact numbers, or floats of 60 digits."""

_DIGITS = 30
_CLOSE = Float("1e-22", _DIGITS)
"""Values count as equal if they differ by less, relative to the larger of them and one."""
_FEWEST_BITS = 60
"""Of a value that is not near zero so many bits must be known."""
_NOTHING_BESIDE = Float("1e-120", _DIGITS)
_MOST, _MOST_BESIDE = 100, 500
"""Digits with which SymPy may work to have 30 right: as it does by default, and beside special points."""

_NUMBERS = [
    Rational(p, q)
    for p, q in (
        (3, 7), (22, 9), (-5, 11), (17, 5), (-13, 6), (2, 13), (9, 8), (-8, 5), (1, 19), (29, 9), (-3, 10),
        (7, 10), (-31, 8), (12, 11), (41, 12), (-1, 23), (23, 4), (-7, 9), (5, 3), (43, 3),
        (-55, 6), (97, 4), (121, 3),
    )
]  # fmt: skip
"""Rational numbers of different signs and sizes, at which nothing in a textbook has a pole."""
_STEP = 5  # how far apart the numbers of two letters are taken; it shares no factor with how many there are


class UnclearError(ArithmeticError):
    """SymPy could not tell a value to enough digits."""


def points(symbols: set[Any]) -> Iterator[Point]:
    """Yield points for letters: rational, without structure, first of either sign and then all positive."""
    letters = sorted(symbols, key=lambda symbol: symbol.name)
    count = len(_NUMBERS)
    for sign_matters in (True, False):
        for number in range(count if letters else 1):
            found = {
                letter: _NUMBERS[(number + _STEP * place) % count] for place, letter in enumerate(letters)
            }
            yield found if sign_matters else {letter: abs(at) for letter, at in found.items()}


def value(expression: Any, at: Point, *, beside: bool = False) -> Any:
    """Return the value of an expression at a point, a SymPy Float; None where it is undefined.

    Args:
        expression: anything that `worked_out` returns.
        at: numbers for its letters.
        beside: whether the point is exact, and so near to a special one that little is not nothing.

    Raises:
        UnclearError: it could not be told.
    """
    expression = _branch(expression, at)
    nothing, most = (_NOTHING_BESIDE, _MOST_BESIDE) if beside else (_CLOSE, _MOST)
    for need in _needs(expression):
        found = _number(need.part, at, most)
        if found is None or not need.is_met(found, nothing):
            return None
    return _number(expression, at, most)


def close(left: Any, right: Any) -> bool:
    """Say whether two values are equal, as far as one can see."""
    return bool(abs(left - right) <= _CLOSE * max(1, abs(left), abs(right)))


def _number(expression: Any, at: Point, most: int) -> Any:
    try:
        found = sympy.sympify(expression).evalf(_DIGITS, subs=dict(at), maxn=most)
    except ZeroDivisionError:
        return None
    if found.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        return None
    real, imaginary = found.as_real_imag()
    if not (real.is_Number and imaginary.is_Number):
        raise UnclearError(f"`{expression}` has no value that SymPy can tell")
    if abs(imaginary) > _CLOSE * max(1, abs(real)):
        return None
    if real.is_Float and abs(real) > _CLOSE and real._prec < _FEWEST_BITS:  # noqa: SLF001 - nothing else tells
        raise UnclearError(f"of `{expression}` too few digits are known")
    return real


def _branch(expression: Any, at: Point) -> Any:
    """Return an expression with the piece that is valid at a point instead of all pieces."""
    if not expression.has(sympy.Piecewise):
        return expression
    return expression.replace(
        sympy.Piecewise,
        lambda *pieces: next(
            (piece for piece, valid in pieces if valid.subs(dict(at)) == sympy.true), sympy.nan
        ),
    )


class _Need(NamedTuple):
    """What must hold for an expression to be defined."""

    part: Any
    sign: Literal["positive", "not negative", "not zero"]

    def is_met(self, found: Any, nothing: Any) -> bool:
        """Say whether the part's value will do; one below `nothing` is taken for zero."""
        if self.sign == "not zero":
            return bool(abs(found) > nothing)
        return bool(found > (nothing if self.sign == "positive" else -nothing))


@lru_cache(maxsize=4096)
def _needs(expression: Any) -> tuple[_Need, ...]:
    found: list[_Need] = []
    for part in _parts(expression):
        if isinstance(part, sympy.log):
            found.append(_Need(part.args[0], "positive"))
        elif isinstance(part, (sympy.asin, sympy.acos)):
            found += [_Need(1 - part.args[0], "not negative"), _Need(1 + part.args[0], "not negative")]
        elif isinstance(part, (sympy.tan, sympy.sec)):
            found.append(_Need(sympy.cos(part.args[0]), "not zero"))
        elif isinstance(part, (sympy.cot, sympy.csc)):
            found.append(_Need(sympy.sin(part.args[0]), "not zero"))
        elif isinstance(part, sympy.Pow):
            found += _needs_of_power(*part.args)
    return tuple(dict.fromkeys(found))


def _needs_of_power(base: Any, exponent: Any) -> list[_Need]:
    if base.is_Number and base.is_positive:
        return []
    exact = exponent if exponent.free_symbols else exponent.doit()
    if exact.is_Integer:
        return [_Need(base, "not zero")] if exact < 0 else []
    return [_Need(base, "not negative" if exact.is_positive else "positive")]


def _parts(expression: Any) -> Iterator[Any]:
    """Yield all parts but those in which a letter is bound."""
    yield expression
    if not isinstance(expression, (sympy.Integral, sympy.Sum, sympy.Limit)):
        for argument in expression.args:
            yield from _parts(argument)
