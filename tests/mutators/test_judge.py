"""The judge of odd projects: each is calibrated in a real sandbox, and parts of its suite are run there."""

from __future__ import annotations

import random
import time

import pytest

from rpsdg.mutators.baseline import Baseline, Quarantine
from rpsdg.mutators.judge import TestBench, TestVerdict, UntrustedJudgeError
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.environments import prepare
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces.kernel import Judged

pytestmark = pytest.mark.network

BUILD = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
STEADY = 45
MANY = "@pytest.mark.parametrize('n', range({}))\ndef test_steady(n):\n    assert double(n) == n + n\n"

UNSTEADY = {
    "doubling.py": "def double(n):\n    return 2 * n\n",
    "tests/test_a.py": """
import datetime
import random
import socket
import subprocess
import sys
import time
import unittest
import urllib.request
import pytest
from doubling import double

SEEN = []

@pytest.fixture(scope="session")
def kept():
    return []

"""
    + MANY.format(STEADY)
    + """
def test_first(): SEEN.append(1)
def test_second(): assert SEEN
class TestOrder:
    def test_x(self, kept): kept.append(1)
    def test_y(self, kept): assert kept
    def test_z(self, kept): assert kept
def test_year(): assert datetime.date.today().year == {year}
def test_expired(): assert time.time() > {soon}
def test_hash():
    command = [sys.executable, "-c", "print(hash('a'))"]
    assert hash("a") == int(subprocess.check_output(command, env={{"PYTHONHASHSEED": "0"}}))
def test_random(): assert random.random() == {drawn}
def test_name(): socket.create_connection(("example.invalid", 80))
def test_page(): urllib.request.urlopen("http://198.51.100.1/", timeout=5)
def test_wrong(): assert double(1) == 3
def test_skipped(): pytest.skip()
@pytest.mark.xfail(strict=True)
def test_xfailed(): assert double(1) == 3
class Unit(unittest.TestCase):
    def test_bad_sub(self):
        for n in range(3):
            with self.subTest(n=n): assert double(n) < 4
    def test_good_sub(self):
        for n in range(3):
            with self.subTest(n=n): assert double(n) < 5
""",
}


def tree_of(files: dict[str, str]) -> Tree:
    return Tree.from_entries({path: Entry(text.encode()) for path, text in files.items()})


def bench_of(
    files: dict[str, str], sandbox: Sandbox, settings: Settings, *, timeout: float = 120.0
) -> TestBench:
    tree = tree_of(files)
    environment, place = prepare(tree, sandbox, settings)
    return TestBench.calibrated(sandbox, place, environment, tree, settings.limits, timeout=timeout)


def test_why_tests_are_quarantined(local_sandbox: Sandbox, settings: Settings) -> None:
    now = time.time()
    values = {"year": time.gmtime(now).tm_year, "soon": int(now) + 200 * 86400}
    drawn = random.Random(0).random()
    files = dict(UNSTEADY, **{"tests/test_a.py": UNSTEADY["tests/test_a.py"].format(**values, drawn=drawn)})
    bench = bench_of(files, local_sandbox, settings)
    baseline = bench.baseline

    why = {node.rpartition("::")[2]: q for node, q in baseline.quarantined.items()}
    assert {name: q.kind for name, q in why.items() if isinstance(q, Quarantine)} == {
        "test_second": "order-dependent",
        "test_y": "order-dependent",
        "test_z": "order-dependent",
        "test_year": "time-dependent",
        "test_expired": "time-dependent",
        "test_hash": "seed-dependent",
        "test_random": "seed-dependent",
        "test_name": "network",
        "test_page": "network",
        "test_wrong": "failing",
        "test_bad_sub": "failing",
    }
    assert isinstance(why["test_wrong"], Quarantine)
    assert why["test_wrong"].message == "assert 2 == 3\n +  where 2 = double(1)"
    assert set(baseline.steady) == {
        *(f"tests/test_a.py::test_steady[{n}]" for n in range(STEADY)),
        "tests/test_a.py::test_first",
        "tests/test_a.py::TestOrder::test_x",
        "tests/test_a.py::Unit::test_good_sub",
    }
    assert not baseline.notes

    tree = bench.tree.replace("doubling.py", b"def double(n):\n    return 2 * n if n < 4 else 0\n")
    outcome = bench.judge(tree)
    assert isinstance(outcome, Judged)
    assert isinstance(outcome.verdict, TestVerdict)
    failing = {f"tests/test_a.py::test_steady[{n}]" for n in range(4, STEADY)}
    assert outcome.verdict.failing == failing
    # What an earlier version took for steady can still be verified; what is really unsteady cannot.
    listed = Baseline("x", (*baseline.steady, "tests/test_a.py::test_second"), {})
    assert "tests/test_a.py::test_second" in bench.relying_on(listed).coverage.by_test
    listed = Baseline("x", (*baseline.steady, "tests/test_a.py::test_name"), {})
    with pytest.raises(UntrustedJudgeError, match="test_name"):
        bench.relying_on(listed)
