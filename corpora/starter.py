"""The manifest that a new corpus may begin with: `starter.toml`, which ships with the package."""

from __future__ import annotations

import tomllib
from importlib.resources import files

__all__ = ["starter_manifest", "starter_releases"]


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
