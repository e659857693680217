"""Every rule is proved by SymPy and keeps the laws, just by being there."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from rpsdg.math_domains.laws import RULE_LAWS
from rpsdg.math_domains.place import MisplacedError
from rpsdg.math_domains.registry import all_rules
from rpsdg.math_domains.rewriting import Rewrite

RULES = [pytest.param(rule, id=name) for name, rule in all_rules().items()]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("law", RULE_LAWS, ids=lambda law: law.__name__)
def test_rule_keeps_the_law(law, rule: type[Rewrite]) -> None:
    assert list(law(rule)) == []


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
