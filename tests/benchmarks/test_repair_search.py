"""The repair search mends small bugs, always in the same way, and writes nothing but programs that parse."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import traceback
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, cast

import pytest

from rpsdg.benchmarks import inside_tries
from rpsdg.benchmarks.repair_program import File
from rpsdg.benchmarks.repair_search import Found, Spectrum, executed, patches, place_of, repair
from rpsdg.benchmarks.repair_templates import TEMPLATES
from rpsdg.mutators.judging.baseline import Baseline
from rpsdg.mutators.judging.coverage import Coverage
from rpsdg.mutators.judging.judge import LINES, TestBench
from rpsdg.sandbox.contract import Executed, Limits, Place, Recording, SandboxBrokeError, Session
from rpsdg.sandbox.environments import Environment
from rpsdg.sandbox.glimpse import Glimpse, Swap, Warmth
from rpsdg.sandbox.report import Failure, TestReport
from rpsdg.sandbox.tree import Entry, Tree

SOLVED = '''\
"""A shop."""

LIMIT = 10


def total(prices, discount=0):
    """Add prices."""
    if prices is None:
        return 0
    result = 0
    for price in prices:
        result += price
    return result - discount


def cheap(prices, limit):
    found = []
    for price in prices:
        if price < limit and price > 0:
            found.append(price)
    return sorted(found)


def first(prices):
    if not prices:
        return None
    return prices[0]


def dear(prices):
    return sorted(prices)[-1]
'''
TESTS = """\
from shop import cheap, first, total


def test_total():
    assert total([1, 2, 3]) == 6


def test_discount():
    assert total([5, 6], 2) == 9


def test_nothing():
    assert total(None) == 0


def test_cheap():
    assert cheap([5, 1, 7, 9], 7) == [1, 5]


def test_free():
    assert cheap([0, 1], 7) == [1]


def test_first():
    assert first([4, 5]) == 4


def test_empty():
    assert first([]) is None
"""
TREE = Tree({"shop.py": Entry(SOLVED.encode()), "test_shop.py": Entry(TESTS.encode())})
NODES = tuple(f"test_shop.py::{line[4:-3]}" for line in TESTS.splitlines() if line.startswith("def "))
BUGS = {
    "operator": ("price < limit", "price <= limit"),
    "name": ("result += price", "result += result"),
    "constant": ("result = 0\n", "result = 1\n"),
    "condition": ("if not prices", "if prices"),
    "conjunct": ("price < limit and price > 0", "price < limit"),
    "call": ("sorted(found)", "found"),
    "guard": ("    if not prices:\n        return None\n", ""),
    "order": ("    result = 0\n    for price in prices:\n", "    for price in prices:\n        result = 0\n"),
}
_ENDLESS = 5000
"""A test that runs so many lines does not end."""


class EndlessError(BaseException):
    """Too many lines ran."""


class FakeSession(Session):
    """Runs the little tests in this process."""

    python, executable, prefix, tree, home = "3.11.0", "python", "/nowhere", "/nowhere", "/nowhere"

    def __init__(self, written: list[str], breaks_at: int = -1) -> None:
        self.files: dict[str, bytes] = {}
        self.written = written
        self.breaks_at = breaks_at

    def load(self, tree: Tree) -> None:
        self.files = {path: entry.data for path, entry in tree.items()}

    def write(self, path: str, data: bytes, mode: int | None = None) -> None:
        if not path.startswith("/"):
            self.written.append(path)
            self.files[path] = data
            if len(self.written) == self.breaks_at:
                raise SandboxBrokeError("gone")

    def fetch(self, path: str, limit: int = 0) -> bytes:
        return self.files[path]

    def digest(self) -> str:
        return ""

    def execute(self, command: Sequence[str], **_: Any) -> Executed:
        return Executed(127, "no such file", None, 0.0)

    def test(
        self,
        arguments: Sequence[str],
        *,
        roots: Sequence[str] = (".",),
        only: Sequence[str] | None = None,
        timeout: float,
        test_timeout: float | None = None,
        hash_seed: int = 0,
        order_seed: int | None = None,
        clock_ahead: int = 0,
        record: Collection[Recording] = (),
    ) -> TestReport:
        outcomes: dict[str, Any] = {}
        failures: dict[str, Failure] = {}
        lines: dict[str, dict[str, int]] = {}
        for node in only or NODES:
            problem, ran = self._one(node.rpartition("::")[2])
            outcomes[node] = "failed" if problem else "passed"
            lines[node] = {"shop.py": ran}
            if problem:
                failures[node] = Failure(problem)
        return TestReport(outcomes, failures, lines=lines if record else {})

    def warm(self, arguments: Sequence[str], *, roots: Sequence[str] = (".",), timeout: float) -> Warmth:
        raise AssertionError("the search has forks of its own")

    def sharing(self):
        raise NotImplementedError

    def attempt(
        self,
        files: Mapping[str, bytes],
        tests: Sequence[tuple[str, float]],
        swap: Swap | None = None,
        *,
        through: bool = False,
    ) -> Glimpse:
        raise AssertionError("the search has forks of its own")

    def _one(self, name: str) -> tuple[str, int]:
        ran, left = 0, _ENDLESS

        def watch(frame: FrameType, event: str, _: object) -> Any:
            nonlocal ran, left
            if event == "line" and frame.f_code.co_filename == "shop.py":
                ran |= 1 << frame.f_lineno
                left -= 1
                if not left:
                    raise EndlessError
            return watch

        shop = ModuleType("shop")
        before = sys.gettrace()
        sys.modules["shop"] = shop
        try:
            exec(compile(self.files["shop.py"], "shop.py", "exec"), shop.__dict__)
            tests: dict[str, Any] = {}
            exec(compile(self.files["test_shop.py"], "test_shop.py", "exec"), tests)
            sys.settrace(watch)
            tests[name]()
        except (Exception, EndlessError) as error:  # noqa: BLE001 - whatever the program raises
            return traceback.format_exception_only(error)[-1], ran
        finally:
            sys.settrace(before)
            del sys.modules["shop"]
        return "", ran


class FakeSandbox:
    def __init__(self, breaks_at: int = -1) -> None:
        self.written: list[str] = []
        self.sessions: list[FakeSession] = []
        self.breaks_at = breaks_at

    @contextmanager
    def open(self, place: Place, limits: Limits) -> Iterator[FakeSession]:
        self.sessions.append(FakeSession(self.written, self.breaks_at))
        yield self.sessions[-1]


def bench(sandbox: FakeSandbox) -> TestBench:
    session = FakeSession([])
    session.load(TREE)
    report = session.test([], timeout=1, record=LINES)
    environment = cast("Environment", FakeEnvironment())
    place = Place("nowhere", "3.11.0")
    known = Baseline("b", NODES, {}), Coverage(report.lines, {})
    return TestBench(cast("Any", sandbox), place, environment, TREE, Limits(), *known, 1.0, 1.0)


class FakeEnvironment:
    roots = (".",)

    def pytest_options(self) -> list[str]:
        return []


def planted(bug: str) -> Tree:
    old, new = BUGS[bug]
    assert SOLVED.count(old) == 1
    return TREE.replace("shop.py", SOLVED.replace(old, new).encode())


def seen(bug: str, sandbox: FakeSandbox) -> tuple[TestBench, Tree, list[str], Spectrum, str]:
    judge, buggy = bench(sandbox), planted(bug)
    session = FakeSession([])
    session.load(buggy)
    failing = [node for node, outcome in session.test([], timeout=1).outcomes.items() if outcome == "failed"]
    assert failing
    return judge, buggy, failing, *executed(judge, session, failing)


def search(bug: str, seed: int = 0, cap: int = 2000, breaks_at: int = -1) -> tuple[Found, FakeSandbox]:
    sandbox = FakeSandbox(breaks_at)
    judge, buggy, failing, spectrum, telling = seen(bug, sandbox)
    return repair(judge, buggy, failing, spectrum, telling, seed=seed, cap=cap), sandbox


@pytest.mark.parametrize("bug", BUGS)
def test_small_bugs_are_repaired_without_touching_a_test(bug: str) -> None:
    found, sandbox = search(bug)
    assert found.patch is not None, f"{found.tried} patches tried"
    assert set(sandbox.written) == {"shop.py"}
    session = FakeSession([])
    session.load(planted(bug))
    session.files["shop.py"] = found.patch.apply(session.files["shop.py"])
    assert set(session.test([], timeout=1).outcomes.values()) == {"passed"}


def test_the_search_is_repeated_exactly_and_its_seed_matters() -> None:
    assert search("name")[0] == search("name")[0]
    assert len({search("name", seed)[0].tried for seed in range(4)}) > 1


def test_the_cap_ends_a_search() -> None:
    found, _ = search("guard", cap=7)
    assert found == Found(7, None)


def test_a_sandbox_that_breaks_costs_one_patch() -> None:
    found, sandbox = search("operator", breaks_at=5)
    assert found.broke >= 1
    assert len(sandbox.sessions) == found.broke + 1


def test_every_patch_parses_and_is_new() -> None:
    _, buggy, _, spectrum, _ = seen("call", FakeSandbox())
    texts: set[bytes] = set()
    for patch in islice(patches(buggy, spectrum, 1), 1500):
        assert patch.path == "shop.py"
        text = patch.apply(buggy["shop.py"].data)
        ast.parse(text)
        assert text not in texts | {buggy["shop.py"].data}
        texts.add(text)


def test_cheap_templates_come_first_and_the_rest_of_the_file_last() -> None:
    _, buggy, _, spectrum, _ = seen("operator", FakeSandbox())
    cost = {template.name: template.cost for template in TEMPLATES}
    order = list(patches(buggy, spectrum, 0))
    assert cost[order[0].template] == 1
    assert cost[order[-1].template] == max(cost.values())
    begin = SOLVED.index("def cheap")
    end = SOLVED.index("def first")
    assert all(begin <= patch.start <= end for patch in order[:50])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_every_template_writes_something(template: Any) -> None:
    source = (
        b"import os\n\ndef f(a, b=1):\n    try:\n        if a and not b:\n            os.kill(a, b)\n"
        b"        g(b)\n        a = [a, b]\n    except ValueError:\n        return h(a, key=b)\n"
        b"    return {a: b} if b > 1 else {}\n\ndef k(c):\n    if c > 2:\n        raise KeyError(c)\n"
        b"    c.run()\n    return {c: c.size}, h(3)[0], h(c, other=4)\n"
    )
    file = File("a.py", source)
    found = [patch for statement in file.statements for patch in template.patches(file, statement)]
    assert any(_parses(patch.apply(source)) for patch in found)


def test_the_place_of_the_true_fix_is_told_without_a_run() -> None:
    _, buggy, _, spectrum, _ = seen("operator", FakeSandbox())
    place = place_of(buggy, TREE, spectrum, 0)
    assert place is not None
    found, _ = search("operator")
    assert found.tried <= place
    assert place_of(buggy, TREE, spectrum, 0, limit=1) is None
    unreachable = TREE.replace("shop.py", SOLVED.replace("LIMIT = 10", "WORD = 'xyz'").encode())
    assert place_of(unreachable, TREE, spectrum, 0, limit=500) is None


def test_forks_try_one_patch_after_another(tmp_path: Path) -> None:
    buggy = planted("operator")["shop.py"].data
    (tmp_path / "shop.py").write_bytes(buggy)
    (tmp_path / "test_shop.py").write_text(TESTS)
    at = buggy.index(b"price <= limit")

    def instead(text: bytes) -> list[tuple[str, int, int, str]]:
        return [("shop.py", at, at + len(b"price <= limit"), text.decode())]

    def done(wanted: list[bytes], fixed: bytes = b"price < limit") -> Mapping[str, Any]:
        job = {
            "arguments": ["-q", "-p", "no:cacheprovider", "test_shop.py::test_cheap"],
            "limit": 10.0,
            "fixed": instead(fixed),
            "patches": [instead(text) for text in wanted],
        }
        (tmp_path / "job.json").write_text(json.dumps(job))
        result = subprocess.run(
            [sys.executable, "-B", inside_tries.__file__, "job.json"],
            cwd=tmp_path,
            env={"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        assert (tmp_path / "shop.py").read_bytes() == buggy
        answer = result.stdout.splitlines()[-1].removeprefix(inside_tries.ANSWER)
        return cast("Mapping[str, Any]", json.loads(answer))

    assert done([b"price + limit", b"price (", b"limit > price", b"price < limit"]) == {
        "trusted": True,
        "found": 2,
    }
    assert done([b"price < limit"], fixed=b"price > limit")["trusted"] is False


def _parses(data: bytes) -> bool:
    try:
        ast.parse(data)
    except SyntaxError:
        return False
    return True
