"""What to change after the installer failed, told from what it said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..metadata import Change, Recipe, Repair
from .known import HEADERS, LIBRARIES, MODULES, PROGRAMS

__all__ = ["installer_repairs", "system_repairs"]

_MISSING = re.compile(r"(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)'?")
# What setuptools no longer does, and the last release that did it.
_OLDER_SETUPTOOLS = (
    (r"use_2to3 is invalid", "setuptools<58"),
    (r"(?:No module named|cannot import name) '?(?:pkg_resources|distutils\.msvccompiler)", "setuptools<81"),
    (r"Invalid dash-separated (?:options|key)|dash-separated", "setuptools<78"),
    (
        r"cannot import name '[\w.]+' from 'setuptools|module 'setuptools[\w.]*' has no attribute",
        "setuptools<66",
    ),
    (r"canonicalize_version\(\) got an unexpected keyword argument", "setuptools<71"),
    (r"No module named 'setuptools\.command\.(?:test|upload)'|command 'test'", "setuptools<72"),
    (r"test_suite|tests_require.*(?:invalid|removed)", "setuptools<72"),
    (r"InvalidVersion: Invalid version", "setuptools<66"),
    (r"License classifiers have been superseded|`project\.license` .*(?:valid|must be)", "setuptools<77"),
)
_COMPILER = re.compile(r"(?:command|error:) '?([\w.+/-]*(?:gcc|cc|g\+\+|clang))'?(?: failed)?: No such file")
_PROGRAM = re.compile(
    r"FileNotFoundError: \[Errno 2\] No such file or directory: '([\w.+-]+)'"
    r"|(\w[\w.+-]*): (?:command )?not found"
    r"|(pg_config|mysql_config) executable not found"
)
_HEADER = re.compile(r"fatal error: ([\w./-]+\.h): No such file")
_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object file")
_LIBXML = re.compile(r"make sure the libxml2 and libxslt development packages are installed")


def installer_repairs(output: str, recipe: Recipe) -> Iterator[list[Repair]]:
    """Yield changes of a recipe that may make the installer succeed, the most likely first.

    Those of one list belong together. The names of distributions are in what uv says; the rest is the
    tracebacks of builds.
    """
    for pattern, constraint in _OLDER_SETUPTOOLS:
        if (found := re.search(pattern, output)) is not None:
            yield [_repair("build_constraints", constraint, _line(output, found))]
    for found in _MISSING.finditer(output):
        top = found[1].partition(".")[0]
        if not top.startswith("pkg_resources"):
            yield [
                _repair("build_dependencies", MODULES.get(top, canonicalize_name(top)), _line(output, found))
            ]
    yield from ([repair] for repair in system_repairs(output))
    said = _reason(output)
    if recipe.exclude_newer is not None:
        yield [_repair("exclude_newer", "", said)]
    if "build-system.requires" in output:  # without them there is no build, whatever the tests need
        yield _not_built(recipe, said)
        return
    named = {canonicalize_name(name) for name in re.findall(r"[A-Za-z0-9][\w.-]*", said)}
    culprits = [s for s in recipe.test_dependencies if (n := _name(s.text)) is not None and n in named]
    for culprit in culprits:
        yield [_repair("test_dependencies", f"-{culprit.text}", said)]
    if recipe.constraints:
        yield [_repair("constraints", "", said)]
    # What the project lists for its tests first; if that cannot be had, the project alone.
    if recipe.extras:
        yield [_repair("extras", "", said)]
    if recipe.test_dependencies:
        yield [_repair("test_dependencies", "", said)]
    if recipe.extras and recipe.test_dependencies:
        yield [_repair("extras", "", said), _repair("test_dependencies", "", said)]
    yield _not_built(recipe, said)


def _not_built(recipe: Recipe, because: str) -> list[Repair]:
    """Return the change to a project that is used as it lies in the tree, with the requirements it states."""
    origins = {stated.origin for stated in recipe.extras}
    of_extras = [stated.text for stated in recipe.spare if stated.origin in origins]
    return [
        _repair("installable", "", because),
        *(_repair("test_dependencies", text, because) for text in of_extras),
    ]


def system_repairs(output: str) -> Iterator[Repair]:
    """Yield the Debian packages that programs, headers and libraries missing from an output are in."""
    for found in _COMPILER.finditer(output):
        yield _repair("system_packages", "build-essential", _line(output, found))
    for found in _PROGRAM.finditer(output):
        package = PROGRAMS.get(found[1] or found[2] or found[3])
        if package is not None:
            yield _repair("system_packages", package, _line(output, found))
    for found in _HEADER.finditer(output):
        if (package := HEADERS.get(found[1])) is not None:
            yield _repair("system_packages", package, _line(output, found))
    for found in _LIBRARY.finditer(output):
        if (package := LIBRARIES.get(found[1])) is not None:
            yield _repair("system_packages", package, _line(output, found))
    if (missing := _LIBXML.search(output)) is not None:
        for package in ("libxml2-dev", "libxslt1-dev"):
            yield _repair("system_packages", package, _line(output, missing))


def _repair(field: str, text: str, because: str) -> Repair:
    return Repair(Change(field, text), because)


def _name(text: str) -> str | None:
    try:
        return canonicalize_name(Requirement(text).name)
    except InvalidRequirement:
        return None


def _line(output: str, found: re.Match[str]) -> str:
    start = output.rfind("\n", 0, found.start()) + 1
    end = output.find("\n", found.end())
    return output[start : end if end >= 0 else None].strip()[:300]


def _reason(output: str) -> str:
    """Return the sentence in which uv says why, without the drawing around it."""
    words = " ".join(re.sub(r"[│├╰─▶×]", " ", line).strip() for line in output.strip().splitlines())
    at = words.find("Because")
    return (words[at:] if at >= 0 else words[-600:])[:600]
