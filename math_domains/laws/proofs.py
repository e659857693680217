"""What SymPy, which knows no rule of ours, says of an answer and of a rule."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from rpsdg.math_domains.sympy_bridge import to_sympy
from rpsdg.math_domains.trees import CONNECTIVES, RELATIONS, Tree, names, places

__all__ = ["answers", "proved"]


def answers(problem_tree: Tree, answer_tree: Tree, assuming: Sequence[Tree] = ()) -> bool:
    """Say whether an answer answers a problem: whether solutions satisfy it, or values are equal."""
    problem, answer = to_sympy(problem_tree), to_sympy(answer_tree)
    if problem.has(AppliedUndef):
        return all(_solves(answer, part) for part in _parts(problem))
    if isinstance(problem, sympy.And | sympy.Eq):
        cases = answer.args if isinstance(answer, sympy.Or) else [answer]
        return all(_satisfies(case, problem) for case in cases)
    if isinstance(problem, sympy.core.relational.Relational):
        (x,) = problem.free_symbols
        values = (sympy.Rational(k, 4) for k in range(-60, 61))
        return all(bool(problem.subs(x, value)) == bool(answer.subs(x, value)) for value in values)
    if isinstance(problem, sympy.Integral) and len(problem.limits[0]) == 3:
        return bool(abs(sympy.N(problem) - sympy.N(answer)) < 1e-9 * (1 + abs(sympy.N(answer))))
    if isinstance(problem, sympy.Integral):
        (x,) = problem.variables
        smooth = answer.replace(sympy.Abs, lambda of: sympy.sqrt(of**2))
        return _equal(sympy.diff(smooth, x), problem.function)
    if answer.is_infinite:
        return bool(problem.doit() == answer)
    positive = {to_sympy(part[1]): sympy.Symbol(part[1], positive=True) for part in assuming}  # type: ignore[index]
    return _equal(problem.xreplace(positive), answer.xreplace(positive))


def _parts(problem: Any) -> Sequence[Any]:
    return problem.args if isinstance(problem, sympy.And) else [problem]


def _solves(answer: Any, equation: Any) -> bool:
    """Say whether a function satisfies a differential equation or an initial condition."""
    if equation.has(sympy.Derivative):
        return bool(sympy.checkodesol(equation, answer)[0])
    (start,) = equation.lhs.args
    return bool(sympy.simplify(answer.rhs.subs(answer.lhs.args[0], start) - equation.rhs) == 0)


def _satisfies(case: Any, problem: Any) -> bool:
    """Say whether equations that name a value of each unknown satisfy a problem."""
    found = dict(equation.args for equation in (case.args if isinstance(case, sympy.And) else [case]))
    for part in _parts(problem):
        if isinstance(part, sympy.Eq):
            if sympy.simplify((part.lhs - part.rhs).subs(found).doit()) != 0:
                return False
        elif part.subs(found) != sympy.true:
            return False
    return True


def _equal(left: Any, right: Any) -> bool:
    """Say whether SymPy shows that two expressions are equal, once it is told what a sign is."""
    if isinstance(right, sympy.MatrixBase):
        return bool((left.doit() - right).is_zero_matrix)
    difference = (left - right).doit().replace(sympy.sign, lambda of: of / sympy.Abs(of))
    plain = difference.replace(sympy.Abs, lambda of: sympy.sqrt(of**2))
    if plain.has(sympy.sin, sympy.cos) and sympy.expand(plain.rewrite(sympy.exp)) == 0:
        return True  # of waves, `simplify` does not always see it
    return bool(sympy.simplify(sympy.expand_log(plain)) == 0)


def proved(left: Tree, right: Tree, given: Sequence[Tree]) -> bool:
    """Say whether SymPy shows both sides of a rule to be equal under its conditions."""
    if type(left) is tuple and left[0] in RELATIONS | CONNECTIVES:
        return _equations_agree(left, right)
    positive = {condition[1] for condition in given if type(condition) is tuple and condition[2] == 0}
    if _indefinite(left):
        # An absolute value has a derivative on either side of zero, and SymPy shows them one by one.
        return all(_agree(left, right, positive, side) for side in ({"positive": True}, {"negative": True}))
    return _agree(left, right, positive, {"real": True})


def _indefinite(tree: Tree) -> bool:
    """Say whether there is an integral without bounds in a tree, so that it stands for antiderivatives."""
    return any(type(part) is tuple and part[0] == "int" and len(part) == 3 for _, part in places(tree))


def _agree(left: Tree, right: Tree, positive: set[Any], x: dict[str, bool]) -> bool:
    known = {
        name: sympy.Symbol(name, **({"positive": True} if name in positive else x))
        for name in names(left) | names(right)
    }

    def meant(tree: Tree) -> Any:
        whole = to_sympy(tree, evaluate=True)
        return whole.xreplace({symbol: known[symbol.name] for symbol in whole.free_symbols}).doit()

    if meant(left) == meant(right):
        return True  # such as infinity, of which there is no difference
    difference = meant(left) - meant(right)
    if isinstance(difference, sympy.MatrixBase):
        return bool(sympy.simplify(difference).is_zero_matrix)
    if _indefinite(left):
        difference = meant(left).diff(known["x"]) - meant(right).diff(known["x"])
    return bool(sympy.simplify(sympy.expand_log(sympy.expand(difference))) == 0)


def _equations_agree(left: Tree, right: Tree) -> bool:
    """Say whether two relations in letters have the same solutions for numbers put in at random.

    SymPy has no proof for a pair of equations, so this asks it about fifty pairs.
    """
    rng = Random(0)
    letters = sorted(names(left) | names(right))
    seen = set()
    for _ in range(50):
        values = {sympy.Symbol(letter, real=True): rng.randint(-4, 4) for letter in letters}
        values |= {sympy.Symbol(letter, real=True): rng.randint(2, 4) for letter in letters if letter == "n"}
        before, after = (to_sympy(side, evaluate=True) for side in (left, right))
        verdicts = [sympy.simplify(side.subs(values)) for side in (before, after)]
        if any(verdict not in {sympy.true, sympy.false} for verdict in verdicts):
            continue
        if verdicts[0] != verdicts[1]:
            return False
        seen.add(bool(verdicts[0]))
    return False in seen
