"""What a project says about itself, in the many places where projects say it, comes to one recipe."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpsdg.sandbox.metadata import Change, Recipe, Repair, read_facts, read_recipe
from rpsdg.sandbox.tree import Entry, Tree

from .conftest import recipe_of, texts, tree_of


def test_nothing_says_nothing() -> None:
    assert recipe_of() == Recipe()


def test_pyproject() -> None:
    found = recipe_of(
        pyproject__toml="""
        [project]
        name = "thing"
        requires-python = ">=3.9"
        classifiers = ["Programming Language :: Python :: 3.12", "Programming Language :: Python :: 3.9"]
        [project.optional-dependencies]
        docs = ["sphinx"]
        dev = ["ruff"]
        tests = ["pytest"]
        [dependency-groups]
        lint = ["ruff"]
        test = ["pytest>=8", { include-group = "Shared.Ones" }]
        shared-ones = ["mock", { include-group = "test" }]
        """
    )
    assert (found.project, found.requires_python, found.pythons) == ("thing", ">=3.9", ("3.9", "3.12"))
    assert found.installable
    assert texts(found.extras) == ["tests"]
    assert texts(found.test_dependencies) == ["pytest>=8", "mock"]
    assert found.test_dependencies[0].origin == "pyproject.toml [dependency-groups] test"
    assert {"sphinx", "ruff"} <= set(texts(found.spare))


def test_what_is_for_development_counts_only_where_nothing_is_for_the_tests() -> None:
    listed = '[project]\nname = "x"\n[project.optional-dependencies]\ndev = ["a"]\n'
    assert texts(recipe_of(pyproject__toml=listed).extras) == ["dev"]
    assert texts(recipe_of(pyproject__toml=f'{listed}test = ["b"]\n').extras) == ["test"]


def test_setup_cfg() -> None:
    found = recipe_of(
        setup__cfg="""
[metadata]
name = thing
classifiers =
    Programming Language :: Python :: 3.10
    Topic :: Software Development
[options]
python_requires = >=3.7
tests_require = mock
[options.extras_require]
testing = pytest
docs = sphinx
""",
        setup__py="from setuptools import setup; setup()",
    )
    assert (found.project, found.requires_python, found.installable) == ("thing", ">=3.7", True)
    assert (texts(found.extras), texts(found.test_dependencies)) == (["testing"], ["mock"])
    assert found.pythons == ("3.10",)


def test_setup_py_is_parsed_and_never_run() -> None:
    found = recipe_of(
        setup__py="""
import os, setuptools
os.abort()
NEEDED = ["mock>=2"] + ["nose"]
setuptools.setup(
    name="th" + "ing",
    version=open("version.txt").read(),
    python_requires=">=3.6",
    tests_require=NEEDED,
    extras_require=dict(test=["six"], docs=["sphinx"]),
)
"""
    )
    assert (found.project, found.requires_python) == ("thing", ">=3.6")
    assert texts(found.test_dependencies) == ["mock>=2", "nose"]
    assert texts(found.extras) == ["test"]
    assert found.unread == ("setup.py: `version` is computed",)


def test_extras_that_setup_py_computes_are_asked_of_the_build_by_name() -> None:
    found = recipe_of(setup__py="from setuptools import setup\nsetup(extras_require={'test': read('x')})\n")
    assert texts(found.extras) == ["test"]
    assert found.unread == ("setup.py: `extras_require` is computed",)


@pytest.mark.parametrize(
    "source", ["(" * 100_000, "x = \0", "def", "a = a\nfrom s import setup\nsetup(name=a)", "setup(**b)"]
)
def test_a_setup_py_that_means_harm_or_nothing(source: str) -> None:
    assert recipe_of(setup__py=source) == Recipe(installable=True, unread=recipe_of(setup__py=source).unread)


def test_an_sdist_says_what_its_setup_would_compute() -> None:
    text = "Name: thing\nRequires-Python: >=3.6\nProvides-Extra: test\n"
    text += 'Requires-Dist: six>1; extra == "test"\n\nName: other\n'
    found = read_recipe(tree_of({"PKG-INFO": text}))
    assert (found.project, found.requires_python, texts(found.extras)) == ("thing", ">=3.6", [])
    assert texts(found.spare) == ["six>1"]
    found = read_recipe(tree_of({"PKG-INFO": text, "setup.py": ""}))
    assert texts(found.extras) == ["test"]


def test_the_newer_file_wins() -> None:
    found = recipe_of(
        pyproject__toml='[project]\nname = "new"\n',
        setup__cfg="[metadata]\nname = old\n[options]\npython_requires = >=3.5\n",
    )
    assert (found.project, found.requires_python) == ("new", ">=3.5")


@pytest.mark.parametrize(
    ("files", "installable"),
    [
        ({"setup__py": ""}, True),
        ({"pyproject__toml": "[build-system]\nrequires = []"}, True),
        ({"pyproject__toml": "[project]\nname = 'x'"}, True),
        ({"pyproject__toml": "[tool.ruff]\nline-length = 99"}, False),
        ({"setup__cfg": "[tool:pytest]\naddopts = -q"}, False),
        ({"sub_in_setup__py": ""}, False),
    ],
)
def test_what_can_be_installed(files: dict[str, str], installable: bool) -> None:
    assert recipe_of(**files).installable == installable


def test_a_project_that_names_itself_asks_for_extras() -> None:
    found = recipe_of(
        pyproject__toml="""
        [project]
        name = "My.Thing"
        [dependency-groups]
        test = ["my-thing[fast,tests]", "six"]
        """
    )
    assert (texts(found.extras), texts(found.test_dependencies)) == (["fast", "tests"], ["six"])


def test_what_is_not_built_needs_its_requirements() -> None:
    found = recipe_of(requirements__txt="six\n", requirements_in_test__txt="mock\n-r ../requirements.txt\n")
    assert texts(found.dependencies) == ["six"]
    assert texts(found.test_dependencies) == ["mock", "six"]


def test_what_came_out_the_same_day_counts() -> None:
    day = datetime(2024, 2, 28, 23, 59, tzinfo=UTC)
    assert read_recipe(tree_of({}), day).exclude_newer == "2024-02-29T00:00:00Z"
    assert read_recipe(tree_of({}), day + timedelta(minutes=1)).exclude_newer == "2024-03-01T00:00:00Z"


FILES = st.sampled_from(
    [
        "pyproject.toml",
        "setup.cfg",
        "tox.ini",
        "tox.toml",
        "pytest.ini",
        "PKG-INFO",
        "setup.py",
        "noxfile.py",
        "hatch.toml",
        "requirements-test.txt",
    ]
)
TEXTS = st.one_of(
    st.binary(max_size=80),
    st.sampled_from(
        [
            b"project = 3",
            b"[project]\nname = 3\noptional-dependencies = []\nrequires-python = []\nclassifiers = 'x'\n",
            b"tool = []",
            b"[tool]\npytest = 1\ntox = 2\nhatch = 3\npoetry = 4\npdm = 5\nuv = 6\nflit = 7",
            b"[tool.pytest]\nini_options = ['x']",
            b"[tool.poetry]\ngroup = {test = {dependencies = {a = [1], b = {version = 2}, c = '^'}}}",
            b"[tool.hatch.envs.test]\ndependencies = 3\nscripts = {a = 1, b = 'pytest {args:(}'}",
            b"[tool.pdm.dev-dependencies]\ntest = ['-e file:///etc', '../x', 3]",
            b"[dependency-groups]\ntest = 1",
            b"[dependency-groups]\ntest = [{include-group = 'test'}, 1, {}]",
            b"[options.extras_require]",
            b"[metadata]\nname = %(x)s",
            b"[testenv]\ndeps = {[testenv]deps}\n -r/etc/passwd\n -r tox.ini\ncommands = pytest '",
            b"[env_run_base]\ndeps = 1\ncommands = [1, [1], [{replace = 'posargs'}], ['pytest', '-k']]",
            b"-r requirements-test.txt\n-c ../../x\n\\\n\\",
            b"def tests(s):\n s.install(1, *x, '-r')\n s.run('pytest', *(s.posargs or 3))",
            b"Requires-Dist: (\nProvides-Extra: test\nRequires-Dist: a @ https://x ; extra == 'y'\n",
            b"[a\n",
            b"x" * 10 + b"=" + b"[" * 2000,
        ]
    ),
)


@settings(deadline=None)
@given(st.dictionaries(FILES, TEXTS))
def test_nonsense_never_raises_and_every_recipe_can_be_kept(files: dict[str, bytes]) -> None:
    recipe = read_recipe(Tree({path: Entry(data) for path, data in files.items()}))
    assert msgspec.json.decode(msgspec.json.encode(recipe), type=Recipe) == recipe


@settings(deadline=None)
@given(st.dictionaries(FILES, TEXTS))
def test_a_link_says_nothing(files: dict[str, bytes]) -> None:
    tree = Tree({path: Entry(data, "link") for path, data in files.items()})
    assert read_facts(tree).name is None
    assert read_recipe(tree).test_dependencies == ()


FIELDS = ["extras", "test_dependencies", "constraints", "build_constraints", "pytest_arguments"]
CHANGES = st.builds(Change, st.sampled_from(FIELDS), st.sampled_from(["a", "b>=1", "-a", ""]))


@settings(deadline=None)
@given(st.lists(CHANGES, max_size=6))
def test_a_repaired_recipe_tells_its_story(changes: list[Change]) -> None:
    recipe = Recipe(exclude_newer="2024-01-01T00:00:00Z")
    for change in changes:
        before = recipe
        recipe = recipe.repaired(Repair(change, "a message"))
        held = texts(getattr(recipe, change.field))
        if change.field != "pytest_arguments" and change.text.startswith("-"):
            assert change.text[1:] not in held
        else:
            assert held == ([*texts(getattr(before, change.field)), change.text] if change.text else [])
    assert [repair.change for repair in recipe.repairs] == changes
