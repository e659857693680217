"""The baseline of suites whose every test is known: what is steady, and why the others are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpsdg.mutators.judging.baseline import OWN, Baseline, Quarantine, Way
from rpsdg.mutators.judging.calibration import (
    MIN_GREEN,
    WAYS,
    FailingBaselineError,
    HangingBaselineError,
    NoTestsError,
    take_baseline,
)
from rpsdg.sandbox.report import Failure, TestReport
from rpsdg.traces.identity import digest

TIMEOUT = 100.0
NO_NETWORK = "socket.gaierror: [Errno -3] Temporary failure in name resolution"


@dataclass
class Suite:
    """Tests that are known by what they depend on."""

    kinds: list[str]
    runs: list[Way] = field(default_factory=list)
    parts: list[tuple[str, ...]] = field(default_factory=list)
    seconds: float = 1.0

    def node(self, number: int) -> str:
        return f"test_{number:03}.py::{self.kinds[number]}"

    def run(self, way: Way) -> TestReport:
        self.runs.append(way)
        return self.report(way, range(len(self.kinds)), alone=False)

    def run_some(self, nodes: Sequence[str], ways: Sequence[Way]) -> list[TestReport]:
        self.parts.append(tuple(nodes))
        numbers = [number for number in range(len(self.kinds)) if self.node(number) in nodes]
        return [self.report(way, numbers, alone=True) for way in ways]

    def report(self, way: Way, numbers: Sequence[int], *, alone: bool) -> TestReport:
        outcomes: dict[str, Any] = {}
        failures, durations = {}, {}
        for number in numbers:
            node, kind = self.node(number), self.kinds[number]
            outcomes[node] = _outcome(kind, way, alone=alone, first=len(self.runs) == 1)
            durations[node] = 50.0 if kind == "slow" else 0.01
            if outcomes[node] == "failed":
                failures[node] = Failure(NO_NETWORK if kind == "network" else f"at 0x7f{number:08x}")
        red = int("failed" in outcomes.values())
        return TestReport(outcomes, failures, durations, tuple(outcomes), red, seconds=self.seconds)

    def baseline(self, **more: Any) -> Baseline:
        run_all: Callable[..., Any] = lambda calls: [call() for call in calls]  # noqa: E731
        return take_baseline(self.run, self.run_some, run_all, timeout=TIMEOUT, **more)[0]


def _outcome(kind: str, way: Way, *, alone: bool, first: bool) -> str:
    match kind:
        case "skipped" | "xfailed":
            return kind
        case "failing" | "network":
            good = False
        case "order-dependent":
            good = way.order_seed is None
        case "needs-others":
            good = not alone and way.order_seed is None
        case "time-dependent":
            good = not way.clock_ahead
        case "expired":
            good = bool(way.clock_ahead)
        case "seed-dependent":
            good = not way.hash_seed
        case "flaky":
            good = not first
        case _:
            good = True
    return "passed" if good else "failed"


BAD = {
    "failing": "failing",
    "network": "network",
    "order-dependent": "order-dependent",
    "needs-others": "order-dependent",
    "time-dependent": "time-dependent",
    "expired": "time-dependent",
    "seed-dependent": "seed-dependent",
    "flaky": "flaky",
    "slow": "slow",
}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([*BAD, "skipped", "xfailed"]), max_size=8), st.integers())
def test_every_test_is_steady_or_has_the_reason_why_not(odd: list[str], seed: int) -> None:
    kinds = [*odd, *["steady"] * (9 * len(odd) + 1)]
    Random(seed).shuffle(kinds)
    suite = Suite(kinds)
    baseline = suite.baseline()

    by_kind = {kind: {suite.node(n) for n, k in enumerate(kinds) if k == kind} for kind in set(kinds)}
    assert set(baseline.steady) == by_kind["steady"]
    assert baseline.steady == tuple(sorted(baseline.steady))
    assert baseline.id == digest(list(baseline.steady))
    why = {node: q.kind for node, q in baseline.quarantined.items() if isinstance(q, Quarantine)}
    assert why == {node: BAD[kind] for kind in BAD for node in by_kind.get(kind, ())}
    assert sum(baseline.kinds().values()) == len(why)
    assert not baseline.notes

    # Three runs of the suite and no more; only what behaved differently is run again, and only if any did.
    assert suite.runs == list(WAYS)
    unsure = sorted(node for node in why if why[node] not in {"failing", "network", "slow"})
    assert suite.parts == ([tuple(unsure)] if unsure else [])
    # What passes the way bugs are judged can be relied on by data sets that were made before.
    lasting = {"order-dependent", "needs-others", "time-dependent", "seed-dependent", "slow", "steady"}
    assert baseline.dependable == {node for kind in lasting for node in by_kind.get(kind, ())}


def test_what_was_seen_is_recorded_and_masked() -> None:
    suite = Suite(["order-dependent", *["steady"] * 9])
    found = suite.baseline().quarantined[suite.node(0)]
    assert isinstance(found, Quarantine)
    assert found.seen["own order"] == "passed"
    assert found.seen["random order"] == "failed"
    assert found.seen["without the others"] == "passed"
    assert "0x7f" not in found.message
    assert found.message


@pytest.mark.parametrize(
    ("kind", "left_out", "instead"),
    [
        (
            "order-dependent",
            ["random order", "that order backwards, another time and seed"],
            ["own order, seed 4", "own order, another time and seed"],
        ),
        (
            "time-dependent",
            ["that order backwards, another time and seed", "own order, another time and seed"],
            ["own order, another time and seed", "own order, seed 4"],
        ),
    ],
)
def test_a_way_that_most_tests_cannot_stand_is_left_out(
    kind: str, left_out: list[str], instead: list[str]
) -> None:
    suite = Suite([kind] * 5 + ["flaky"] + ["steady"] * 14)
    baseline = suite.baseline()

    assert len(baseline.steady) == 19
    assert sorted(baseline.notes) == sorted(
        f"not run with {name}: 5 of 19 tests do not stand it, such as `test_000.py::{kind}`, "
        f"`test_001.py::{kind}`, `test_002.py::{kind}` and 2 more"
        for name in left_out
    )
    # Other runs take their place, so that what is flaky still shows.
    assert sorted(way.name for way in suite.runs[3:]) == sorted(instead)
    assert baseline.kinds() == {"flaky": 1}


def test_a_way_that_pytest_cannot_stand_is_left_out() -> None:
    class Crashing(Suite):
        def run(self, way: Way) -> TestReport:
            report = super().run(way)
            crashed = TestReport({}, returncode=-11, finished=False, running="test_000.py::steady")
            return crashed if way.clock_ahead else report

    baseline = Crashing(["steady"] * 4).baseline()
    assert len(baseline.steady) == 4
    assert len(baseline.notes) == 2
    for note in baseline.notes:
        assert "another time and seed" in note
        assert "test_000.py::steady" in note


def test_the_clock_can_be_left_alone() -> None:
    suite = Suite(["time-dependent", "seed-dependent", *["steady"] * 8])
    baseline = suite.baseline(clock=False)
    assert not any(way.clock_ahead for way in suite.runs)
    assert baseline.kinds() == {"seed-dependent": 1}
    assert "time-machine" in baseline.notes[0]


def test_too_few_green_tests_are_refused_with_the_reasons() -> None:
    few = ["steady"] * 7
    with pytest.raises(
        FailingBaselineError, match=r"(?s)7 of 10 .* 2 network, 1 failing.*name resolution"
    ) as e:
        Suite([*few, "network", "network", "failing"]).baseline()
    assert f"{MIN_GREEN:.0%}" in str(e.value).replace("\n", " ")
    with pytest.raises(FailingBaselineError, match="3 seed-dependent"):
        Suite([*few, *["seed-dependent"] * 3]).baseline()
    with pytest.raises(NoTestsError, match="skipped"):
        Suite(["skipped"]).baseline()


def test_runs_that_cannot_be_compared_are_refused() -> None:
    def refused(report: TestReport) -> None:
        take_baseline(
            lambda way: report, lambda nodes, ways: [], lambda calls: [c() for c in calls], timeout=9
        )

    with pytest.raises(HangingBaselineError, match="within 9 s; `a::b` was running"):
        refused(TestReport({}, stopped="timeout", running="a::b"))
    with pytest.raises(NoTestsError, match="finds no tests"):
        refused(TestReport({}, returncode=5))
    with pytest.raises(FailingBaselineError, match="2 of 3 collected tests were never reported: `b`, `c`"):
        refused(TestReport({"a": "passed"}, collected=("a", "b", "c")))
    with pytest.raises(FailingBaselineError, match=r"(?s)status 4.*no such option"):
        refused(TestReport({}, returncode=4, output="no such option"))


def test_baselines_of_earlier_data_sets_can_be_read() -> None:
    old = b'{"id": "x", "steady": ["a"], "quarantined": {"b": "unsteady: passed, failed, passed"}}'
    baseline = msgspec.json.decode(old, type=Baseline)
    assert baseline.dependable == {"a"}
    assert baseline.kinds() == {"unsteady": 1}
    assert msgspec.json.decode(msgspec.json.encode(baseline), type=Baseline) == baseline

    new = Baseline.of([(OWN, Suite(["failing", "steady"]).run(OWN))])
    assert msgspec.json.decode(msgspec.json.encode(new), type=Baseline) == new
