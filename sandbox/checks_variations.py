"""Conformance checks about runs that differ on purpose: in the order of tests, the clock, which tests run."""

from __future__ import annotations

from .checks_common import expect, tree_of
from .contract import Limits, Place, Sandbox

__all__ = ["VARIATION_CHECKS", "check_clock"]

_ORDER = {
    "conftest.py": (
        "def pytest_collection_modifyitems(items):\n    items.sort(key=lambda item: item.nodeid)\n"
    ),
    "pkg/__init__.py": '"""\n>>> 1\n1\n"""\n',
    "a folder/notes.txt": ">>> 1 + 1\n2\n",
    **{
        f"{name}.py": (
            "import unittest\nimport pytest\n"
            + "".join(
                f"class Test{c}:\n    def test_x(self): pass\n    def test_y(self): pass\n" for c in "ABC"
            )
            + "class Unit(unittest.TestCase):\n    def test_u(self):\n        with self.subTest(n=1): pass\n"
            + "    def test_v(self): pass\n"
            + "@pytest.mark.parametrize('n', range(6))\ndef test_n(n): pass\n"
            + "def test_m(): pass\n"
        )
        for name in ("test_a", "test_b", "test_c", "pkg/test_d")
    },
}
_ALL = ["-q", "--doctest-modules", "--doctest-glob=*.txt"]


def check_order(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Another order runs every test once, is the same each time, and leaves files and classes together."""
    with sandbox.open(place, limits) as session:
        session.load(tree_of(_ORDER))
        own = session.test(_ALL, timeout=60)
        one, again, two, back = (
            session.test(_ALL, timeout=60, order_seed=seed, hash_seed=hash_seed)
            for seed, hash_seed in ((1, 0), (1, 5), (2, 0), (-1, 0))
        )
    expect(own.complete and len(own.outcomes) == 4 * 15 + 2, f"{len(own.outcomes)} tests: {own.output}")
    expect(list(own.outcomes) == sorted(own.outcomes), "the suite's own order is not kept")
    expect(one.collected == again.collected == tuple(one.outcomes), "one seed stands for two orders")
    expect(back.collected == one.collected[::-1], "backwards is something else")
    orders = {own.collected, one.collected, two.collected}
    expect(len(orders) == 3, "two orders are the same")
    for report in (one, two):
        expect(report.outcomes == own.outcomes, f"{own.outcomes} became {report.outcomes}")
        for depth in (1, 2):
            groups = [
                "::".join(node.split("::")[:depth]) for node in report.outcomes if node.count("::") == 2
            ]
            begun = [group for n, group in enumerate(groups) if n == 0 or groups[n - 1] != group]
            expect(len(begun) == len(set(begun)), f"files and classes are torn apart: {begun}")


_CLOCK = """
import datetime
import inspect
import json
import os
import pickle
import subprocess
import sys
import threading
import time
import warnings
from datetime import date, datetime as taken
from conftest import AT_CONFTEST, now_of_conftest, time_of_conftest, when

AHEAD = {ahead}
TRUE = json.loads(subprocess.check_output([sys.executable, "-I", "-c", "import time; print(time.time())"]))

class Sub(taken):
    @classmethod
    def fromtimestamp(cls, *args): raise AssertionError("not asked")
    @classmethod
    def utcfromtimestamp(cls, *args): raise AssertionError("not asked")

class Day(date): pass

def near(seconds):
    return TRUE - 60 < seconds - AHEAD < TRUE + 600

def stamp(moment):
    return moment.replace(tzinfo=datetime.timezone.utc).timestamp()

def test_time():
    assert near(time.time()) and near(time_of_conftest()) and near(time.time_ns() / 1e9)
    assert near(time.clock_gettime(time.CLOCK_REALTIME))
    assert near(time.clock_gettime_ns(time.CLOCK_REALTIME) / 1e9)
    year = time.gmtime(time.time()).tm_year
    assert time.gmtime().tm_year == time.localtime(None).tm_year == year == int(time.strftime("%Y"))
    assert time.ctime().endswith(str(year)) and time.asctime().endswith(str(year))
    assert time.gmtime(0).tm_year == 1970 and time.strftime("%Y", time.gmtime(0)) == "1970"
    assert time.ctime(0) == time.asctime(time.gmtime(0)) == "Thu Jan  1 00:00:00 1970"

def test_datetime():
    assert taken is datetime.datetime and type(taken.now()) is taken and type(taken(2000, 1, 1)) is taken
    assert near(stamp(taken.now())) and near(stamp(taken.today())) and near(stamp(now_of_conftest()))
    assert near(taken.now(datetime.timezone.utc).timestamp()) and near(taken.now(tz=when.zone).timestamp())
    assert taken.now(when.zone).tzinfo is when.zone
    assert date.today() == datetime.date.today() == taken.now().date() and type(date.today()) is date
    assert type(Sub.now()) is Sub is type(Sub.utcnow()) and type(Day.today()) is Day
    assert near(stamp(taken.utcnow())) and near(stamp(Sub.now()))
    for function in (taken.now, date.today, time.time, time.localtime):
        assert pickle.loads(pickle.dumps(function)) == function
    for wrong in ("UTC", 3):
        try:
            taken.now(wrong)
        except TypeError:
            continue
        assert False

def test_warning():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        datetime.datetime.utcnow()
    assert len(caught) == (sys.version_info >= (3, 12)), caught
    for warning in caught:
        assert warning.filename == __file__ and warning.category is DeprecationWarning
        assert "utcnow()" in str(warning.message)

def test_what_is_left_alone():
    before = time.monotonic()
    assert threading.Event().wait(0.01) is False
    assert 0 <= time.monotonic() - before < 60
    assert time.clock_gettime(time.CLOCK_MONOTONIC) < 1e9
    out = subprocess.check_output([sys.executable, "-c", "import time; print(time.time())"])
    assert near(float(out) + AHEAD)
    assert near(os.stat(__file__).st_mtime + AHEAD)

def test_at_conftest():
    assert near(AT_CONFTEST)
"""
_CLOCK_CONFTEST = """
import datetime
import time
from datetime import datetime as when_of
from time import time as time_of_conftest

now_of_conftest = when_of.now
AT_CONFTEST = time_of_conftest()

class when:
    zone = datetime.timezone(datetime.timedelta(hours=5))
"""
_AHEAD = 400 * 86400 + 3600


def check_clock(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """The tests' wall clock can be ahead, for all of Python at once; monotonic clocks and others' are not."""
    for ahead in (0, _AHEAD):
        with sandbox.open(place, limits) as session:
            files = {"test_clock.py": _CLOCK.replace("{ahead}", str(ahead)), "conftest.py": _CLOCK_CONFTEST}
            session.load(tree_of(files))
            report = session.test(["-q", "-W", "default"], timeout=60, clock_ahead=ahead)
        expect(report.complete and len(report.outcomes) == 5, f"got {report.outcomes}: {report.output}")
        failures = {node: failure.message for node, failure in report.failures.items()}
        expect(not failures, f"{ahead} s ahead: {failures}: {report.output}")


_ODD = {
    "deep/pytest.ini": (
        "[pytest]\naddopts = -x --strict-markers -p no:doctest --lf --junitxml=made/report.xml\n"
        "  -k 'not unwanted' -m 'not slow'\n"
        "python_files = check_*.py test_*.py\npython_functions = test_* it_*\n"
        "filterwarnings = error\njunit_family = xunit2\nmarkers =\n    slow: takes long\n"
    ),
    "deep/conftest.py": """
import pytest
pytest_plugins = ["helping"]

class Line(pytest.Item):
    def runtest(self):
        assert "wrong" not in self.name
    def reportinfo(self):
        return self.path, 0, self.name

class Lines(pytest.File):
    def collect(self):
        for text in self.path.read_text().splitlines():
            yield Line.from_parent(self, name=text)

def pytest_collect_file(file_path, parent):
    if file_path.suffix == ".lines":
        return Lines.from_parent(parent, path=file_path)

def pytest_collection_modifyitems(config, items):
    items.reverse()
    gone = [item for item in items if "gone" in item.name]
    items[:] = [item for item in items if "gone" not in item.name]
    config.hook.pytest_deselected(items=gone)

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    if "own_protocol" not in item.name:
        return None
    from _pytest.runner import runtestprotocol
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    runtestprotocol(item, nextitem=nextitem)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
""",
    "helping.py": "import pytest\n\n@pytest.fixture\ndef help():\n    return 1\n",
    "deep/a dir/some.lines": (
        "one line: of text\nline::with::colons\n[x] brackets [y]\nthe wrong one\ntwice\ntwice\n"
    ),
    "deep/a dir/a::b/test_colons.py": "def test_a(): pass\n",
    "deep/check_names.py": """
import unittest
import pytest

LONG = "x" * 20_000
ODD = ["a b", "x[1]::y", "new\\nline", "gr\\u00fc\\u00dfe", LONG, "", "\\ud800", "-rf", "a", "a"]
@pytest.mark.parametrize("v", ODD)
def test_ids(v, help): pass
@pytest.mark.parametrize("v", [1], ids=["\\u4f60 [::] \\u597d"])
def it_works(v): pass
def test_unwanted(): assert 0
@pytest.mark.slow
def test_slow(): assert 0
def test_gone(): assert 0
def test_own_protocol(): pass
def test_gr\u00fc\u00dfe(): pass
class Base:
    def test_inherited(self): pass
    class TestInner:
        def test_deep(self): pass
class TestChild(Base):
    def test_own(self): pass
class TestUnit(unittest.TestCase):
    def test_sub(self):
        for n in range(3):
            with self.subTest("of three", n=n): self.assertLess(n, 2)
    def test_good_sub(self):
        with self.subTest(): pass
@pytest.mark.xfail(strict=True)
def test_strict(): assert 0
@pytest.mark.xfail
def test_lax(): assert 0
""",
    "deep/test_not_looked_into.py": "raise RuntimeError('imported')\n",
}


def check_selection(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Any tests of any suite can be run alone: whatever is in their ids, their configuration and conftest."""
    options = ["-q", "--maxfail=0", "--continue-on-collection-errors", "-c", "deep/pytest.ini", "deep"]
    with sandbox.open(place, limits) as session:
        session.load(tree_of(_ODD))
        every = session.test(options, timeout=60)
        failed = every.with_outcome("failed")
        kept = [node for node in every.collected if node not in failed]
        broken = every.with_outcome("broken")
        expect(len(broken) == 1 and len(kept) == 25, f"got {len(kept)}, {every.outcomes}: {every.output}")
        expect({*kept, *failed, *broken} == every.outcomes.keys(), "some tests are lost")
        names = " ".join(every.outcomes)
        expect(not any(word in names for word in ("unwanted", "slow", "gone")), f"{names} were run")
        expect(
            sorted(node.rpartition("::")[2] for node in failed) == ["test_sub", "the wrong one"], f"{failed}"
        )
        again = session.test(options, timeout=60, order_seed=1, clock_ahead=_AHEAD)
        expect(again.outcomes == every.outcomes, f"{every.outcomes} became {again.outcomes}")
        for wanted in (failed, kept[::2], kept[1::2]):
            part = session.test(options, only=wanted, timeout=60)
            expect(part.complete, f"of {wanted}: {part.output}")
            expected = {node: every.outcomes[node] for node in wanted}
            expect(part.outcomes == expected, f"{expected} became {part.outcomes}: {part.output}")


VARIATION_CHECKS = [check_order, check_clock, check_selection]
