"""From what a user wrote to a source, whichever kind it is."""

from __future__ import annotations

from pathlib import Path

from rpsdg.corpora.git import fetch_git
from rpsdg.corpora.local import fetch_local
from rpsdg.corpora.settings import SourceSettings
from rpsdg.corpora.source import Source
from rpsdg.corpora.spec import GitSpec, LocalSpec, PyPISpec, Spec, parse

__all__ = ["fetch"]


def fetch(spec: str | Spec, settings: SourceSettings | None = None, *, cache: Path | None = None) -> Source:
    """Return the source that `spec` names. No code of it is run and nothing of it is unpacked to the disk.

    Args:
        spec: what the user wrote (see `parse`), or the parsed form.
        settings: how to reach it and how much of it to take.
        cache: a folder to keep sdists in between calls; made if missing. None keeps nothing.

    Raises:
        UsageError: `spec` fits no form, or settings contradict it.
        SourceError: it does not exist or could not be fetched.
        UnsafeTreeError: it holds a path, a file type or a size that is refused.
    """
    settings = settings or SourceSettings()
    match parse(spec) if isinstance(spec, str) else spec:
        case PyPISpec() as release:
            # Half a second of imports that no other source, and no `rpsdg --help`, should wait for.
            from rpsdg.corpora.pypi import fetch_pypi

            return fetch_pypi(release, settings, cache)
        case GitSpec() as repository:
            return fetch_git(repository, settings)
        case LocalSpec() as folder:
            return fetch_local(folder, settings)
