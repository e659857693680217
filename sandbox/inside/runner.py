"""Takes the place of pytest's own loop over the tests, for candidates that are only looked at."""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Dict, Generator, List, Sequence, Set

import pytest

from .forks import GREEN, MEMORY, RED
from .link import Json
from .seeding import seed


class Runner:
    """A pytest plugin: takes the place of pytest's own loop over the tests, and notes how each went."""

    def __init__(self, loop: Callable[[pytest.Session], None]) -> None:
        self.loop = loop
        self.items: Dict[str, pytest.Item] = {}
        self.shared: Set[str] = set()
        self.passed = False
        self.memory = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self) -> None:
        """Note what forks would share before any code of the project had a chance to make more."""
        self.shared = shared()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Do something else with the collected tests than run them all."""
        self.loop(session)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how one phase of a test went: what does not pass as usual is as good as failed."""
        if report.failed:
            self.passed = False
        elif report.when == "call":
            self.passed = self.passed and report.passed and not hasattr(report, "wasxfail")
        elif report.skipped:
            self.passed = False

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, None]:
        """Keep pytest from explaining failures: nobody reads it, and it takes longer than most tests."""
        brief: Any = item
        brief.repr_failure = brief._repr_failure_py = _in_brief  # noqa: SLF001 - there is no other way
        explaining: Any = sys.modules.get("_pytest.assertion.util")
        if explaining is not None:
            explaining._reprcompare = None  # noqa: SLF001 - set by pytest for every test, just before
        yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
        """Note a want of memory."""
        yield
        if call.excinfo is not None and call.excinfo.errisinstance(MemoryError):
            self.memory = True

    def take(self, session: pytest.Session) -> None:
        """Take the collected tests; nothing is printed from now on."""
        self.items = {item.nodeid: item for item in session.items}
        reporter = session.config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            session.config.pluginmanager.unregister(reporter)

    def run(self, tests: Sequence[str], say: Callable[[bytes], None], through: bool) -> Json:
        """Run tests in the order given, all of them or up to the first that does not pass."""
        chosen = [self.items.get(node) for node in tests]
        failing: List[str] = []
        for number, item in enumerate(chosen):
            say(b"%d\n" % number)
            self.passed, self.memory = item is not None, False
            if item is not None:
                following = next((later for later in chosen[number + 1 :] if later is not None), None)
                seed()
                try:
                    item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
                except BaseException:  # pytest.exit, Ctrl-C and the like, done by a test
                    self.passed = False
            if self.memory:
                return {"outcome": MEMORY, "node": tests[number], "failing": []}
            if not self.passed:
                failing.append(tests[number])
                if not through:
                    break
        return {
            "outcome": RED if failing else GREEN,
            "node": failing[0] if failing else None,
            "failing": failing,
        }


def _in_brief(excinfo: Any, style: Any = None) -> str:
    return str(excinfo.typename)


def shared() -> Set[str]:
    """Return what forks of this process have in common: open files, and memory that all of them write.

    The position in a file, a lock between processes, an event loop's queue: what one candidate does to any
    of them, the next one finds.
    """
    found = set()
    for number in os.listdir("/proc/self/fd"):
        try:
            found.add(os.readlink("/proc/self/fd/" + number))
        except OSError:  # the one that lists the others
            pass
    with open("/proc/self/maps") as file:
        found.update(line.strip() for line in file if line.split()[1].startswith("rw-s"))
    return found - {"/dev/null", "/dev/urandom", "/proc/self/maps"}
