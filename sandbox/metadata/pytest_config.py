"""The project's own configuration of pytest: which plugins it takes, and where it says the tests lie."""

from __future__ import annotations

import re

from ..tree import Tree
from .files import ini, strings, table, toml
from .reading import Reading, Wanted

__all__ = ["PLUGIN_FOR_OPTION", "has_testpaths", "pytest_options", "read_pytest_config"]

PLUGIN_FOR_OPTION = {
    r"--(no-)?cov\b": "pytest-cov",
    r"(^|\s)-n(\b|\d|auto|logical)|--numprocesses\b|--dist\b|--maxprocesses\b": "pytest-xdist",
    r"--timeout\b|^\s*timeout\s*=": "pytest-timeout",
    r"\basyncio_mode\b|--asyncio-mode\b|\basyncio_default_fixture_loop_scope\b": "pytest-asyncio",
    r"\banyio_mode\b": "anyio",
    r"--benchmark-\w+": "pytest-benchmark",
    r"--doctest-plus\b|\bdoctest_plus\b": "pytest-doctestplus",
    r"--randomly-\w+": "pytest-randomly",
    r"--random-order\b": "pytest-random-order",
    r"--reruns\b": "pytest-rerunfailures",
    r"--mypy\b": "pytest-mypy",
    r"--flake8\b": "pytest-flake8",
    r"--black\b": "pytest-black",
    r"--ruff\b": "pytest-ruff",
    r"--isort\b": "pytest-isort",
    r"--pydocstyle\b": "pytest-pydocstyle",
    r"\bDJANGO_SETTINGS_MODULE\b|--ds\b|--reuse-db\b": "pytest-django",
    r"--regtest\b": "pytest-regtest",
    r"--snapshot\b|--snapshot-\w+": "syrupy",
    r"--record-mode\b|--block-network\b": "pytest-recording",
    r"--disable-socket\b|--allow-hosts\b": "pytest-socket",
    r"--picked\b": "pytest-picked",
    r"--instafail\b": "pytest-instafail",
    r"--sugar\b": "pytest-sugar",
    r"--html\b": "pytest-html",
    r"--typeguard-packages\b": "typeguard",
    r"--hypothesis-\w+": "hypothesis",
    r"--run-parallel\b|--parallel-threads\b": "pytest-run-parallel",
    r"--codspeed\b": "pytest-codspeed",
    r"--mpl\b": "pytest-mpl",
    r"--nbval\b": "nbval",
    r"--docker-\w+": "pytest-docker",
    r"\bmocker?_\w+\s*=": "pytest-mock",
    r"\benv\s*=\s*[A-Z]|\bD:[A-Z_]+=": "pytest-env",
    r"\benv_files\s*=": "pytest-dotenv",
    r"\bmarkdown-docs\b": "pytest-markdown-docs",
}
"""Options in a pytest configuration, as patterns, and the plugin that has them."""

_FILES = (
    ("pytest.ini", "pytest"),
    (".pytest.ini", "pytest"),
    ("tox.ini", "pytest"),
    ("setup.cfg", "tool:pytest"),
)


def read_pytest_config(tree: Tree) -> Reading:
    """Return the plugins that the options of the configuration need, and those that it names itself."""
    where, options = _options(tree)
    text = "\n".join(f"{key} = {value}" for key, value in options.items())
    plugins = [
        Wanted(plugin, f"{where}: {_line(option, text)}", "test")
        for option, plugin in PLUGIN_FOR_OPTION.items()
        if re.search(option, text, re.MULTILINE)
    ]
    named = [
        Wanted(plugin, f"{where}: required_plugins", "test")
        for plugin in re.findall(
            r"[A-Za-z][\w.-]*(?:\s*[<>=!~]=?\s*[\w.,<>=!~]+)?", options.get("required_plugins", "")
        )
    ]
    return Reading(wanted=(*named, *plugins))


def pytest_options(tree: Tree) -> dict[str, str]:
    """Return the options that the project sets for pytest, lists as words with spaces between."""
    return _options(tree)[1]


def has_testpaths(tree: Tree) -> bool:
    """Say whether the configuration names the folders of the tests."""
    return bool(pytest_options(tree).get("testpaths"))


def _options(tree: Tree) -> tuple[str, dict[str, str]]:
    """Return where the configuration is and its options: the first file there is, as pytest looks for it."""
    tables = table(toml(tree, "pyproject.toml"), "tool", "pytest")
    native = table(toml(tree, "pytest.toml"), "pytest") or table(toml(tree, ".pytest.toml"), "pytest")
    for path, section in _FILES[:2]:
        if section in (content := ini(tree, path)):
            return path, content[section]
    for where, found in (
        ("pytest.toml", native),
        ("pyproject.toml [tool.pytest.ini_options]", table(tables, "ini_options")),
        ("pyproject.toml [tool.pytest]", tables),
    ):
        if found:
            return where, {
                key: value if isinstance(value, str) else " ".join(strings(value)) or str(value)
                for key, value in found.items()
            }
    for path, section in _FILES[2:]:
        if section in (content := ini(tree, path)):
            return f"{path} [{section}]", content[section]
    return "", {}


def _line(option: str, text: str) -> str:
    return next((line.strip()[:200] for line in text.splitlines() if re.search(option, line)), "")
