"""From a module that could not be imported to the requirement that has it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..metadata import Recipe
from ..metadata.files import text
from ..metadata.pytest_config import pytest_options
from ..metadata.setup_py import parse_module
from ..tree import Tree
from .known import MODULES

__all__ = ["foreign_imports", "listed", "requirement_for"]

_MOST_FILES = 5_000


def requirement_for(module: str, recipe: Recipe, tree: Tree) -> str | None:
    """Return the requirement that has a module, None where that would be a blind guess.

    What the project lists anywhere comes first, with its own bounds; then the table of known modules; then
    the distribution of the module's own name, but only for what tests alone need: what the program itself
    cannot do without it would have listed.
    """
    top = module.partition(".")[0]
    if _is_own(top, tree):
        return None
    for name in (_known(module), top, f"pytest-{top.removeprefix('pytest_')}"):
        if name is not None and (found := listed(name, recipe)) is not None:
            return found
    if (known := _known(module)) is not None:
        return known
    if top in sys.stdlib_module_names or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{1,39}", top):
        return None
    by_tests, by_program = foreign_imports(tree)
    return canonicalize_name(top) if top in by_tests and top not in by_program else None


def listed(name: str, recipe: Recipe) -> str | None:
    """Return how the project itself requires a distribution, wherever it says so; None if it does not."""
    wanted = canonicalize_name(re.split(r"[\s<>=!~;\[]", name, maxsplit=1)[0])
    for stated in (*recipe.test_dependencies, *recipe.spare):
        try:
            requirement = Requirement(stated.text)
        except InvalidRequirement:
            continue
        if canonicalize_name(requirement.name) == wanted:
            return stated.text
    return None


@lru_cache(maxsize=4)
def foreign_imports(tree: Tree) -> tuple[frozenset[str], frozenset[str]]:
    """Return the top-level modules that are neither the tree's nor the standard library's.

    Returns:
        Those that tests and pytest's configuration name, and those that the program cannot do without: what
        it imports inside a function, a condition or a `try` it can.
    """
    tests: set[str] = set(_in_configuration(tree))
    program: set[str] = set()
    paths = [path for path in tree if path.endswith(".py")]
    for path in paths[:_MOST_FILES]:
        if path in {"setup.py", "noxfile.py"} or path.startswith(("doc/", "docs/", "example", "benchmark")):
            continue
        module = parse_module(text(tree, path))
        if module is None:
            continue
        if is_test(path):
            tests.update(_imported(ast.walk(module)))
        else:
            program.update(_imported(module.body))
    foreign = (frozenset(name for name in names if _is_foreign(name, tree)) for names in (tests, program))
    by_tests, by_program = foreign
    return by_tests, by_program


def _is_foreign(name: str, tree: Tree) -> bool:
    return name not in sys.stdlib_module_names and not _is_own(name, tree)


def _in_configuration(tree: Tree) -> Iterator[str]:
    """Yield the modules of warnings that are filtered and of plugins that are loaded by name."""
    options = pytest_options(tree)
    for found in re.finditer(
        r"[:\s]([A-Za-z_]\w*)(?:\.\w+)*\.\w*Warning\b", options.get("filterwarnings", "")
    ):
        yield found[1]
    for found in re.finditer(r"-p\s+([A-Za-z_]\w*)", options.get("addopts", "")):
        yield found[1]


def is_test(path: str) -> bool:
    """Say whether a path is one of the tests', by the usual names."""
    *folders, name = path.lower().split("/")
    if name.startswith(("test_", "test.", "tests.", "conftest.")) or name.endswith("_test.py"):
        return True
    return any(folder in {"test", "tests", "testing", "_tests"} for folder in folders)


def _imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the top-level names of what is imported, and of what `pytest_plugins` lists."""
    for node in nodes:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield alias.name.partition(".")[0]
            case ast.ImportFrom(module=str(name), level=0):
                yield name.partition(".")[0]
            case ast.Assign(targets=[ast.Name(id="pytest_plugins")], value=value):
                for part in ast.walk(value):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value.partition(".")[0]


def _is_own(top: str, tree: Tree) -> bool:
    """Say whether a module of that name lies somewhere in the tree, so that no distribution is missing."""
    return top in _own_names(tree)


@lru_cache(maxsize=4)
def _own_names(tree: Tree) -> frozenset[str]:
    """Return the names under which files of the tree are imported: of the outermost package, or their own."""
    names = {path.partition("/")[0] for path in tree if path.endswith(".py") and "/" in path}
    for path in tree:
        if path.endswith((".py", ".pyi", ".pyx", ".so")):
            *folders, name = path.split("/")
            while folders and f"{'/'.join(folders)}/__init__.py" in tree:
                name = folders.pop()
            names.add(name.partition(".")[0])
    return frozenset(names)


def _known(module: str) -> str | None:
    parts = module.split(".")
    prefixes = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((MODULES[prefix] for prefix in prefixes if prefix in MODULES), None)
