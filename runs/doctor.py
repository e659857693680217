"""What works on this machine, and how to get what does not."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rpsdg.sandbox.conformance import run_conformance
from rpsdg.sandbox.docker_runner import DockerSandbox
from rpsdg.sandbox.hostile import walls_of
from rpsdg.sandbox.hostile_cases import uncontained
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import RpsdgError

from .version import VERSION

__all__ = ["Finding", "examine"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    state: Literal["ok", "missing", "note"]
    detail: str
    advice: str = ""


def examine(settings: Settings, *, full: bool = False) -> Iterator[Finding]:
    """Yield what works here, trying each thing for real.

    Args:
        settings: what the user set.
        full: also hold each sandbox that works to every check of the conformance suite.
    """
    yield Finding("rpsdg", "ok", f"{VERSION} on Python {sys.version.split()[0]}")
    git = shutil.which("git")
    yield Finding(
        "git", "ok" if git else "missing", git or "not on the PATH", "" if git else "Needed for git sources."
    )
    try:
        settings.require_cache()
    except RpsdgError as error:
        yield Finding("cache", "missing", str(error), error.hint)
        return
    free = shutil.disk_usage(_existing(settings)).free
    yield Finding(
        "cache", "ok" if free > 2 * 1024**3 else "note", f"{settings.cache}, {free / 1024**3:.1f} GiB free"
    )
    for kind in (DockerSandbox, LocalSandbox):
        yield from _sandbox(kind, settings, full=full)
    index = settings.index_url
    yield Finding("index", "note", "set" if index else "the installer's own", "")
    yield Finding("certificates", "note", str(settings.ca_bundle or "the installer's own"), "")


def _sandbox(
    kind: type[DockerSandbox] | type[LocalSandbox], settings: Settings, *, full: bool
) -> Iterator[Finding]:
    try:
        sandbox = kind(settings)
        detail = f"works, with Python {sandbox.python()}"
    except RpsdgError as error:
        yield Finding(kind.name, "missing", str(error), error.hint)
        return
    yield Finding(kind.name, "ok", detail)
    if isinstance(sandbox, LocalSandbox) and not sandbox.bubblewrap:
        yield Finding(
            "bubblewrap",
            "missing",
            "the local sandbox has resource limits only",
            "Install the package `bubblewrap`, and allow user namespaces.",
        )
    for caveat in sandbox.caveats():
        yield Finding(kind.name, "note", caveat)
    for case in uncontained(walls_of(sandbox)):
        yield Finding(kind.name, "note", f"not contained: {case.name} (code that {case.tries})")
    if full:
        for name, holds, said in run_conformance(sandbox, settings):
            yield Finding(f"{kind.name} check", "ok" if holds else "missing", f"{name}{said and f': {said}'}")
    sandbox.close()


def _existing(settings: Settings) -> str:
    folder = settings.cache
    while not folder.exists():
        folder = folder.parent
    return str(folder)
