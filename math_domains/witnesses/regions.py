"""Where on the real line a state holds: an exact witness for rational functions and absolute values.

The zeros of all polynomials that occur cut the line into points and open intervals. Within each of them no
sign changes, so a state is true or false throughout; two states say the same if they do in every piece. Zeros
are known by their irreducible polynomial and an enclosure, so a sign there is proved: it is zero if that
polynomial divides, and that of a ball otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from flint import arb_poly, fmpq, fmpq_poly

from rpsdg.math_domains.trees import CONNECTIVES, RELATIONS, Tree, heads, places

from .normal_form import NormalForms

__all__ = ["UnknownRegionError", "pieces_agree", "speaks_of_regions"]

_MOST_VARIANTS = 64


class UnknownRegionError(ArithmeticError):
    """Enclosures are too wide, or there are too many absolute values."""


class _Piece(NamedTuple):
    """A point or an open interval of the line."""

    zero_of: Any
    """The irreducible polynomial that vanishes at the point; None for an interval."""
    at: Any
    """A ball around the point, or a rational number in the interval."""

    def sign(self, polynomial: Any) -> int:
        """Return the sign that a polynomial has in the piece."""
        if self.zero_of is None:
            value = polynomial(self.at)
        elif polynomial == 0 or polynomial % self.zero_of == 0:
            return 0
        else:
            value = arb_poly(polynomial)(self.at)
            if not (value > 0 or value < 0):
                raise UnknownRegionError("the enclosure of a zero is too wide")
        return int(value > 0) - int(value < 0)


def speaks_of_regions(state: Tree) -> bool:
    """Say whether a state is an inequality, or several, or has absolute values in it."""
    found = heads(state)
    return "abs" in found or (bool(found & {"<", "<=", ">", ">=", "!="}) and "=" not in found)


def pieces_agree(left: Tree, right: Tree) -> tuple[bool, int]:
    """Say whether two states in one unknown hold at the same numbers, and in how many pieces that was seen.

    Raises:
        NotRationalError: there is more in them than rational functions and absolute values.
        UnknownRegionError: it could not be decided.
    """
    forms = NormalForms([("and", left, right)])
    pieces = list(_pieces(_polynomials(left, forms) + _polynomials(right, forms)))
    return all(_holds(left, p, forms) is _holds(right, p, forms) for p in pieces), len(pieces)


def _polynomials(state: Tree, forms: NormalForms) -> list[Any]:
    """Return every polynomial on whose sign the truth of a state may depend."""
    found: list[Any] = []
    for _, part in places(state):
        if type(part) is not tuple:
            continue
        if part[0] in RELATIONS:
            for variant in _variants(("+", part[1], ("neg", part[2]))):
                found += forms.form(variant)
        elif part[0] == "abs":
            for variant in _variants(part[1]):
                found += forms.form(variant)
    return found


def _variants(tree: Tree) -> list[Tree]:
    """Return the expression with either sign for each absolute value."""
    if type(tree) is not tuple:
        return [tree]
    rows: list[tuple[Tree, ...]] = [()]
    for part in tree[1:]:
        rows = [(*row, variant) for row in rows for variant in _variants(part)]
        if len(rows) > _MOST_VARIANTS:
            raise UnknownRegionError("there are too many absolute values")
    if tree[0] == "abs":
        return [variant for row in rows for variant in (row[0], ("neg", row[0]))]
    return [(tree[0], *row) for row in rows]


def _pieces(polynomials: list[Any]) -> Iterator[_Piece]:
    """Yield the pieces of the line, interval by point, from left to right."""
    irreducible = {
        tuple(factor.coeffs()): factor
        for polynomial in polynomials
        if polynomial.degree() > 0
        for factor, _ in polynomial.factor()[1]
    }
    points = sorted(
        (_Piece(factor, zero) for factor in irreducible.values() for zero in _real_zeros(factor)),
        key=lambda piece: float(piece.at.mid()),
    )
    if not points:
        yield _Piece(None, fmpq(0))
        return
    yield _Piece(None, points[0].at.lower().mid().fmpq() - 1)
    for here, there in pairwise(points):
        if not here.at < there.at:
            raise UnknownRegionError("two zeros cannot be told apart")
        yield here
        yield _Piece(None, (here.at.upper().mid().fmpq() + there.at.lower().mid().fmpq()) / 2)
    yield points[-1]
    yield _Piece(None, points[-1].at.upper().mid().fmpq() + 1)


def _real_zeros(factor: Any) -> list[Any]:
    return [zero.real for zero, _ in factor.complex_roots() if zero.imag == 0]


def _holds(state: Any, piece: _Piece, forms: NormalForms) -> bool:
    head = state[0]
    if head in CONNECTIVES:
        return (any if head == "or" else all)(_holds(part, piece, forms) for part in state[1:])
    left, right = (forms.form(_resolved(side, piece, forms)) for side in state[1:])
    if piece.sign(left[1]) == 0 or piece.sign(right[1]) == 0:
        return False
    above: fmpq_poly = left[0] * right[1] - right[0] * left[1]
    sign = piece.sign(above) * piece.sign(left[1]) * piece.sign(right[1])
    return sign in _SIGNS[head]


_SIGNS = {"=": {0}, "!=": {-1, 1}, "<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}}


def _resolved(tree: Tree, piece: _Piece, forms: NormalForms) -> Tree:
    """Return the expression without absolute values that it is in a piece."""
    if type(tree) is not tuple:
        return tree
    parts = [_resolved(part, piece, forms) for part in tree[1:]]
    if tree[0] != "abs":
        return (tree[0], *parts)
    above, below = forms.form(parts[0])
    return parts[0] if piece.sign(above) * piece.sign(below) >= 0 else ("neg", parts[0])
