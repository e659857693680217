"""Auditing exported tasks: their images, what a solver is told, and their network."""

from __future__ import annotations

import gzip
import json
import re
import tarfile
import tomllib
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from rpsdg.corpora.dataset import DatasetError
from rpsdg.mutators.diffs import DiffError, apply_diff
from rpsdg.mutators.statements import leaks
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Tree, UnsafeTreeError

from .findings import Finding
from .hunting import holds_in_base, hunt
from .image import LayerFile, built, layers_of, read_images, unnamed
from .needles import Needles
from .repositories import hunt_repositories

__all__ = ["AuditedTask", "audit_images", "audit_texts", "tasks_in"]

_SECRET = re.compile(rb"https?://[^/@\s\"']+:[^/@\s\"']+@|-----BEGIN [A-Z ]*PRIVATE KEY")


@dataclass(frozen=True)
class AuditedTask:
    """A task folder, read."""

    folder: Path

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def tag(self) -> str:
        """The name of its image while it is looked at."""
        return f"rpsdg/audit:{sha256(str(self.folder.resolve()).encode()).hexdigest()[:24]}"

    def text(self, path: str) -> str:
        """Return one of its files.

        Raises:
            DatasetError: the folder is no task of ours.
        """
        try:
            return (self.folder / path).read_text("utf-8")
        except (OSError, ValueError) as error:
            raise DatasetError(f"`{self.folder}` is no exported task: {error}") from error

    @cached_property
    def needles(self) -> Needles:
        """What must not be found.

        Raises:
            DatasetError: the folder is no task of ours.
        """
        try:
            with gzip.open(self.folder / "tests" / "tree.tar.gz") as stream:
                buggy = Tree.from_tar(stream)  # type: ignore[arg-type] # GzipFile reads bytes
            patch = (self.folder / "solution" / "fix.patch").read_bytes()
            return Needles(buggy, apply_diff(buggy, patch.decode("utf-8", "surrogateescape")))
        except (OSError, EOFError, zlib.error, tarfile.TarError, DiffError, UnsafeTreeError) as error:
            raise DatasetError(f"`{self.folder}` is no exported task: {error}") from error


def tasks_in(folder: Path) -> list[AuditedTask]:
    """Return the tasks of an export, sorted."""
    return [AuditedTask(path.parent) for path in sorted(folder.glob("*/task.toml"))]


def audit_texts(task: AuditedTask) -> Iterator[Finding]:
    """Yield what is wrong with what a solver is told, and with the task's settings."""
    needles = task.needles
    for leak in leaks(task.text("instruction.md"), [], needles.buggy, needles.fixed):
        yield Finding("statement", "instruction.md", leak)
    try:
        settings = tomllib.loads(task.text("task.toml"))
    except tomllib.TOMLDecodeError as error:
        raise DatasetError(f"`{task.folder}` is no exported task: {error}") from error
    compose = task.folder / "environment" / "docker-compose.yaml"
    alone = compose.is_file() and "network_mode: none" in compose.read_text("utf-8")
    if settings.get("environment", {}).get("network_mode") != "no-network" and not alone:
        yield Finding(
            "network", "task.toml", "an agent can reach the network, and there the released program"
        )
    if settings.get("verifier", {}).get("environment_mode") != "separate":
        yield Finding("image", "task.toml", "it is judged where the agent was")


def audit_images(
    tasks: Sequence[AuditedTask],
    settings: Settings,
    base_image: str | None,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, list[Finding]]:
    """Build the images of some tasks and look at every file of every layer of them.

    Args:
        tasks: best those that share an environment, whose layers are read once.
        settings: of building.
        base_image: in place of the one that the tasks name.
        progress: told what is being done.

    Returns:
        The findings, by task.

    Raises:
        EnvironmentFailedError: an image cannot be built.
    """
    tags = {task.tag: task for task in tasks}
    try:
        for tag, task in tags.items():
            progress(f"building the image of {task.name}")
            built(task.folder / "environment", tag, settings, base_image)
        progress(f"reading {len(tags)} images")
        return look_at_images(tags, base_image)
    finally:
        unnamed(list(tags))


def look_at_images(tags: dict[str, AuditedTask], base_image: str | None) -> dict[str, list[Finding]]:
    """Look at images that are there, by tag; returns the findings by task."""
    base = min(_depth_of_base(task, tag, base_image) for tag, task in tags.items())

    def look(_: str, files: Iterator[LayerFile]) -> dict[tuple[str, str], _Seen]:
        seen = {_answer(task): _Seen(task.needles) for task in tags.values()}
        for file in files:
            for one in seen.values():
                one.take(file)
        return seen

    kept, layers, configs = read_images(list(tags), look)
    found: dict[str, list[Finding]] = {}
    for tag, task in tags.items():
        mine: list[Finding] = []
        repository: dict[str, bytes] = {}
        times: dict[str, float] = {}
        for depth, layer in enumerate(layers[tag]):
            seen: _Seen | None = kept.get(layer, {}).get(_answer(task))
            if seen is not None:
                mine += seen.findings(foreign=depth < base)
                if depth >= base:
                    repository |= seen.repository
                    times |= seen.times
        mine += hunt_repositories(repository, task.needles)
        mine += _odd_times(times, task.needles)
        mine += _settings(configs[tag], task.needles)
        found[task.name] = sorted(set(mine))
    return found


def _answer(task: AuditedTask) -> tuple[str, str]:
    return task.needles.buggy.digest, task.needles.fixed.digest


class _Seen:
    """What one layer has for one task."""

    def __init__(self, needles: Needles) -> None:
        self.needles = needles
        self.repository: dict[str, bytes] = {}
        self._found: list[Finding] = []
        self.times: dict[str, float] = {}

    def take(self, file: LayerFile) -> None:
        """Look at a file."""
        if ".git/" in file.path:
            self.repository[file.path] = file.data
        if file.path.startswith("/testbed/"):
            self.times[file.path.removeprefix("/testbed/")] = file.time
        self._found += hunt(file.path, file.data, self.needles)

    def findings(self, *, foreign: bool) -> list[Finding]:
        """Return what was found, if the layer is the base image's, or if it is not."""
        return [finding for finding in self._found if not foreign or holds_in_base(finding)]


def _odd_times(times: Mapping[str, float], needles: Needles) -> Iterator[Finding]:
    """Yield what the times of the program's files tell."""
    usual = Counter(time for path, time in times.items() if path in needles.buggy).most_common(1)
    for path in needles.paths:
        if usual and times.get(path, usual[0][0]) != usual[0][0]:
            yield Finding("time", f"/testbed/{path}", "it was changed at another time than the others")


def _depth_of_base(task: AuditedTask, tag: str, base_image: str | None) -> int:
    """Return how many layers of an image are its base's; none where the engine does not have that by its
    name."""
    named = re.search(r"^ARG BASE_IMAGE=(\S+)", task.text("environment/Dockerfile"), re.MULTILINE)
    base = layers_of(base_image or (named[1] if named else ""))
    own = layers_of(tag)
    return len(base) if base and own[: len(base)] == base else 0


def _settings(config: dict[str, Any], needles: Needles) -> Iterator[Finding]:
    """Yield what the settings and the history of an image tell."""
    text = json.dumps(config).encode()
    plain = (
        json.dumps(config, ensure_ascii=False)
        .replace("\\n", "\n")
        .replace('\\"', '"')
        .encode("utf-8", "replace")
    )
    if needles.copied(plain) or needles.quoted(plain) is not None:
        yield Finding("image", "settings", "labels, variables or history of the image quote the fix")
    if _SECRET.search(text):
        yield Finding("image", "settings", "an address with a password, or a key")
