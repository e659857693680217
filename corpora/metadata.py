"""What a tree says about its licence, name and version in files that need no code to be read."""

from __future__ import annotations

from dataclasses import dataclass

from rpsdg.sandbox.metadata import read_facts
from rpsdg.sandbox.metadata.files import headers, ini, known, table, text, toml
from rpsdg.sandbox.tree import Tree

__all__ = ["Metadata", "read_metadata"]


@dataclass(frozen=True)
class Metadata:
    """The static metadata of a project; what is missing or computed by code is None or empty."""

    name: str | None = None
    version: str | None = None
    licence_expressions: tuple[str, ...] = ()
    """From fields that are meant to hold an SPDX expression, the most trusted first."""
    licence_texts: tuple[str, ...] = ()
    """From free-text fields: a name, an abbreviation, or the whole licence."""
    classifiers: tuple[str, ...] = ()


def read_metadata(tree: Tree) -> Metadata:
    """Read the files of metadata at the root; damaged ones count as absent."""
    facts = read_facts(tree)
    package = headers(tree, "PKG-INFO")
    licence = table(toml(tree, "pyproject.toml"), "project").get("license")
    texts = [package.get("License")]
    if isinstance(licence, dict):
        in_file = text(tree, licence["file"]) if isinstance(licence.get("file"), str) else None
        texts.append(known(licence.get("text")) or in_file)
    texts.append(ini(tree, "setup.cfg").get("metadata", {}).get("license"))
    return Metadata(
        name=facts.name,
        version=facts.version,
        licence_expressions=_present(package.get("License-Expression"), licence),
        licence_texts=_present(*texts),
        classifiers=facts.classifiers,
    )


def _present(*values: object) -> tuple[str, ...]:
    return tuple(found for value in values if (found := known(value)) is not None)
