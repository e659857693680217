"""Environments of hatch: in pyproject.toml, or in a hatch.toml of their own."""

from __future__ import annotations

from typing import Any

from ..tree import Tree
from .files import strings, table, toml
from .pytest_command import arguments_of
from .reading import Purpose, Reading, Wanted, purpose_of
from .requirements import read_lines

__all__ = ["read_hatch"]


def read_hatch(tree: Tree) -> Reading:
    """Read the dependencies, features and test scripts of the environments."""
    environments: dict[str, Any] = {
        **table(toml(tree, "pyproject.toml"), "tool", "hatch", "envs"),
        **table(toml(tree, "hatch.toml"), "envs"),
    }
    wanted: list[Wanted] = []
    unread: list[str] = []
    arguments: tuple[str, ...] = ()
    for name in environments:
        environment = table(environments, name)
        purpose = _purpose(name)
        where = f"[tool.hatch.envs.{name}]"
        texts = [
            text for key in ("dependencies", "extra-dependencies") for text in strings(environment.get(key))
        ]
        reading = read_lines(tree, texts, where, purpose)
        wanted += reading.wanted
        unread += reading.unread
        if purpose != "other" and (features := strings(environment.get("features"))):
            wanted.append(Wanted(f".[{','.join(features)}]", f"{where} features", purpose))
        for command in table(environment, "scripts").values():
            for line in strings(command):
                arguments = arguments or arguments_of(line, tree)
    return Reading(
        wanted=tuple(wanted), arguments=arguments, origin="[tool.hatch.envs] scripts", unread=tuple(unread)
    )


def _purpose(name: str) -> Purpose:
    if name in {"hatch-test", "hatch-tests"}:
        return "test"
    return "dev" if name == "default" else purpose_of(name)
