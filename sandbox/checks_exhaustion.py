"""Conformance checks about tests that use something up: files, file descriptors, output, memory, depth."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .checks_common import admitted, expect, expect_unaffected, tree_of
from .contract import Limits, Place, Sandbox
from .hostile import PLAIN, HostileCase

__all__ = ["EXHAUSTION_CASES", "check_exhausting_tests", "check_number_of_files"]

_VICTIM = "def test_after(): assert 2 == 2\n"
_AFTER = "test_it.py::test_after"


@dataclass(frozen=True)
class _Exhaustion:
    name: str
    tries: str
    ends: str
    test: str
    stopped: str | None = None
    """Why the run is stopped; None: the test fails, and the run is whole."""
    after: bool = True
    """Whether the test after it passes as if nothing had happened."""


_EXHAUSTIONS = (
    _Exhaustion(
        "file descriptors",
        "opens files until there are no more descriptors, and keeps them for ever",
        "OSError: the test fails, and so may tests after it",
        "import os\nKEPT = []\ndef test_it():\n    while True: KEPT.append(os.open('/dev/null', 0))\n",
        after=False,
    ),
    _Exhaustion(
        "pipes and sockets",
        "fills pipes and sockets that nobody reads",
        "OSError: the test fails",
        "import os, socket\n"
        "def test_it():\n"
        "    ends = []\n"
        "    try:\n"
        "        while True:\n"
        "            a, b = socket.socketpair()\n"
        "            ends += [a, b]\n"
        "            a.setblocking(False)\n"
        "            try:\n"
        "                while True: a.send(bytes(65536))\n"
        "            except BlockingIOError: pass\n"
        "    finally:\n"
        "        for one in ends: one.close()\n",
    ),
    _Exhaustion(
        "memory of one process",
        "asks for more and more memory",
        "MemoryError: `out-of-memory`",
        "def test_it():\n    kept = []\n    while True: kept.append(bytearray(2**24))\n",
    ),
    _Exhaustion(
        "the stack",
        "recurses without end, through C code too",
        "RecursionError: the test fails",
        "def test_it():\n    def f(): return sorted([1], key=lambda _: f())\n    f()\n",
    ),
    _Exhaustion(
        "folders in folders",
        "makes a thousand folders, each in the other, that no path is long enough to name",
        "removed with the rest",
        "import os\n"
        "def test_it():\n"
        "    here = os.getcwd()\n"
        "    for _ in range(1000):\n"
        "        os.mkdir('d' * 50); os.chdir('d' * 50)\n"
        "    os.chmod('.', 0); os.chdir(here)\n"
        "    assert 1 == 2\n",
    ),
    _Exhaustion(
        "output of a test",
        "prints without end",
        "stopped: `output-flood`",
        "import os\ndef test_it():\n    while True: os.write(2, b'x' * 65536)\n",
        stopped="output-flood",
    ),
    _Exhaustion(
        "the plugin's channel",
        "writes without end to every open file, the plugin's channel among them",
        "stopped: `output-flood`",
        "import os\n"
        "def test_it():\n"
        "    while True:\n"
        "        for fd in range(3, 16):\n"
        "            try: os.write(fd, b'x' * 65536)\n"
        "            except OSError: pass\n",
        stopped="output-flood",
    ),
    _Exhaustion(
        "a test without end",
        "runs for ever, ignores every signal, and leaves deaf children behind",
        "stopped: `hang`",
        "import os, signal\n"
        "def test_it():\n"
        "    for number in range(1, 32):\n"
        "        try: signal.signal(number, signal.SIG_IGN)\n"
        "        except OSError: pass\n"
        "    if not os.fork(): os.setsid()\n"
        "    while True: pass\n",
        stopped="test-timeout",
    ),
)


def _cases() -> list[HostileCase]:
    return [HostileCase(case.name, case.tries, case.ends, "exhausting tests") for case in _EXHAUSTIONS]


EXHAUSTION_CASES = (
    *_cases(),
    HostileCase(
        "number of files",
        "makes more and more empty files, in the work space or the temporary folder",
        "OSError, or stopped: `too-many-files`",
        "number of files",
        PLAIN,
    ),
)


def check_exhausting_tests(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A test that uses something up fails or is stopped with the reason; the session goes on as before."""
    limits = replace(limits, memory=512 * 1024**2, open_files=128, disk=32 * 1024**2, output=65536)
    with sandbox.open(place, limits) as session:
        session.load(tree_of({"test_it.py": _VICTIM}))
        for case in _EXHAUSTIONS:
            session.write("test_it.py", (case.test + _VICTIM).encode())
            limit = 2.0 if case.stopped == "test-timeout" else None
            report = session.test(["-q", "-s", "-p", "no:cacheprovider"], timeout=120, test_timeout=limit)
            said = f"{case.name}: {report.stopped}, {report.outcomes}, {report.output[-800:]}"
            expect(report.stopped == case.stopped and report.forged is None, said)
            if case.stopped:
                expect(not report.complete and report.running == "test_it.py::test_it", said)
            else:
                expect(report.outcomes.get("test_it.py::test_it") == "failed", said)
                expect(not case.after or (report.complete and report.outcomes[_AFTER] == "passed"), said)
            session.write("test_it.py", _VICTIM.encode())
        report = session.test(["-q"], timeout=60)
        expect(report.complete and report.outcomes == {_AFTER: "passed"}, f"afterwards: {report}")
    expect_unaffected(sandbox, place, limits)


def check_number_of_files(sandbox: Sandbox, place: Place, limits: Limits) -> str | None:
    """More files than allowed are refused, or end the test; the session goes on."""
    caveat = admitted(sandbox, "not all of them together")
    test = """
import pathlib, sys, time
def test_it():
    folder = pathlib.Path({folder!r})
    for number in range(3000): (folder / str(number)).touch()
    time.sleep(5)
"""
    with sandbox.open(place, replace(limits, files=1000)) as session:
        session.load(tree_of({"test_it.py": _VICTIM}))
        for folder in [] if caveat else [".", "/tmp"]:
            session.write("test_it.py", test.format(folder=folder).encode())
            report = session.test(["-q"], timeout=60)
            refused = report.outcomes.get("test_it.py::test_it") == "failed"
            expect(
                refused or report.stopped == "too-many-files", f"three thousand files in {folder}: {report}"
            )
            session.write("test_it.py", _VICTIM.encode())
            report = session.test(["-q"], timeout=60)
            expect(report.complete and report.outcomes == {_AFTER: "passed"}, f"afterwards: {report}")
    return caveat
