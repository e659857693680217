"""What a tree says about itself in files that need no code to be read."""

from __future__ import annotations

import configparser
import email.parser
import email.policy
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from rpsdg.sandbox.tree import Tree

__all__ = ["Metadata", "read_metadata"]

_MAX_METADATA = 4 * 1024 * 1024  # bytes; nobody writes more, and parsers are slow


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
    """Read `PKG-INFO`, `pyproject.toml` and `setup.cfg` at the root; damaged ones count as absent."""
    found = [*_pkg_info(tree), *_pyproject(tree), *_setup_cfg(tree)]
    return Metadata(
        name=next((part.name for part in found if part.name), None),
        version=next((part.version for part in found if part.version), None),
        licence_expressions=tuple(text for part in found for text in part.licence_expressions),
        licence_texts=tuple(text for part in found for text in part.licence_texts),
        classifiers=tuple(dict.fromkeys(text for part in found for text in part.classifiers)),
    )


def _text(tree: Tree, path: str) -> str | None:
    entry = tree.get(path)
    if entry is None or entry.kind == "link" or len(entry.data) > _MAX_METADATA:
        return None
    return entry.data.decode("utf-8", "replace")


def _pkg_info(tree: Tree) -> Iterator[Metadata]:
    text = _text(tree, "PKG-INFO")
    if text is None:
        return
    fields = email.parser.HeaderParser(policy=email.policy.compat32).parsestr(text)
    yield Metadata(
        name=_known(fields.get("Name")),
        version=_known(fields.get("Version")),
        licence_expressions=_present(fields.get("License-Expression")),
        licence_texts=_present(fields.get("License")),
        classifiers=tuple(str(value).strip() for value in fields.get_all("Classifier", [])),
    )


def _pyproject(tree: Tree) -> Iterator[Metadata]:
    text = _text(tree, "pyproject.toml")
    if text is None:
        return
    try:
        project = tomllib.loads(text).get("project")
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    if not isinstance(project, dict):
        return
    licence = project.get("license")
    texts: tuple[str, ...] = ()
    if isinstance(licence, dict):
        file = licence.get("file")
        in_file = _text(tree, file) if isinstance(file, str) else None
        texts = _present(licence.get("text")) or _present(in_file)
    listed = project.get("classifiers")
    classifiers = listed if isinstance(listed, list) else []
    yield Metadata(
        name=_known(project.get("name")),
        version=_known(project.get("version")),
        licence_expressions=_present(licence),
        licence_texts=texts,
        classifiers=tuple(line for line in classifiers if isinstance(line, str)),
    )


def _setup_cfg(tree: Tree) -> Iterator[Metadata]:
    text = _text(tree, "setup.cfg")
    if text is None:
        return
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    if not parser.has_section("metadata"):
        return
    fields = dict(parser.items("metadata"))
    version = _known(fields.get("version"))
    lines = fields.get("classifiers", "").splitlines()
    yield Metadata(
        name=_known(fields.get("name")),
        version=None if version is None or version.startswith(("attr:", "file:")) else version,
        licence_texts=_present(fields.get("license")),
        classifiers=tuple(line.strip() for line in lines if line.strip()),
    )


def _known(value: object) -> str | None:
    """Return a field's text, None where it is missing, empty or the `UNKNOWN` of old tools."""
    text = value.strip() if isinstance(value, str) else ""
    return text if text and text.upper() != "UNKNOWN" else None


def _present(value: object) -> tuple[str, ...]:
    text = _known(value)
    return () if text is None else (text,)
