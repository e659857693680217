"""Do the events of a run agree with each other, and with how its process ended?

Results come from inside the process that runs the code under test, so that code could speak for the plugin.
What it says must at least be a story that pytest can tell: every test that passed was collected, started, set
up, called once, torn down and finished; nothing happened after the end; the exit status is the one that
follows; and of our own two tests, one passed and the other failed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

__all__ = ["CrossCheck"]

_FINAL = {"passed", "failed", "skipped"}
"""Outcomes pytest knows. Plugins that repeat a failed test call an attempt something else."""
_TELLING = ("collected", "broken", "start", "report", "finish", "canary", "session")
"""Events that say something of an outcome; recordings come when they are ready."""


@dataclass
class _Story:
    """What was said of the tests with one node id: usually one test."""

    open: int = 0
    finished: int = 0
    phases: Counter[str] = field(default_factory=Counter)
    """Reports that count, by phase."""
    called: Counter[str] = field(default_factory=Counter)
    """Those of the call, by outcome: plugins that repeat tests may say the same again."""
    failed: bool = False


class CrossCheck:
    """Takes the events one by one; `contradiction` is the first thing that does not fit, in words."""

    def __init__(self) -> None:
        self.contradiction: str | None = None
        self._collected: Counter[str] | None = None
        self._stories: dict[str, _Story] = {}
        self._canaries: dict[str, list[Any] | None] = {}
        """By what it must do: name, outcome and whether it raised, of each phase; None if a hook crashed."""
        self._session: int | None = None
        self._broken = False

    def take(self, event: list[Any]) -> None:
        """Take the next event, one that has the form of an event."""
        kind = event[0]
        if self._session is not None and kind in _TELLING:
            self._fault(f"a `{kind}` came after pytest had ended")
        match event:
            case ["collected", [*nodes]]:
                if self._collected is not None:
                    self._fault("the tests were collected twice")
                self._collected = Counter(map(str, nodes))
            case ["broken", *_]:
                self._broken = True
            case ["start", str(node)]:
                if self._collected is not None and node not in self._collected:
                    self._fault(f"`{node}` started and was never collected")
                self._story(node).open += 1
            case ["finish", str(node)]:
                story = self._story(node)
                story.open -= 1
                story.finished += 1
                if story.open < 0:
                    self._fault(f"`{node}` finished more often than it started")
            case ["report", str(node), {"when": when, "outcome": str(outcome), **rest}]:
                story = self._story(node)
                if story.open < 1:
                    self._fault(f"a report on `{node}` came while it was not running")
                if outcome == "failed":
                    story.failed = True
                if outcome in _FINAL and not rest.get("part"):
                    story.phases[str(when)] += 1
                    if when == "call":
                        story.called[outcome] += 1
                    if {"passed", "failed"} <= story.called.keys() and story.called.total() > self._times(
                        node
                    ):
                        self._fault(f"`{node}` was reported as passed and as failed")
            case ["canary", str(name), saw]:
                if name in self._canaries:
                    self._fault("a test that must fail or pass was run twice")
                self._canaries[name] = saw if isinstance(saw, list) else None
            case ["session", int(status)]:
                self._session = status

    def end(self, returncode: int, passed: list[str], *, whole: bool) -> None:
        """Take the end of a run that nothing stopped.

        Args:
            returncode: of the process; negative if a signal ended it.
            passed: node ids that passed, as far as the reports say.
            whole: whether every collected test has an outcome.
        """
        if self._session is None or returncode < 0:
            return  # it broke off, which is another thing than a contradiction
        if returncode != self._session:
            self._fault(f"pytest ended with status {self._session} and its process with {returncode}")
        if returncode == 0 and (self._broken or any(story.failed for story in self._stories.values())):
            self._fault("pytest ended with status 0, and tests had failed")
        for node in passed:
            story = self._story(node)
            if story.finished < 1 or story.open or not {"setup", "teardown"} <= story.phases.keys():
                self._fault(f"`{node}` passed without set-up, tear-down or end")
        if whole and self._stories and returncode in {0, 1}:
            self._look_at_canaries()

    def _look_at_canaries(self) -> None:
        if self._canaries.keys() != {"pass", "fail"}:
            self._fault("the tests that must pass and must fail were not run")
            return
        for name, phases in self._canaries.items():
            if phases is None:
                continue  # a hook of the project's does not take tests it does not know
            seen = [(str(when), str(outcome), raised) for when, outcome, raised in filter(_is_phase, phases)]
            if not seen:
                self._fault(f"nothing was reported of a test that must {name}")
            outcomes = {outcome for when, outcome, _ in seen if when == "call" or outcome == "failed"}
            if name == "fail" and outcomes == {"passed"}:
                self._fault("a test that must fail passed")
            if name == "pass" and ("call", "failed", False) in seen:
                self._fault("a test that must pass failed without an exception")

    def _story(self, node: str) -> _Story:
        return self._stories.setdefault(node, _Story())

    def _times(self, node: str) -> int:
        return 1 if self._collected is None else max(1, self._collected[node])

    def _fault(self, what: str) -> None:
        self.contradiction = self.contradiction or what


def _is_phase(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3
