"""The pytest plugin inside the sandbox: tells the supervisor what happened to every test.

Nothing is ever parsed from pytest's text.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import sys
from typing import Any, Dict, Generator, List, Optional, Set, Tuple

import pytest

from .canary import fly
from .channel import Channel, take

_here = os.path.dirname(os.path.abspath(__file__))


class Reporter:
    """Sends the events: collected, broken, start, report, finish, canary, session."""

    def __init__(self, channel: Channel, only: Optional[List[str]]) -> None:
        self.channel = channel
        self.only = None if only is None else frozenset(only)
        self.workers = False  # whether other processes run the tests
        self.memory: Set[str] = set()
        self.raised: Dict[Tuple[str, str], bool] = {}
        self.seed()

    def seed(self) -> None:
        """Start random numbers over at the run's hash seed, so that tests that draw them can be compared."""
        number = int(os.environ.get("PYTHONHASHSEED", "0"))
        random.seed(number)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed(number)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: List[pytest.Item]) -> None:
        """Drop the tests that were not asked for."""
        if self.only is not None:
            dropped = [item for item in items if item.nodeid not in self.only]
            items[:] = [item for item in items if item.nodeid in self.only]
            if dropped:
                config.hook.pytest_deselected(items=dropped)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell which tests there are."""
        self.channel.send("collected", [item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: List[str]) -> None:
        """Tell the same where pytest-xdist has workers that collect, each of them all tests."""
        if not self.workers:
            self.workers = True
            self.channel.send("collected", list(ids))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Tell what could not be collected."""
        if report.failed:
            self.channel.send("broken", report.nodeid, str(report.longrepr)[-4000:])

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, Any, None]:
        """Let the canaries fly when the last test is over, also where a plugin ended the run after it."""
        outcome = yield
        ended = outcome.excinfo is not None and not issubclass(outcome.excinfo[0], Exception)
        some = self.workers or bool(session.items)
        if some and not session.config.option.collectonly and not ended:
            for must_pass in (True, False):
                saw = fly(session, must_pass, lambda *phase: self.raised.get(phase))
                self.channel.send("canary", "pass" if must_pass else "fail", saw)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Tell that a test starts, with the same random numbers whichever tests ran before it."""
        self.seed()
        self.channel.send("start", nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Tell that a test, its tear-down included, is over."""
        self.raised.clear()
        self.channel.send("finish", nodeid)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Any, None]:
        """Remember what raised, whatever the report will say, and which tests ran out of memory."""
        before = call.excinfo
        if before is not None and before.errisinstance(MemoryError):
            self.memory.add(item.nodeid)  # later the exception itself is gone
        yield
        self.raised[item.nodeid, call.when] = before is not None or call.excinfo is not None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell how one phase of a test went."""
        crash: Optional[str] = None
        frames: List[List[Any]] = []
        if report.failed:
            longrepr = report.longrepr
            crash = getattr(getattr(longrepr, "reprcrash", None), "message", None) or str(longrepr)[-2000:]
            for entry in getattr(getattr(longrepr, "reprtraceback", None), "reprentries", ()):
                place = getattr(entry, "reprfileloc", None)
                if place is not None:
                    frames.append([str(place.path), int(place.lineno)])
        part = hasattr(report, "context")  # of a test with subtests, each of which has reports
        self.channel.send(
            "report",
            report.nodeid,
            {
                "when": report.when,
                "outcome": report.outcome,
                "xfail": hasattr(report, "wasxfail"),
                "part": part,
                "raised": None if part else self.raised.get((report.nodeid, str(report.when))),
                "memory": report.nodeid in self.memory,
                "seconds": report.duration,
                "crash": None if crash is None else crash[:4000],
                "frames": frames[-40:],
            },
        )

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, Any, None]:
        """Tell the exit status, after every other plugin had its chance to change it."""
        outcome = yield
        if outcome.excinfo is None:
            self.channel.send("session", int(session.exitstatus))


def pytest_configure(config: pytest.Config) -> None:
    """Register the reporter, in the one pytest that was given the channel."""
    channel = take()
    if channel is not None:
        with open(os.path.join(_here, "only.json")) as file:
            only = json.load(file)
        with open(os.path.join(_here, "record.json")) as file:
            record = json.load(file)
        config.pluginmanager.register(Reporter(channel, only), "rpsdg-reporter")
        for name in record:
            # Each such file beside this one has a plugin called Recorder.
            recorder = importlib.import_module("." + name, __package__).Recorder(channel)
            config.pluginmanager.register(recorder, "rpsdg-" + name)
