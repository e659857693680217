"""What a project says about itself, in the many places where projects say it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpsdg.sandbox.metadata import ProjectMetadata, read_metadata
from rpsdg.sandbox.tree import Entry, Tree


def read(**files: str) -> ProjectMetadata:
    """Read a project; in the names of its files `__` stands for a dot and `_in_` for a slash."""
    tree = {n.replace("__", ".").replace("_in_", "/"): Entry(t.encode()) for n, t in files.items()}
    return read_metadata(Tree(tree))


def test_nothing_says_nothing() -> None:
    assert read() == ProjectMetadata(None, None, False, (), (), (), ())


def test_pyproject() -> None:
    found = read(
        pyproject__toml="""
        [project]
        name = "thing"
        requires-python = ">=3.9"
        [project.optional-dependencies]
        docs = ["sphinx"]
        dev = ["ruff"]
        tests = ["pytest"]
        [dependency-groups]
        lint = ["ruff"]
        dev = ["pytest"]
        test = ["pytest"]
        """
    )
    assert found.name == "thing"
    assert found.requires_python == ">=3.9"
    assert found.installable
    assert found.extras == ("tests", "dev")
    assert found.groups == ("test", "dev")


def test_setup_cfg() -> None:
    found = read(
        setup__cfg="""
[metadata]
name = thing
[options]
python_requires = >=3.7
[options.extras_require]
testing = pytest
docs = sphinx
""",
        setup__py="from setuptools import setup; setup()",
    )
    assert (found.name, found.requires_python, found.installable) == ("thing", ">=3.7", True)
    assert found.extras == ("testing",)


def test_an_sdist_says_what_its_setup_would_compute() -> None:
    found = read(
        PKG_INFO="Metadata-Version: 2.1\nName: thing\nRequires-Python: >=3.6\nProvides-Extra: test\n",
    )
    assert found.name is None  # that file is called PKG-INFO
    tree = Tree(
        {"PKG-INFO": Entry(b"Name: thing\nRequires-Python: >=3.6\nProvides-Extra: test\n\nName: other\n")}
    )
    found = read_metadata(tree)
    assert (found.name, found.requires_python, found.extras) == ("thing", ">=3.6", ("test",))


def test_the_newer_file_wins() -> None:
    found = read(
        pyproject__toml='[project]\nname = "new"\n',
        setup__cfg="[metadata]\nname = old\n[options]\npython_requires = >=3.5\n",
    )
    assert (found.name, found.requires_python) == ("new", ">=3.5")


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
    assert read(**files).installable == installable


def test_requirement_files_the_most_telling_first() -> None:
    names = ["requirements.txt", "requirements-dev.txt", "requirements/test.txt", "test-requirements.txt"]
    found = read_metadata(Tree({name: Entry(b"") for name in names}))
    assert found.requirement_files == (
        "test-requirements.txt",
        "requirements/test.txt",
        "requirements-dev.txt",
    )


@pytest.mark.parametrize(
    ("text", "plugins"),
    [
        ('addopts = "--cov=thing --strict-markers"', ("pytest-cov",)),
        ('addopts = ["-n", "auto"]', ("pytest-xdist",)),
        ("timeout = 30", ("pytest-timeout",)),
        ('asyncio_mode = "auto"', ("pytest-asyncio",)),
        ('addopts = "-ra -q --covers -none"', ()),
        ('markers = ["slow: timeout of the network"]', ()),
    ],
)
def test_plugins_that_the_options_need(text: str, plugins: tuple[str, ...]) -> None:
    assert read(pyproject__toml=f"[tool.pytest.ini_options]\n{text}\n").pytest_plugins == plugins


@pytest.mark.parametrize(
    ("name", "section"), [("setup.cfg", "tool:pytest"), ("pytest.ini", "pytest"), ("tox.ini", "pytest")]
)
def test_plugins_in_every_file_of_options(name: str, section: str) -> None:
    tree = Tree({name: Entry(f"[{section}]\naddopts =\n    -ra\n    --cov thing\n".encode())})
    assert read_metadata(tree).pytest_plugins == ("pytest-cov",)


FILES = st.sampled_from(["pyproject.toml", "setup.cfg", "tox.ini", "pytest.ini", "PKG-INFO", "setup.py"])
TEXTS = st.one_of(
    st.binary(max_size=80),
    st.sampled_from(
        [
            b"project = 3",
            b"[project]\nname = 3\noptional-dependencies = []\n",
            b"tool = []",
            b"[tool]\npytest = 1",
            b"[tool.pytest]\nini_options = ['x']",
            b"[dependency-groups]\ntest = 1",
            b"[options.extras_require]",
            b"[metadata]\nname = %(x)s",
            b"[a\n",
            b"x" * 10 + b"=" + b"[" * 5000,
        ]
    ),
)


@given(st.dictionaries(FILES, TEXTS))
def test_nonsense_never_raises(files: dict[str, bytes]) -> None:
    read_metadata(Tree({path: Entry(data) for path, data in files.items()}))
