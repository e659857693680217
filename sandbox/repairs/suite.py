"""What to change after the untouched tests did not all pass, told from what pytest said."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator

from ..environment import version_in
from ..metadata import Change, Recipe, Repair
from ..metadata.files import text
from ..metadata.pytest_config import PLUGIN_FOR_OPTION
from ..report import TestReport
from ..tree import Tree
from .installer import system_repairs
from .known import FIXTURES, MARKS
from .modules import is_test, listed, requirement_for

__all__ = ["messages_of", "suite_repairs"]

_MISSING = re.compile(r"No module named '?([\w.]+)'?")
_FIXTURE = re.compile(r"fixture '([\w]+)' not found")
_UNKNOWN_OPTION = re.compile(r"error: unrecognized arguments?: (.+)")
_UNKNOWN_MARK = re.compile(
    r"'([\w]+)' not found in `markers` configuration option|Unknown pytest\.mark\.(\w+)"
)
_REQUIRED = re.compile(r"Missing required plugins: (.+)")
_ASYNC = re.compile(r"async def functions are not natively supported")
_CONFIG_OPTION = re.compile(r"Unknown config option: (\w+)")
_TIME_ZONE = re.compile(r"No time zone found with key|ZoneInfoNotFoundError")
_TWICE = re.compile(r"import file mismatch")
# What newer releases of pytest removed; the message of each names it.
_REMOVED = re.compile(
    r"PytestRemovedIn\d+Warning|cannot import name '\w+' from '_?pytest[\w.]*'"
    r"|No module named '_pytest[\w.]*'"
    r"|module '_?pytest[\w.]*' has no attribute|yield tests were removed|Plugin nose|nose.*removed"
    r"|Defining 'pytest_plugins' in a non-top-level conftest is no longer supported"
    r"|Marks? (?:applied|cannot be applied) to fixtures?|PluginValidationError|unknown hook"
    r"|requires pytest|py\.path\.local.*(?:removed|deprecated)|no attribute '_fixtureinfo'"
)
_SUBPROCESS_PLUGIN = re.compile(r"fixture '(?:testdir|pytester)' not found")
_TEST_CODE = re.compile(r"^\s*(?:async )?def test|^class \w+\([\w.]*TestCase\)", re.MULTILINE)
_OLDEST_PYTEST = 6
_USAGE, _NOTHING_COLLECTED = 4, 5
"""Exit statuses of pytest."""
_FEW = 40
"""Failures of one kind that are looked at; more say the same."""


def messages_of(report: TestReport) -> list[str]:
    """Return what failures said, one text each, and at the end what pytest itself printed."""
    failed = [
        failure.message
        for node, failure in report.failures.items()
        if report.outcomes.get(node) in {"failed", "error", "broken"}
    ]
    return [*dict.fromkeys(failed), report.output]


def suite_repairs(report: TestReport, recipe: Recipe, lock: str, tree: Tree) -> Iterator[list[Repair]]:
    """Yield changes of a recipe that may make more tests pass; those of one list are tried at once.

    First everything that is named and missing, together; then, one after another, what is less sure.
    """
    messages = messages_of(report)
    together = {repair.change: repair for repair in _missing(messages, recipe, tree)}
    if together:
        yield list(together.values())
    yield from _doubtful(messages, lock)
    if report.returncode == _USAGE:
        because = _first(_UNKNOWN_OPTION, messages) or _last_line(report.output)
        yield [_repair("pytest_arguments", "-o addopts=", because)]
    if report.returncode == _NOTHING_COLLECTED and (names := _unusual_names(tree)):
        patterns = shlex.quote(f"python_files={' '.join(names)}")
        yield [_repair("pytest_arguments", f"-o {patterns}", "pytest finds no tests")]
    if recipe.exclude_newer is not None and _mostly_red(report):
        passed = len(report.with_outcome("passed"))
        because = f"{passed} of {len(report.outcomes)} tests pass with what there was at the time"
        yield [_repair("exclude_newer", "", because)]
    if recipe.pytest_arguments and _mostly_red(report):
        yield [_repair("pytest_arguments", "", "with them few tests pass")]


def _missing(messages: list[str], recipe: Recipe, tree: Tree) -> Iterator[Repair]:
    """Yield what is missing by name: modules, plugins, programs."""
    for message in messages:
        for found in _some(_MISSING, message):
            if (requirement := requirement_for(found[1], recipe, tree)) is not None:
                yield _repair("test_dependencies", requirement, found[0])
        for found in _some(_FIXTURE, message):
            plugin = FIXTURES.get(found[1])
            if plugin is not None and not _defines_fixture(found[1], tree):
                yield _repair("test_dependencies", listed(plugin, recipe) or plugin, found[0])
        for found in _some(_UNKNOWN_MARK, message):
            plugin = MARKS.get(found[1] or found[2])
            if plugin is not None:
                yield _repair("test_dependencies", listed(plugin, recipe) or plugin, found[0])
        for found in _some(_REQUIRED, message):
            for name in re.findall(r"pytest[\w-]+", found[1]):
                yield _repair("test_dependencies", listed(name, recipe) or name, found[0][:200])
        for pattern in (_UNKNOWN_OPTION, _CONFIG_OPTION):
            for found in _some(pattern, message):
                for option, plugin in PLUGIN_FOR_OPTION.items():
                    if re.search(option, found[1] if pattern is _UNKNOWN_OPTION else f"{found[1]} ="):
                        yield _repair("test_dependencies", listed(plugin, recipe) or plugin, found[0][:200])
        if _ASYNC.search(message):
            yield from _asynchronous(recipe, tree)
        if _TIME_ZONE.search(message):
            yield _repair("test_dependencies", "tzdata", "No time zone found")
        if _SUBPROCESS_PLUGIN.search(message):
            yield _repair("pytest_arguments", "-p pytester", "fixture 'pytester' not found")
        if _TWICE.search(message):
            yield _repair("pytest_arguments", "--import-mode=importlib", "import file mismatch")
        yield from system_repairs(message[-20_000:])


def _asynchronous(recipe: Recipe, tree: Tree) -> Iterator[Repair]:
    """Yield the plugin that runs coroutines: the one whose mark the tests bear."""
    because = "async def functions are not natively supported"
    sources = [text(tree, path) or "" for path in tree if path.endswith(".py") and is_test(path)]
    marked = [mark for mark in ("anyio", "trio", "asyncio") if any(f"mark.{mark}" in s for s in sources)]
    for mark in marked:
        yield _repair("test_dependencies", listed(MARKS[mark], recipe) or MARKS[mark], because)
    if not marked:
        yield _repair("test_dependencies", listed("pytest-asyncio", recipe) or "pytest-asyncio", because)
        yield _repair("pytest_arguments", "-o asyncio_mode=auto", because)


def _doubtful(messages: list[str], lock: str) -> Iterator[list[Repair]]:
    """Yield what may help: an older pytest, warnings that are not errors."""
    if (removed := _first(_REMOVED, messages)) is not None:
        major = int((version_in(lock, "pytest") or "0").partition(".")[0])
        if major > _OLDEST_PYTEST:
            yield [_repair("constraints", f"pytest<{major}", removed)]
    warned = [m for m in messages[:-1] if re.match(r"\s*(?:E\s+)?(?:[\w.]*\.)?\w*Warning\b:?", m)]
    if warned:
        yield [_repair("pytest_arguments", "-W default", warned[0].strip()[:200])]


def _unusual_names(tree: Tree) -> list[str]:
    """Return the names of files that hold tests and that pytest does not look into, unless there are many."""
    names = {
        path.rpartition("/")[2]
        for path in tree
        if path.endswith(".py")
        and is_test(path)
        and _TEST_CODE.search(text(tree, path) or "")
        and not re.search(r"(^|/)(test_[^/]*|[^/]*_test|conftest|__init__)\.py$", path)
    }
    telling = {name for name in names if "test" in name.lower()} or names
    return sorted(telling) if len(telling) <= _FEW else []


def _last_line(output: str) -> str:
    return next((line[:300] for line in reversed(output.strip().splitlines()) if line.strip()), "")


def _mostly_red(report: TestReport) -> bool:
    """Say whether fewer than nine in ten tests pass, of those that do not say themselves that they cannot."""
    counted = [outcome for outcome in report.outcomes.values() if outcome not in {"skipped", "xfailed"}]
    return not report.complete or counted.count("passed") < 0.9 * len(counted) or not counted


def _defines_fixture(name: str, tree: Tree) -> bool:
    pattern = re.compile(rf"def {re.escape(name)}\(|name=['\"]{re.escape(name)}['\"]")
    return any(
        path.endswith(".py") and "fixture" in (source := text(tree, path) or "") and pattern.search(source)
        for path in tree
    )


def _some(pattern: re.Pattern[str], message: str) -> Iterable[re.Match[str]]:
    return [found for found, _ in zip(pattern.finditer(message), range(_FEW), strict=False)]


def _first(pattern: re.Pattern[str], messages: list[str]) -> str | None:
    return next((found[0][:300] for message in messages if (found := pattern.search(message))), None)


def _repair(field: str, change: str, because: str) -> Repair:
    return Repair(Change(field, change), because)
