"""The pytest plugin inside the sandbox: tells the supervisor what happened to every test.

Nothing is ever parsed from pytest's text.
"""

from __future__ import annotations

import importlib
import json
import os
import time
from typing import Any, Dict, Generator, List, Optional, Set, Tuple

import pytest

from .canary import fly
from .channel import Channel, take
from .explaining import remember
from .seeding import seed

_here = os.path.dirname(os.path.abspath(__file__))


class Reporter:
    """Sends the events: collected, broken, start, report, finish, canary, session."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.workers = False  # whether other processes run the tests
        self.memory: Set[str] = set()
        self.raised: Dict[Tuple[str, str], bool] = {}
        self.seconds: Dict[Tuple[str, str], float] = {}
        self.clock = time.perf_counter  # held where a test that freezes time does not find it
        seed()

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
        seed()
        self.channel.send("start", nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Tell that a test, its tear-down included, is over."""
        self.raised.clear()
        self.seconds.clear()
        self.channel.send("finish", nodeid)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, None]:
        """Take the time."""
        yield from self.timed(item, "setup")

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, None]:
        """Take the time."""
        yield from self.timed(item, "call")

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Any, None]:
        """Take the time."""
        yield from self.timed(item, "teardown")

    def timed(self, item: pytest.Item, when: str) -> Generator[None, Any, None]:
        """Take the time that a phase of a test takes: pytest's own clock may stand still in it."""
        began = self.clock()
        yield
        self.seconds[item.nodeid, when] = self.clock() - began

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
                "seconds": self.seconds.get((report.nodeid, str(report.when)), report.duration),
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


def _plugins(channel: Channel) -> Dict[str, Any]:
    """Return the plugins of this run by name.

    They are made when pytest is told of this file, before it loads any conftest of the project's: what those
    import runs lines, too, and may take hold of a clock.
    """
    with open(os.path.join(_here, "only.json")) as file:
        only = json.load(file)
    with open(os.path.join(_here, "record.json")) as file:
        wishes = json.load(file)
    if only is not None:
        wishes["selection"] = {"only": only}
    found: Dict[str, Any] = {"reporter": Reporter(channel)}
    for name, options in wishes.items():
        # Each such file beside this one has a class called Plugin.
        found[name] = importlib.import_module("." + name, __package__).Plugin(channel, **options)
    return found


_channel = take()
_registered = {} if _channel is None else _plugins(_channel)  # only the one pytest that was given the channel


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Forget what an earlier run in this session left: `--lf` and its like would run something else now."""
    config.option.cacheclear = True


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugins, with the first pytest of this process alone: a test may start another."""
    plugins = dict(_registered)
    _registered.clear()
    if plugins:
        remember()
    for name, plugin in plugins.items():
        config.pluginmanager.register(plugin, "rpsdg-" + name)
