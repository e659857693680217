"""Laws of the cross-check: a story that pytest tells holds together; with one event changed it does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rpsdg.sandbox.report import TestReport, read_events

from .test_report import CANARIES, FLIES, phase, ran

Events = list[list[Any]]


def told(events: Events, returncode: int | None = None) -> TestReport:
    """Read a run that ended with the status it says, or another one."""
    status = next((event[1] for event in events if event[0] == "session"), 0)
    lines = "".join(json.dumps(event) + "\n" for event in events).encode()
    code = status if returncode is None else returncode
    return read_events(lines, returncode=code, stopped=None, output="", seconds=1.0)


def story(*tests: tuple[str, str]) -> Events:
    """Return the events of a run of some tests, by node id and outcome of the call."""
    status = int(any(outcome == "failed" for _, outcome in tests))
    bodies = [event for node, outcome in tests for event in ran(node, call=outcome)]
    return [["collected", [node for node, _ in tests]], *bodies, *CANARIES, ["session", status]]


TESTS = st.lists(
    st.tuples(st.text("abc:[]/ ", min_size=1, max_size=6), st.sampled_from(["passed", "failed", "skipped"])),
    min_size=1,
    max_size=6,
    unique_by=lambda test: test[0],
)


@given(TESTS)
def test_what_pytest_says_holds_together(tests: list[tuple[str, str]]) -> None:
    report = told(story(*tests))
    assert report.forged is None
    assert report.complete
    assert report.outcomes == dict(tests)


@given(TESTS, st.data())
def test_a_lost_event_is_never_a_better_report(tests: list[tuple[str, str]], data: st.DataObject) -> None:
    events = story(*tests)
    lost = data.draw(st.integers(0, len(events) - 1))
    assume(events[lost][0] != "collected")  # other plugins collect elsewhere, and then there is no such event
    report = told(events[:lost] + events[lost + 1 :])
    passed = set(report.with_outcome("passed"))
    assert passed <= {node for node, outcome in tests if outcome == "passed"}
    touched = events[lost][1] if events[lost][0] in {"start", "finish", "report"} else None
    if touched in passed or events[lost][0] in {"canary", "session"}:
        assert not report.complete


@given(TESTS, st.data())
def test_no_event_comes_after_the_end(tests: list[tuple[str, str]], data: st.DataObject) -> None:
    events = story(*tests)
    late = data.draw(st.sampled_from(events))
    report = told([*events, late])
    assert report.forged is not None
    assert "after pytest had ended" in report.forged
    assert not report.complete
    assert not report.finished


@given(TESTS, st.data())
def test_no_test_passes_and_fails(tests: list[tuple[str, str]], data: st.DataObject) -> None:
    tests = [("x", "failed"), *tests]
    node = data.draw(st.sampled_from([node for node, outcome in tests if outcome == "failed"]))
    events = story(*tests)
    at = events.index(["finish", node])
    assert told([*events[:at], phase(node, "call", "passed"), *events[at:]]).forged is not None


def green_canary(events: Events) -> Events:
    return [["canary", "fail", FLIES] if event == CANARIES[1] else event for event in events]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda e: [["collected", ["x"]], *e[1:]], "never collected"),
        (lambda e: [e[0], *e], "collected twice"),
        (lambda e: [*e[:-1], ["finish", "a"], e[-1]], "more often than it started"),
        (lambda e: [*e[:-1], phase("b", "call", "passed"), e[-1]], "while it was not running"),
        (lambda e: [*e[:-1], ["session", 0]], "status 0, and tests had failed"),
        (lambda e: [x for x in e if x[0] != "canary"], "were not run"),
        (lambda e: [x for x in e if x[:2] != ["canary", "fail"]], "were not run"),
        (lambda e: [*e[:-1], CANARIES[0], e[-1]], "run twice"),
        (green_canary, "a test that must fail passed"),
        (
            lambda e: [["canary", "pass", [["call", "failed", False]]] if x == CANARIES[0] else x for x in e],
            "a test that must pass failed without an exception",
        ),
        (lambda e: [["canary", "fail", []] if x == CANARIES[1] else x for x in e], "nothing was reported"),
    ],
)
def test_contradictions(change: Callable[[Events], Events], words: str) -> None:
    events = story(("a", "passed"), ("b", "failed"))
    assert told(events).forged is None
    report = told(change(events))
    assert report.forged is not None
    assert words in report.forged
    assert not report.complete


def test_the_process_ends_as_pytest_does() -> None:
    events = story(("a", "failed"))
    assert "its process with 0" in str(told(events, 0).forged)
    killed = told(events, -11)
    assert killed.forged is None
    assert not killed.complete


def test_honest_plugins_are_not_accused() -> None:
    again = [["start", "a"], phase("a", "setup", "passed"), phase("a", "call", "rerun")]
    again += [phase("a", "teardown", "passed"), *ran("a")[1:]]
    subtests = ran("a")
    subtests[2:2] = [phase("a", "call", "passed", part=True), phase("a", "call", "passed", part=True)]
    attempts = [["start", "a"], phase("a", "setup", "passed"), phase("a", "call", "skipped", xfail=True)]
    again_skipped = [*attempts, phase("a", "teardown", "passed"), ["finish", "a"], *ran("a", call="skipped")]
    side_by_side = [["start", "a"], ["start", "b"], *ran("b")[1:], *ran("a")[1:]]
    for body in (again, subtests, again_skipped, side_by_side):
        nodes = sorted({event[1] for event in body})
        assert told([["collected", nodes], *body, *CANARIES, ["session", 0]]).complete
    tripped = [["canary", "pass", None], ["canary", "fail", None]]
    assert told([["collected", ["a"]], *ran("a"), *tripped, ["session", 0]]).complete
    coverage_too_low = [*story(("a", "passed"))[:-1], ["session", 1]]
    assert told(coverage_too_low).complete
