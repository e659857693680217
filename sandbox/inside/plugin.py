"""The pytest plugin inside the sandbox: tells the supervisor what happened to every test.

It is installed for one run as `rpsdg_channel` and writes one JSON line an event to a file descriptor that
only it was told of. Nothing is ever parsed from pytest's text.
"""

import json
import os

import pytest

_fd, _, _nonce = os.environ.pop("RPSDG_CHANNEL", "").partition(":")
_here = os.path.dirname(os.path.abspath(__file__))


class Channel:
    """The private way out. Processes that the tests start do not inherit it."""

    def __init__(self, fd, nonce):
        self.fd = fd
        self.nonce = nonce
        self.owner = os.getpid()
        os.set_inheritable(fd, False)

    def send(self, *event):
        if os.getpid() != self.owner:
            return  # a forked child of a test
        data = (self.nonce + json.dumps(event) + "\n").encode("utf-8", "replace")
        while data:
            data = data[os.write(self.fd, data) :]


class Reporter:
    """Sends the events: collected, broken, start, report, finish, session."""

    def __init__(self, channel, only):
        self.channel = channel
        self.only = None if only is None else frozenset(only)
        self.memory = set()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config, items):
        if self.only is not None:
            dropped = [item for item in items if item.nodeid not in self.only]
            items[:] = [item for item in items if item.nodeid in self.only]
            if dropped:
                config.hook.pytest_deselected(items=dropped)

    def pytest_collection_finish(self, session):
        self.channel.send("collected", [item.nodeid for item in session.items])

    def pytest_collectreport(self, report):
        if report.failed:
            self.channel.send("broken", report.nodeid, str(report.longrepr)[-4000:])

    def pytest_runtest_logstart(self, nodeid):
        self.channel.send("start", nodeid)

    def pytest_runtest_logfinish(self, nodeid):
        self.channel.send("finish", nodeid)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        if call.excinfo is not None and call.excinfo.errisinstance(MemoryError):
            self.memory.add(item.nodeid)
        yield

    def pytest_runtest_logreport(self, report):
        crash, frames = None, []
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

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus):
        self.channel.send("session", int(exitstatus))


def pytest_configure(config):
    if _fd:
        with open(os.path.join(_here, "only.json")) as file:
            only = json.load(file)
        config.pluginmanager.register(Reporter(Channel(int(_fd), _nonce), only), "rpsdg-reporter")
