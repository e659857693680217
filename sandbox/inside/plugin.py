"""The pytest plugin inside the sandbox: tells the supervisor what happened to every test.

It is installed for one run as `rpsdg_channel` and writes one JSON line an event to a file descriptor that
only it was told of. Nothing is ever parsed from pytest's text.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import sys
from typing import Any, Dict, Generator, List, Optional, Set

import pytest

_fd, _, _nonce = os.environ.pop("RPSDG_CHANNEL", "").partition(":")
_here = os.path.dirname(os.path.abspath(__file__))


class Channel:
    """The private way out. Processes that the tests start do not inherit it."""

    def __init__(self, fd: int, nonce: str) -> None:
        self.fd = fd
        self.nonce = nonce
        self.owner = os.getpid()
        os.set_inheritable(fd, False)

    def send(self, *event: Any) -> None:
        """Send one event."""
        if os.getpid() != self.owner:
            return  # a forked child of a test
        # On a line of its own, even where a test wrote half a line of something else.
        data = ("\n" + self.nonce + json.dumps(event) + "\n").encode("utf-8", "replace")
        while data:
            data = data[os.write(self.fd, data) :]


def seed() -> None:
    """Start random numbers over at the run's hash seed, so that tests that draw them can be compared."""
    number = int(os.environ.get("PYTHONHASHSEED", "0"))
    random.seed(number)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(number)


class Reporter:
    """Sends the events: collected, broken, start, report, finish, session."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.memory: Set[str] = set()
        seed()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell which tests there are."""
        self.channel.send("collected", [item.nodeid for item in session.items])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Tell what could not be collected."""
        if report.failed:
            self.channel.send("broken", report.nodeid, str(report.longrepr)[-4000:])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Tell that a test starts, with the same random numbers whichever tests ran before it."""
        seed()
        self.channel.send("start", nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Tell that a test, its tear-down included, is over."""
        self.channel.send("finish", nodeid)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Any, None]:
        """Remember which tests ran out of memory: later the exception itself is gone."""
        if call.excinfo is not None and call.excinfo.errisinstance(MemoryError):
            self.memory.add(item.nodeid)
        yield

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
        self.channel.send(
            "report",
            report.nodeid,
            {
                "when": report.when,
                "outcome": report.outcome,
                "xfail": hasattr(report, "wasxfail"),
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


def _plugins() -> Dict[str, Any]:
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
    channel = Channel(int(_fd), _nonce)
    found: Dict[str, Any] = {"reporter": Reporter(channel)}
    for name, options in wishes.items():
        # `inside/calls.py` lies here as `rpsdg_calls.py`; each such file has a class called Plugin.
        found[name] = importlib.import_module("rpsdg_" + name).Plugin(channel, **options)
    return found


_registered = _plugins() if _fd else {}  # only the one process that was given the channel has any


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Forget what an earlier run in this session left: `--lf` and its like would run something else now."""
    config.option.cacheclear = True


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugins."""
    for name, plugin in _registered.items():
        config.pluginmanager.register(plugin, "rpsdg-" + name)
