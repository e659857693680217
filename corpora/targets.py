"""What an address stands for right now: the commit, the release or the tree that a refresh works towards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
from packaging.specifiers import SpecifierSet

from .fetching import fetch
from .settings import SourceSettings
from .source import Source
from .spec import GitSpec, LocalSpec, PyPISpec, Spec

__all__ = ["Target", "fetch_target", "resolve"]


class Target(msgspec.Struct, frozen=True):
    """One state of a source, by name. That of a folder has none until it is read."""

    commit: str | None = None
    version: str | None = None

    @property
    def shown(self) -> str:
        """In a word, for people."""
        return self.version or (self.commit or "")[:12] or "its folder"


def resolve(spec: Spec, versions: str | None, settings: SourceSettings) -> Target:
    """Return what a source stands for now; hardly anything is fetched for that.

    Args:
        spec: its address.
        versions: of a release, those that will do; None for all.
        settings: how to reach it.

    Raises:
        SourceError: it does not exist or cannot be reached.
    """
    match spec:
        case GitSpec():
            from .git import remote_commit

            return Target(commit=remote_commit(spec, settings))
        case PyPISpec(name=name):
            from .pypi import newest_release

            return Target(version=newest_release(name, SpecifierSet(versions or ""), settings))
        case LocalSpec():
            return Target()


def fetch_target(spec: Spec, target: Target, settings: SourceSettings, cache: Path | None) -> Source:
    """Return the source at what its address stood for when it was resolved.

    Raises:
        SourceError: it is not there any more, or cannot be reached.
        UnsafeTreeError: it holds what is refused.
    """
    match spec:
        case GitSpec():
            source = fetch(replace(spec, ref=target.commit), settings, cache=cache)
            return replace(source, ref=spec.ref)
        case PyPISpec():
            return fetch(replace(spec, version=target.version), settings, cache=cache)
        case LocalSpec():
            return fetch(spec, settings, cache=cache)
