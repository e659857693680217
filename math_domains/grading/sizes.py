"""How large a formula becomes when its powers are worked out, known before anything is worked out."""

from __future__ import annotations

from typing import NamedTuple

from rpsdg.math_domains.trees import FUNCTIONS, Tree

from .limits import LARGEST_BITS, Reason, RefusedError

__all__ = ["Size", "size_of"]

_NO_VALUES = frozenset({"oo", "..."})
_EVALUATIONS = 300
"""What a definite integral costs, in evaluations of its integrand; most need fewer."""


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
    parts = [size_of(part) for part in tree[1:]]
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
        worked_out = nodes + _EVALUATIONS * parts[0].nodes
        size = Size(worked_out, bits, 0, 0, False)
    elif head in {"diff", "subs", "int"}:
        size = Size(2 * nodes, bits, 0, 0, False)
    elif head in FUNCTIONS:
        size = Size(nodes, bits, 0, 0, False)
    else:
        raise RefusedError(Reason.SHAPE, str(head))
    if size.bits > LARGEST_BITS:
        raise RefusedError(Reason.TOO_LARGE, "numbers of that size")
    return size


def _power(base: Size, exponent: Tree, written: Size) -> Size:
    nodes = base.nodes + written.nodes + 1
    if type(exponent) is not int:
        return Size(nodes, base.bits + written.bits, 0, 0, False)
    times = abs(exponent)
    degrees = (base.above * times, base.below * times)
    above, below = degrees if exponent >= 0 else degrees[::-1]
    return Size(nodes, base.bits * times + written.bits, above, below, base.rational)
