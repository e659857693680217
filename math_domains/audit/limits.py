"""Comparing limits and improper integrals: values near the place that the limit goes to.

What is seen there are fewer digits than of a value, and infinity is a value of its own.
"""

from __future__ import annotations

from typing import Any

import sympy

from .comparison import Compared, Comparison
from .values import UnclearError, value
from .working import worked_out

__all__ = ["Limits", "approached"]

_NEAR = tuple(sympy.Rational(1, 10**k) for k in (10, 20))
"""How near the place values are taken; at infinity, of what number they are taken is one over it."""
_CLOSE = sympy.Float("1e-8")
_LARGE = 10**4


class Limits(Comparison):
    """Expressions without letters, of which parts are limits."""

    def compare(self, before: Any, after: Any) -> Compared:
        """Compare two values, either of which may be infinite."""
        try:
            left, right = map(_value, (before, after))
        except (UnclearError, ValueError) as error:
            return Compared(None, str(error))
        if left is None or right is None:
            return Compared(None if left is right else False, f"{left} and {right}, where None is undefined")
        if _alike(left, right):
            return Compared(True)
        return Compared(False, f"{left.n(12)!s} and {right.n(12)!s}")


def _alike(left: Any, right: Any) -> bool:
    """Say whether two values are equal as far as one can see; an infinite one is equal to itself alone."""
    if left.is_infinite or right.is_infinite:
        return bool(left == right)
    return bool(abs(left - right) <= _CLOSE * max(1, abs(left)))


def _value(state: Any) -> Any:
    """Return the value of a state, which may be infinite; None if it has none."""
    expression = worked_out(state)
    for limit in sorted(expression.atoms(sympy.Limit), key=str):
        found = approached(limit)
        if found is None:
            return None
        expression = expression.xreplace({limit: found})
    if expression.has(sympy.oo, -sympy.oo) and not expression.has(sympy.Integral):
        whole = expression.doit()
        return whole if whole.is_extended_real else None
    return value(expression, {})


def approached(limit: Any) -> Any:
    """Return a limit to some digits, or plus or minus infinity; None if it does not exist.

    Raises:
        UnclearError: values near the place do not tell.
    """
    inside, by, to, side = limit.args
    inside = worked_out(inside)
    if inside.has(sympy.Integral):  # an integral up to a bound that goes to infinity
        return value(inside.subs(by, to), {})
    signs = {"+": (1,), "-": (-1,), "+-": (1, -1)}[str(side)]
    if to.is_infinite:
        signs = (1,) if to == sympy.oo else (-1,)
    found = [_from_one_side(inside, by, to, sign) for sign in signs]
    if None in found:
        return None
    return found[0] if _alike(found[0], found[-1]) else None


def _from_one_side(inside: Any, by: Any, to: Any, sign: int) -> Any:
    places = [sign / near if to.is_infinite else to + sign * near for near in _NEAR]
    far, near = (value(inside, {by: place}, beside=True) for place in places)
    if far is None or near is None:
        return None
    if abs(near) > _LARGE and abs(near) > 2 * abs(far):
        return sympy.oo if near > 0 else -sympy.oo
    if abs(near - far) > _CLOSE * max(1, abs(near)):
        raise UnclearError(f"near {to} the values are {far.n(12)!s} and {near.n(12)!s}")
    return near
