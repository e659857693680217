"""A little shop: the scratch project that runs are tested on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rpsdg.cli import cli
from rpsdg.corpora import SourceSettings
from rpsdg.runs.bugs import BugRun, Summary, run_bugs
from rpsdg.runs.progress import PlainReporter
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings

from ..conftest import lines_of

SHOP = {
    "pyproject.toml": """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "shop"
version = "1.2.0"
license = "MIT"

[tool.setuptools]
packages = ["shop"]
""",
    "shop/__init__.py": "",
    "shop/basket.py": '''\
"""What a customer wants to buy."""


def total(prices, discount=0):
    """Return the sum of the prices, less a discount in per cent."""
    if discount < 0:
        raise ValueError("a discount is not negative")
    if not prices:
        return 0
    return sum(prices) * (100 - int(discount)) / 100


def add(basket, item, amount=1):
    """Put an item into the basket."""
    if amount <= 0 or not item:
        return basket
    basket[item] = basket.get(item, 0) + amount
    return basket


def is_large(basket, limit=3):
    """Say whether there is much in it."""
    return sum(basket.values()) >= limit and len(basket) > 1
''',
    "shop/stock.py": '''\
"""What there is to sell."""

SHELVES = ["bread", "milk", "tea"]


def find(name, shelves=SHELVES):
    """Return the place of an item, or None."""
    wanted = str(name).lower()
    for place, item in enumerate(shelves):
        if item == wanted:
            return place
    return None


def first_letters(names):
    """Return the first letters, sorted, each once."""
    return sorted({name[0] for name in names if name and name[0].isalpha()})
''',
    "tests/test_shop.py": """\
import pytest

from shop.basket import add, is_large, total
from shop.stock import find, first_letters


def test_total():
    assert total([1, 2]) == 3
    assert total([10], 50) == 5
    assert total([10], "10") == 9
    assert total([]) == 0


def test_negative_discount():
    with pytest.raises(ValueError):
        total([1], -1)


def test_no_discount():
    assert total([4], 0) == 4


@pytest.mark.parametrize("amount, expected", [(0, {}), (1, {"tea": 1}), (2, {"tea": 2})])
def test_add(amount, expected):
    assert add({}, "tea", amount) == expected


def test_add_nothing():
    assert add({}, "") == {}
    assert add(add({}, "tea"), "tea") == {"tea": 2}


def test_large():
    assert is_large({"tea": 1, "milk": 2})
    assert not is_large({"tea": 5})
    assert not is_large({"tea": 1, "milk": 1})


def test_find():
    assert find("TEA") == 2
    assert find("milk") == 1
    assert find("wine") is None


def test_first_letters():
    assert first_letters(["tea", "bread", "", "1x"]) == ["b", "t"]
""",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        full = folder / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text)
    return folder


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path / "shop-project", SHOP)


@pytest.fixture
def environ(settings: Settings) -> dict[str, str]:
    """The environment of a user who runs the command, with the cache of this test session."""
    return {**os.environ, "RPSDG_CACHE_DIR": str(settings.cache), "NO_COLOR": "1"}


Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def rpsdg(environ: dict[str, str]) -> Command:
    """Run the command as a user does."""

    def run(*arguments: str | Path, timeout: float = 240, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rpsdg.cli", *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**environ, "COLUMNS": "300", **more},  # so that no path is broken in two
            check=False,
        )

    return run


def rpsdg_here(*words: str | Path) -> Result:
    """Run the command in this process, which is quicker; an error that a user meets is in `exception`."""
    return CliRunner().invoke(cli, list(map(str, words)))


def records(data: Path) -> list[dict[str, Any]]:
    """Return the traces of a data set as JSON."""
    return [json.loads(line) for line in lines_of(data).splitlines()]


def run(
    shop: Path, out: Path, sandbox: Sandbox, settings: Settings, *, count: int = 5, jobs: int = 2
) -> Summary:
    plan = BugRun(str(shop), out, count, seed=3, jobs=jobs)
    return run_bugs(plan, settings, SourceSettings(), lambda: sandbox, PlainReporter(count, "traces"))


Finished = Callable[[Sandbox, int], Path]


@pytest.fixture(scope="session")
def kept_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("kept") / "shop-project", SHOP)


@pytest.fixture(scope="session")
def finished(kept_shop: Path, settings: Settings) -> Finished:
    """Return the folder of a run with five traces, for a sandbox and a number of jobs; not to be changed."""
    known: dict[tuple[str, int], Path] = {}

    def run_once(sandbox: Sandbox, jobs: int) -> Path:
        key = f"{sandbox.name}{len(sandbox.caveats())}", jobs
        if key not in known:
            known[key] = kept_shop.parent / f"{key}"
            assert run(kept_shop, known[key], sandbox, settings, jobs=jobs).traces == 5
        return known[key]

    return run_once
