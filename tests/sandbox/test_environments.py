"""Real environments of small projects in every layout."""

from __future__ import annotations

import gzip
import io
import json
import secrets
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import certifi
import msgspec
import pytest

from rpsdg.sandbox.built_from import built_from
from rpsdg.sandbox.contract import EnvironmentFailedError, Place, Sandbox
from rpsdg.sandbox.docker_runner import DockerSandbox
from rpsdg.sandbox.environments import Environment, prepare
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.metadata import read_recipe
from rpsdg.sandbox.pythons import require_python
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Entry, Tree

pytestmark = pytest.mark.network

# In every tree of this run, so that its images are its own and can be removed.
TOKEN = secrets.token_hex(8)
BUILD = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
TEST = "from thing import ANSWER\n\ndef test_answer(): assert ANSWER == 42\n"
# A build hook that makes a file the tree does not have, as version writers and compilers do.
GENERATING = """
import pathlib
from setuptools import setup
from setuptools.command.build_py import build_py

class Generate(build_py):
    def run(self):
        super().run()
        pathlib.Path(self.build_lib, "thing", "_answer.py").write_text("ANSWER = 42\\n")

setup(name="thing-generating", version="1", packages=["thing"], cmdclass={"build_py": Generate})
"""


def tree_of(files: dict[str, str]) -> Tree:
    return Tree.from_entries(
        {"token.txt": Entry(TOKEN.encode()), **{p: Entry(t.encode()) for p, t in files.items()}}
    )


def pyproject(name: str, more: str = "", tool: str = 'packages = ["thing"]') -> str:
    return f'[project]\nname = "{name}"\nversion = "1"\n{more}\n{BUILD}[tool.setuptools]\n{tool}\n'


FLAT = {
    "pyproject.toml": pyproject("thing-flat"),
    "thing/__init__.py": "ANSWER = 42\n",
    "test_thing.py": TEST,
}
BARE = {"thing.py": "ANSWER = 42\n", "test_thing.py": TEST}
LAYOUTS: dict[str, tuple[dict[str, str], str | None, list[str]]] = {
    "src": (
        {
            "pyproject.toml": pyproject("thing-src", tool='package-dir = {"" = "src"}\npackages = ["thing"]'),
            "src/thing/__init__.py": "ANSWER = 42\n",
            "tests/test_thing.py": TEST,
        },
        "thing-src",
        ["src"],
    ),
    "generated file": (
        {
            "pyproject.toml": BUILD,
            "setup.py": GENERATING,
            "thing/__init__.py": "from thing._answer import ANSWER\n",
            "test_thing.py": TEST,
        },
        "thing-generating",
        ["."],
    ),
    "only setup.py": (
        {
            "setup.py": "from setuptools import setup; setup(name='thing-' + 'old', packages=['thing'])\n",
            "thing/__init__.py": "ANSWER = 42\n",
            "test_thing.py": TEST,
        },
        "thing-old",
        ["."],
    ),
    "no build file": ({"src/thing.py": "ANSWER = 42\n", "test_thing.py": TEST}, None, ["src", "."]),
    "flat, with test requirements": (
        {
            "pyproject.toml": pyproject(
                "thing-extra",
                '[project.optional-dependencies]\ntest = ["six"]\n[dependency-groups]\ntest = ["toml"]',
            ),
            "requirements-test.txt": "decorator\n",
            "thing/__init__.py": "ANSWER = 42\n",
            "test_thing.py": f"import decorator, six, toml\n{TEST}",
        },
        "thing-extra",
        ["."],
    ),
}

# Names that the version writers of builds would ask git for: there is no git in a source tree.
VERSIONED = "import importlib.metadata\nfrom {0}._version import version\n\n" + (
    "def test_version(): assert version == importlib.metadata.version('{1}') != ''\n"
)
COMPILED = """
#define PY_SSIZE_T_CLEAN
#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *none) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_fast", "", -1, methods};
PyMODINIT_FUNC PyInit__fast(void) { return PyModule_Create(&module); }
"""
EXTENSION = {
    "pyproject.toml": BUILD,
    "setup.py": (
        "from setuptools import Extension, setup\n"
        "fast = Extension('acme.thing._fast', ['src/fast.c'])\n"
        "setup(name='thing-compiled', package_dir={'': 'src'}, packages=['acme.thing'], ext_modules=[fast])\n"
    ),
    "src/fast.c": COMPILED,
    "src/acme/thing/__init__.py": "from acme.thing._fast import answer\n\nANSWER = answer()\n",
    "test_thing.py": TEST.replace("thing", "acme.thing", 1),
}
LAYOUTS |= {
    "namespace package, tests inside, setuptools_scm": (
        {
            "pyproject.toml": BUILD.replace('"setuptools"', '"setuptools", "setuptools_scm"')
            + '[project]\nname = "thing-scm"\ndynamic = ["version"]\n'
            + '[tool.setuptools.packages.find]\nwhere = ["src"]\n'
            + '[tool.setuptools_scm]\nversion_file = "src/acme/thing/_version.py"\n',
            "src/acme/thing/__init__.py": "ANSWER = 42\n",
            "src/acme/thing/tests/__init__.py": "",
            "src/acme/thing/tests/test_thing.py": TEST.replace("thing", "acme.thing", 1)
            + VERSIONED.format("acme.thing", "thing-scm"),
        },
        "thing-scm",
        ["src"],
    ),
    "hatch-vcs": (
        {
            "pyproject.toml": '[build-system]\nrequires = ["hatchling", "hatch-vcs"]\n'
            'build-backend = "hatchling.build"\n[project]\nname = "thing-hatch"\ndynamic = ["version"]\n'
            '[tool.hatch.version]\nsource = "vcs"\n'
            '[tool.hatch.build.hooks.vcs]\nversion-file = "thing/_version.py"\n'
            '[tool.hatch.build.targets.wheel]\npackages = ["thing"]\n',
            "thing/__init__.py": "ANSWER = 42\n",
            "thing_test.py": TEST + VERSIONED.format("thing", "thing-hatch"),
        },
        "thing-hatch",
        ["."],
    ),
    "two roots and a single module": (
        {
            "pyproject.toml": pyproject(
                "thing-two",
                tool='packages = ["thing", "other"]\npy-modules = ["alone"]\n'
                'package-dir = { thing = "one/thing", other = "two/other" }',
            ),
            "one/thing/__init__.py": "from other import ANSWER\n",
            "two/other/__init__.py": "from alone import ANSWER\n",
            "alone.py": "ANSWER = 42\n",
            "test_thing.py": TEST,
        },
        "thing-two",
        [".", "one", "two"],
    ),
}

Make = Callable[..., tuple[Environment, Place]]


@pytest.fixture
def make(settings: Settings) -> Iterator[Make]:
    """Prepare environments, and remove the images that came of it."""
    made: list[tuple[DockerSandbox, str]] = []

    def run(
        files: dict[str, str], sandbox: Sandbox, settings: Settings = settings, **more: Any
    ) -> tuple[Environment, Place]:
        environment, place = prepare(tree_of(files), sandbox, settings, **more)
        if isinstance(sandbox, DockerSandbox):
            made.append((sandbox, place.name))
        return environment, place

    yield run
    for sandbox, name in dict.fromkeys(made):
        sandbox._client.images.remove(name, force=True)


def works(
    files: dict[str, str], sandbox: Sandbox, settings: Settings, environment: Environment, place: Place
) -> None:
    with sandbox.open(place, settings.limits) as session:
        session.load(tree_of(files))
        report = session.test(environment.pytest_options(), roots=environment.roots, timeout=60)
        assert report.complete, report.output
        assert set(report.outcomes.values()) == {"passed"}, report.output
        assert session.digest() == tree_of(files).digest


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout(layout: str, local_sandbox: LocalSandbox, settings: Settings, make: Make) -> None:
    files, name, roots = LAYOUTS[layout]
    environment, place = make(files, local_sandbox)
    assert (environment.project, list(environment.roots)) == (name, roots)
    # Where nothing is built or required, the environment is shared with others of that kind.
    assert (environment.tree == built_from(tree_of(files))) == (layout != "no build file")
    assert environment.has("pytest")
    for package in ("six", "toml", "decorator"):
        assert environment.has(package) == (layout == "flat, with test requirements")
    assert not environment.has(name or "thing")
    works(files, local_sandbox, settings, environment, place)


def test_a_generated_file_in_every_sandbox(sandbox: Sandbox, settings: Settings, make: Make) -> None:
    files = LAYOUTS["generated file"][0]
    works(files, sandbox, settings, *make(files, sandbox))


def test_the_second_time_nothing_is_built(
    local_sandbox: LocalSandbox, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make(BARE, local_sandbox)
    monkeypatch.setattr(local_sandbox, "build", None)
    said: list[str] = []
    assert make(BARE, local_sandbox, progress=said.append) == first
    assert said == []


def test_of_two_at_once_one_builds(settings: Settings, make: Make, tmp_path: Path) -> None:
    elsewhere = replace(settings, cache=tmp_path / "cache")  # where there is no environment yet
    sandbox = LocalSandbox(elsewhere)
    said: list[str] = []
    got: list[tuple[Environment, Place]] = []
    threads = [
        threading.Thread(target=lambda: got.append(make(BARE, sandbox, elsewhere, progress=said.append)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sandbox.close()
    assert len(got) == 2
    assert got[0] == got[1]
    assert said
    assert len(said) == len(set(said))  # the other one waited


def test_a_recorded_environment_is_made_again(
    local_sandbox: LocalSandbox, settings: Settings, make: Make, tmp_path: Path
) -> None:
    environment, _ = make(BARE, local_sandbox)
    elsewhere = replace(settings, cache=tmp_path / "cache")
    said: list[str] = []
    other = LocalSandbox(elsewhere)
    try:
        again, place = make(BARE, other, elsewhere, recorded=environment, progress=said.append)
        assert again == environment
        assert msgspec.json.decode(msgspec.json.encode(again), type=Environment) == environment
        assert said == ["installing the environment"]
        assert Path(place.name).is_relative_to(tmp_path)
    finally:
        other.close()


def test_a_recorded_environment_of_another_python(local_sandbox: LocalSandbox, make: Make) -> None:
    environment = Environment(id="x", python="3.1", tree="", project=None, roots=(".",), lock="")
    with pytest.raises(EnvironmentFailedError, match=r"made with Python 3\.1;"):
        make(FLAT, local_sandbox, recorded=environment)


@pytest.mark.parametrize(
    ("wanted", "fits"), [(">=3.99", False), ("<3", False), (">=3.8", True), ("nonsense", True)]
)
def test_the_python_that_a_project_needs(wanted: str, fits: bool) -> None:
    recipe = read_recipe(tree_of({"pyproject.toml": pyproject("thing", f'requires-python = "{wanted}"')}))
    if fits:
        require_python(recipe, "3.11.7")
    else:
        with pytest.raises(EnvironmentFailedError, match=r"needs Python .*; this sandbox has 3\.11\.7"):
            require_python(recipe, "3.11.7")


def test_a_project_for_another_python_is_refused_before_anything_is_built(
    local_sandbox: LocalSandbox, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_sandbox, "build", None)
    files = {**FLAT, "pyproject.toml": pyproject("thing", 'requires-python = ">=3.99"')}
    with pytest.raises(EnvironmentFailedError, match="needs Python"):
        make(files, local_sandbox)


def test_what_cannot_be_resolved_is_said_in_the_installers_words(
    local_sandbox: LocalSandbox, settings: Settings, make: Make
) -> None:
    files = {**FLAT, "pyproject.toml": pyproject("thing", 'dependencies = ["six>9999"]')}
    with pytest.raises(
        EnvironmentFailedError, match=r"could not resolve the dependencies:[^$]*six>9999"
    ) as caught:
        make(files, local_sandbox)
    assert str(settings.cache) not in str(caught.value)


def test_test_requirements_that_cannot_be_resolved_are_left_out(
    local_sandbox: LocalSandbox, make: Make
) -> None:
    files = {**BARE, "requirements-dev.txt": "six>9999\n"}
    environment, _ = make(files, local_sandbox)
    assert environment.has("pytest")
    assert not environment.has("six")


def test_a_build_that_fails_says_why(local_sandbox: LocalSandbox, make: Make) -> None:
    files = {
        **FLAT,
        "pyproject.toml": BUILD,
        "setup.py": "raise SystemExit('this project has second thoughts')\n",
    }
    # The program can be used as it lies; that is a repair like any other.
    environment, _ = make(files, local_sandbox)
    assert environment.recipe is not None
    (repair,) = environment.recipe.repairs
    assert (repair.change.field, repair.helped) == ("installable", 1)
    assert "second thoughts" in repair.because
    with pytest.raises(EnvironmentFailedError, match="second thoughts"):
        make({**files, "thing/__init__.py": "from thing._answer import ANSWER\n"}, local_sandbox)


def test_a_compiled_extension_where_there_is_a_compiler(
    local_sandbox: LocalSandbox, settings: Settings, make: Make
) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("there is no gcc on this machine")
    environment, place = make(EXTENSION, local_sandbox)
    works(EXTENSION, local_sandbox, settings, environment, place)
    assert environment.roots == ("src",)


@pytest.mark.docker
def test_a_compiled_extension_where_there_is_none(docker_sandbox: DockerSandbox, make: Make) -> None:
    with docker_sandbox.build(None) as session:
        if session.execute(["which", "gcc", "cc"], timeout=30).output:
            pytest.skip("the base image has a compiler")
    with pytest.raises(EnvironmentFailedError, match=r"gcc|cc") as caught:
        make(EXTENSION, docker_sandbox)
    assert "RPSDG_SYSTEM_PACKAGES" in str(caught.value.hint)


@dataclass
class Marked:
    """An environment made with certificates that carry a mark in a comment, as a setting carries a secret."""

    environment: Environment
    place: Place
    marker: bytes
    cache: Path


def marked(sandbox: Sandbox, settings: Settings, folder: Path) -> Marked:
    marker = f"mark-{secrets.token_hex(12)}"
    bundle = folder / "bundle.pem"
    bundle.write_bytes(f"# {marker}\n".encode() + Path(settings.ca_bundle or certifi.where()).read_bytes())
    # With a cache of its own, so that it resolves for itself.
    own = replace(settings, ca_bundle=bundle, cache=folder / "cache")
    if isinstance(sandbox, LocalSandbox):
        sandbox = LocalSandbox(own)
    environment, place = prepare(tree_of(BARE), sandbox, own)
    return Marked(environment, place, marker.encode(), folder / "cache")


@pytest.fixture(scope="module")
def marked_image(
    docker_sandbox: DockerSandbox, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Marked]:
    found = marked(docker_sandbox, settings, tmp_path_factory.mktemp("docker"))
    yield found
    docker_sandbox._client.images.remove(found.place.name, force=True)


@pytest.fixture(scope="module")
def marked_folder(
    local_sandbox: LocalSandbox, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Marked:
    return marked(local_sandbox, settings, tmp_path_factory.mktemp("local"))


@pytest.mark.docker
def test_locks_are_the_same_in_every_sandbox(marked_image: Marked, marked_folder: Marked) -> None:
    if marked_image.environment.python != marked_folder.environment.python:
        pytest.skip("the sandboxes have different versions of Python")
    assert marked_image.environment.lock == marked_folder.environment.lock
    assert marked_image.environment == marked_folder.environment


@pytest.mark.docker
def test_no_setting_ends_up_in_an_image(
    docker_sandbox: DockerSandbox, marked_image: Marked, settings: Settings
) -> None:
    image = docker_sandbox._client.images.get(marked_image.place.name)
    words = json.dumps([image.attrs, image.history()]).encode()
    base = docker_sandbox._client.images.get(docker_sandbox.base())
    content = b"".join(layers(b"".join(image.save()), len(base.attrs["RootFS"]["Layers"])))
    assert b"pytest/__init__.py" in content
    for secret in [marked_image.marker, *([settings.index_url.encode()] if settings.index_url else [])]:
        assert secret not in words
        assert secret not in content


def layers(archive: bytes, below: int) -> Iterator[bytes]:
    """Yield what a saved image holds, but for the lowest layers."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files = {member.name: member for member in tar if member.isreg()}

        def read(name: str) -> bytes:
            file = tar.extractfile(files[name])
            assert file is not None
            return file.read()

        lower = json.loads(read("manifest.json"))[0]["Layers"][:below]
        for name in files.keys() - set(lower):
            data = read(name)
            yield gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def test_no_setting_ends_up_in_a_folder(marked_folder: Marked) -> None:
    files = [path for path in marked_folder.cache.rglob("*") if path.is_file()]
    assert any(path.is_relative_to(marked_folder.place.name) for path in files)
    assert not [path for path in files if marked_folder.marker in path.read_bytes()]


def test_a_build_cannot_make_the_host_write_elsewhere(
    bubblewrap_sandbox: LocalSandbox, make: Make, tmp_path: Path
) -> None:
    """In the folder that a build may write, the host writes nothing after it."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    link = f"""\
import os
from setuptools import setup

for name in ("environment.json", ".environment.json"):
    if not os.path.lexists("/opt/rpsdg/" + name):
        os.symlink({str(victim)!r}, "/opt/rpsdg/" + name)
setup(name="thing-linked", packages=["thing"])
"""
    files = {
        "setup.py": link,
        "thing/__init__.py": "ANSWER = 42\n",
        "test_thing.py": TEST,
    }
    environment, place = make(files, bubblewrap_sandbox)

    assert victim.read_text() == "mine"
    assert (Path(place.name) / "environment.json").is_symlink()
    assert bubblewrap_sandbox.find("0" * 64) is None
    assert environment.roots == (".",)
