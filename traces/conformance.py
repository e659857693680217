"""The laws that every rule of every domain is held to, just by being registered.

No test framework is needed: each law raises `BrokenLawError` with what was expected and what was found. Run
`check_rule` for every rule of every domain that `rpsdg.traces.registry.domains` knows.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from random import Random
from typing import TypeVar

import msgspec

from .kernel import Domain, Example, Judged, Move, Walk, rule_id

__all__ = ["BrokenLawError", "check_rule", "check_rule_by_judge"]

S = TypeVar("S")


class BrokenLawError(AssertionError):
    """A rule does not do what every rule must."""


def check_rule(domain: Domain[S], rule: type[Move[S]]) -> None:
    """Hold one rule to every law that needs no judge.

    Raises:
        BrokenLawError: names the rule, the law, and what was found.
    """
    example = domain.example(rule)
    for law in (
        _is_named,
        _has_a_page,
        _finds_steadily,
        _can_be_undone,
        _aim_survives_json,
        _walks_there_and_back,
    ):
        for found in law(rule, example):
            raise BrokenLawError(
                f"{rule.__name__} breaks the law `{law.__name__[1:].replace('_', ' ')}`: {found}"
            )


def check_rule_by_judge(domain: Domain[S], rule: type[Move[S]]) -> None:
    """Let the domain's judge look at a rule's example: solved before, visibly unsolved after.

    Raises:
        BrokenLawError: the judge gave no verdict, or did not see the step.
    """
    example = domain.example(rule)
    with domain.judging(example.state) as judge:
        near, far = judge(example.state), judge(example.move.apply(example.state))
    if not isinstance(near, Judged) or not near.verdict.solved:
        raise BrokenLawError(f"{rule.__name__}: the judge does not find its example solved: {near}")
    if not isinstance(far, Judged) or far.verdict.solved:
        raise BrokenLawError(
            f"{rule.__name__}: the judge does not find its example unsolved after the move: {far}"
        )
    if not domain.visible(near.verdict, far.verdict):
        raise BrokenLawError(f"{rule.__name__}: the step is not visible: {near.verdict} and {far.verdict}")


def _is_named(rule: type[Move[S]], example: Example[S]) -> Iterator[str]:
    if rule.rule != rule_id(rule):
        yield f"its id is `{rule.rule}`, its class name says `{rule_id(rule)}`"
    if example.move.rule != rule.rule:
        yield f"its example shows `{example.move.rule}`"


def _has_a_page(rule: type[Move[S]], example: Example[S]) -> Iterator[str]:
    page = inspect.cleandoc(rule.__doc__ or "")  # its own: `getdoc` would take a base's
    if not page.partition("\n")[0].strip().endswith((".", ":")):
        yield "its docstring does not open with a sentence that says what it does"
    if not example.move.explain().strip():
        yield "it explains nothing when it is undone"


def _finds_steadily(rule: type[Move[S]], example: Example[S]) -> Iterator[str]:
    first, second = list(rule.find(example.state)), list(rule.find(example.state))
    if first != second:
        yield "it finds other places, or in another order, when asked again"
    if example.move not in first:
        yield "it does not find its own example"


def _can_be_undone(rule: type[Move[S]], example: Example[S]) -> Iterator[str]:
    for move in rule.find(example.state):
        away = move.apply(example.state)
        if away == example.state:
            yield f"{move} changes nothing"
        elif move.undo(away) != example.state:
            yield f"{move} is not undone to the state it came from"


def _aim_survives_json(rule: type[Move[S]], example: Example[S]) -> Iterator[str]:
    aims = [move.aim() for move in rule.find(example.state)]
    if msgspec.json.decode(msgspec.json.encode(aims)) != aims:
        yield "an aim is not plain JSON"
    if len({msgspec.json.encode(aim, order="deterministic") for aim in aims}) != len(aims):
        yield "two of its moves have the same aim"


def _walks_there_and_back(rule: type[Move[S]], example: Example[S]) -> Iterator[str]:
    for seed in range(5):
        walk = Walk.wander(example.state, (rule,), 3, Random(seed))
        if walk != Walk.wander(example.state, (rule,), 3, Random(seed)):
            yield f"two walks with seed {seed} differ"
        state = walk.states[-1]
        for step in walk.reversed():
            if step.before != state:
                yield "the tape has a gap"
            state = step.move.undo(state)
        if state != example.state:
            yield "a walk of several moves does not lead back"
