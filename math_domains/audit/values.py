"""Values at points: 30 digits by SymPy's `evalf`, which raises its working precision until they are right.

Numbers are real, as in school: an expression is undefined where any part of it is, even if SymPy's complex
numbers would cancel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

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

_NUMBERS = [
    Rational(p, q)
    for p, q in (
        (3, 7), (22, 9), (-5, 11), (17, 5), (-13, 6), (2, 13), (9, 8), (-8, 5), (1, 19), (29, 9), (-3, 10),
        (7, 10), (-31, 8), (12, 11), (41, 12), (-1, 23), (23, 4), (-7, 9), (5, 3),
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


def value(expression: Any, at: Point) -> Any:
    """Return the value of an expression at a point, a SymPy Float; None where it is undefined.

    Raises:
        UnclearError: it could not be told.
    """
    for part, least, open_end in _needs(expression):
        found = _number(part, at)
        if (
            found is None
            or (least is None and not _differs(found))
            or (least is not None and (found < least - _CLOSE or (open_end and found < least + _CLOSE)))
        ):
            return None
    return _number(expression, at)


def close(left: Any, right: Any) -> bool:
    """Say whether two values are equal, as far as one can see."""
    return bool(abs(left - right) <= _CLOSE * max(1, abs(left), abs(right)))


def _differs(found: Any) -> bool:
    return bool(abs(found) > _CLOSE)


def _number(expression: Any, at: Point) -> Any:
    try:
        found = sympy.sympify(expression).evalf(_DIGITS, subs=dict(at))
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


@lru_cache(maxsize=4096)
def _needs(expression: Any) -> tuple[tuple[Any, Any, bool], ...]:
    """Return what must hold for an expression to be defined: parts, each with its least value.

    Without a least value the part must not be zero; with an open end the least value is not allowed itself.
    """
    found: list[tuple[Any, Any, bool]] = []
    for part in _parts(expression):
        if isinstance(part, sympy.log):
            found.append((part.args[0], 0, True))
        elif isinstance(part, (sympy.asin, sympy.acos)):
            found += [(1 - part.args[0], 0, False), (1 + part.args[0], 0, False)]
        elif isinstance(part, (sympy.tan, sympy.sec)):
            found.append((sympy.cos(part.args[0]), None, False))
        elif isinstance(part, (sympy.cot, sympy.csc)):
            found.append((sympy.sin(part.args[0]), None, False))
        elif isinstance(part, sympy.Pow):
            found += _needs_of_power(*part.args)
    return tuple(dict.fromkeys(found))


def _needs_of_power(base: Any, exponent: Any) -> list[tuple[Any, Any, bool]]:
    if base.is_Number and base.is_positive:
        return []
    exact = exponent if exponent.free_symbols else exponent.doit()
    if exact.is_Integer:
        return [(base, None, False)] if exact < 0 else []
    return [(base, 0, not exact.is_positive)]


def _parts(expression: Any) -> Iterator[Any]:
    """Yield all parts but those in which a letter is bound."""
    yield expression
    if not isinstance(expression, (sympy.Integral, sympy.Sum, sympy.Limit)):
        for argument in expression.args:
            yield from _parts(argument)
