"""Which changes of a tree need an environment of their own, and which do not."""

from __future__ import annotations

import pytest

from rpsdg.sandbox.built_from import built_from
from rpsdg.sandbox.tree import Entry, Tree

PROJECT = {
    "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\n',
    "README.md": "# thing\n",
    "thing/__init__.py": "__version__ = '1'\n",
    "thing/core.py": "def f():\n    return 1\n",
    "thing/data.json": "{}",
    "tests/test_thing.py": "def test():\n    pass\n",
    ".github/workflows/ci.yml": "on: push\n",
}


def tree(**changes: str | None) -> Tree:
    files = PROJECT | {name: text for name, text in changes.items() if text is not None}
    kept = {name: text for name, text in files.items() if name not in changes or changes[name] is not None}
    return Tree({path: Entry(text.encode()) for path, text in kept.items()})


@pytest.mark.parametrize(
    "change",
    [
        {"thing/core.py": "def f():\n    return 2\n"},
        {"thing/more.py": "x = 1\n"},
        {"README.md": "# the thing\n"},
        {"docs/guide.rst": "Guide\n"},
        {"tests/test_more.py": "def test():\n    pass\n"},
        {"tests/data.json": "{}"},
        {".github/workflows/ci.yml": "on: pull_request\n"},
    ],
)
def test_no_build_reads_it(change: dict[str, str | None]) -> None:
    assert built_from(tree(**change)) == built_from(tree())


@pytest.mark.parametrize(
    "change",
    [
        {"pyproject.toml": '[build-system]\nrequires = ["hatchling"]\n'},
        {"thing/__init__.py": "__version__ = '2'\n"},
        {"thing/_version.py": "version = '2'\n"},
        {"thing/data.json": "[]"},
        {"thing/parts/core.py": "x = 1\n"},
        {"module.py": "x = 1\n"},
        {"README.md": None},
        {"setup.py": "from setuptools import setup\nsetup()\n"},
    ],
)
def test_a_build_may_depend_on_it(change: dict[str, str | None]) -> None:
    assert built_from(tree(**change)) != built_from(tree())


def test_what_only_writes_a_version_compiles_nothing() -> None:
    versioned = {"setup.py": "setup(cmdclass=versioneer.get_cmdclass())\n"}
    one = tree(**versioned)
    assert built_from(one) == built_from(tree(**versioned, **{"thing/core.py": "x = 1\n"})) != one.digest
    own = tree(**{"setup.py": "setup(cmdclass={'build_ext': Build})\n"})
    assert built_from(own) == own.digest


def test_everything_counts_where_modules_are_compiled() -> None:
    compiled = "from mypyc.build import mypycify\n"
    one = tree(**{"setup.py": compiled})
    assert built_from(one) == one.digest
    assert built_from(tree(**{"setup.py": compiled, "docs/guide.rst": "Guide\n"})) != one.digest
