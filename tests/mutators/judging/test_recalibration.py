"""A baseline after a change: only tests that the change reaches are looked at in every way."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from rpsdg.mutators.judging.baseline import Quarantine
from rpsdg.mutators.judging.benching import calibrated
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.judging.recalibration import Before
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.environments import prepare
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Entry, Tree

pytestmark = pytest.mark.network

ANEW = "running the untouched tests in 3 ways"
FILES = {
    "shop.py": """\
LIMIT = 10


def total(prices):
    return sum(prices)


def cheapest(prices):
    return min(prices)


def limited(prices):
    return [price for price in prices if price < LIMIT]
""",
    "tests/test_shop.py": """\
import pathlib
import time

import pytest
from shop import cheapest, limited, total

SEEN = []


@pytest.mark.parametrize("n", range(20))
def test_number(n):
    assert n < 20


def test_total():
    assert total([1, 2]) == 3


def test_cheapest():
    assert cheapest([3, 1]) == 1


def test_limited():
    assert limited([3, 11]) == [3]


def test_first():
    SEEN.append(1)


def test_second():
    assert SEEN


def test_wrong():
    assert total([1]) == 2


def test_file():
    assert "OTHER" not in pathlib.Path("shop.py").read_text()


def test_plain():
    assert True
""",
    "tests/data.json": "{}",
    "README.md": "A shop",
}


def tree_of(files: Mapping[str, str]) -> Tree:
    return Tree({path: Entry(text.encode()) for path, text in files.items()})


@dataclass
class Bench:
    """Puts states of a project on the bench, and keeps what was told of it."""

    sandbox: Sandbox
    settings: Settings
    told: list[str] = field(default_factory=list)

    def of(self, files: Mapping[str, str], before: TestBench | None = None) -> TestBench:
        self.told.clear()
        tree = tree_of(files)
        environment, place = prepare(tree, self.sandbox, self.settings)
        earlier = None if before is None else Before(before.environment, before.tree, before.baseline)
        limits, say = self.settings.limits, self.told.append
        return calibrated(
            self.sandbox, place, environment, tree, limits, timeout=60, progress=say, before=earlier
        )


@pytest.fixture
def bench(local_sandbox: Sandbox, settings: Settings) -> Bench:
    return Bench(local_sandbox, settings)


def changed(path: str, old: str, new: str) -> dict[str, str]:
    assert old in FILES[path]
    return FILES | {path: FILES[path].replace(old, new)}


def kinds(bench: TestBench) -> dict[str, str]:
    found = bench.baseline.quarantined
    return {node.rpartition("::")[2]: why.kind for node, why in found.items() if isinstance(why, Quarantine)}


def test_a_change_of_one_function(bench: Bench) -> None:
    first = bench.of(FILES)
    assert ANEW in bench.told
    assert kinds(first) == {"test_second": "order-dependent", "test_wrong": "failing"}
    files = changed("shop.py", "return min(prices)", "return sorted(prices)[0]") | {"README.md": "Our shop"}
    second = bench.of(files, first)
    assert ANEW not in bench.told
    anew = bench.of(files)
    assert second.baseline.id == anew.baseline.id
    assert kinds(second) == kinds(anew)
    assert second.coverage == anew.coverage
    assert second.baseline.dependable == anew.baseline.dependable


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "old", "new", "kind"),
    [
        ("tests/test_shop.py", "assert True", "assert hash('a') == {hash}", "seed-dependent"),
        ("tests/test_shop.py", "assert True", "assert time.time() < {soon}", "time-dependent"),
        ("shop.py", "return min(prices)", "return max(prices)", "failing"),
        ("shop.py", "LIMIT = 10", "LIMIT = 20", "failing"),
    ],
)
def test_what_is_reached_is_looked_at_in_every_way(
    path: str, old: str, new: str, kind: str, bench: Bench
) -> None:
    command = [sys.executable, "-c", "print(hash('a'))"]
    seeded = subprocess.run(command, env={"PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=True)
    new = new.format(hash=seeded.stdout.strip(), soon=int(time.time()) + 86400)
    first = bench.of(FILES)
    second = bench.of(changed(path, old, new), first)
    assert ANEW not in bench.told
    assert {*kinds(second).items()} - {*kinds(first).items()} == {
        ("test_plain" if "True" in old else "test_cheapest" if "min" in old else "test_limited", kind)
    }


def test_a_test_that_failed_may_be_mended(bench: Bench) -> None:
    second = bench.of(changed("tests/test_shop.py", "total([1]) == 2", "total([1]) == 1"), bench.of(FILES))
    assert ANEW not in bench.told
    assert kinds(second) == {"test_second": "order-dependent"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "files",
    [
        changed("tests/data.json", "{}", "[]"),
        FILES | {"conftest.py": "VALUE = 1\n"},
        FILES | {"pytest.ini": "[pytest]\naddopts = -q\n"},
        # A test that looks at the file fails, and nothing that it runs is new.
        changed("shop.py", "LIMIT = 10\n", "LIMIT = 10\nOTHER = 1\n"),
    ],
    ids=["data", "conftest", "options", "unseen"],
)
def test_a_change_that_may_reach_all_tests(files: dict[str, str], bench: Bench) -> None:
    bench.of(files, bench.of(FILES))
    assert ANEW in bench.told
