"""Every rule of every registered domain is held to the laws; and the laws can be broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import pytest

from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.conformance import BrokenLawError, check_rule, check_rule_by_judge
from rpsdg.traces.kernel import Domain, Example, Judge, Judged, Move, Outcome, Verdict
from rpsdg.traces.registry import domains

ALL_RULES = [
    pytest.param(domain, rule, id=f"{name}:{rule_id}")
    for name, domain in domains().items()
    for rule_id, rule in domain().rules().items()
]


def test_there_are_rules() -> None:
    assert len(ALL_RULES) >= 8
    assert "code/bugfix" in domains()


@pytest.mark.parametrize(("domain", "rule"), ALL_RULES)
def test_rule_keeps_the_laws(domain: type[Domain[Any]], rule: type[Move[Any]]) -> None:
    check_rule(domain(), rule)


# Each takes a project and a calibration of its own. That the tests of every mutator's sample see it is shown
# in one project for all of them, in tests/mutators/test_samples.py.
@pytest.mark.network
@pytest.mark.parametrize(("domain", "rule"), ALL_RULES[::25])
def test_judge_sees_the_rules_example(
    domain: type[Domain[Any]], rule: type[Move[Any]], local_sandbox: Sandbox, settings: Settings
) -> None:
    chosen = domain(local_sandbox, settings) if domain.name == "code/bugfix" else domain()  # type: ignore[call-arg] # BugFix alone takes them

    check_rule_by_judge(chosen, rule)


@dataclass(frozen=True)
class Increment(Move[int]):
    """Add one to the number."""

    by: int = 1

    @classmethod
    def find(cls, state: int) -> Iterator[Self]:
        yield cls()

    def apply(self, state: int) -> int:
        return state + self.by

    def undo(self, state: int) -> int:
        return state - self.by

    def explain(self) -> str:
        return "Take one away."

    def aim(self) -> dict[str, Any]:
        return {"by": self.by}


@dataclass(frozen=True)
class Distance(Verdict):
    """How far from zero the number is."""

    value: int

    @property
    def solved(self) -> bool:
        return self.value == 0

    def saw(self) -> dict[str, Any]:
        return {"value": self.value}


class Counting(Domain[int]):
    """The smallest domain there is: get back to zero."""

    name = "toy/counting"

    def rules(self) -> Mapping[str, type[Move[int]]]:
        return {"increment": Increment}

    def example(self, rule: type[Move[int]]) -> Example[int]:
        return Example(0, next(iter(rule.find(0))))

    @contextmanager
    def judging(self, solved: int) -> Iterator[Judge[int]]:
        yield self.judge

    def judge(self, state: int) -> Outcome:
        return Judged(Distance(state))

    def visible(self, near: Verdict, far: Verdict) -> bool:
        return near != far


def test_a_lawful_rule_of_another_domain_passes() -> None:
    check_rule(Counting(), Increment)
    check_rule_by_judge(Counting(), Increment)


@dataclass(frozen=True)
class Forgetful(Increment):
    """Forget where it came from."""

    def undo(self, state: int) -> int:
        return state


@dataclass(frozen=True)
class Idle(Increment):
    """Do nothing at all."""

    by: int = 0


@dataclass(frozen=True)
class Silent(Increment):
    """Say nothing."""

    def explain(self) -> str:
        return ""


@dataclass(frozen=True)
class Pageless(Increment):
    __doc__ = None


@dataclass(frozen=True)
class Unsteady(Increment):
    """Find something else each time."""

    @classmethod
    def find(cls, state: int) -> Iterator[Self]:
        global _calls
        _calls += 1
        yield cls(by=_calls)


_calls = 0


@dataclass(frozen=True)
class Opaque(Increment):
    """Point with something that is not JSON."""

    def aim(self) -> dict[str, Any]:
        return {"at": (1, 2)}


@pytest.mark.parametrize(
    ("rule", "law"),
    [
        (Forgetful, "undone"),
        (Idle, "changes nothing"),
        (Silent, "explains nothing"),
        (Pageless, "docstring"),
        (Unsteady, "asked again"),
        (Opaque, "plain JSON"),
    ],
)
def test_a_broken_law_is_noticed_and_named(rule: type[Move[int]], law: str) -> None:
    with pytest.raises(BrokenLawError, match=law):
        check_rule(Counting(), rule)


def test_a_step_the_judge_cannot_see_is_noticed() -> None:
    class Blind(Counting):
        def visible(self, near: Verdict, far: Verdict) -> bool:
            return False

    with pytest.raises(BrokenLawError, match="not visible"):
        check_rule_by_judge(Blind(), Increment)
