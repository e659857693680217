"""The files that metadata is written in, parsed as data. What is damaged, huge or absent counts as empty."""

from __future__ import annotations

import configparser
import email.parser
import email.policy
import tomllib
from collections.abc import Iterator
from email.message import Message
from typing import Any

from ..tree import Tree

__all__ = ["headers", "ini", "known", "lines_of", "strings", "table", "text", "toml"]

_MAX_METADATA = 4 * 1024 * 1024  # bytes; nobody writes more, and parsers are slow


def text(tree: Tree, path: str) -> str | None:
    """Return a file's text; None for a link, for what is too large, and where there is none."""
    entry = tree.get(path)
    if entry is None or entry.kind == "link" or len(entry.data) > _MAX_METADATA:
        return None
    return entry.data.decode("utf-8", "replace")


def toml(tree: Tree, path: str) -> dict[str, Any]:
    """Return the tables of a TOML file."""
    try:
        return tomllib.loads(text(tree, path) or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}  # the installer will say what is wrong with it


def ini(tree: Tree, path: str, *, content: str | None = None) -> dict[str, dict[str, str]]:
    """Return the sections of an ini file, options in lower case; `content` stands in for the file's own."""
    # Nothing is a default of other sections: tools give `DEFAULT` no such meaning.
    parser = configparser.RawConfigParser(strict=False, default_section="\0")
    try:
        parser.read_string((text(tree, path) or "") if content is None else content)
    except configparser.Error:
        return {}
    return {name: {key: value or "" for key, value in parser[name].items()} for name in parser.sections()}


def headers(tree: Tree, path: str) -> Message:
    """Return the fields of a file of core metadata, such as `PKG-INFO`."""
    parser = email.parser.HeaderParser(policy=email.policy.compat32)
    return parser.parsestr(text(tree, path) or "")


def table(parent: object, *keys: str) -> dict[str, Any]:
    """Return the table that keys lead to, an empty one where they do not.

    >>> table({"a": {"b": {"c": 1}}}, "a", "b"), table({"a": 3}, "a", "b")
    ({'c': 1}, {})
    """
    for key in keys:
        parent = parent.get(key) if isinstance(parent, dict) else None
    return parent if isinstance(parent, dict) else {}


def strings(value: object) -> tuple[str, ...]:
    """Return the texts of a list; a text alone stands for a list of one."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else ()


def lines_of(value: object) -> Iterator[str]:
    """Yield the lines of an ini option without what is empty or a comment."""
    for line in str(value or "").splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith(("#", ";")):
            yield stripped


def known(value: object) -> str | None:
    """Return a field's text, None where it is missing, empty or the `UNKNOWN` of old tools."""
    stripped = value.strip() if isinstance(value, str) else ""
    return stripped if stripped and stripped.upper() != "UNKNOWN" else None
