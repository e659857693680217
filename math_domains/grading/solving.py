"""What statements say of single values, which is how two of them are compared that are not solved yet."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from itertools import pairwise
from typing import Any

from flint import arb, fmpq_poly

from rpsdg.math_domains.trees import CONNECTIVES, RELATIONS, Tree, names, size
from rpsdg.math_domains.witnesses.balls import Balls, truth
from rpsdg.math_domains.witnesses.normal_form import NormalForms, NotRationalError
from rpsdg.math_domains.witnesses.solutions import Solver, UnknownSolutionsError

from .equality import small
from .limits import Reason, RefusedError, Work
from .points import COUNT, drawn, precision
from .problem import Problem
from .sizes import size_of
from .statements import said_set, with_signs
from .systems import solutions_of

__all__ = [
    "Known",
    "Values",
    "divides",
    "facts_of",
    "known_at",
    "numbers_to_try",
    "solution_values",
    "squares_agree",
    "statement_of",
]

_BITS = 192
_MOST_NUMBERS = 48
_NAN = arb("nan")
Values = Mapping[str, Any]
"""A ball for each name."""


class Known(Enum):
    """What is known of a statement at one place."""

    TRUE = "true"
    FALSE = "false"
    UNDEFINED = "undefined"
    """False because a side has no value there."""
    UNKNOWN = "unknown"


def statement_of(tree: Tree, variable: str) -> Tree:
    """Return a statement in `or`, `and` and relations; solved ones, sets and intervals among them.

    Raises:
        RefusedError: it is no statement about the variable.
    """
    try:
        return _related(said_set(tree, variable, listed=True), variable)
    except RefusedError:
        return _unsolved(tree, variable)


def _related(said: Tree, variable: str) -> Tree:
    """Put the variable back into the relations of a set."""
    assert type(said) is tuple
    if said[0] in RELATIONS:
        return (said[0], variable, said[1])
    if said[0] == "not":
        raise RefusedError(Reason.SHAPE, "what is left out")
    return (said[0], *[_related(part, variable) for part in said[1:]])


def _unsolved(tree: Tree, variable: str) -> Tree:
    if type(tree) is not tuple:
        raise RefusedError(Reason.SHAPE, str(tree))
    if tree[0] in RELATIONS:
        return _relation(tree)
    if tree[0] in CONNECTIVES or tree[0] == "list":
        parts = [statement_of(part, variable) for part in tree[1:]]
        equations = all(type(part) is tuple and part[0] in {"=", "or"} for part in parts)
        return (("or" if equations else "and") if tree[0] == "list" else tree[0], *parts)
    raise RefusedError(Reason.SHAPE, str(tree[0]))


def _relation(tree: Tree) -> Tree:
    """Return a relation between expressions, or both that it stands for with ±."""
    both = with_signs(tree)
    for one in both:
        assert type(one) is tuple
        size_of(one[1])
        size_of(one[2])
    return both[0] if len(both) == 1 else ("or", *both)


def facts_of(tree: Tree, problem: Problem) -> Tree:
    """Return what is said of the unknowns of a system: equations side by side all hold.

    Raises:
        RefusedError: nothing is said of them.
    """
    try:
        solutions = solutions_of(tree, problem)
    except RefusedError:
        pass
    else:
        said = [zip(problem.unknowns, solution, strict=True) for solution in solutions]
        return ("or", *[("and", *[("=", name, value) for name, value in one]) for one in said])
    if type(tree) is tuple and tree[0] in RELATIONS:
        return _relation(tree)
    if type(tree) is tuple and tree[0] in CONNECTIVES | {"list"}:
        return ("or" if tree[0] == "or" else "and", *[facts_of(part, problem) for part in tree[1:]])
    raise RefusedError(Reason.SHAPE, "nothing said of the unknowns")


def solution_values(problem: Problem, work: Work) -> list[Values]:
    """Return the solutions of a system as balls."""
    with precision(_BITS):
        balls = Balls(lambda _: (_NAN,))
        found: list[Values] = []
        for solution in solutions_of(problem.gold, problem):
            work.spend(sum(map(size, solution)))
            values = (balls.value(value)[0] for value in solution)
            found.append(dict(zip(problem.unknowns, values, strict=True)))
        return found


def numbers_to_try(statements: list[Tree], variable: str, work: Work) -> list[Any]:
    """Return balls around the numbers that statements could be about.

    They are the roots of every equation between rational functions, the constants that solved statements
    name, and for inequalities what lies between and beyond them.
    """
    with precision(_BITS):
        found: list[Any] = []
        for statement in statements:
            for relation in _relations(statement):
                for number in _numbers(relation, variable, work):
                    if len(found) < _MOST_NUMBERS and not any(number.overlaps(other) for other in found):
                        found.append(number)
        if any(relation[0] != "=" for statement in statements for relation in _relations(statement)):
            cuts = sorted((number.mid() for number in found), key=float)
            if cuts:
                found += [cuts[0] - 1, cuts[-1] + 1]
            found += [(low + high) / 2 for low, high in pairwise(cuts)]
            found += drawn([variable], "between", COUNT)[variable]
    return found


def _relations(statement: Tree) -> list[tuple[Any, ...]]:
    assert type(statement) is tuple
    if statement[0] in RELATIONS:
        return [statement]
    return [relation for part in statement[1:] for relation in _relations(part)]


def _numbers(relation: tuple[Any, ...], variable: str, work: Work) -> list[Any]:
    sizes = size_of(relation[1]), size_of(relation[2])
    work.spend(40 * (sizes[0].nodes + sizes[1].nodes))
    unknowns = names(relation)
    if unknowns != {variable}:
        return []
    if variable not in names(relation[2]) and relation[1] == variable:
        value = Balls(lambda _: (_NAN,)).value(relation[2])[0]
        return [value] if value.is_finite() else []
    if not small(*sizes, variables=1):
        return []
    try:
        return list(Solver(variable).roots(("=", *relation[1:])).balls)
    except (UnknownSolutionsError, NotRationalError):
        return []


def known_at(statement: Tree, values: Values, work: Work) -> Known:
    """Return what is known of a statement where its names have the values given."""
    work.spend(_cost(statement))
    with precision(_BITS):
        balls = _balls(values)
        known = truth(statement, balls)
        if known is None:
            return Known.UNKNOWN
        if known:
            return Known.TRUE
        defined = all(balls.value(s)[0].is_finite() for r in _relations(statement) for s in r[1:])
        return Known.FALSE if defined else Known.UNDEFINED


@lru_cache(maxsize=256)
def _cost(statement: Tree) -> int:
    """Return how many nodes are worked out to know a statement at one place; a determinant has many."""
    return sum(size_of(side).nodes for relation in _relations(statement) for side in relation[1:])


def squares_agree(statement: Tree, values: Values) -> bool:
    """Say whether the squares of both sides of some equation in a statement agree."""
    with precision(_BITS):
        balls = _balls(values)
        for sign, left, right in _relations(statement):
            one, other = balls.value(left)[0], balls.value(right)[0]
            if sign == "=" and (one * one).overlaps(other * other) and one.is_finite():
                return True
    return False


def _balls(values: Values) -> Balls:
    return Balls(lambda name: (values.get(name, _NAN),))


def divides(earlier: Tree, later: Tree, work: Work) -> bool:
    """Say whether one equation is another one times a polynomial."""
    pairs = [_relations(statement) for statement in (earlier, later)]
    if any(len(found) != 1 or found[0][0] != "=" for found in pairs):
        return False
    differences: list[Any] = []
    for ((_, left, right),) in pairs:
        difference: Tree = ("+", left, ("neg", right))
        bound = size_of(difference)
        if not small(bound, variables=len(names(difference))):
            return False
        work.spend(40 * bound.nodes)
        try:
            differences.append(NormalForms([difference]).form(difference)[0])
        except NotRationalError:
            return False
    one, other = differences
    if type(one) is not fmpq_poly or type(other) is not fmpq_poly or not one:
        return False
    return not other % one
