"""Promises about what a run records besides outcomes: the calls that tests make, and the lines they run."""

from __future__ import annotations

from .checks_common import expect, tree_of
from .contract import Limits, Place, Sandbox
from .report import Call

__all__ = ["RECORDING_CHECKS", "check_lines"]

_CALLED = {
    "program/__init__.py": "",
    "program/shapes.py": """
import functools
from dataclasses import dataclass

def clamp(value, low=0, high=9):
    if low > high:
        raise ValueError(f"{low} is above {high}")
    return inner(value, low, high)

def inner(value, low, high):
    return max(low, min(value, high))

def up_to(number):
    for n in range(number):
        yield n

def first(items, *more, key=None, **named):
    return items

def checked(function):
    try:
        return function()
    except KeyError:
        return None

@functools.lru_cache(maxsize=None)
def cached(number):
    return number

@dataclass
class Box:
    side: int
    def grown(self, by=1):
        return Box(self.side + by)
    @classmethod
    def unit(cls):
        return cls(1)
    @property
    def area(self):
        return self.side ** 2
    @area.setter
    def area(self, value):
        self.side = value

class Odd:
    def __repr__(self):
        raise RuntimeError("cannot be shown")
    def size(self):
        return "x" * 1000
""",
    "tests/test_calls.py": """
import unittest
import pytest
from program.shapes import Box, Odd, cached, checked, clamp, first, up_to

@pytest.fixture
def box():
    return Box.unit()

def test_values(box):
    assert clamp(99) == 9
    assert clamp(5, high=3) == 3
    assert first([1], 2, 3, key=len, other={"a": (1, 2)}) == [1]
    assert first(range(3)) is not None
    assert list(up_to(3)) == [0, 1, 2]
    assert next(up_to(3)) == 0
    assert box.grown().area == 4
    assert cached(3) == cached(3) == 3
    assert list(map(clamp, [10, -1])) == [9, 0]
    assert Odd().size()

def test_errors():
    with pytest.raises(ValueError):
        clamp(1, 5, 2)
    pytest.raises(ValueError, clamp, 2, 5, 2)
    try:
        clamp(3, 5, 2)
    except ValueError as error:
        assert repr(error)
    try:
        clamp(4, 5, 2)
    except ValueError:
        pass  # nobody looks at it
    def wanting():
        raise KeyError
    assert checked(wanting) is None
    clamp(5, 5, 2)

class TestUnit(unittest.TestCase):
    def test_raises(self):
        self.assertRaises(ValueError, clamp, 1, 5, 2)

def test_long():
    for _ in range(1000):
        first([0] * 1000, [1])

def test_silent(): pass
""",
}
_CALLS = {
    "test_values": """
        Box.unit() = Box(side=1)
        clamp(99) = 9
        clamp(5, high=3) = 3
        first([1], 2, 3, key=len, other={'a': (1, 2)}) = [1]
        first(range(0, 3)) = range(0, 3)
        up_to(3) ... [0, 1, 2]
        Box(side=1).grown() = Box(side=2)
        Box(side=2).area = 4
        cached(3) = 3
        clamp(10) = 9
        clamp(-1) = 0
        \u2026.size() = \u2026
    """,
    "test_errors": """
        clamp(1, 5, 2) ! ValueError: 5 is above 2
        clamp(2, 5, 2) ! ValueError: 5 is above 2
        clamp(3, 5, 2) ! ValueError: 5 is above 2
        checked(wanting) = None
        clamp(5, 5, 2) ! ValueError: 5 is above 2
    """,
    "TestUnit::test_raises": "clamp(1, 5, 2) ! ValueError: 5 is above 2",
    "test_long": "first(\u2026, [1]) = \u2026\n" * 300,
    "test_silent": "",
}


_LINES = {
    "program/__init__.py": "",
    "program/shapes.py": (
        "import threading\n\n\n"
        "def half(x):\n    if x:\n        return x / 2\n    return 0\n\n\n"
        "def aside(x, found):\n    found.append(half(x))\n\n\n"
        "def at_once(x):\n    found = []\n"
        "    thread = threading.Thread(target=aside, args=(x, found))\n"
        "    thread.start()\n    thread.join()\n    return found\n\n\n"
        "def deep(x):\n    try:\n        return deep(x)\n    except RecursionError:\n        return half(x)\n"
    ),
    "tests/conftest.py": (
        "import os\nimport sys\n\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), '..'))\n"
    ),
    "tests/test_lines.py": (
        "import sys\n\nfrom program.shapes import at_once, deep, half\n\n\n"
        "def test_half():\n    assert half(4) == 2\n\n\n"
        "def test_taking_the_trace_away():\n    sys.settrace(None)\n\n\n"
        "def test_deep():\n    assert deep(0) == 0\n\n\n"
        "def test_nothing():\n    assert half(0) == 0\n\n\n"
        "def test_at_once():\n    assert at_once(0) == [0]\n\n\n"
        "def test_lies():\n"
        "    exec(compile('\\n' * 3000000 + 'x = 1', half.__code__.co_filename, 'exec'))\n"
    ),
}
_RAN = {
    "test_half": {5, 6},
    "test_taking_the_trace_away": set(),
    "test_deep": {5, 7, 23, 24, 25, 26},
    "test_nothing": {5, 7},
    "test_at_once": {5, 7, 11, 15, 16, 17, 18, 19},
    "test_lies": set(),
}


def check_lines(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A run can record which lines each test runs, in every thread and under every name of the file."""
    with sandbox.open(place, limits) as session:
        session.load(tree_of(_LINES))
        plain = session.test(["-q"], timeout=60)
        report = session.test(["-q"], timeout=60, record={"lines"})
    expect(not plain.lines, "lines were recorded that nobody asked for")
    expect(report.outcomes == plain.outcomes, f"{plain.outcomes} became {report.outcomes}")
    expect(len(report.with_outcome("passed")) == len(_RAN), f"got {report.outcomes}: {report.output}")
    for name, expected in _RAN.items():
        ran = report.lines.get(f"tests/test_lines.py::{name}", {})
        mask = ran.pop("program/shapes.py", 0)
        got = {line for line in range(40) if mask >> line & 1}
        known = got <= expected if f"tests/test_lines.py::{name}" in report.untraced else got == expected
        expect(not ran and known and mask < 1 << 40, f"{name} ran {sorted(got)} and {list(ran)}")
    imported = report.lines.get("", {}).get("program/shapes.py", 0)
    expect(imported & 0b11111 == 0b10010, f"at import ran {imported:b}")


def check_calls(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A run can record what the tests call, and no test goes another way for it."""
    with sandbox.open(place, limits) as session:
        session.load(tree_of(_CALLED))
        plain = session.test(["-q"], timeout=60)
        report = session.test(["-q"], timeout=60, record={"calls"})
    expect(not plain.calls, "calls were recorded that nobody asked for")
    expect(report.outcomes == plain.outcomes, f"{plain.outcomes} became {report.outcomes}")
    expect(len(report.with_outcome("passed")) == 4, f"got {report.outcomes}: {report.output}")
    for name, expected in _CALLS.items():
        got = [_written(call) for call in report.calls.get(f"tests/test_calls.py::{name}", ())]
        wanted = [line.strip() for line in expected.splitlines() if line.strip()]
        expect(got == wanted, f"{name} made {len(got)} calls: {got[:20]}")
    calls = [call for calls in report.calls.values() for call in calls]
    expect({call.path for call in calls} == {"program/shapes.py"}, "a call has the wrong file")
    expect({call.caller for call in calls} == {"tests/test_calls.py"}, "a call comes from the wrong file")
    lines = _CALLED["tests/test_calls.py"].splitlines()
    other = [call for call in calls if call.name.rpartition(".")[2] not in lines[call.line - 1]]
    expect(not other, f"not called there: {other[:3]}")
    expect({call.module for call in calls} == {"program.shapes"}, "a call has the wrong module")


def _written(call: Call) -> str:
    short = call.name.rpartition(".")[2]
    receiver = "Box." if call.kind == "classmethod" else f"{call.receiver}." if call.receiver else ""
    arguments = "" if call.kind == "attribute" else f"({', '.join(call.arguments)})"
    sign = {"returned": "=", "raised": "!", "yielded": "..."}[call.ended]
    return f"{receiver}{short}{arguments} {sign} {call.value}"


RECORDING_CHECKS = [check_calls, check_lines]
