"""What holds for every rule: SymPy proves it, a witness finds every move true, and it explains itself."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from rpsdg.math_domains.domain import Mathematics
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.rewriting import Detail, Identity, Rewrite
from rpsdg.math_domains.witnesses import Holds, judge_tape
from rpsdg.traces.conformance import BrokenLawError, check_rule, check_rule_by_judge

from .proofs import proved

__all__ = ["RULE_LAWS"]


def keeps_the_laws_of_the_kernel(rule: type[Rewrite]) -> Iterator[str]:
    """What holds for the rules of every domain."""
    try:
        check_rule(Mathematics(), rule)
        check_rule_by_judge(Mathematics(), rule)
    except BrokenLawError as error:
        yield str(error)


def sympy_proves_it(rule: type[Rewrite]) -> Iterator[str]:
    """Both sides of its law are equal under its conditions."""
    sides = (rule.left, rule.right) if issubclass(rule, Identity) else rule.law  # type: ignore[attr-defined]
    given = [read(condition) for condition in rule.given]  # type: ignore[attr-defined]
    if not proved(read(sides[0]), read(sides[1]), given):
        yield f"SymPy does not find {sides[0]} equal to {sides[1]}"


def a_solver_finds_the_step_that_the_sample_shows(rule: type[Rewrite]) -> Iterator[str]:
    """Reading the farther state of its sample leads to the nearer one."""
    near, far = map(read, rule.sample)
    if near not in [move.undo(far) for move in rule.spot(far)]:
        yield f"a solver who has {rule.sample[1]} does not find {rule.sample[0]}"


def every_move_found_is_true_and_can_be_aimed_again(rule: type[Rewrite]) -> Iterator[str]:
    """What it finds in its sample holds, and is made again from its aim."""
    state = read(rule.sample[0])
    for move in _some_moves(rule):
        (finding,) = judge_tape([move.apply(state), state])
        if finding.holds is not Holds.YES:
            yield f"a witness says {finding.holds.value} to {move}"
        if rule.aimed(move.aim()) != move:
            yield f"its aim makes another move of {move}"


def explanations_are_sentences_at_every_detail(rule: type[Rewrite]) -> Iterator[str]:
    """It explains every move in whole sentences, which grow with the detail."""
    for move in _some_moves(rule):
        said = [move.explain(detail) for detail in Detail]
        if not (len(said[2]) > len(said[1]) >= len(said[0]) or len(said[0]) > 20):
            yield f"more detail does not say more: {said}"
        for text in said:
            begins = text[:1].isupper() or text[:1] == "$"
            if not begins or not text.endswith(".") or text.count("$") % 2 or "{far}" in text or "  " in text:
                yield f"this is no sentence: {text!r}"


RULE_LAWS = (
    keeps_the_laws_of_the_kernel,
    sympy_proves_it,
    a_solver_finds_the_step_that_the_sample_shows,
    every_move_found_is_true_and_can_be_aimed_again,
    explanations_are_sentences_at_every_detail,
)
"""What every rule is held to."""


def _some_moves(rule: type[Rewrite]) -> list[Rewrite]:
    moves: list[Rewrite] = list(rule.find(read(rule.sample[0])))
    return Random(0).sample(moves, min(20, len(moves)))
