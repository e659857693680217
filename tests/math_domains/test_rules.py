"""Every rule is proved by SymPy and keeps the laws, just by being there."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Any

import pytest
import sympy

from rpsdg.math_domains.domain import (
    Algebra,
    DifferentialEquations,
    Differentiation,
    Integrals,
    Limits,
)
from rpsdg.math_domains.family import Family
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.place import MisplacedError
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.registry import TOPICS, all_families, all_mistakes, all_rules, classes_in
from rpsdg.math_domains.rewriting import Detail, Identity, Rewrite
from rpsdg.math_domains.sympy_bridge import to_sympy
from rpsdg.math_domains.trees import CONNECTIVES, RELATIONS, Tree, names, places
from rpsdg.math_domains.witnesses import Holds, judge_tape
from rpsdg.traces.conformance import check_rule, check_rule_by_judge
from rpsdg.traces.kernel import Domain

RULES = [pytest.param(rule, id=name) for name, rule in all_rules().items()]
DOMAINS = (Algebra(), DifferentialEquations(), Differentiation(), Integrals(), Limits())


def domain_of(rule: type[Rewrite]) -> Domain[Tree]:
    return next(domain for domain in DOMAINS if rule.rule in domain.rules())


def test_no_two_have_the_same_name() -> None:
    for kind, folder, found in (
        (Rewrite, "rules", all_rules()),
        (Family, "families", all_families()),
        (Mistake, "mistakes", all_mistakes()),
    ):
        assert len(found) == sum(len(classes_in(f"{topic}.{folder}", kind)) for topic in TOPICS)


@pytest.mark.parametrize("rule", RULES)
def test_rule_keeps_the_laws(rule: type[Rewrite]) -> None:
    check_rule(domain_of(rule), rule)
    check_rule_by_judge(domain_of(rule), rule)


@pytest.mark.parametrize("rule", RULES)
def test_sympy_proves_the_rule(rule: type[Rewrite]) -> None:
    sides = (rule.left, rule.right) if issubclass(rule, Identity) else rule.law  # type: ignore[attr-defined]
    given = [read(condition) for condition in rule.given]  # type: ignore[attr-defined]

    assert proved(read(sides[0]), read(sides[1]), given)


@pytest.mark.parametrize("rule", RULES)
def test_a_solver_finds_the_step_that_the_sample_shows(rule: type[Rewrite]) -> None:
    near, far = map(read, rule.sample)

    assert near in [move.undo(far) for move in rule.spot(far)]


@pytest.mark.parametrize("rule", RULES)
def test_every_move_found_is_true_and_can_be_aimed_again(rule: type[Rewrite]) -> None:
    state = read(rule.sample[0])
    moves = list(rule.find(state))

    for move in Random(0).sample(moves, min(20, len(moves))):
        (finding,) = judge_tape([move.apply(state), state])
        assert finding.holds is Holds.YES, move
        assert rule.aimed(move.aim()) == move


@pytest.mark.parametrize("rule", RULES)
def test_explanations_are_sentences_at_every_detail(rule: type[Rewrite]) -> None:
    state = read(rule.sample[0])
    moves = list(rule.find(state))

    for move in Random(0).sample(moves, min(20, len(moves))):
        said = [move.explain(detail) for detail in Detail]
        assert len(said[2]) > len(said[1]) >= len(said[0]) or len(said[0]) > 20
        for text in said:
            assert text[0].isupper() or text[0] == "$"
            assert text.endswith(".")
            assert text.count("$") % 2 == 0
            assert "{far}" not in text
            assert "  " not in text


def proved(left: Tree, right: Tree, given: list[Tree]) -> bool:
    """Whether SymPy shows both sides of a rule to be equal under its conditions."""
    if type(left) is tuple and left[0] in RELATIONS | CONNECTIVES:
        return equations_agree(left, right)
    positive = {condition[1] for condition in given if type(condition) is tuple and condition[2] == 0}
    if indefinite(left):
        # An absolute value has a derivative on either side of zero, and SymPy shows them one by one.
        return all(_agree(left, right, positive, side) for side in ({"positive": True}, {"negative": True}))
    return _agree(left, right, positive, {"real": True})


def indefinite(tree: Tree) -> bool:
    """Whether there is an integral without bounds in a tree, so that it stands for antiderivatives."""
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
    if indefinite(left):
        difference = meant(left).diff(known["x"]) - meant(right).diff(known["x"])
    return bool(sympy.simplify(sympy.expand_log(sympy.expand(difference))) == 0)


def equations_agree(left: Tree, right: Tree) -> bool:
    """Whether two relations in letters have the same solutions for numbers put in at random.

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
        assert verdicts[0] == verdicts[1], values
        seen.add(bool(verdicts[0]))
    return False in seen


@pytest.mark.parametrize(
    ("rule", "aim"),
    [
        ("perfect-square", {"k": "9**9**9", "x": "x", "p": "3"}),
        ("logarithm-of-power", {"n": "10**10**9", "a": "3"}),
        ("square-root-both-sides", {"of": f"Eq(x**2, {10**300 + 1})"}),
        ("equal-exponents", {"n": "9999999", "a": "9999999", "b": "9999999"}),
    ],
)
def test_an_aim_of_someone_else_takes_no_longer_than_ours(rule: str, aim: dict[str, Any]) -> None:
    with suppress(MisplacedError):
        assert all_rules()[rule].aimed({"at": [], **aim}).rule == rule
