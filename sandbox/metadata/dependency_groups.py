"""`[dependency-groups]` of pyproject.toml (PEP 735), uv's older `dev-dependencies`, and pdm's."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from ..tree import Tree
from .files import strings, table, toml
from .reading import Purpose, Reading, Wanted, purpose_of
from .requirements import read_lines

__all__ = ["read_dependency_groups", "read_group", "read_pdm"]

_PYPROJECT = "pyproject.toml"


def read_dependency_groups(tree: Tree) -> Reading:
    """Read every group."""
    content = toml(tree, _PYPROJECT)
    wanted = [w for name in table(content, "dependency-groups") for w in read_group(tree, name)]
    uv = strings(table(content, "tool", "uv").get("dev-dependencies"))
    of_uv = (Wanted(text, f"{_PYPROJECT} [tool.uv] dev-dependencies", "dev") for text in uv)
    return Reading(wanted=(*wanted, *of_uv))


def read_group(tree: Tree, name: str, purpose: Purpose | None = None) -> list[Wanted]:
    """Return the requirements of one group, with those of the groups it includes."""
    groups: dict[str, object] = {
        canonicalize_name(key): value
        for key, value in table(toml(tree, _PYPROJECT), "dependency-groups").items()
    }

    def texts(key: str, above: frozenset[str]) -> Iterator[str]:
        items = groups.get(key)
        for item in items if isinstance(items, list) else ():
            match item:
                case str():
                    yield item
                case {"include-group": str(other)} if canonicalize_name(other) not in above:
                    yield from texts(canonicalize_name(other), above | {canonicalize_name(other)})

    key = canonicalize_name(name)
    origin = f"{_PYPROJECT} [dependency-groups] {name}"
    return [Wanted(text, origin, purpose or purpose_of(name)) for text in texts(key, frozenset({key}))]


def read_pdm(tree: Tree) -> Reading:
    """Read pdm's own groups, where an editable install of the project may stand."""
    readings = [
        read_lines(tree, strings(texts), f"{_PYPROJECT} [tool.pdm.dev-dependencies] {name}", purpose_of(name))
        for name, texts in table(toml(tree, _PYPROJECT), "tool", "pdm", "dev-dependencies").items()
    ]
    return Reading(
        wanted=tuple(wanted for reading in readings for wanted in reading.wanted),
        unread=tuple(note for reading in readings for note in reading.unread),
    )
