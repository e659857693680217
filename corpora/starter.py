"""Manifests to begin with: the starter, which ships as `starter.toml`, and one for a project of one's own."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

from .errors import OutputError

__all__ = ["project_manifest", "starter_manifest", "starter_releases", "write_manifest"]

_PROJECT = """\
# What `rpsdg refresh` keeps up to date.

[corpus]
seed = 0
out = "data"

[[source]]
path = "."
count = 40
# exclude = ["**/vendored/**"]   # files that are not to be mutated
"""


def project_manifest() -> str:
    """Return a manifest for the project in whose root it will lie."""
    return _PROJECT


def starter_manifest() -> str:
    """Return the starter manifest as it is written, with its comments."""
    return files(__package__).joinpath("starter.toml").read_text(encoding="utf-8")


def starter_releases() -> tuple[str, ...]:
    """Return the releases it names, as `rpsdg bugs` takes them, in its order.

    >>> "pypi:toolz==1.2.0" in starter_releases()
    True
    """
    sources = tomllib.loads(starter_manifest())["source"]
    return tuple(f"pypi:{source['pypi']}{source['versions']}" for source in sources)


def write_manifest(path: Path, text: str) -> None:
    """Write a manifest where there is nothing yet.

    Raises:
        OutputError: there is something, or it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise OutputError(f"`{path}` is there already", hint="Remove it, or name another.") from error
    except OSError as error:
        raise OutputError(f"`{path}` cannot be written: {error.strerror or error}") from error
