"""Derivatives as a person writes them: by the rules of the textbook, tidied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from .terms import collected, multiplied, number, split, term, terms
from .trees import BadTreeError, Tree, add, div, mul, names, neg, power

__all__ = ["derivative", "times"]


@lru_cache(maxsize=4096)  # inner functions come again and again
def derivative(tree: Tree, by: str) -> Tree:
    """Return the derivative of an expression by a name.

    >>> derivative(("*", 3, ("^", "x", 2)), "x")
    ('*', 6, 'x')

    Raises:
        BadTreeError: there is an operation in it that has no derivative here.
    """
    if by not in names(tree):
        return 0
    if type(tree) is str:
        return 1
    assert type(tree) is tuple
    head = tree[0]
    if head == "+":
        return collected([part for term_ in tree[1:] for part in terms(derivative(term_, by)) if part != 0])
    if head == "neg":
        return neg(derivative(tree[1], by))
    if head == "*":
        parts = list(tree[1:])
        changes = [times(*parts[:k], derivative(parts[k], by), *parts[k + 1 :]) for k in range(len(parts))]
        return add(*[change for change in changes if change != 0])
    if head == "/":
        above, below = tree[1], tree[2]
        if by not in names(below):
            return div(derivative(above, by), below)
        if by not in names(above):
            return neg(div(times(above, derivative(below, by)), power(below, 2)))
        upper = add(times(derivative(above, by), below), neg(times(above, derivative(below, by))))
        return div(upper, power(below, 2))
    if head == "^" and number(tree[2]) is not None:
        base, exponent = tree[1], tree[2]
        if type(exponent) is not int:
            raise BadTreeError("a power with a whole exponent was expected")
        return times(exponent, power(base, exponent - 1), derivative(base, by))
    inner = _INNER.get(head)
    if inner is None:
        raise BadTreeError(f"`{head}` has no derivative here")
    return times(inner(tree[1]), derivative(tree[1], by))


_INNER: Mapping[str, Callable[[Tree], Tree]] = {
    "sin": lambda a: ("cos", a),
    "cos": lambda a: ("neg", ("sin", a)),
    "tan": lambda a: ("^", ("sec", a), 2),
    "exp": lambda a: ("exp", a),
    "log": lambda a: ("/", 1, a),
    "sqrt": lambda a: ("/", 1, ("*", 2, ("sqrt", a))),
    "atan": lambda a: ("/", 1, ("+", ("^", a, 2), 1)),
}


@lru_cache(maxsize=4096)
def times(*factors: Tree) -> Tree:
    """Return a product as a person writes it: the number in front, then names, exponentials, and the rest.

    >>> times("x", ("cos", "x"), 2)
    ('*', 2, 'x', ('cos', 'x'))
    """
    product: Tree = 1
    for factor in factors:
        if type(factor) is tuple and factor[0] == "/" and number(factor) is None and factor[1] == 1:
            product = div(product, factor[2])
        else:
            product = multiplied(product, factor)
    value, body = split(product)
    if type(body) is tuple and body[0] == "*":
        return term(value, mul(*sorted(body[1:], key=_rank)))
    return product


def _rank(factor: Tree) -> int:
    match factor:
        case str():
            return 0
        case ("^", str(), _):
            return 1
        case ("+", *_) | ("^", ("+", *_), _):
            return 2
        case ("exp", _):
            return 3
    return 4
