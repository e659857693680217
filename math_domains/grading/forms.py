"""Whether an expression that is right is also in the form asked for.

expanded
    A sum of terms none of which is a product or power with a sum inside, no two of them alike.
factored
    A product of powers of polynomials that do not factor over the rationals, with no number left in a factor
    that all its coefficients share; what is no polynomial has to be a product.
lowest terms
    One fraction at most, of which numerator and denominator have nothing in common.
simplified
    Not longer than the gold answer by more than a half; no arithmetic of numbers left to do, no like terms,
    no fraction to reduce, no square in a root of a number.
partial fractions
    A sum whose fractions each have a power of one irreducible polynomial below, each of these in one of them,
    and above something of a lower degree than the polynomial.

What is told by a look at the parts of an answer alone is in `shapes.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd, isqrt, prod
from typing import Any

from flint import fmpq_poly

from rpsdg.math_domains.forms import Form
from rpsdg.math_domains.trees import Tree, names, places, size
from rpsdg.math_domains.witnesses.normal_form import NormalForms, NotRationalError

from .equality import small
from .limits import Work
from .shapes import in_powers, in_roots, in_vertex_form, is_number, is_one_logarithm, is_separate_logarithms
from .sizes import size_of

__all__ = ["has_form"]

_LARGEST_FACTORED = 16
"""Degree up to which factors are checked, which bounds the cost of factoring."""
_LARGEST_ROOT = 1_000_000


def has_form(form: Form, answer: Tree, gold: Tree, work: Work) -> bool:
    """Say whether an answer, already known to be equal to the gold one, has the form asked for."""
    work.spend(20 * size(answer))
    match form:
        case Form.ANY:
            return True
        case Form.EXPANDED:
            return _expanded(answer)
        case Form.FACTORED:
            return _factored(answer, work)
        case Form.LOWEST_TERMS:
            return _lowest(answer)
        case Form.SIMPLIFIED:
            return 2 * size(answer) <= 3 * size(gold) + 2 and _tidy(answer)
        case Form.PARTIAL_FRACTIONS:
            return _partial(answer, work)
        case Form.NUMBER:
            return is_number(answer)
        case Form.ROOTS:
            return in_roots(answer, gold)
        case Form.VERTEX:
            return in_vertex_form(answer)
        case Form.POWERS | Form.POSITIVE_EXPONENTS:
            return in_powers(answer, positive=form is Form.POSITIVE_EXPONENTS)
        case Form.ONE_LOGARITHM:
            return is_one_logarithm(answer)
        case Form.SEPARATE_LOGARITHMS:
            return is_separate_logarithms(answer)


def _terms(tree: Tree) -> tuple[Tree, ...]:
    return tree[1:] if type(tree) is tuple and tree[0] == "+" else (tree,)


def _factors(tree: Any) -> Iterator[Any]:
    """Yield the factors of a product, signs left out."""
    if type(tree) is tuple and tree[0] == "*":
        for part in tree[1:]:
            yield from _factors(part)
    elif type(tree) is tuple and tree[0] == "neg":
        yield from _factors(tree[1])
    else:
        yield tree


def _head(tree: Tree) -> str:
    return str(tree[0]) if type(tree) is tuple else ""


def _expanded(tree: Tree) -> bool:
    terms = _terms(tree)
    return all(_is_term(term) for term in terms) and _no_like_terms(terms)


def _is_term(term: Any) -> bool:
    for factor in _factors(term):
        head = _head(factor)
        if head == "+" or (head == "^" and _head(factor[1]) in {"+", "*"} and type(factor[2]) is int):
            return False
        if head == "/" and (names(factor[2]) or not all(map(_is_term, _terms(factor[1])))):
            return False
    return True


def _no_like_terms(terms: tuple[Tree, ...]) -> bool:
    bodies = [_body(term) for term in terms]
    return len(set(bodies)) == len(bodies)


def _body(term: Any) -> tuple[tuple[str, int], ...]:
    """Return what a term is besides its number: its factors with their exponents, in order."""
    powers: dict[str, int] = {}
    below: Tree = 1
    if _head(term) == "/" and not names(term[2]) and type(term[2]) is int:
        term = term[1]
    for factor in _factors(term):
        if type(factor) is int or (_head(factor) == "/" and all(type(part) is int for part in factor[1:])):
            continue
        base, exponent = (factor[1], factor[2]) if _head(factor) == "^" else (factor, below)
        if type(exponent) is not int:
            base, exponent = factor, 1
        powers[str(base)] = powers.get(str(base), 0) + exponent
    return tuple(sorted(powers.items()))


def _factored(tree: Any, work: Work) -> bool:
    if _head(tree) == "/" and type(tree[2]) is int:
        tree = tree[1]
    factors = list(_factors(tree))
    if len(factors) == 1 and _head(factors[0]) == "+":
        return _irreducible(factors[0], work)
    return all(_irreducible(f[1] if _head(f) == "^" else f, work) for f in factors)


def _irreducible(factor: Any, work: Work) -> bool:
    """Whether a factor cannot be taken apart any further; what is no polynomial in sight must be no sum."""
    if not names(factor):
        return True
    polynomial = _polynomial(factor)
    if polynomial is None:
        return _head(factor) not in {"+", "*"}
    work.spend(100 * (1 + polynomial.total_degree() if hasattr(polynomial, "total_degree") else 1))
    content, factors = polynomial.factor()
    whole = abs(content) == 1 or content.q != 1
    return bool(whole and len(factors) == 1 and factors[0][1] == 1)


def _polynomial(tree: Tree) -> Any:
    """Return a polynomial with rational coefficients; None where there is none, or a large one."""
    size = size_of(tree)
    variables = len(names(tree))
    if not small(size, variables=variables) or size.above > _LARGEST_FACTORED or size.below:
        return None
    try:
        above, below = NormalForms([tree]).form(tree)
    except NotRationalError:
        return None
    return above / below[0] if type(above) is fmpq_poly else above


def _lowest(tree: Any) -> bool:
    fractions = [part for _, part in places(tree) if _head(part) == "/"]
    if not fractions:
        return all(_head(part) not in {"*", "+"} for _, part in places(tree)) or bool(names(tree))
    if len(fractions) > 1:
        return False
    return _reduced(fractions[0])


def _reduced(fraction: Any) -> bool:
    _, above, below = fraction
    if type(above) is int and type(below) is int:
        return gcd(above, below) == 1 and abs(below) > 1
    if gcd(_number_in(above), _number_in(below)) != 1:
        return False
    if len(names(fraction)) > 1:
        return True
    one, other = _polynomial(above), _polynomial(below)
    if one is None or other is None:
        return True
    if one.gcd(other).degree() > 0:
        return False
    return gcd(_content(one), _content(other)) == 1 and (other.degree() > 0 or other != 1)


def _number_in(tree: Tree) -> int:
    """Return the whole number that can be taken out of an expression as it is written."""
    if type(tree) is int:
        return tree
    if _head(tree) == "+":
        return gcd(*map(_number_in, _terms(tree)))
    return prod(factor for factor in _factors(tree) if type(factor) is int)


def _content(polynomial: Any) -> int:
    """Return what the whole coefficients have in common; 1 where one of them is a fraction."""
    coefficients = polynomial.coeffs()
    if any(k.q != 1 for k in coefficients):
        return 1
    return gcd(*[int(k.p) for k in coefficients])


def _tidy(tree: Tree) -> bool:
    return all(_is_tidy(part) for _, part in places(tree) if type(part) is tuple)


def _is_tidy(part: tuple[Any, ...]) -> bool:
    head, operands = part[0], part[1:]
    if head in {"+", "*"} and sum(not names(p) and _is_rational(p) for p in operands) > 1:
        return False
    if head == "+":
        return _no_like_terms(operands)
    if head == "/":
        return _reduced(part) and "/" not in map(_head, operands)
    if head == "^":
        return type(part[1]) is not int or type(part[2]) is not int
    if head == "sqrt" and type(operands[0]) is int:
        return _squarefree(operands[0])
    return True


def _is_rational(tree: Any) -> bool:
    return type(tree) is int or (_head(tree) in {"/", "neg"} and all(map(_is_rational, tree[1:])))


def _squarefree(number: int) -> bool:
    if not 1 < number <= _LARGEST_ROOT:
        return number > 1
    return all(number % (k * k) for k in range(2, isqrt(number) + 1))


def _partial(tree: Tree, work: Work) -> bool:
    parts = [_below(term, work) for term in _terms(tree)]
    fractions = [part for part in parts if part != ""]
    return None not in parts and len(set(fractions)) == len(fractions)


def _below(term: Any, work: Work) -> str | None:
    """Return what is below a partial fraction; nothing for a polynomial, None for anything else."""
    if _head(term) == "neg":
        term = term[1]
    if _head(term) == "*" and not names(term[1]):
        rest = term[2:]
        term = rest[0] if len(rest) == 1 else ("*", *rest)
    if _head(term) != "/" or not names(term[2]):
        return None if _polynomial(term) is None else ""
    _, above, below = term
    one, other = _polynomial(above), _polynomial(below)
    if one is None or other is None or type(other) is not fmpq_poly:
        return None
    work.spend(100 * (1 + other.degree()))
    _, factors = other.factor()
    return str(factors) if len(factors) == 1 and one.degree() < factors[0][0].degree() else None
