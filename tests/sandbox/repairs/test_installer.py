"""What the installer says, and what is changed because of it."""

from __future__ import annotations

import pytest

from rpsdg.sandbox.metadata import Recipe, Stated
from rpsdg.sandbox.repairs import installer_repairs

UNSATISFIABLE = """\
  x No solution found when resolving dependencies:
  ╰─▶ Because there are no versions of six
      and you require six>9999, we can conclude that your requirements are unsatisfiable.
"""


def changes(output: str, recipe: Recipe) -> list[list[tuple[str, str]]]:
    return [
        [(r.change.field, r.change.text) for r in repairs] for repairs in installer_repairs(output, recipe)
    ]


@pytest.mark.parametrize(
    ("output", "field", "text"),
    [
        ("ModuleNotFoundError: No module named 'pkg_resources'", "build_constraints", "setuptools<81"),
        ("error in thing setup command: use_2to3 is invalid.", "build_constraints", "setuptools<58"),
        ("ModuleNotFoundError: No module named 'Cython'", "build_dependencies", "cython"),
        ("ModuleNotFoundError: No module named 'yaml.nodes'", "build_dependencies", "PyYAML"),
        ("error: command 'gcc' failed: No such file or directory", "system_packages", "build-essential"),
        ("fatal error: ffi.h: No such file or directory", "system_packages", "libffi-dev"),
        ("Error: pg_config executable not found.", "system_packages", "libpq-dev"),
        ("ImportError: libGL.so.1: cannot open shared object file", "system_packages", "libgl1"),
        ("/bin/sh: 1: hg: not found", "system_packages", "mercurial"),
    ],
)
def test_what_a_build_says(output: str, field: str, text: str) -> None:
    assert changes(f"Traceback\n{output}\nmore", Recipe())[0] == [(field, text)]


def test_what_cannot_be_resolved_as_of_a_date_is_first_tried_as_of_today() -> None:
    tests = (Stated("mock", ""), Stated("Six>9999", ""))
    recipe = Recipe(
        installable=True,
        exclude_newer="2020-01-01T00:00:00Z",
        test_dependencies=tests,
        extras=(Stated("test", "here"),),
        spare=(Stated("toml", "here"), Stated("sphinx", "there")),
    )
    assert changes(UNSATISFIABLE, recipe) == [
        [("exclude_newer", "")],
        [("test_dependencies", "-Six>9999")],
        [("extras", "")],
        [("test_dependencies", "")],
        [("extras", ""), ("test_dependencies", "")],
        [("installable", ""), ("test_dependencies", "toml")],
    ]


def test_without_its_build_requirements_a_project_is_taken_as_it_lies() -> None:
    said = f"error: Failed to resolve requirements from `build-system.requires`\n{UNSATISFIABLE}"
    assert changes(said, Recipe(installable=True, test_dependencies=(Stated("six", ""),))) == [
        [("installable", "")]
    ]


def test_the_reason_is_a_sentence_of_the_installer() -> None:
    recipe = Recipe(exclude_newer="2020-01-01T00:00:00Z")
    ((repair,), *_) = installer_repairs(UNSATISFIABLE, recipe)
    assert repair.because.startswith("Because there are no versions of six and you require six>9999")
