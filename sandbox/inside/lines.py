"""Which lines of the project each test runs, told from inside the test process.

From Python 3.12 on the interpreter reports every line once a test (`sys.monitoring`, PEP 669); before, a
trace function sees each line every time, which is slower but no less exact.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Any, Callable, Dict, Optional, Set

_TOOL = 4  # one that neither debuggers (0), coverage (1), profilers (2) nor optimisers (5) claim
_MOST = 1000 * 1000  # lines of a file that are believed in
Trace = Callable[..., Any]


class Plugin:
    """Sends `lines`: a node id and, by path, a hexadecimal number with bit n set for line n.

    What runs outside of any test, at import above all, goes under an empty node id. `untraced` names a test
    that ended without the trace function: it may have taken it away, or run out of stack while it was called,
    upon which the interpreter drops it. What such a test ran after that is not known.
    """

    def __init__(self, channel: Any) -> None:
        self.channel = channel
        self.root = os.path.join(os.path.realpath(os.getcwd()), "")
        self.seen: Dict[str, Set[int]] = {}
        self.outside: Dict[str, int] = {}
        self.files: Dict[str, Optional[Set[int]]] = {}
        self.trace = _tracing(_Traces(self.lines_of))
        if sys.version_info >= (3, 12):
            monitoring = sys.monitoring
            monitoring.use_tool_id(_TOOL, "rpsdg")
            monitoring.register_callback(_TOOL, monitoring.events.LINE, self.line)
            monitoring.set_events(_TOOL, monitoring.events.LINE)
        else:
            threading.settrace(self.trace)
            sys.settrace(self.trace)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Put what ran before the test down to no test."""
        for path, mask in self.take().items():
            self.outside[path] = self.outside.get(path, 0) | mask

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Tell what the test ran, its set-up and tear-down included."""
        if sys.version_info < (3, 12) and sys.gettrace() is not self.trace:
            self.channel.send("untraced", nodeid)
        self.tell(nodeid, self.take())

    def pytest_unconfigure(self) -> None:
        """Tell what no test ran."""
        self.pytest_runtest_logstart("")
        self.tell("", self.outside)

    def tell(self, node: str, lines: Dict[str, int]) -> None:
        """Send what was recorded."""
        self.channel.send("lines", node, {path: "%x" % mask for path, mask in lines.items()})

    def take(self) -> Dict[str, int]:
        """Return the lines that ran since the last time."""
        taken: Dict[str, int] = {}
        for path, lines in list(self.seen.items()):  # a thread may enter another file meanwhile
            digits = bytearray(b"0" * (max(lines, default=0) + 1))
            for line in list(lines):
                if line < len(digits):
                    digits[-1 - line] = ord("1")
            mask = int(digits, 2)
            if mask:
                taken[path] = mask
            lines.clear()
        if sys.version_info >= (3, 12):
            sys.monitoring.restart_events()
        elif sys.gettrace() is None:
            sys.settrace(self.trace)  # a test took it away
        return taken

    def lines_of(self, path: str) -> Optional[Set[int]]:
        """Return where the lines of a file are noted; None if it is a test or none of the project's."""
        if path not in self.files:
            real = os.path.realpath(path)  # the search path may lead here by `tests/..`
            name = os.path.basename(real)
            wanted = real.startswith(self.root) and not name.startswith(("test_", "conftest."))
            wanted = wanted and os.path.isfile(real)  # not `<string>`
            self.files[path] = self.seen.setdefault(real[len(self.root) :], set()) if wanted else None
        return self.files[path]

    def line(self, code: Any, line: int) -> Any:
        """Note a line, and ask not to be told of it again before the next test."""
        lines = self.lines_of(code.co_filename)
        if lines is not None and line < _MOST:
            lines.add(line)
        return sys.monitoring.DISABLE  # type: ignore[attr-defined,unused-ignore] # from 3.12 on


class _Traces(Dict[str, Optional[Trace]]):
    """What traces the frames of a file, by its path: nothing where it is none of the project's."""

    def __init__(self, lines_of: Callable[[str], Optional[Set[int]]]) -> None:
        self.lines_of = lines_of

    def __missing__(self, path: str) -> Optional[Trace]:
        lines = self.lines_of(path)
        self[path] = None if lines is None else _noting(lines)
        return self[path]


def _tracing(traces: _Traces) -> Trace:
    """Return the trace function of whole threads, which is called for every call in every file."""

    def trace(frame: Any, event: str, argument: Any) -> Optional[Trace]:
        return traces[frame.f_code.co_filename]

    return trace


def _noting(lines: Set[int]) -> Trace:
    """Return a trace function that adds every line to a set."""
    add = lines.add

    def note(frame: Any, event: str, argument: Any) -> Trace:
        if event == "line" and frame.f_lineno < _MOST:
            add(frame.f_lineno)
        return note

    return note
