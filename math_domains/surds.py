"""Square roots of whole numbers, as they are written."""

from __future__ import annotations

from .trees import Tree, mul

__all__ = ["square_root"]

_LARGEST = 10**10
"""Beyond it, looking for squares takes too long; no problem has such numbers."""


def square_root(value: int) -> Tree:
    """Return the square root of a whole number that is not negative, squares taken out of it.

    >>> square_root(49), square_root(12), square_root(5)
    (7, ('*', 2, ('sqrt', 3)), ('sqrt', 5))
    """
    outside, inside, factor = 1, value, 2
    if value > _LARGEST:
        return ("sqrt", value)
    while factor * factor <= inside:
        while inside % (factor * factor) == 0:
            inside //= factor * factor
            outside *= factor
        factor += 1
    if inside == 0:
        return 0
    return outside if inside == 1 else mul(outside, ("sqrt", inside))
