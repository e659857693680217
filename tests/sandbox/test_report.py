"""Laws of reading a run's events: what is an event counts, and nothing else does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpsdg.sandbox.report import TestReport, read_events


def read(*events: Any, returncode: int = 0, stopped: str | None = None) -> TestReport:
    lines = "".join(json.dumps(event) + "\n" for event in events).encode()
    return read_events(lines, returncode=returncode, stopped=stopped, output="", seconds=1.0)


def phase(node: str, when: str, outcome: str, **more: Any) -> list[Any]:
    return ["report", node, {"when": when, "outcome": outcome, "xfail": False, "seconds": 0.25, **more}]


FLIES = [["setup", "passed", False], ["call", "passed", False], ["teardown", "passed", False]]
FALLS = [["setup", "passed", False], ["call", "failed", True], ["teardown", "passed", False]]
CANARIES = [["canary", "pass", FLIES], ["canary", "fail", FALLS]]


def ran(
    node: str, call: str = "passed", setup: str = "passed", teardown: str = "passed", **more: Any
) -> list[Any]:
    """Return the events of a test."""
    events: list[Any] = [["start", node], phase(node, "setup", setup, **more)]
    if setup == "passed":
        events.append(phase(node, "call", call, **more))
    return [*events, phase(node, "teardown", teardown), ["finish", node]]


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        (ran("n"), "passed"),
        (ran("n", call="failed"), "failed"),
        (ran("n", call="skipped"), "skipped"),
        (ran("n", call="skipped", xfail=True), "xfailed"),
        (ran("n", call="passed", xfail=True), "xpassed"),
        (ran("n", setup="failed"), "error"),
        (ran("n", setup="skipped"), "skipped"),
        (ran("n", teardown="failed"), "error"),
        (ran("n", call="failed", teardown="failed"), "failed"),
        ([phase("n", "call", "failed"), phase("n", "call", "passed")], "failed"),
        ([phase("n", "call", "rerun"), phase("n", "call", "passed")], "passed"),
        ([phase("n", "call", "passed", raised=True)], "failed"),
        ([["broken", "n", "why"]], "broken"),
    ],
)
def test_outcomes(events: list[Any], outcome: str) -> None:
    report = read(*events)
    assert report.outcomes == {"n": outcome}
    assert ("n" in report.failures) == (outcome in {"failed", "error", "broken"})


def test_a_whole_run() -> None:
    frames = [["a.py", 3], ["b.py", 4]]
    report = read(
        ["collected", ["a", "b"]],
        *ran("a"),
        *ran("b", call="failed", crash="ValueError: no", frames=frames, memory=True),
        *CANARIES,
        ["session", 1],
        returncode=1,
    )
    assert report.collected == ("a", "b")
    assert report.durations == {"a": 0.75, "b": 0.75}
    assert report.with_outcome("failed", "error") == ["b"]
    failure = report.failures["b"]
    assert failure.message == "ValueError: no"
    assert failure.frames == (("a.py", 3), ("b.py", 4))
    assert failure.memory
    assert report.finished
    assert report.complete
    assert report.running is None


@pytest.mark.parametrize(
    ("events", "returncode", "stopped"),
    [
        ([], 0, None),
        ([*ran("a")], 0, None),
        ([*ran("a"), ["session", 0]], 0, None),
        ([*ran("a"), *CANARIES, ["session", 0]], 1, None),
        ([*ran("a"), *CANARIES, ["session", 1]], 0, None),
        ([*ran("a"), *CANARIES, ["session", 0]], 0, "timeout"),
        ([["collected", ["a", "b"]], *ran("a"), *CANARIES, ["session", 0]], 0, None),
        ([*ran("a"), *CANARIES, ["session", 2]], 2, None),
        ([["session", 5]], 5, None),
        ([*ran("a"), *CANARIES, ["session", 0]], -9, None),
    ],
)
def test_what_is_not_a_complete_run(events: list[Any], returncode: int, stopped: str | None) -> None:
    assert not read(*events, returncode=returncode, stopped=stopped).complete


def test_the_running_test_is_named() -> None:
    assert read(*ran("a"), ["start", "b"], phase("b", "setup", "passed")).running == "b"


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
JSON = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(max_size=9), v, max_size=4)
)
KINDS = st.sampled_from(["report", "start", "finish", "collected", "broken", "session", "canary"])
NONSENSE = st.one_of(
    st.binary(max_size=40),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.tuples(KINDS, JSON).map(lambda value: json.dumps(value).encode()),
)


def test_frames_name_files_of_the_tree_from_its_root() -> None:
    frames = [["a.py", 3], ["/testbed/b/c.py", 4], ["/elsewhere/d.py", 5], ["a.py", 0], ["a.py", -7]]
    said = {"when": "call", "outcome": "failed", "xfail": False, "crash": "E", "frames": frames}
    event = json.dumps(["report", "t.py::test", said]).encode()
    report = read_events(event, returncode=1, stopped=None, output="", seconds=0.0, root="/testbed/")
    assert report.failures["t.py::test"].frames == (("a.py", 3), ("b/c.py", 4), ("/elsewhere/d.py", 5))


@given(st.lists(NONSENSE, max_size=8))
def test_nonsense_never_raises(lines: list[bytes]) -> None:
    report = read_events(b"\n".join(lines), returncode=0, stopped=None, output="", seconds=0.0)
    json.dumps(report.outcomes).encode()


@given(
    st.tuples(
        st.just("report"),
        st.text(max_size=5),
        st.fixed_dictionaries(
            {"when": JSON, "outcome": JSON, "xfail": JSON},
            optional=dict.fromkeys(["seconds", "frames", "crash", "memory", "raised", "part"], JSON),
        ),
    )
)
def test_a_report_with_odd_parts_never_raises(event: tuple[Any, ...]) -> None:
    read(event, event)


# Lines that are neither events nor parts of one: whatever a test may have written to the channel.
NOISE = st.one_of(
    st.binary(max_size=30).map(lambda data: data.replace(b"\n", b"").replace(b"\r", b"")),
    SCALARS.map(lambda value: json.dumps(value).encode()),
    st.just(b'["unheard of", "n"]'),
    st.just(b'[["session"], 0]'),
    st.just(b"[" * 100_000),
)


@given(st.lists(NOISE, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_noise_between_the_events_changes_nothing(noise: list[bytes], random: Any) -> None:
    events = [["collected", ["a", "b"]], *ran("a"), *ran("b", call="failed", crash="x"), *CANARIES]
    events.append(["session", 1])
    lines = [json.dumps(event).encode() for event in events]
    clean = read_events(b"\n".join(lines), returncode=1, stopped=None, output="", seconds=0.0)
    for line in noise:
        lines.insert(random.randrange(len(lines) + 1), line)
    assert read_events(b"\n".join(lines), returncode=1, stopped=None, output="", seconds=0.0) == clean


@given(st.text(st.characters(), max_size=20), st.text(st.characters(), max_size=20))
def test_every_text_can_be_written_as_utf8(node: str, message: str) -> None:
    report = read(phase(node, "call", "failed", crash=message, frames=[[node, 1]]))
    for found, failure in report.failures.items():
        (found + failure.message + failure.frames[0][0]).encode("utf-8")
