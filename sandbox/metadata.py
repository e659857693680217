"""What a project says about itself: read as data from its own files, nothing executed."""

from __future__ import annotations

import configparser
import re
import tomllib
from dataclasses import dataclass
from email.parser import HeaderParser
from typing import Any

from .tree import Tree

__all__ = ["ProjectMetadata", "read_metadata"]

_TEST_NAMES = ("test", "tests", "testing", "dev", "develop", "development")
"""Extras, groups and requirement files with these names hold what the tests need; most telling first."""
_REQUIREMENT_FILES = tuple(
    pattern.format(name)
    for name in _TEST_NAMES
    for pattern in (
        "requirements-{}.txt",
        "requirements_{}.txt",
        "{}-requirements.txt",
        "{}_requirements.txt",
        "requirements/{}.txt",
        "requirements/{}.in",
    )
)
# Options in the project's own pytest configuration that need a plugin nobody may have listed.
_PLUGIN_FOR_OPTION = {
    r"--cov\b": "pytest-cov",
    r"(^|\s)-n(\b|\d|auto|logical)|--numprocesses\b|--dist\b": "pytest-xdist",
    r"--timeout\b|^\s*timeout\s*=": "pytest-timeout",
    r"\basyncio_mode\b": "pytest-asyncio",
    r"--benchmark-\w+": "pytest-benchmark",
    r"--doctest-plus\b|\bdoctest_plus\b": "pytest-doctestplus",
    r"--randomly-\w+": "pytest-randomly",
    r"--random-order\b": "pytest-random-order",
    r"--reruns\b": "pytest-rerunfailures",
}


@dataclass(frozen=True)
class ProjectMetadata:
    """What is needed to make a project's test environment."""

    name: str | None
    """Distribution name; None when the files do not say (a dynamic setup.py)."""
    requires_python: str | None
    installable: bool
    """Whether there is a build to run: a setup.py, or a pyproject.toml with a build system or project."""
    extras: tuple[str, ...]
    """Extras that look like the tests' own."""
    groups: tuple[str, ...]
    """Dependency groups (PEP 735) that look like the tests' own."""
    requirement_files: tuple[str, ...]
    pytest_plugins: tuple[str, ...]
    """Plugins that the project's pytest options need."""


def read_metadata(tree: Tree) -> ProjectMetadata:
    """Read pyproject.toml, setup.cfg, tox.ini, pytest.ini, PKG-INFO and requirement files."""
    pyproject = _toml(tree, "pyproject.toml")
    project = _table(pyproject, "project")
    setup = _ini(tree, "setup.cfg")
    package = HeaderParser().parsestr(_text(tree, "PKG-INFO"))
    extras = {
        *_table(project, "optional-dependencies"),
        *(setup["options.extras_require"] if setup.has_section("options.extras_require") else ()),
        *(package.get_all("Provides-Extra") or ()),
    }
    return ProjectMetadata(
        name=_first(project.get("name"), setup.get("metadata", "name", fallback=None), package.get("Name")),
        requires_python=_first(
            project.get("requires-python"),
            setup.get("options", "python_requires", fallback=None),
            package.get("Requires-Python"),
        ),
        installable="build-system" in pyproject or "project" in pyproject or "setup.py" in tree,
        extras=tuple(name for name in _TEST_NAMES if name in extras),
        groups=tuple(name for name in _TEST_NAMES if name in _table(pyproject, "dependency-groups")),
        requirement_files=tuple(path for path in _REQUIREMENT_FILES if path in tree),
        pytest_plugins=_plugins(tree, pyproject, setup),
    )


def _plugins(tree: Tree, pyproject: dict[str, Any], setup: configparser.ConfigParser) -> tuple[str, ...]:
    options = _table(_table(_table(pyproject, "tool"), "pytest"), "ini_options")
    lines = [
        f"{key} = {' '.join(map(str, value)) if isinstance(value, list) else value}"
        for key, value in options.items()
    ]
    for path, section in (("setup.cfg", "tool:pytest"), ("pytest.ini", "pytest"), ("tox.ini", "pytest")):
        ini = setup if path == "setup.cfg" else _ini(tree, path)
        if ini.has_section(section):
            lines += [f"{key} = {value}" for key, value in ini.items(section)]
    text = "\n".join(lines)
    return tuple(
        plugin for option, plugin in _PLUGIN_FOR_OPTION.items() if re.search(option, text, re.MULTILINE)
    )


def _text(tree: Tree, path: str) -> str:
    return tree[path].data.decode("utf-8", "replace") if path in tree else ""


def _toml(tree: Tree, path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(tree, path))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}  # the installer will say what is wrong with it


def _ini(tree: Tree, path: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(_text(tree, path))
    except configparser.Error:
        return configparser.ConfigParser(interpolation=None)
    return parser


def _table(parent: dict[str, Any], key: str) -> dict[str, Any]:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _first(*values: object) -> str | None:
    return next((str(value) for value in values if isinstance(value, str) and value), None)
