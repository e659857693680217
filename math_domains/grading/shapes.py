"""Forms that are told by a look at what an answer is made of.

number
    One whole number, decimal or fraction of two whole numbers; each entry of a matrix, and what is in front.
roots
    Numbers and roots alone, no two numbers left to add or multiply, and not much longer than the gold one.
vertex form
    A number times the square of the letter plus or minus a number, and a number added to it.
powers
    A product or quotient in which each letter stands once and there is one number, in lowest terms; where
    positive exponents are asked for no other ones.
one logarithm
    One logarithm, perhaps with a number in front.
separate logarithms
    Only logarithms of a letter or a whole number, no two of them alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd, isqrt
from typing import Any

from rpsdg.math_domains.terms import number, terms
from rpsdg.math_domains.trees import Tree, names, places, size

__all__ = [
    "in_powers",
    "in_roots",
    "in_vertex_form",
    "is_number",
    "is_one_logarithm",
    "is_separate_logarithms",
]


def is_number(tree: Tree) -> bool:
    """Say whether a tree is a rational number with nothing left to work out."""
    return number(tree) is not None


def in_roots(tree: Tree, gold: Tree) -> bool:
    """Say whether a value is written with numbers and roots alone, nearly as short as the gold one."""
    return 2 * size(tree) <= 3 * size(gold) + 2 and _of_roots(tree)


def _of_roots(tree: Any) -> bool:
    if is_number(tree):
        return True
    if type(tree) is not tuple:
        return False
    head, parts = tree[0], tree[1:]
    if head == "sqrt" or (head == "^" and is_number(parts[1]) and type(parts[1]) is not int):
        inside = parts[0]
        return _of_roots(inside) and not (type(inside) is int and isqrt(max(inside, 0)) ** 2 == inside)
    if head in {"+", "*"} and sum(map(is_number, parts)) > 1:
        return False
    return head in {"+", "*", "/", "neg"} and all(map(_of_roots, parts))


def in_vertex_form(tree: Tree) -> bool:
    """Say whether a quadratic is a(x - h)² + k, where a is not written if it is 1, and k not if it is 0."""
    squares = [part for part in terms(tree) if names(part)]
    if len(squares) != 1 or len(terms(tree)) > 2 or not all(map(is_number, set(terms(tree)) - {squares[0]})):
        return False
    found = list(_factors(squares[0]))
    inner = [base for base, exponent in found if exponent == 2 and names(base)]
    rest = [(base, exponent) for base, exponent in found if base not in inner]
    if len(inner) != 1 or not all(is_number(base) and abs(exponent) == 1 for base, exponent in rest):
        return False
    letters = [part for part in terms(inner[0]) if not is_number(part)]
    return len(terms(inner[0])) <= 2 and len(letters) == 1 and letters[0] in _signed(names(inner[0]))


def _signed(letters: frozenset[str]) -> set[Tree]:
    return {*letters, *(("neg", letter) for letter in letters)}


def in_powers(tree: Tree, *, positive: bool) -> bool:
    """Say whether an expression is a product of powers that is as simple as it gets."""
    letters = [part for _, part in places(tree) if type(part) is str]
    factors = list(_factors(tree))
    above = [base for base, exponent in factors if type(base) is int and exponent == 1]
    below = [base for base, exponent in factors if type(base) is int and exponent == -1]
    rest = [(base, exponent) for base, exponent in factors if type(base) is not int]
    return (
        len(letters) == len(set(letters))
        and len(above) + len(below) + len(rest) == len(factors)
        and len(above) < 2
        and len(below) < 2
        and 1 not in below
        and gcd(*(above or (1,)), *(below or (1,))) == 1
        and all(_is_power(base) for base, _ in rest)
        and not (positive and _has_negative_exponent(tree))
    )


def _is_power(base: Tree) -> bool:
    """Say whether there are only letters in the base of a power, or in a root."""
    if type(base) is tuple and base[0] == "sqrt":
        return all(_is_power(inner) for inner, _ in _factors(base[1]))
    if type(base) is tuple and base[0] == "^":
        return is_number(base[2]) and all(_is_power(inner) for inner, _ in _factors(base[1]))
    return type(base) is str


def _has_negative_exponent(tree: Tree) -> bool:
    exponents = [part[2] for _, part in places(tree) if type(part) is tuple and part[0] == "^"]
    return any((value := number(exponent)) is not None and value < 0 for exponent in exponents)


def _factors(tree: Any, exponent: int = 1) -> Iterator[tuple[Tree, int]]:
    """Yield the factors of a product or a quotient with their whole exponents, signs left out."""
    head = tree[0] if type(tree) is tuple else ""
    if head == "*":
        for part in tree[1:]:
            yield from _factors(part, exponent)
    elif head == "/":
        yield from _factors(tree[1], exponent)
        yield from _factors(tree[2], -exponent)
    elif head == "neg":
        yield from _factors(tree[1], exponent)
    elif head == "^" and type(tree[2]) is int:
        yield from _factors(tree[1], exponent * tree[2])
    else:
        yield tree, exponent


def is_one_logarithm(tree: Any) -> bool:
    """Say whether there is one logarithm, and nothing but a number in front of it."""
    found = [part for _, part in places(tree) if type(part) is tuple and part[0] == "log"]
    rest = [base for base, _ in _factors(tree) if not is_number(base)]
    return len(found) == 1 and rest == found


def is_separate_logarithms(tree: Tree) -> bool:
    """Say whether every logarithm is one of a letter or a whole number, each of them written once."""
    found = [part[1] for _, part in places(tree) if type(part) is tuple and part[0] == "log"]
    inside = [part[1] if type(part) is tuple and part[0] == "abs" else part for part in found]
    return len(set(inside)) == len(inside) and not any(type(part) is tuple for part in inside)
