"""Two tests of our own that ride along in every run: one has to pass, the other has to fail.

They look like the project's tests and go the way those go, through every hook of the project's and its
plugins', after the last of them. So whatever makes all tests pass, or none run, shows. What pytest tells the
user, counts and remembers of tests leaves them out.
"""

from __future__ import annotations

import os
from typing import Any, Callable, List, Optional

import pytest

# Hooks that only tell; a report goes to the canary alone.
SILENT = ("pytest_runtest_logstart", "pytest_runtest_logfinish", "pytest_exception_interact")


class Ways:
    """The hooks as a canary calls them."""

    def __init__(self, hooks: Any, reports: List[pytest.TestReport]) -> None:
        self._hooks = hooks
        self._reports = reports

    def __getattr__(self, name: str) -> Any:
        if name == "pytest_runtest_logreport":
            return self._take
        return _nothing if name in SILENT else getattr(self._hooks, name)

    def _take(self, report: pytest.TestReport) -> List[Any]:
        self._reports.append(report)
        return []


def _nothing(**_: Any) -> List[Any]:
    return []


class Function(pytest.Function):
    """Named like what it resembles. It asks for no fixtures, so it costs none."""

    rpsdg_ways: Any = None

    @property
    def ihook(self) -> Any:
        """Return the hooks that are called for this test."""
        return self.rpsdg_ways or super().ihook

    def setup(self) -> None:
        """Leave out the fixtures."""


def fly(
    session: pytest.Session, must_pass: bool, raised: Callable[[str, str], Optional[bool]]
) -> Optional[List[List[Any]]]:
    """Run a canary; returns what pytest made of each phase, or None where a hook did not take it.

    raised: says of a node id and a phase whether that raised an exception, if it is known.
    """
    reports: List[pytest.TestReport] = []
    try:
        canary = _canary(session, must_pass, reports)
        session.config.hook.pytest_runtest_protocol(item=canary, nextitem=None)
    except Exception:
        return None  # at a test of the project's it would have ended the run
    node = canary.nodeid
    return [[report.when, report.outcome, raised(node, str(report.when))] for report in reports]


def _canary(session: pytest.Session, must_pass: bool, reports: List[pytest.TestReport]) -> pytest.Item:
    def body() -> None:
        if not must_pass:
            raise AssertionError("a test that has to fail")

    parent: Any = session
    for item in getattr(session, "items", ()):
        module = item.getparent(pytest.Module)
        if isinstance(item, pytest.Function) and module is not None:
            parent = module
            break
    name = "test_%s" % os.urandom(4).hex()  # not from `random`, whose numbers are the tests'
    if hasattr(Function, "from_parent"):
        canary = Function.from_parent(parent, name=name, callobj=body)
    else:
        canary = Function(name, parent=parent, callobj=body)
    canary.rpsdg_ways = Ways(parent.ihook, reports)
    return canary
