"""The backward generator of Lample and Charton (2020), as their paper describes it, on SymPy.

A random expression F is drawn as a unary-binary tree that is uniform among those of its size, then simplified
and differentiated, and the derivative is simplified: F is the answer and the derivative the question. There
are no steps. This is a short implementation of our own, for measuring: theirs cannot be installed from a
package index. Sizes, leaves, operators and the limit of two seconds on simplifying are those of their paper
and of the commands in their manual.

Only SymPy is needed; `mathematics_peer` uses this where it is installed beside the other peers.
"""

from __future__ import annotations

import signal
from functools import cache
from random import Random
from types import FrameType
from typing import Any

import sympy

__all__ = ["backward"]

MOST_OPERATORS = 15
LARGEST = 5
LONGEST = 512
SECONDS = 2.0

_X = sympy.Symbol("x", real=True)
_BINARY = {"+": 10, "-": 3, "*": 10, "/": 5}
"""With their weights."""
_POWERS: dict[str, int] = {"pow2": 2, "pow3": 3, "pow4": 4, "pow5": 5}
_UNARY = {
    **dict.fromkeys(("exp", "log", "sqrt", "sin", "cos", "tan", "pow2"), 4),
    "pow3": 2,
    **dict.fromkeys(("pow4", "pow5", "asin", "acos", "atan"), 1),
    **dict.fromkeys(("sinh", "cosh", "tanh", "asinh", "acosh", "atanh"), 1),
}


class _TooLongError(Exception):
    """Simplifying took too long."""


def backward(rng: Random) -> tuple[str, str] | None:
    """Return an integrand and an antiderivative; None where what was drawn is of no use."""
    try:
        answer = _simplified(_expression(rng, rng.randint(3, MOST_OPERATORS)))
        if not answer.has(_X) or answer.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I):
            return None
        if isinstance(answer, sympy.Add):  # without the constant of integration
            answer = sympy.Add(*[term for term in answer.args if term.has(_X)])
        question = _simplified(sympy.diff(answer, _X))
        if question.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I, sympy.Derivative):
            return None
    except (ArithmeticError, ValueError, TypeError, AttributeError, RecursionError, _TooLongError):
        return None
    if max(_tokens(answer), _tokens(question)) > LONGEST:
        return None
    return str(question), str(answer)


@cache
def _trees(empty: int, operators: int) -> int:
    """Return how many unary-binary trees have so many empty nodes and so many operators to place.

    The recurrence of the paper's appendix C, with one kind of leaf and of each operator.
    """
    if not empty:
        return 0
    if not operators:
        return 1
    return _trees(empty - 1, operators) + _trees(empty, operators - 1) + _trees(empty + 1, operators - 1)


def _expression(rng: Random, operators: int) -> Any:
    """Return an expression with so many operators, every shape of which is as likely as any other."""
    return _filled(rng, iter(_arities(rng, operators)))


def _arities(rng: Random, operators: int) -> list[int]:
    """Return how many arguments each node has, in prefix order."""
    arities: list[int] = []
    empty = 1
    while operators:
        ways = [
            (skipped, arity, _trees(empty - skipped + arity - 1, operators - 1))
            for arity in (1, 2)
            for skipped in range(empty)
        ]
        skipped, arity, _ = rng.choices(ways, weights=[count for *_, count in ways])[0]
        arities += [*[0] * skipped, arity]
        empty += arity - 1 - skipped
        operators -= 1
    return arities + [0] * empty


def _filled(rng: Random, arities: Any) -> Any:
    arity = next(arities)
    if arity == 0:
        number = sympy.Integer(rng.choice([k for k in range(-LARGEST, LARGEST + 1) if k]))
        return _X if rng.random() < 0.75 else number
    if arity == 1:
        name = _drawn(rng, _UNARY)
        inner = _filled(rng, arities)
        return inner ** _POWERS[name] if name in _POWERS else getattr(sympy, name)(inner)
    sign, left, right = _drawn(rng, _BINARY), _filled(rng, arities), _filled(rng, arities)
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    return left / right


def _drawn(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def _simplified(expression: Any) -> Any:
    """Return a simpler expression; the same where that takes longer than the limit."""
    previous = signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        return sympy.simplify(expression)
    except _TooLongError:
        return expression
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _too_long(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what a handler takes
    raise _TooLongError


def _tokens(expression: Any) -> int:
    return sum(1 for _ in sympy.preorder_traversal(expression))
