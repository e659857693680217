"""How large a formula becomes when its powers are worked out, known before anything is worked out."""

from __future__ import annotations

from math import factorial
from typing import NamedTuple

from rpsdg.math_domains.text import INFINITE
from rpsdg.math_domains.trees import FUNCTIONS, Tree, first_place, instead
from rpsdg.math_domains.witnesses.matrices import is_matrix

from .limits import LARGEST_BITS, MOST_TERMS, MOST_WORK, Reason, RefusedError

__all__ = ["MatrixSize", "Size", "matrix_size", "size_of"]

_NO_VALUES = frozenset({"oo", "..."})
_EVALUATIONS = 300
"""What a definite integral costs, in evaluations of its integrand; most need fewer."""
_TERMS = 20
"""What each node of a function costs whose limit is found, from both sides."""
_LARGEST_MATRIX = 4
"""Rows of a matrix whose determinant or inverse is worked out, which takes every permutation of them."""
_LARGEST_POWER = 6


class Size(NamedTuple):
    """Bounds, of an expression as a quotient of polynomials."""

    nodes: int
    bits: int
    """Of all whole numbers together."""
    above: int
    """Degree of the numerator."""
    below: int
    """Degree of the denominator."""
    rational: bool
    """Whether it is such a quotient at all."""


_NOWHERE = Size(1, 0, 0, 0, True)
"""The size of an infinite bound, where one may stand."""
_PIECES = 8
"""How much more an integral costs that goes to infinity."""


def size_of(tree: Tree) -> Size:
    """Return the size of an expression; integrals and derivatives in it are worked out at points.

    Raises:
        RefusedError: it is a statement or a list and no expression, or too large.
    """
    if type(tree) is int:
        return Size(1, tree.bit_length(), 0, 0, True)
    if type(tree) is str:
        if tree in _NO_VALUES:
            raise RefusedError(Reason.SHAPE, tree)
        return Size(1, 2, 1, 0, tree != "pi")
    assert type(tree) is tuple
    head = tree[0]
    if head == "det":
        return _bounded(_determinant(matrix_size(tree[1])))
    if head == "sum":
        return _bounded(_sum(tree))
    if head == "lim":
        return _bounded(_limit(tree))
    parts = [_NOWHERE if part in INFINITE and head == "int" else size_of(part) for part in tree[1:]]
    nodes, bits = 1 + sum(part.nodes for part in parts), sum(part.bits for part in parts)
    rational = all(part.rational for part in parts)
    if head == "+":
        below = sum(part.below for part in parts)
        size = Size(nodes, bits, max(part.above - part.below for part in parts) + below, below, rational)
    elif head == "*":
        size = Size(nodes, bits, sum(p.above for p in parts), sum(p.below for p in parts), rational)
    elif head == "/":
        (one, other) = parts
        size = Size(nodes, bits, one.above + other.below, one.below + other.above, rational)
    elif head == "neg":
        size = Size(nodes, bits, parts[0].above, parts[0].below, rational)
    elif head == "^":
        size = _power(parts[0], tree[2], parts[1])
    elif head == "int" and len(parts) == 4:
        pieces = _PIECES if _NOWHERE in parts else 1
        worked_out = nodes + pieces * _EVALUATIONS * parts[0].nodes
        size = Size(worked_out, bits, 0, 0, False)
    elif head in {"diff", "subs", "int"}:
        size = Size(2 * nodes, bits, 0, 0, False)
    elif head in FUNCTIONS:
        size = Size(nodes, bits, 0, 0, False)
    else:
        raise RefusedError(Reason.SHAPE, str(head))
    return _bounded(size)


def _bounded(size: Size) -> Size:
    if size.bits > LARGEST_BITS:
        raise RefusedError(Reason.TOO_LARGE, "numbers of that size")
    if size.nodes > MOST_WORK:
        raise RefusedError(Reason.TOO_LARGE, "too much work")
    return size


def _power(base: Size, exponent: Tree, written: Size) -> Size:
    nodes = base.nodes + written.nodes + 1
    if type(exponent) is not int:
        return Size(nodes, base.bits + written.bits, 0, 0, False)
    times = abs(exponent)
    degrees = (base.above * times, base.below * times)
    above, below = degrees if exponent >= 0 else degrees[::-1]
    return Size(nodes, base.bits * times + written.bits, above, below, base.rational)


def _sum(tree: tuple[Tree, ...]) -> Size:
    """Return the size of a sum with every term written out."""
    _, inside, by, low, high = tree
    if type(low) is not int or type(high) is not int or type(by) is not str:
        raise RefusedError(Reason.SHAPE, "a sum of nobody knows how many terms")
    terms = max(high - low + 1, 1)
    if terms > MOST_TERMS:
        raise RefusedError(Reason.TOO_LARGE, "that many terms")
    largest = size_of(instead(inside, {by: low if abs(low) > abs(high) else high}))
    whole = all(first_place(inside, head) is None for head in ("/", "^", "neg"))
    bits = largest.bits + terms.bit_length() if whole else largest.bits * terms
    above, below = _of_sum(terms, largest.above, largest.below)
    return Size(terms * largest.nodes, bits, above, below, largest.rational)


def _limit(tree: tuple[Tree, ...]) -> Size:
    """Return the size of a limit, whose function is expanded in a power series."""
    inside = size_of(tree[1])
    where = _NOWHERE if tree[3] in INFINITE else size_of(tree[3])
    times = _TERMS if first_place(tree[1], "int") is None else _PIECES
    return Size(times * inside.nodes + where.nodes, inside.bits + where.bits, 0, 0, False)


def _of_sum(count: int, above: int, below: int) -> tuple[int, int]:
    """Return the degrees of a sum of fractions, all of the same degrees."""
    return above + (count - 1) * below, count * below


class MatrixSize(NamedTuple):
    """Bounds, of an expression of matrices."""

    rows: int
    columns: int
    entries: Size
    """Nodes and bits of all entries together; the degrees of any one of them."""


def matrix_size(tree: Tree) -> MatrixSize:
    """Return the size of the matrix that an expression of matrices stands for.

    Raises:
        RefusedError: it stands for none, or is too large.
    """
    if not is_matrix(tree):
        raise RefusedError(Reason.SHAPE, "no matrix")
    assert type(tree) is tuple
    head, parts = tree[0], tree[1:]
    if head == "matrix":
        size = _of_entries([[size_of(entry) for entry in row[1:]] for row in parts])
    elif head == "neg":
        size = matrix_size(parts[0])
    elif head == "inv":
        size = _inverse(matrix_size(parts[0]))
    elif head == "+":
        size = _matrix_sum([matrix_size(part) for part in parts])
    elif head == "^" and type(parts[1]) is int and 0 < parts[1] <= _LARGEST_POWER:
        size = _matrix_product([matrix_size(parts[0])] * parts[1], [])
    elif head == "*":
        matrices = [matrix_size(part) for part in parts if is_matrix(part)]
        size = _matrix_product(matrices, [size_of(part) for part in parts if not is_matrix(part)])
    elif head == "/" and not is_matrix(parts[1]):
        under = size_of(parts[1])
        turned = under._replace(above=under.below, below=under.above)
        size = _matrix_product([matrix_size(parts[0])], [turned])
    else:
        raise RefusedError(Reason.SHAPE, str(head))
    return size._replace(entries=_bounded(size.entries))


def _of_entries(rows: list[list[Size]]) -> MatrixSize:
    entries = [entry for row in rows for entry in row]
    nodes, bits = 1 + sum(entry.nodes for entry in entries), sum(entry.bits for entry in entries)
    above, below = max(entry.above for entry in entries), max(entry.below for entry in entries)
    rational = all(entry.rational for entry in entries)
    return MatrixSize(len(rows), len(rows[0]), Size(nodes, bits, above, below, rational))


def _matrix_sum(parts: list[MatrixSize]) -> MatrixSize:
    if len({(part.rows, part.columns) for part in parts}) != 1:
        raise RefusedError(Reason.SHAPE, "matrices that do not fit together")
    entries = _of_entries([[part.entries for part in parts]]).entries
    above, below = _of_sum(len(parts), entries.above, entries.below)
    return parts[0]._replace(entries=entries._replace(above=above, below=below))


def _matrix_product(matrices: list[MatrixSize], numbers: list[Size]) -> MatrixSize:
    """Return the size of the product of some matrices, in this order, and of numbers in front of it."""
    rows, columns, entries = matrices[0]
    for other in matrices[1:]:
        if columns != other.rows:
            raise RefusedError(Reason.SHAPE, "matrices that do not fit together")
        entries = _times(entries, other.entries)
        above, below = _of_sum(columns, entries.above, entries.below)
        nodes = entries.nodes + 2 * rows * columns * other.columns
        columns, entries = other.columns, entries._replace(nodes=nodes, above=above, below=below)
    for number in numbers:
        entries = _times(entries, number)
    return MatrixSize(rows, columns, entries)


def _times(one: Size, other: Size) -> Size:
    nodes, bits = one.nodes + other.nodes, one.bits + other.bits
    above, below = one.above + other.above, one.below + other.below
    return Size(nodes, bits, above, below, one.rational and other.rational)


def _determinant(matrix: MatrixSize) -> Size:
    """Return the size of the sum over all permutations of the rows."""
    rows, columns, entries = matrix
    if rows != columns:
        raise RefusedError(Reason.SHAPE, "a determinant of a matrix that is not square")
    if rows > _LARGEST_MATRIX:
        raise RefusedError(Reason.TOO_LARGE, "a determinant of that many rows")
    products = factorial(rows)
    above, below = _of_sum(products, rows * entries.above, rows * entries.below)
    nodes, bits = entries.nodes + 2 * rows * products, entries.bits + products.bit_length()
    return Size(nodes, bits, above, below, entries.rational)


def _inverse(matrix: MatrixSize) -> MatrixSize:
    """Return the size of the matrix of the minors, each of them divided by the determinant."""
    whole, rows = _determinant(matrix), matrix.rows
    return MatrixSize(
        rows,
        rows,
        Size(
            (1 + rows * rows) * whole.nodes,
            2 * whole.bits,
            whole.above + whole.below,
            whole.above + whole.below,
            whole.rational,
        ),
    )
