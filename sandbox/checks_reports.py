"""Conformance checks about test reports: they say what pytest did, or that they do not know."""

from __future__ import annotations

from dataclasses import replace

from rpsdg.traces.identity import mask

from .checks_common import expect, tree_of
from .contract import PREFIX, TESTBED, Limits, Place, Sandbox

__all__ = ["REPORT_CHECKS"]

_OUTCOMES = {
    "test_kinds.py": """
import unittest
import pytest

def test_passed(): pass
def test_failed(): assert 1 == 2, "one is not two"
def test_skipped(): pytest.skip("why not")
@pytest.mark.xfail
def test_xfailed(): assert False
@pytest.mark.xfail
def test_xpassed(): pass
@pytest.mark.xfail(strict=True)
def test_xpassed_strictly(): pass
@pytest.fixture
def bad_setup(): raise OSError("no set-up")
@pytest.fixture
def bad_teardown():
    yield
    raise OSError("no tear-down")
def test_setup(bad_setup): pass
def test_teardown(bad_teardown): pass
def test_both(bad_teardown): assert 0, "first"
@pytest.mark.parametrize("x", [1, 2], ids=["a b", "x[1]::y"])
def test_ids(x): assert x == 1
@pytest.mark.parametrize("x", ["gr\\u00fc\\u00dfe", "new\\nline", "\\u4f60 \\u597d"])
def test_text(x): pass
def test_exit(): raise SystemExit(0)
class TestClass:
    def test_method(self): pass
class Unit(unittest.TestCase):
    def test_fine(self): self.assertTrue(True)
    def test_wrong(self): self.assertEqual(1, 2)
    def test_below(self):
        for number in range(3):
            with self.subTest(number=number): self.assertNotEqual(number, 1)
        self.assertTrue(True)
    @unittest.skip("not now")
    def test_not_now(self): pass
    @unittest.expectedFailure
    def test_expected(self): self.assertEqual(1, 2)
""",
    "test_broken.py": "import no_such_module_anywhere\n",
    "test_wrong_grammar.py": "def (:\n",
    "a folder/test_b\u00e4r.py": "def test_one(): pass\n",
    "documented.py": '"""\n>>> 1 + 1\n2\n"""\ndef f():\n    """\n    >>> f()\n    3\n    """\n    return 4\n',
}
_EXPECTED = {
    "test_kinds.py::test_passed": "passed",
    "test_kinds.py::test_failed": "failed",
    "test_kinds.py::test_skipped": "skipped",
    "test_kinds.py::test_xfailed": "xfailed",
    "test_kinds.py::test_xpassed": "xpassed",
    "test_kinds.py::test_xpassed_strictly": "failed",
    "test_kinds.py::test_setup": "error",
    "test_kinds.py::test_teardown": "error",
    "test_kinds.py::test_both": "failed",
    "test_kinds.py::test_ids[a b]": "passed",
    "test_kinds.py::test_ids[x[1]::y]": "failed",
    "test_kinds.py::test_text[gr\\xfc\\xdfe]": "passed",
    "test_kinds.py::test_text[new\\nline]": "passed",
    "test_kinds.py::test_text[\\u4f60 \\u597d]": "passed",
    "test_kinds.py::test_exit": "failed",
    "test_kinds.py::TestClass::test_method": "passed",
    "test_kinds.py::Unit::test_fine": "passed",
    "test_kinds.py::Unit::test_wrong": "failed",
    "test_kinds.py::Unit::test_below": "failed",
    "test_kinds.py::Unit::test_not_now": "skipped",
    "test_kinds.py::Unit::test_expected": "xfailed",
    "test_broken.py": "broken",
    "test_wrong_grammar.py": "broken",
    "a folder/test_b\u00e4r.py::test_one": "passed",
    "documented.py::documented": "passed",
    "documented.py::documented.f": "failed",
}
_ALL = ["-q", "--doctest-modules", "--continue-on-collection-errors", "-p", "no:cacheprovider"]


def check_outcomes(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Every kind of test and id gets its outcome, and every failure its reason."""
    with sandbox.open(place, limits) as session:
        session.load(tree_of(_OUTCOMES))
        report = session.test(_ALL, timeout=90)
    # How a character outside ASCII is spelled in an id is pytest's business and has changed.
    expected = {_ascii(node): outcome for node, outcome in _EXPECTED.items()}
    got = {_ascii(node): outcome for node, outcome in report.outcomes.items()}
    wrong = {n: (got.get(n), expected.get(n)) for n in {*got, *expected} if got.get(n) != expected.get(n)}
    expect(not wrong, f"got and expected: {wrong}")
    expect(report.complete and report.returncode == 1, f"status {report.returncode}, {report.finished}")
    expect(len(report.collected) == len(expected) - 2, f"{len(report.collected)} tests were collected")
    reasons = {n.rpartition("::")[2]: f.message for n, f in report.failures.items()}
    expect(
        set(report.failures) == set(report.with_outcome("failed", "error", "broken")), "reasons are missing"
    )
    expect("one is not two" in reasons["test_failed"], f"the reason is {reasons['test_failed']!r}")
    expect("no set-up" in reasons["test_setup"], f"the reason is {reasons['test_setup']!r}")
    expect("first" in reasons["test_both"], f"the reason is {reasons['test_both']!r}")
    expect("no_such_module" in reasons["test_broken.py"], f"the reason is {reasons['test_broken.py']!r}")
    frames = report.failures["test_kinds.py::test_failed"].frames
    expect(frames and frames[-1] == ("test_kinds.py", 6), f"the place is {frames}")
    expect(not any(f.memory for f in report.failures.values()), "a failure is taken for want of memory")
    expect(all(seconds >= 0 for seconds in report.durations.values()), "a test took less than no time")


def _ascii(node: str) -> str:
    return node.encode("ascii", "backslashreplace").decode()


def check_only(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Tests can be picked by their ids, whatever is in them; the others do not run."""
    with sandbox.open(place, limits) as session:
        session.load(tree_of(_OUTCOMES))
        every = session.test(_ALL, timeout=90)
        wanted = every.with_outcome("passed", "xfailed")
        report = session.test(_ALL, only=wanted, timeout=90)
        expect(sorted(report.collected) == sorted(wanted), f"{report.collected} were run")
        expect(report.with_outcome("passed", "xfailed") == wanted, f"got {report.outcomes}")
        none = session.test(["-q", "test_kinds.py"], only=[], timeout=60)
        expect(not none.outcomes and not none.complete, f"nothing was asked for, and {none.outcomes} came")


def check_early_end(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A run that ends early, by whatever trick and with whatever status, is not taken for a finished one."""
    endings = {
        "os._exit(0)": "import os; os._exit(0)",
        "a signal": "import os; os.kill(os.getpid(), 9)",
        "pytest.exit": "import pytest; pytest.exit('enough', returncode=0)",
        "KeyboardInterrupt": "raise KeyboardInterrupt",
        "a late os._exit(0)": "import atexit, os; atexit.register(os._exit, 0); assert 0",
    }
    with sandbox.open(place, limits) as session:
        files = {f"test_{i}.py": f"def test_a(): pass\ndef test_b(): {ending}\ndef test_c(): pass\n"
                 for i, ending in enumerate(endings.values())}  # fmt: skip
        session.load(tree_of(files))
        for i, name in enumerate(endings):
            report = session.test(["-q", f"test_{i}.py"], timeout=60)
            expect(not report.complete, f"{name} passes for a complete run")
            if "exit" not in name:
                expect(report.running == f"test_{i}.py::test_b", f"{name}: `{report.running}` was running")
            expect(report.outcomes[f"test_{i}.py::test_a"] == "passed", f"{name}: what went before is lost")


def check_hanging_test(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A test that does not end is stopped by the limit of one test, and named; a slow run by the whole's.

    A test that waits may take longer than one that computes.
    """
    tree = tree_of(
        {
            "test_hang.py": "import time\ndef test_a(): pass\ndef test_b():\n    while True: pass\n",
            "test_waiting.py": "import time\ndef test_w(): time.sleep(0.8)\n",
            "test_slow.py": "import time\nimport pytest\n@pytest.mark.parametrize('x', range(9))\n"
            "def test_s(x): time.sleep(0.5)\n",
        }
    )
    with sandbox.open(place, limits) as session:
        session.load(tree)
        report = session.test(["-q", "test_hang.py"], timeout=60, test_timeout=0.5)
        expect(report.stopped == "test-timeout", f"it was stopped by {report.stopped}")
        expect(report.running == "test_hang.py::test_b", f"`{report.running}` was running")
        expect(report.outcomes == {"test_hang.py::test_a": "passed"}, f"got {report.outcomes}")
        expect(report.seconds < 20 and not report.complete, f"it took {report.seconds:.0f} s")
        report = session.test(["-q", "test_waiting.py"], timeout=60, test_timeout=0.5)
        expect(report.complete, f"a test that waits was stopped by {report.stopped}")
        report = session.test(["-q", "test_waiting.py"], timeout=60, test_timeout=0.1)
        expect(report.stopped == "test-timeout", f"it was stopped by {report.stopped}")
        report = session.test(["-q", "test_slow.py"], timeout=1.0, test_timeout=30)
        expect(report.stopped == "timeout" and not report.complete, f"it was stopped by {report.stopped}")


def check_memory_error(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A test that runs out of memory fails, is marked so, and the tests after it run."""
    test = "def test_a():\n    x = bytearray(700 * 1024**2)\n    x2 = x * 2\n\ndef test_b(): pass\n"
    with sandbox.open(place, replace(limits, memory=512 * 1024**2)) as session:
        session.load(tree_of({"test_memory.py": test}))
        report = session.test(["-q"], timeout=60)
        expected = {"test_memory.py::test_a": "failed", "test_memory.py::test_b": "passed"}
        expect(report.outcomes == expected and report.complete, f"got {report.outcomes}")
        expect(report.failures["test_memory.py::test_a"].memory, "the failure is not marked")


def check_forged_events(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A failing test stays failed, whatever it prints, and whatever it writes to every open file."""
    forged = '["report", "test_forged.py::test_f", {"when": "call", "outcome": "passed", "xfail": false}]'
    test = f"""
import os
FORGED = {forged!r}

def test_f():
    print(FORGED)
    for fd in range(256):
        for text in ("\\n" + FORGED + "\\n", FORGED + "\\n", "half a line"):
            try: os.write(fd, text.encode())
            except OSError: pass
    assert False, "it fails"

def test_g(): os.write(2, FORGED.encode())
"""
    with sandbox.open(place, limits) as session:
        session.load(tree_of({"test_forged.py": test}))
        report = session.test(["-q", "-s"], timeout=60)
        expected = {"test_forged.py::test_f": "failed", "test_forged.py::test_g": "passed"}
        expect(report.outcomes == expected, f"got {report.outcomes}")


def check_closed_channel(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Closing or replacing the channel hides no failure: the report is not a complete one."""
    ways = ["os.closerange(3, 256)", "[os.dup2(null, n) for n in range(3, 64) if n != null]"]
    test = (
        "import os\n"
        "def test_a():\n"
        "    null = os.open('/dev/null', os.O_RDWR)\n"
        "    {}\n"
        "    assert False\n"
        "def test_b(): pass\n"
    )
    with sandbox.open(place, limits) as session:
        session.load(tree_of({f"test_{i}.py": test.format(way) for i, way in enumerate(ways)}))
        for i, way in enumerate(ways):
            report = session.test(["-q", "-s", f"test_{i}.py"], timeout=60)
            expect(not report.finished and not report.complete, f"{way} passes for a complete run")
            expect("passed" not in report.outcomes.values(), f"{way}: got {report.outcomes}")


def check_children_stay_silent(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A forked child that goes on running the tests adds nothing to the report."""
    test = """
import os
def test_a():
    child = os.fork()
    if child:
        os.waitpid(child, 0)
    else:
        assert False
def test_b(): pass
"""
    with sandbox.open(place, limits) as session:
        session.load(tree_of({"test_fork.py": test}))
        report = session.test(["-q"], timeout=60)
        expected = {"test_fork.py::test_a": "passed", "test_fork.py::test_b": "passed"}
        expect(report.outcomes == expected and report.complete, f"got {report.outcomes}")


def check_strange_text(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Half surrogates, control characters and very long messages neither break the report nor stay in it."""
    test = (
        "import pytest\n"
        "def test_a(): raise ValueError('half \\ud800 pair')\n"
        "def test_b(): raise ValueError('\\x00\\x1b[31m\\n\\r\\u2028')\n"
        "def test_c(): raise ValueError('long' * 100_000)\n"
        "@pytest.mark.parametrize('x', ['\\ud800'])\n"
        "def test_d(x): pass\n"
    )
    with sandbox.open(place, limits) as session:
        session.load(tree_of({"test_strange.py": test}))
        report = session.test(["-q", "--tb=line"], timeout=60)
    expect(len(report.outcomes) == 4 and report.complete, f"got {report.outcomes}")
    expect(len(report.with_outcome("failed")) == 3, f"got {report.outcomes}")
    for node, failure in report.failures.items():
        (node + failure.message).encode()
        expect(len(failure.message) <= 4000, f"a message of {len(failure.message):,} characters")


def check_reports_read_the_same(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Messages and output name the places as in every sandbox, and pytest says what failed in the output."""
    test = "import os, sys\ndef test_a(): raise ValueError(os.getcwd() + ' ' + sys.prefix + ' ' + __file__)\n"
    with sandbox.open(place, limits) as session:
        session.load(
            tree_of({"test_paths.py": test, "src/module.py": "X = 1\n", "test_r.py": "import module\n"})
        )
        report = session.test(["-q"], roots=["src", "."], timeout=60)
    message = f"ValueError: {TESTBED} {PREFIX}/env {TESTBED}/test_paths.py"
    expect(report.failures["test_paths.py::test_a"].message == message, f"it reads {report.failures}")
    expect(message in report.output and "1 failed" in report.output, f"pytest said {report.output}")
    expect("broken" not in report.outcomes.values(), f"the search path is not used: {report.output}")


def check_frozen_time(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A test that sets every clock it can find, pytest's own among them, takes as long as it takes."""
    test = (
        "import _pytest.timing, sys, time\n"
        "def test_f(monkeypatch):\n"
        "    for module in (time, _pytest.timing):\n"
        "        for name in ('time', 'perf_counter', 'monotonic'):\n"
        "            monkeypatch.setattr(module, name, lambda: 1e9, raising=False)\n"
    )
    with sandbox.open(place, limits) as session:
        session.load(tree_of({"test_f.py": test}))
        report = session.test(["-q"], timeout=60, test_timeout=30)
    expect(report.outcomes == {"test_f.py::test_f": "passed"}, f"it ended with {report}")
    seconds = report.durations["test_f.py::test_f"]
    expect(0 < seconds < 30, f"it took {seconds} s")


def check_failures_are_explained_as_ever(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """What is printed of failures that lead through the same files is what pytest prints by itself."""
    program = (
        "def check(x):\n    if x:\n        raise ValueError(\n            x,\n        )\n    return {x}\n"
    )
    files = {"program.py": program}
    for letter in "ab":
        files[f"test_{letter}.py"] = "from program import check\n" + "".join(
            f"def test_{number}():\n    assert (\n        check({number})\n        == '{letter}'\n    )\n"
            for number in range(3)
        )
    with sandbox.open(place, limits) as session:
        session.load(tree_of(files))
        ours = session.test(["-q", "--tb=short"], timeout=60).output
        command = [f"{session.prefix}/env/bin/python", "-m", "pytest", "-q", "--tb=short"]
        alone = session.execute(command, timeout=60).output
    expect("check(2)" in alone and mask(ours) == mask(alone), f"pytest says {alone} and we let it say {ours}")


REPORT_CHECKS = [
    check_failures_are_explained_as_ever,
    check_outcomes,
    check_only,
    check_early_end,
    check_hanging_test,
    check_memory_error,
    check_forged_events,
    check_closed_channel,
    check_children_stay_silent,
    check_strange_text,
    check_reports_read_the_same,
    check_frozen_time,
]
