"""What pytest says, and what is changed because of it."""

from __future__ import annotations

import pytest

from rpsdg.sandbox.metadata import Recipe, Stated
from rpsdg.sandbox.repairs import suite_repairs
from rpsdg.sandbox.repairs.modules import foreign_imports, requirement_for
from rpsdg.sandbox.report import Failure, TestReport
from rpsdg.sandbox.tree import Entry, Tree

LOCK = "pytest==9.1.0 \\\n    --hash=sha256:00\n"
TREE = Tree(
    {
        "thing/__init__.py": Entry(b"import numpy, os\n"),
        "thing/yaml.py": Entry(b""),
        "tests/helpers.py": Entry(b"import thing\n"),
        "tests/test_a.py": Entry(
            b"import helpers, telling, numpy, thing\nfrom yaml import x\nimport pytest\n"
            b"@pytest.fixture\ndef check(): pass\n"
        ),
    }
)


def report(*messages: str, passed: int = 0, returncode: int = 1, output: str = "") -> TestReport:
    nodes = {f"test_{number}": Failure(message) for number, message in enumerate(messages)}
    return TestReport(
        outcomes={**dict.fromkeys(nodes, "error"), **{f"ok_{n}": "passed" for n in range(passed)}},
        failures=nodes,
        returncode=returncode,
        output=output,
    )


def first(found: TestReport, recipe: Recipe = Recipe(), tree: Tree = TREE) -> list[tuple[str, str]]:  # noqa: B008 - frozen
    return [(r.change.field, r.change.text) for r in next(suite_repairs(found, recipe, LOCK, tree), [])]


@pytest.mark.parametrize(
    ("message", "field", "text"),
    [
        ("E   fixture 'mocker' not found", "test_dependencies", "pytest-mock"),
        ("E   fixture 'httpbin_secure' not found", "test_dependencies", "pytest-httpbin"),
        ("ModuleNotFoundError: No module named 'yaml'", "test_dependencies", "PyYAML"),
        ("ModuleNotFoundError: No module named 'telling.part'", "test_dependencies", "telling"),
        ("ModuleNotFoundError: No module named 'pkg_resources'", "test_dependencies", "setuptools<81"),
        ("'asyncio' not found in `markers` configuration option", "test_dependencies", "pytest-asyncio"),
        ("zoneinfo.ZoneInfoNotFoundError: 'No time zone found with key X'", "test_dependencies", "tzdata"),
        ("import file mismatch:\nimported module", "pytest_arguments", "--import-mode=importlib"),
        ("E   fixture 'testdir' not found", "pytest_arguments", "-p pytester"),
        ("PytestRemovedIn10Warning: x", "constraints", "pytest<9"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'git'", "system_packages", "git"),
    ],
)
def test_what_a_failure_says(message: str, field: str, text: str) -> None:
    assert first(report(message)) == [(field, text)]


@pytest.mark.parametrize(
    "message",
    [
        "ModuleNotFoundError: No module named 'helpers'",  # its own
        "ModuleNotFoundError: No module named 'numpy'",  # the program's to list
        "ModuleNotFoundError: No module named 'unheard_of'",  # nobody imports it by that name
        "ModuleNotFoundError: No module named 'sys'",
        "E   fixture 'check' not found",  # its own, somewhere else
        "E   fixture 'unheard_of' not found",
        "AssertionError: assert 1 == 2",
    ],
)
def test_what_is_not_guessed(message: str) -> None:
    assert first(report(message, passed=20)) == []


def test_everything_that_is_missing_is_taken_at_once() -> None:
    found = report("fixture 'mocker' not found", "No module named 'telling'", "fixture 'mocker' not found")
    assert first(found) == [("test_dependencies", "pytest-mock"), ("test_dependencies", "telling")]


def test_the_projects_own_bounds_come_first() -> None:
    recipe = Recipe(spare=(Stated("Pytest_Mock>=3,<4", "docs"), Stated("numpy<2", "docs")))
    assert first(report("fixture 'mocker' not found"), recipe) == [("test_dependencies", "Pytest_Mock>=3,<4")]
    assert requirement_for("numpy.linalg", recipe, TREE) == "numpy<2"


def test_options_that_pytest_does_not_know() -> None:
    output = "ERROR: usage: pytest [options]\npytest: error: unrecognized arguments: --cov=x --mine"
    found = list(suite_repairs(report(returncode=4, output=output), Recipe(), LOCK, TREE))
    assert [(r.change.field, r.change.text) for repairs in found for r in repairs] == [
        ("test_dependencies", "pytest-cov"),
        ("pytest_arguments", "-o addopts="),
    ]


def test_tests_in_files_of_unusual_names() -> None:
    tree = Tree({"tests/test.py": Entry(b"def test_a(): pass\n"), "tests/data.py": Entry(b"X = 1\n")})
    assert first(report(returncode=5), tree=tree) == [("pytest_arguments", "-o python_files=test.py")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"@pytest.mark.anyio\n", [("test_dependencies", "anyio")]),
        (b"", [("test_dependencies", "pytest-asyncio"), ("pytest_arguments", "-o asyncio_mode=auto")]),
    ],
)
def test_coroutines_get_the_plugin_whose_mark_they_bear(
    source: bytes, expected: list[tuple[str, str]]
) -> None:
    found = report("async def functions are not natively supported.")
    assert first(found, tree=Tree({"test_a.py": Entry(source)})) == expected


def test_as_of_today_when_few_tests_pass_as_of_then() -> None:
    recipe = Recipe(exclude_newer="2012-01-01T00:00:00Z")
    assert first(report("E", passed=1), recipe) == [("exclude_newer", "")]
    assert first(report("E", passed=50), recipe) == []


def test_what_is_named_without_being_imported() -> None:
    tree = Tree(
        {
            "pytest.ini": Entry(
                b"[pytest]\naddopts = -p named\nfilterwarnings =\n  ignore:x:tri.sub.TriWarning\n"
            ),
            "conftest.py": Entry(b"pytest_plugins = ['listed.plugin', 'pytester']\n"),
            "thing.py": Entry(b"try:\n    import tri\nexcept ImportError:\n    tri = None\n"),
        }
    )
    assert [set(names) for names in foreign_imports(tree)] == [{"named", "tri", "listed", "pytester"}, set()]
    message = "ModuleNotFoundError: No module named 'tri'"
    assert first(report(returncode=4, output=message), tree=tree) == [("test_dependencies", "tri")]


def test_what_a_tree_imports_from_elsewhere() -> None:
    by_tests, by_program = foreign_imports(TREE)
    assert by_tests == {"telling", "numpy", "yaml", "pytest"}
    assert by_program == {"numpy"}
