"""Walks of several bugs: every combination is judged, and a bug that hides behind another is refused."""

from __future__ import annotations

from itertools import combinations
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpsdg.mutators.judging.baseline import Baseline
from rpsdg.mutators.judging.coverage import Coverage
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.judging.lattice import Lattice, climb
from rpsdg.mutators.rules.nudged_literal import NudgedLiteral
from rpsdg.sandbox.contract import Limits, Place
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces.kernel import Reason, Stopped

PROGRAM = Tree({"a.py": Entry(b"0\n" * 4)})
MOVES = [NudgedLiteral("a.py", 2 * line, b"0", b"1") for line in range(4)]
TESTS = tuple(f"t.py::test_{number}" for number in range(6))


def bench() -> TestBench:
    nothing = cast("Any", None)
    place = Place("nowhere", "3.11.0")
    known = Baseline("b", TESTS, {}), Coverage({}, {})
    return TestBench(nothing, place, nothing, PROGRAM, Limits(), *known, 60.0, 10.0)


def planted_in(tree: Tree) -> frozenset[int]:
    return frozenset(n for n, line in enumerate(tree["a.py"].data.split()) if line == b"1")


def report(failing: set[int]) -> TestReport:
    outcomes: dict[str, Any] = {t: "failed" if n in failing else "passed" for n, t in enumerate(TESTS)}
    return TestReport(outcomes, returncode=1 if failing else 0, collected=TESTS)


def walk(*fails: set[int], **together: set[int]) -> tuple[Lattice | Stopped, list[frozenset[int]]]:
    """Climb over bugs that make these tests fail; `together` says what some of them do to one another."""
    ran: list[frozenset[int]] = []

    def run(tree: Tree) -> TestReport:
        bugs = planted_in(tree)
        ran.append(bugs)
        named = "_" + "_".join(str(bug) for bug in sorted(bugs))
        return report(together.get(named, set().union(*(fails[bug] for bug in bugs))))

    return climb(bench(), MOVES[: len(fails)], run), ran


def test_every_combination_is_run_once_and_prefixes_come_first() -> None:
    found, ran = walk({0}, {1}, {2})
    assert isinstance(found, Lattice)
    assert ran[:3] == [frozenset({0}), frozenset({0, 1}), frozenset({0, 1, 2})]
    assert sorted(map(sorted, ran)) == sorted(
        [list(c) for size in (1, 2, 3) for c in combinations(range(3), size)]
    )
    assert found.repaired(frozenset({0}), 2) == {TESTS[2]}


@pytest.mark.parametrize(
    ("fails", "together", "why"),
    [
        (({0, 1}, {1}), {}, "bug 2 makes no further test fail beside bug 1"),
        (({0}, {0}), {}, "bug 2 makes no further test fail beside bug 1"),
        (({0}, {0, 1}), {}, "bug 1 makes no further test fail beside bug 2"),
        (({0, 1}, {2}), {"_0_1": {0, 2}}, "bug 2 makes t.py::test_1 pass beside bug 1"),
        (({0}, {1}, {2}), {"_1_2": {1}}, "bug 2 makes t.py::test_2 pass beside bug 3"),
        (({0}, {1}, {2, 1}), {}, "bug 2 makes no further test fail beside bug 1, 3"),
    ],
)
def test_a_masked_bug_is_refused(fails: Any, together: Any, why: str) -> None:
    found, _ = walk(*fails, **together)
    assert found == Stopped(Reason.MASKED, why)


def test_a_second_bug_that_no_test_sees_is_refused_at_its_prefix() -> None:
    found, ran = walk({0}, set())
    assert isinstance(found, Stopped)
    assert found.reason is Reason.MASKED
    assert ran == [frozenset({0}), frozenset({0, 1})]


def test_a_first_bug_that_no_test_sees_is_refused_at_once() -> None:
    found, ran = walk(set(), {1})
    assert found == Stopped(Reason.UNDETECTED, "no test fails")
    assert len(ran) == 1


@given(st.lists(st.sets(st.integers(0, 5)), min_size=1, max_size=4))
def test_what_is_accepted_makes_progress_in_every_order(fails: list[set[int]]) -> None:
    found, _ = walk(*fails)
    own = all(
        fails[n] - set().union(*(other for m, other in enumerate(fails) if m != n)) for n in range(len(fails))
    )
    if len(set().union(*fails)) == len(TESTS):
        return  # nothing passes any more: no verdict
    assert isinstance(found, Lattice) is own
    if isinstance(found, Lattice):
        for bugs in found.failing:
            for bug in bugs:
                assert found.failing.get(bugs - {bug}, frozenset()) < found.failing[bugs]
