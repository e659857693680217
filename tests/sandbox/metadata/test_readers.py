"""Each kind of file on its own: poetry, pdm, hatch, tox, nox, requirement files, pytest's configuration."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from rpsdg.sandbox.metadata import read_recipe
from rpsdg.sandbox.metadata.poetry import specifier_of
from rpsdg.sandbox.metadata.pytest_command import arguments_of

from .conftest import recipe_of, texts, tree_of


def test_poetry() -> None:
    found = recipe_of(
        pyproject__toml="""
        [tool.poetry]
        name = "thing"
        classifiers = ["Programming Language :: Python :: 3.11"]
        [tool.poetry.dependencies]
        python = "^3.9"
        six = "*"
        [tool.poetry.extras]
        test = ["six"]
        [tool.poetry.group.test.dependencies]
        pytest = "^8.1"
        mock = { version = "~1.2", extras = ["b", "a"], python = "<3.12" }
        here = { path = "../here" }
        toml = [{ version = "<2", python = "<3.10" }, { version = ">=2", markers = "os_name == 'nt'" }]
        [tool.poetry.dev-dependencies]
        black = "*"
        [build-system]
        requires = ["poetry-core"]
        """
    )
    assert (found.project, found.requires_python, found.pythons) == ("thing", ">=3.9,<4.0", ("3.11",))
    assert texts(found.extras) == ["test"]
    assert texts(found.test_dependencies) == [
        "pytest<9.0,>=8.1",
        'mock[a,b]<1.3,>=1.2; python_full_version < "3.12"',
        'toml<2; python_full_version < "3.10"',
        'toml>=2; os_name == "nt"',
    ]
    assert "black" in texts(found.spare)
    assert "`here` is not taken" in found.unread[0]


RELEASES = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))


@settings(deadline=None)
@given(RELEASES, RELEASES)
def test_a_caret_lets_everything_change_but_the_first_part_that_is_not_zero(low: str, other: str) -> None:
    specifier = specifier_of(f"^{low}")
    assert specifier is not None
    first, second = list(Version(low).release), list(Version(other).release)
    first, second = [[*parts, 0, 0][:3] for parts in (first, second)]
    # `^0` and `^0.0` fix what was written.
    written = len(low.split("."))
    fixed = next((at for at, part in enumerate(first[:written]) if part), written - 1)
    expected = second >= first and second[: fixed + 1] == first[: fixed + 1]
    assert SpecifierSet(specifier).contains(other) == expected


@settings(deadline=None)
@given(RELEASES, RELEASES)
def test_a_tilde_lets_the_last_part_change(low: str, other: str) -> None:
    specifier = specifier_of(f"~{low}")
    assert specifier is not None
    first, second = ([*Version(text).release, 0, 0][:3] for text in (low, other))
    fixed = min(2, len(low.split(".")))
    assert SpecifierSet(specifier).contains(other) == (second >= first and second[:fixed] == first[:fixed])


@pytest.mark.parametrize("text", ["^x", "~", "^", "1.2 ,, ^a"])
def test_what_is_no_constraint(text: str) -> None:
    assert specifier_of(text) is None or not specifier_of(text)


def test_pdm_and_uv() -> None:
    found = recipe_of(
        pyproject__toml="""
        [project]
        name = "thing"
        [tool.pdm.dev-dependencies]
        test = ["mock", "-e file:///tmp/other"]
        [tool.uv]
        dev-dependencies = ["nose"]
        """
    )
    assert texts(found.test_dependencies) == ["mock"]
    assert "nose" in texts(found.spare)
    assert "file:///tmp/other" in found.unread[0]


def test_hatch() -> None:
    found = recipe_of(
        pyproject__toml="""
        [project]
        name = "thing"
        [tool.hatch.envs.default]
        dependencies = ["ruff"]
        [tool.hatch.envs.test]
        features = ["fast"]
        extra-dependencies = ["mock"]
        scripts.run = "pytest -m 'not slow' --cov=x {args:tests}"
        """,
        tests_in_test_a__py="",
    )
    assert (texts(found.extras), texts(found.test_dependencies)) == (["fast"], ["mock"])
    assert found.arguments() == ["-m", "not slow", "-o", "testpaths=tests"]
    assert texts(recipe_of(hatch__toml="[envs.hatch-test]\ndependencies = ['mock']").test_dependencies) == [
        "mock"
    ]


TOX = """
[base]
deps = mock
[tox]
envlist = py38
[testenv]
extras = test
dependency_groups = more
deps =
    {[base]deps}
    py38: toml
    !py38: six
    -r{toxinidir}/nowhere.txt
    -rneeded.txt  # as they say
commands =
    python -m coverage run -m pytest \\
        --tb=short --cov=thing -p no:cacheprovider {posargs:tests/unit}
"""


@pytest.mark.parametrize("path", ["tox.ini", "setup.cfg", "pyproject.toml"])
def test_tox(path: str) -> None:
    project = '[project]\nname = "x"\n[dependency-groups]\nmore = ["nose"]\n'
    files = {"needed.txt": "attrs>=20\n", "tests/unit/test_a.py": "", "pyproject.toml": project}
    if path == "pyproject.toml":
        files[path] += f"[tool.tox]\nlegacy_tox_ini = '''{TOX}'''"
    else:
        files[path] = TOX
    found = read_recipe(tree_of(files))
    assert texts(found.extras) == ["test"]
    assert texts(found.test_dependencies) == ["mock", "six", "attrs>=20", "nose"]
    assert found.arguments() == ["-p", "no:cacheprovider", "-o", "testpaths=tests/unit"]
    assert [note.partition("`")[2].partition("`")[0] for note in found.unread] == [
        "py38: toml",
        "-r{toxinidir}/nowhere.txt",
    ]


def test_tox_in_toml() -> None:
    found = recipe_of(
        tox__toml="""
        [env_run_base]
        deps = ["mock"]
        commands = [["ruff", "check"], ["pytest", { replace = "posargs", default = ["tests"] }]]
        """,
        tests_in_test_a__py="",
    )
    assert (texts(found.test_dependencies), found.arguments()) == (["mock"], ["-o", "testpaths=tests"])


def test_nox() -> None:
    found = recipe_of(
        noxfile__py="""
import nox, os
os.abort()

@nox.session(python=["3.8"])
def tests(session):
    session.install("-r", "needed.txt", "mock", VARIABLE)
    session.install("-e", ".[fast]", "--quiet")
    session.run("pytest", "-k", "not slow", *(session.posargs or ["checks"]))

@nox.session
def docs(session):
    session.install("sphinx")
""",
        setup__py="",
        needed__txt="attrs\n",
        checks_in_test_a__py="",
    )
    assert (texts(found.extras), texts(found.test_dependencies)) == (["fast"], ["attrs", "mock"])
    assert found.arguments() == ["-k", "not slow", "-o", "testpaths=checks"]


@pytest.mark.parametrize(
    "path",
    [
        "requirements-test.txt",
        "requirements_tests.txt",
        "test-requirements.txt",
        "test_requirements.txt",
        "testing_requirements.in",
        "requirements/test.txt",
        "requirements/tests.in",
        "tests/requirements.txt",
        "requirements-dev.txt",
        "requirements/dev.txt",
    ],
)
def test_where_requirement_files_are_looked_for(path: str) -> None:
    found = read_recipe(tree_of({path: "mock\n"}))
    assert [(one.text, one.origin) for one in found.test_dependencies] == [("mock", path)]


@pytest.mark.parametrize("path", ["docs/requirements.txt", "notes.txt", "tests/data/requirements.txt"])
def test_where_they_are_not(path: str) -> None:
    found = read_recipe(tree_of({path: "mock\n"}))
    assert (found.test_dependencies, found.dependencies) == ((), ())


def test_requirement_lines() -> None:
    found = recipe_of(
        requirements_in_test__txt="""
# a comment
mock>=1 ; python_version > "3"   # another
six \\
    >=1
toml==1 --hash=sha256:00
--index-url https://example.org/index
-c constraints.txt
-r ../../outside.txt
-r ../more.txt
git+https://example.org/x.git
thing @ https://example.org/thing.zip
-e .
""",
        requirements_in_constraints__txt="attrs<20\n",
        more__txt="-r more.txt\nnose\n",
    )
    assert texts(found.test_dependencies) == ['mock>=1 ; python_version > "3"', "six >=1", "toml==1", "nose"]
    assert texts(found.constraints) == ["attrs<20"]
    assert len(found.unread) == 5  # the index, the file outside, one that includes itself, and two addresses


@pytest.mark.parametrize(
    ("text", "plugins"),
    [
        ('addopts = "--cov=thing --strict-markers"', ["pytest-cov"]),
        ('addopts = ["-n", "auto"]', ["pytest-xdist"]),
        ("timeout = 30", ["pytest-timeout"]),
        ('asyncio_mode = "auto"', ["pytest-asyncio"]),
        ('required_plugins = ["pytest-mock>=3", "pytest-x"]', ["pytest-mock>=3", "pytest-x"]),
        ('addopts = "-ra -q --covers -none"', []),
        ('markers = ["slow: timeout of the network"]', []),
    ],
)
def test_plugins_that_the_options_need(text: str, plugins: list[str]) -> None:
    found = recipe_of(pyproject__toml=f"[tool.pytest.ini_options]\n{text}\n")
    assert texts(found.test_dependencies) == plugins


@pytest.mark.parametrize(
    ("name", "section"), [("setup.cfg", "tool:pytest"), ("pytest.ini", "pytest"), ("tox.ini", "pytest")]
)
def test_plugins_in_every_file_of_options(name: str, section: str) -> None:
    found = read_recipe(tree_of({name: f"[{section}]\naddopts =\n    -ra\n    --cov thing\n"}))
    assert texts(found.test_dependencies) == ["pytest-cov"]


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("pytest", []),
        ("pytest -vv -n auto --durations 10 tests", ["-o 'testpaths=tests'"]),
        ("py.test --cov -k 'a and b' --ignore=tests/x", ["-k 'a and b'", "--ignore=tests/x"]),
        ("python -m pytest -mslow --doctest-modules .", ["-m slow", "--doctest-modules"]),
        ("pytest tests/test_a.py::test_b nowhere {envsitepackagesdir}/x", []),
        ("pip install pytest tests", []),
        ("sphinx-build docs", []),
        ("pytest 'unbalanced", []),
        ("pytest -W error --cov --junitxml x {posargs}", []),
    ],
)
def test_the_call_of_pytest(command: str, arguments: list[str]) -> None:
    found = arguments_of(command, tree_of({"tests/test_a.py": ""}))
    assert [text.replace("-o testpaths=tests", "-o 'testpaths=tests'") for text in found] == arguments


def test_the_configuration_of_pytest_says_better_where_tests_lie() -> None:
    found = recipe_of(
        tox__ini="[testenv]\ncommands = pytest -m fast tests\n[pytest]\ntestpaths = tests/unit\n",
        tests_in_unit_in_test_a__py="",
    )
    assert found.arguments() == ["-m", "fast"]
