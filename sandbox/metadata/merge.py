"""From what the files of a project say, each in its own way, to one recipe."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..tree import Tree
from .dependency_groups import read_dependency_groups, read_pdm
from .files import known
from .hatch import read_hatch
from .nox import read_nox
from .pep621 import read_pep621
from .pkg_info import read_pkg_info
from .poetry import read_poetry
from .pytest_config import has_testpaths, read_pytest_config
from .reading import Reading, Wanted
from .recipe import Recipe, Stated
from .requirements import read_requirement_files
from .setup_cfg import read_setup_cfg
from .setup_py import read_setup_py
from .tox import read_tox

__all__ = ["read_facts", "read_recipe"]

_FACTS = (read_pep621, read_poetry, read_setup_cfg, read_setup_py, read_pkg_info)
"""Readers of what a project is called and runs on; the newest kind of file, right in doubt, first."""
_NEEDS = (read_dependency_groups, read_pdm, read_hatch, read_requirement_files, read_tox, read_nox)
_MINOR = re.compile(r"Programming Language :: Python :: (3\.\d+)")
_EXTRAS = re.compile(r"[\w.-]+")


def read_facts(tree: Tree) -> Reading:
    """Return name, version, Python bounds and classifiers from the files that need no code to be read."""
    found = [read(tree) for read in _FACTS]
    return Reading(
        name=next((reading.name for reading in found if reading.name), None),
        version=next((reading.version for reading in found if reading.version), None),
        requires_python=next((reading.requires_python for reading in found if reading.requires_python), None),
        classifiers=tuple(dict.fromkeys(text for reading in found for text in reading.classifiers)),
    )


def read_recipe(tree: Tree, released: datetime | None = None) -> Recipe:
    """Return the recipe that a project's own files come to. Nothing of it is executed.

    What is listed for development counts only where nothing is listed for the tests.

    Args:
        tree: the project.
        released: when this state of it was published; what came out on later days then takes no part.
    """
    readings = [*(read(tree) for read in _FACTS), *(read(tree) for read in _NEEDS)]
    facts = read_facts(tree)
    wanted = [one for reading in readings for one in reading.wanted]
    installable = any(reading.installable for reading in readings)
    configured = read_pytest_config(tree)
    chosen = [one for one in wanted if one.purpose == "test"] or [
        one for one in wanted if one.purpose == "dev"
    ]
    extras, tests = _split(facts.name, chosen)
    return Recipe(
        project=facts.name,
        requires_python=known(facts.requires_python),
        pythons=_minors(facts.classifiers),
        installable=installable,
        extras=extras if installable else (),
        dependencies=_of(facts.name, wanted, "runtime"),
        test_dependencies=_unique([*tests, *_split(facts.name, configured.wanted)[1]]),
        spare=_unique(_split(facts.name, (one for one in wanted if one.purpose != "constraint"))[1]),
        constraints=_of(facts.name, wanted, "constraint"),
        pytest_arguments=_arguments(tree, readings),
        exclude_newer=None if released is None else _end_of_day(released),
        unread=tuple(dict.fromkeys(note for reading in readings for note in reading.unread)),
    )


def _of(project: str | None, wanted: Iterable[Wanted], purpose: str) -> tuple[Stated, ...]:
    return _unique(_split(project, (one for one in wanted if one.purpose == purpose))[1])


def _split(project: str | None, wanted: Iterable[Wanted]) -> tuple[tuple[Stated, ...], list[Stated]]:
    """Return the extras that are asked for of the project itself, and all other requirements."""
    extras: dict[str, str] = {}
    others: list[Stated] = []
    for one in wanted:
        if one.text.startswith("."):
            for extra in _EXTRAS.findall(one.text[1:]):
                extras.setdefault(extra, one.origin)
            continue
        try:
            requirement = Requirement(one.text)
        except InvalidRequirement:
            continue
        if project and canonicalize_name(requirement.name) == canonicalize_name(project):
            for extra in sorted(requirement.extras):
                extras.setdefault(extra, one.origin)
        elif requirement.url is None:
            others.append(Stated(one.text.strip(), one.origin))
    return tuple(Stated(extra, origin) for extra, origin in extras.items()), others


def _unique(stated: Iterable[Stated]) -> tuple[Stated, ...]:
    first: dict[str, Stated] = {}
    for one in stated:
        first.setdefault(one.text, one)
    return tuple(first.values())


def _arguments(tree: Tree, readings: Iterable[Reading]) -> tuple[Stated, ...]:
    """Return the arguments of the first tool that calls pytest; on places pytest's configuration wins."""
    found = next((reading for reading in readings if reading.arguments), Reading())
    kept = (
        text
        for text in found.arguments
        if not ("testpaths=" in text and text.startswith("-o") and has_testpaths(tree))
    )
    return tuple(Stated(text, found.origin) for text in kept)


def _minors(classifiers: Iterable[str]) -> tuple[str, ...]:
    minors = {found[1] for text in classifiers if (found := _MINOR.fullmatch(text.strip()))}
    return tuple(sorted(minors, key=lambda minor: int(minor.partition(".")[2])))


def _end_of_day(moment: datetime) -> str:
    """Return the end of the day (UTC) after which releases were not known: what came out together counts."""
    day = moment.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(day, time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
