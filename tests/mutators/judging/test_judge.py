"""The judge of odd projects: each is calibrated in a real sandbox, and parts of its suite are run there."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import repeat
from typing import Any

import pytest

from rpsdg.mutators.judging.baseline import Baseline, Quarantine
from rpsdg.mutators.judging.benching import calibrated
from rpsdg.mutators.judging.judge import TestBench, TestVerdict, UntrustedJudgeError
from rpsdg.sandbox.contract import Sandbox, SandboxBrokeError, Session
from rpsdg.sandbox.environments import prepare
from rpsdg.sandbox.local_runner import LocalSandbox
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
    return calibrated(sandbox, place, environment, tree, settings.limits, timeout=timeout)


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


OPTIONS = {
    "pyproject.toml": f"""\
{BUILD}
[project]
name = "odd-options"
version = "1"

[project.optional-dependencies]
test = ["pytest-asyncio", "pytest-cov", "pytest-randomly", "pytest-xdist", "time-machine"]

[tool.setuptools.packages.find]
where = ["src"]

[tool.pytest.ini_options]
addopts = \"\"\"-x -v -p xdist -n2 --dist=loadfile --cov=doubling --cov-branch --cov-fail-under=100
  --randomly-seed=7 --strict-markers --strict-config -p no:cacheprovider --junitxml=made/report.xml
  --doctest-modules --doctest-glob=*.txt -k 'not unwanted' -m 'not slow'\"\"\"
testpaths = ["src", "checks", "notes"]
python_files = ["check_*.py", "*_spec.py"]
python_classes = ["Describe*"]
python_functions = ["it_*", "test_*"]
filterwarnings = ["error"]
markers = ["slow: takes long", "needs: is sorted by"]
xfail_strict = true
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"
""",
    "src/doubling/__init__.py": '"""\n>>> from doubling import double\n>>> double(2)\n4\n"""\n\n\n'
    "def double(n):\n    return 2 * n\n\n\ndef unseen():\n    pass\n",
    "src/doubling/deep/doubling_spec.py": "from doubling import double\n\n\n"
    "def it_doubles():\n    assert double(3) == 6\n",
    "notes/some notes.txt": "Doubling\n\n>>> from doubling import double\n>>> double(5)\n10\n",
    "checks/conftest.py": """
import pytest

pytest_plugins = ["doubling_plugin"]
RUN = []

def pytest_collection_modifyitems(config, items):
    items.sort(key=lambda item: item.name, reverse=True)
    gone = [item for item in items if "gone" in item.nodeid]
    items[:] = [item for item in items if item not in gone]
    config.hook.pytest_deselected(items=gone)

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    from _pytest.runner import runtestprotocol
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in runtestprotocol(item, nextitem=nextitem, log=False):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True

class Case(pytest.Item):
    def runtest(self):
        from doubling import double
        number, expected = self.name.split(" -> ")
        assert double(int(number)) == int(expected)

class Table(pytest.File):
    def collect(self):
        return [Case.from_parent(self, name=line) for line in self.path.read_text().splitlines()]

def pytest_collect_file(file_path, parent):
    return Table.from_parent(parent, path=file_path) if file_path.suffix == ".table" else None
""",
    "checks/doubling_plugin.py": "import pytest\n\n\n@pytest.fixture\ndef two():\n    return 2\n",
    "checks/numbers.table": "7 -> 14\n8 -> 16\n",
    "checks/check_double.py": """
import asyncio
import datetime
import unittest
import pytest
import time_machine
from doubling import double

@pytest.mark.parametrize("n", [1, 2], ids=["one [1]::x", "zwei \\u4f60\\n"])
def it_doubles(n, two): assert double(n) == two * n
def it_is_unwanted(): assert 0
@pytest.mark.slow
def it_is_slow(): assert 0
def it_is_gone(): assert 0
async def it_waits():
    await asyncio.sleep(0)
    assert double(4) == 8
@time_machine.travel(0)
def it_travels(): assert datetime.datetime.now(datetime.timezone.utc).year == double(985)
@pytest.mark.xfail(reason="not halved")
def it_halves(): assert double(2) == 1
class DescribeBase:
    factor = 2
    def it_inherits(self): assert double(9) == self.factor * 9
class DescribeChild(DescribeBase):
    class DescribeInner:
        def it_is_deep(self): assert double(10) == 20
class Unit(unittest.TestCase):
    def test_sub(self):
        for n in range(3):
            with self.subTest(n=n): self.assertEqual(double(n), 2 * n)
""",
}
OPTIONS_STEADY = {
    "src/doubling/__init__.py::doubling",
    "src/doubling/deep/doubling_spec.py::it_doubles",
    "notes/some notes.txt::some notes.txt",
    "checks/numbers.table::7 -> 14",
    "checks/numbers.table::8 -> 16",
    "checks/check_double.py::it_doubles[one [1]::x]",
    "checks/check_double.py::it_doubles[zwei \\u4f60\\n]",
    "checks/check_double.py::it_waits",
    "checks/check_double.py::it_travels",
    "checks/check_double.py::DescribeBase::it_inherits",
    "checks/check_double.py::DescribeChild::it_inherits",
    "checks/check_double.py::DescribeChild::DescribeInner::it_is_deep",
    "checks/check_double.py::Unit::test_sub",
}
ROOT = {
    "doubling.py": "def double(n):\n    return 2 * n\n",
    "tests/pytest.ini": "[pytest]\npython_files = nothing_*.py\naddopts = --no-such-option\n",
    "tests/conftest.py": "import os\nimport sys\n\nsys.path.append(os.path.dirname(__file__))\n",
    "tests/test_b.py": "from doubling import double\n\nclass TestSteps:\n    done = []\n"
    + "".join(f"    def test_{n}(self):\n        assert double({n}) == 2 * len(self.done)\n"
              f"        self.done.append(1)\n" for n in range(8)),
    "tests/sub/pytest.ini": "[pytest]\n",
    "tests/sub/test_c.py": "from doubling import double\n\n"
    + "".join(f"def test_{n}():\n    assert double({n}) == {2 * n}\n" for n in range(8)),
}  # fmt: skip


def parts_run_alone(bench: TestBench) -> None:
    """Any part of the suite runs alone, on the untouched tree and on a broken one, and says the same."""
    steady = bench.baseline.steady
    (path,) = [path for path in bench.tree if path.endswith(("doubling.py", "doubling/__init__.py"))]
    broken = bench.tree.replace(path, bench.tree[path].data.replace(b"2 * n\n", b"2 * n + (n > 1)\n"))
    outcome = bench.judge(broken)
    assert isinstance(outcome, Judged), outcome
    assert isinstance(outcome.verdict, TestVerdict)
    failing = outcome.verdict.failing
    assert 1 < len(failing) < len(steady)
    with bench.sandbox.open(bench.place, bench.limits) as session:
        session.load(broken)
        for half in (steady[::2], steady[1::2]):
            report = bench.only(session, half)
            assert report.complete, report.output
            assert set(report.outcomes) == set(half)
            assert {node for node, seen in report.outcomes.items() if seen != "passed"} == failing & {*half}
        session.write(path, bench.tree[path].data)
        report = bench.only(session, steady)
        assert report.complete, report.output
        assert sorted(report.with_outcome("passed")) == list(steady)


def test_options_and_plugins_that_change_how_tests_run(local_sandbox: Sandbox, settings: Settings) -> None:
    bench = bench_of(OPTIONS, local_sandbox, settings)
    assert set(bench.baseline.steady) == OPTIONS_STEADY
    assert not bench.baseline.quarantined
    assert bench.baseline.notes == ("the clock was left alone: time-machine sets it by means of its own",)
    parts_run_alone(bench)


def test_a_suite_in_steps_with_another_root_below(local_sandbox: Sandbox, settings: Settings) -> None:
    bench = bench_of(ROOT, local_sandbox, settings)
    assert len(bench.baseline.steady) == 16
    assert not bench.baseline.quarantined
    assert [note.partition(":")[0] for note in bench.baseline.notes] == [
        "not run with random order",
        "not run with that order backwards, another time and seed",
    ]
    parts_run_alone(replace(bench, baseline=Baseline("", bench.baseline.steady[:8], {})))


def test_a_sandbox_that_breaks_is_opened_again_for_the_untouched_program(
    plain_local_sandbox: LocalSandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever ends sandboxes from outside does not end the whole run, unless none works any more."""
    tests = "import pytest\nfrom doubling import double\n" + MANY.format(2)
    tree = tree_of({"doubling.py": UNSTEADY["doubling.py"], "tests/test_a.py": tests})
    environment, place = prepare(tree, plain_local_sandbox, settings)
    whole, broken = LocalSandbox.open, iter([True, True])

    @contextmanager
    def breaking(sandbox: LocalSandbox, *arguments: Any) -> Iterator[Session]:
        if next(broken, False):
            raise SandboxBrokeError("killed")
        with whole(sandbox, *arguments) as session:
            yield session

    def on_bench() -> TestBench:
        return calibrated(plain_local_sandbox, place, environment, tree, settings.limits, timeout=120)

    monkeypatch.setattr(LocalSandbox, "open", breaking)
    assert len(on_bench().baseline.steady) == 2
    broken = repeat(True)
    with pytest.raises(SandboxBrokeError):
        on_bench()
