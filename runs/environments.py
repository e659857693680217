"""Environments as a user handles them: build one, look at one, see what the disk is used for, remove some."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import time

import msgspec

from rpsdg.corpora import Source, SourceSettings, fetch
from rpsdg.sandbox.choose import SandboxName
from rpsdg.sandbox.contract import EnvironmentFailedError, Sandbox
from rpsdg.sandbox.docker_runner import DockerSandbox
from rpsdg.sandbox.environments import Environment, prepare
from rpsdg.sandbox.keeping import Kept, Shelf, on_shelf
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.metadata import Recipe, read_recipe
from rpsdg.sandbox.pythons import fitting
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import RpsdgError, UsageError

from .progress import Reporter

__all__ = [
    "Disk",
    "build_environment",
    "describe",
    "find_kept",
    "measure_disk",
    "read_environment",
    "remove_environments",
    "stated_recipe",
]


@dataclass(frozen=True)
class Disk:
    """What the disk is used for."""

    kept: tuple[Kept, ...]
    """The environments of all sandboxes that work here, the longest unused first."""
    limit: int
    """Bytes that those of one sandbox may take."""
    sources: int
    """Bytes of downloaded sources."""

    @property
    def total(self) -> int:
        """Bytes of all environments."""
        return sum(one.about.size for one in self.kept)


def build_environment(
    source: str,
    settings: Settings,
    sources: SourceSettings,
    sandbox: Callable[[], Sandbox],
    report: Reporter,
    *,
    recorded: Environment | None = None,
    fresh: bool = False,
    timeout: float = 300.0,
) -> Kept:
    """Build the environment of a source, unless it is there, and return it.

    Args:
        source: as the user wrote it.
        settings: of environments and sandboxes.
        sources: of fetching.
        sandbox: opens the sandbox.
        report: is told what is being done.
        recorded: an environment to build again exactly.
        fresh: look for a recipe even if one was found earlier.
        timeout: seconds one run of the untouched tests may take.

    Raises:
        RpsdgError: the source cannot be had, or its environment cannot be made.
    """
    report.stage("fetching the source")
    found = fetched(source, settings, sources)
    for note in found.notes:
        report.note(note)
    recipe = recorded.recipe if recorded is not None and recorded.recipe else read_recipe(found.tree)
    box = fitting(sandbox(), recipe, settings)
    _, place = prepare(
        found.tree,
        box,
        settings,
        version=found.version,
        released=found.released,
        source=source,
        recorded=recorded,
        fresh=fresh,
        timeout=timeout,
        progress=report.stage,
    )
    assert place.lease is not None  # `prepare` leases what it returns
    return next(one for one in Shelf(box, settings).kept() if place.lease.key.startswith(one.key))


def fetched(source: str, settings: Settings, sources: SourceSettings) -> Source:
    """Return a source, kept in the cache that all commands share."""
    return fetch(source, sources, cache=settings.cache / "sources")


def stated_recipe(source: str, settings: Settings, sources: SourceSettings) -> Recipe:
    """Return what the files of a source come to, before anything was tried."""
    found = fetched(source, settings, sources)
    return read_recipe(found.tree, found.released)


def find_kept(name: str, settings: Settings) -> list[Kept]:
    """Return the environments that a source or the beginning of an id names, the last used first."""
    return [
        one
        for one in reversed(on_shelf(settings))
        if one.about.source == name or (len(name) >= 4 and _is_id(name, one))
    ]


def measure_disk(name: SandboxName, settings: Settings) -> Disk:
    """Return what the environments of a sandbox, with `auto` of every one that works here, take."""
    kept: list[Kept] = []
    kinds: dict[SandboxName, type[DockerSandbox] | type[LocalSandbox]]
    kinds = {"docker": DockerSandbox, "local": LocalSandbox}
    for kind, runner in kinds.items():
        if name in {"auto", kind}:
            try:
                sandbox = runner(settings)
            except RpsdgError:
                if name == kind:
                    raise
                continue
            kept += Shelf(sandbox, settings).kept()
            sandbox.close()
    sources = settings.cache / "sources"
    size = sum(path.stat().st_size for path in sources.rglob("*") if path.is_file())
    return Disk(tuple(sorted(kept, key=lambda one: one.used)), settings.disk, size)


def remove_environments(names: Sequence[str], settings: Settings, *, everything: bool) -> list[Kept]:
    """Remove environments; returns those that are gone.

    Raises:
        UsageError: a name fits nothing that is kept.
        EnvironmentFailedError: one of them is in use.
    """
    chosen = {one.key: one for one in on_shelf(settings)} if everything else {}
    for name in names:
        found = find_kept(name, settings)
        if not found:
            raise UsageError(
                f"no environment is kept for `{name}`", hint="`rpsdg env list` shows their sources and ids."
            )
        chosen |= {one.key: one for one in found}
    removed: list[Kept] = []
    shelves: dict[str, Shelf] = {}
    for one in chosen.values():
        runner = one.about.runner
        if runner not in shelves:
            shelves[runner] = Shelf(
                DockerSandbox(settings) if runner == "docker" else LocalSandbox(settings), settings
            )
        if not shelves[runner].remove(one.key):
            raise EnvironmentFailedError(
                f"the environment {one.key[:12]} of `{one.about.source}` is in use",
                hint="Wait until the run that uses it has ended.",
            )
        removed.append(one)
    return removed


def read_environment(path: Path) -> Environment:
    """Return an environment from the JSON that `rpsdg env show --json` prints or that lies beside traces.

    Raises:
        UsageError: it is not there, or not one.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"`{path}` cannot be read: {error.strerror or error}") from error
    with suppress(msgspec.DecodeError):  # of which a ValidationError is one
        return msgspec.json.decode(content, type=_Shown).environment
    with suppress(msgspec.DecodeError):
        return msgspec.json.decode(content, type=Environment)
    raise UsageError(
        f"`{path}` is not a recorded environment",
        hint="Write one with `rpsdg env show SOURCE --json > FILE`.",
    )


def describe(one: Kept) -> dict[str, object]:
    """Return what is known of an environment, as plain JSON."""
    about = one.about
    return {
        "id": one.key,
        "source": about.source,
        "sandbox": about.runner,
        "size": about.size,
        "idle_seconds": round(max(0.0, time() - one.used)),
        "in_use": one.in_use,
        "passed": about.passed,
        "counted": about.counted,
        "hints": list(about.hints),
        "environment": msgspec.to_builtins(about.environment),
    }


class _Shown(msgspec.Struct, frozen=True):
    """The part of `describe` that makes an environment again."""

    environment: Environment


def _is_id(name: str, one: Kept) -> bool:
    return one.key.startswith(name) or one.about.environment.id.startswith(name)
