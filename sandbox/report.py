"""What a test run said, built from the plugin's events and never from pytest's text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from .crosscheck import CrossCheck

__all__ = ["UNSHOWN", "Call", "Failure", "TestOutcome", "TestReport", "read_events"]

TestOutcome = Literal["passed", "failed", "error", "skipped", "xfailed", "xpassed", "broken"]
"""`error`: set-up or tear-down failed; `broken`: a file or class that could not be collected."""

PYTEST_OK, PYTEST_FAILED = 0, 1
MOST_LINES = 1_000_000
"""Lines of a file that are believed in."""
UNRAISED = "the test raised an exception, and something made pytest report it as passed"
"""The message of such a failure."""
UNSHOWN = "…"
"""Stands for a value of a call that was too large or could not be shown."""


@dataclass(frozen=True)
class Failure:
    """Why one test failed."""

    message: str
    """The exception, such as `AssertionError: assert 1 == 2`."""
    frames: tuple[tuple[str, int], ...] = ()
    """Path and line of each traceback entry, outermost first; files of the tree are named from its root."""
    memory: bool = False
    """Whether the test ran out of memory."""


@dataclass(frozen=True)
class Call:
    """One call of the program by a test. A value that could not be shown whole is `UNSHOWN`."""

    path: str
    """The file of the function that was called."""
    module: str
    kind: Literal["function", "method", "classmethod", "attribute"]
    """`attribute`: a property that was read."""
    name: str
    """The function's name; for a method behind that of its class and a dot."""
    receiver: str | None
    """The object (or class) whose method it is, as text."""
    arguments: tuple[str, ...]
    """As a caller would write them; those left at their default are left out."""
    caller: str
    """The file of the tests that called."""
    line: int
    """The line there."""
    ended: Literal["returned", "yielded", "raised"]
    """`yielded`: a generator that ran to its end."""
    value: str
    """What was returned; the list of what was yielded; or type and message of what was raised."""


@dataclass(frozen=True)
class TestReport:
    """Every test of one run. A report of a run that did not end by itself says nothing about the rest."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    outcomes: dict[str, TestOutcome]
    """By node id, in the order in which the tests ran; ids of broken files and classes included."""
    failures: dict[str, Failure] = field(default_factory=dict)
    durations: dict[str, float] = field(default_factory=dict)
    """Seconds by node id: set-up, call and tear-down together."""
    collected: tuple[str, ...] = ()
    returncode: int = 0
    finished: bool = True
    """Whether pytest reached its end and said so with the exit status that the process then had, and nothing
    that it said before contradicts the rest."""
    stopped: str | None = None
    """Why the run was killed, if it was (`contract.StopReason`)."""
    forged: str | None = None
    """What in the events cannot be true, if anything: then none of them says anything about the tests."""
    running: str | None = None
    """The test that was running when the run ended early."""
    output: str = ""
    seconds: float = 0.0
    calls: dict[str, tuple[Call, ...]] = field(default_factory=dict)
    """By node id, if the run recorded calls: those the test made of the program, in order of their start."""
    lines: dict[str, dict[str, int]] = field(default_factory=dict)
    """By node id and path, if the run recorded lines: the lines of the program that ran, as a number in which
    bit n stands for line n. What ran outside of any test stands under the empty node id."""
    untraced: frozenset[str] = frozenset()
    """Tests of which only some lines are known: they took the trace function away, or it ran out of stack."""

    @property
    def complete(self) -> bool:
        """Whether every collected test was run to its end by a pytest that ended normally."""
        normal = self.finished and self.stopped is None and self.forged is None
        normal = normal and self.returncode in {PYTEST_OK, PYTEST_FAILED}
        return normal and self.outcomes.keys() >= set(self.collected)

    def with_outcome(self, *wanted: TestOutcome) -> list[str]:
        """Return the node ids with one of the given outcomes."""
        return [node for node, outcome in self.outcomes.items() if outcome in wanted]


def read_events(
    lines: bytes,
    *,
    returncode: int,
    stopped: str | None,
    output: str,
    seconds: float,
    root: str = "",
) -> TestReport:
    """Build a report from the plugin's JSON lines. A line that is not an event is not believed.

    `root` is what absolute paths of the tree begin with: where a test changes the folder, frames have them.
    """
    outcomes: dict[str, TestOutcome] = {}
    failures: dict[str, Failure] = {}
    durations: dict[str, float] = {}
    calls: dict[str, tuple[Call, ...]] = {}
    ran: dict[str, dict[str, int]] = {}
    untraced: set[str] = set()
    collected: tuple[str, ...] = ()
    running: str | None = None
    exit_status: int | None = None
    check = CrossCheck()
    for line in lines.splitlines():
        event = _event(line)
        if isinstance(event, list) and event:
            check.take(event)
        match event:
            case ["collected", [*nodes]]:
                collected = tuple(str(node) for node in nodes)
            case ["broken", str(node), str(message)]:
                outcomes[node] = "broken"
                failures[node] = Failure(message)
            case ["start", str(node)]:
                running = node
            case ["finish", str(_)]:
                running = None
            case ["report", str(node), {"when": when, "outcome": outcome, "xfail": xfail} as rest]:
                durations[node] = durations.get(node, 0.0) + _seconds(rest.get("seconds"))
                lie = outcome == "passed" and rest.get("raised") is True
                if lie:  # something between the test and us turned it green
                    outcome, rest = "failed", {**rest, "crash": UNRAISED}
                seen = _outcome(when, outcome, bool(xfail))
                if seen is not None and outcomes.get(node) not in {"failed", "error"}:
                    outcomes[node] = seen
                if outcome == "failed" and node not in failures:
                    frames = _frames(rest.get("frames"), root)
                    failures[node] = Failure(str(rest.get("crash") or ""), frames, bool(rest.get("memory")))
            case ["calls", str(node), [*seen_calls]]:
                calls[node] = tuple(call for one in seen_calls if (call := _call(one)) is not None)
            case ["lines", str(node), {**masks}]:
                ran[node] = {str(path): _mask(text) for path, text in masks.items()}
            case ["untraced", str(node)]:
                untraced.add(node)
            case ["session", int(status)]:
                exit_status = status
            case _:
                continue
    if stopped is None:
        passed = [node for node, outcome in outcomes.items() if outcome == "passed"]
        check.end(returncode, passed, whole=outcomes.keys() >= set(collected))
    return TestReport(
        outcomes=outcomes,
        failures=failures,
        durations=durations,
        collected=collected,
        returncode=returncode,
        finished=exit_status is not None and exit_status == returncode and check.contradiction is None,
        stopped=stopped,
        forged=check.contradiction,
        running=running,
        output=output,
        seconds=seconds,
        calls=calls,
        lines=ran,
        untraced=frozenset(untraced),
    )


def _event(line: bytes) -> Any:
    try:
        return _clean(json.loads(line))
    except (ValueError, RecursionError):
        return None


def _clean(value: Any) -> Any:
    # A test may put half a surrogate pair into a message or an id; no UTF-8 file could hold it.
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list) else value


def _seconds(value: Any) -> float:
    # Whatever a test may have put there: not negative, not larger than a float.
    return float(min(max(0, value), 10**9)) if isinstance(value, int | float) else 0.0


def _frames(value: Any, root: str) -> tuple[tuple[str, int], ...]:
    frames: list[tuple[str, int]] = []
    for frame in value if isinstance(value, list) else ():
        match frame:
            case [str(path), int(line)] if 0 < line < MOST_LINES:
                frames.append((path.removeprefix(root), line))
    return tuple(frames)


def _mask(text: Any) -> int:
    if not isinstance(text, str) or len(text) > MOST_LINES // 4:
        return 0
    try:
        return max(0, int(text, 16))
    except ValueError:
        return 0


def _call(value: Any) -> Call | None:
    match value:
        case [
            str(path),
            str(module),
            "function" | "method" | "classmethod" | "attribute" as kind,
            str(name),
            (str() | None) as receiver,
            [*arguments],
            str(caller),
            int(line),
            "returned" | "yielded" | "raised" as ended,
            str(text),
        ]:
            return Call(
                path, module, kind, name, receiver, tuple(map(str, arguments)), caller, line, ended, text
            )
        case _:
            return None


def _outcome(when: Any, outcome: Any, xfail: bool) -> TestOutcome | None:
    match when, outcome:
        case "call", "failed":
            return "failed"
        case _, "failed":
            return "error"
        case _, "skipped":
            return "xfailed" if xfail else "skipped"
        case "call", "passed":
            return "xpassed" if xfail else "passed"
        case _:
            return None
