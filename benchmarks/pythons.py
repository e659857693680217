"""With which versions of Python does a sandbox keep its promises about tests?

Every interpreter of this machine is tried in the local sandbox, and every base image whose name begins with
`rpsdg-base:` in Docker: the conformance checks about reports, recordings and variations are what depends on
the interpreter inside. `ours` is how many hold, and `peer` how many there are.

`python -m benchmarks pythons --page docs/pythons.md` writes what came of it down, and which versions are not
proved because this machine does not have them.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import docker
from docker.errors import DockerException

from rpsdg.runs.version import VERSION
from rpsdg.sandbox.checks_recordings import RECORDING_CHECKS
from rpsdg.sandbox.checks_reports import REPORT_CHECKS
from rpsdg.sandbox.checks_variations import VARIATION_CHECKS
from rpsdg.sandbox.conformance import Check, conformance_place, name_of
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.docker_runner import DockerSandbox
from rpsdg.sandbox.interpreters import VERSIONS, find_interpreters
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import RpsdgError

from .figure import Figure, compare

__all__ = ["Tried", "as_page", "command", "run"]

CHECKS: list[Check] = [*REPORT_CHECKS, *RECORDING_CHECKS, *VARIATION_CHECKS]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tried:
    """One interpreter in one sandbox."""

    sandbox: str
    python: str
    """Full version; a minor one where it could not even be started."""
    failed: dict[str, str] = field(default_factory=dict)
    """What does not hold, by the name of the check."""


def run(quick: bool) -> Iterator[Figure]:
    """Yield a figure for each interpreter and image; the quick version takes the oldest and the newest."""
    for tried in _tried(quick):
        yield compare(
            f"{tried.sandbox}, Python {tried.python}: promises about tests that hold",
            len(CHECKS) - len(tried.failed),
            len(CHECKS),
            unit="checks",
            better="more",
            versions={"rpsdg": VERSION},
        )


def command(arguments: Sequence[str]) -> int:
    """Try everything and write the page; returns 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks pythons", allow_abbrev=False)
    parser.add_argument("--page", type=Path, required=True, metavar="FILE", help="where to write it down")
    options = parser.parse_args(arguments)
    everything = list(_tried(quick=False))
    options.page.write_text(as_page(everything))
    return int(any(tried.failed for tried in everything))


def as_page(everything: Sequence[Tried]) -> str:
    """Return docs/pythons.md."""
    proved = {_minor(tried.python) for tried in everything if not tried.failed}
    missing = [version for version in VERSIONS if version not in proved]
    lines = [
        "# Versions of Python",
        "",
        f"What runs inside a sandbox is made for Python {VERSIONS[0]} to {VERSIONS[-1]}. rpsdg itself needs",
        "3.11 or newer; a project's tests run on the interpreter of the base image, or on one of this",
        "machine (`--python`, `RPSDG_PYTHONS`).",
        "",
        f"Tried were the {len(CHECKS)} conformance checks about reports, recordings and variations of runs.",
        "",
        "| Python | sandbox | |",
        "|---|---|---|",
    ]
    for tried in sorted(everything, key=lambda one: ([int(n) for n in one.python.split(".")], one.sandbox)):
        said = "; ".join(f"`{name}` does not hold: {why}" for name, why in tried.failed.items())
        lines.append(f"| {tried.python} | {tried.sandbox} | {said or 'all hold'} |")
    untested = f"Untested, for want of an interpreter: {', '.join(missing)}."
    lines += [
        "",
        untested if missing else "That is every one of them.",
        "",
        "`python -m benchmarks pythons --page docs/pythons.md` makes this page, of the interpreters that the",
        "machine has and of the engine's images `rpsdg-base:…`. `.ci/base-image SUITE rpsdg-base:SUITE`",
        "makes such an image of a Debian release: bullseye has 3.9, bookworm 3.11, trixie 3.13, forky 3.14.",
        "",
    ]
    return "\n".join(lines)


def _tried(quick: bool) -> Iterator[Tried]:
    settings = Settings.from_environment()
    versions, images = list(find_interpreters()), _images()
    if quick:
        versions, images = sorted({versions[0], versions[-1]}, key=VERSIONS.index), images[-1:]
    for version in versions:
        with closing(LocalSandbox(replace(settings, python=version))) as sandbox:
            name = "local, bubblewrap" if sandbox.bubblewrap else "local"
            yield _try(name, sandbox, settings, version)
    for image in images:
        with closing(DockerSandbox(replace(settings, base_image=image))) as sandbox:
            yield _try(f"Docker, {image}", sandbox, settings, "0")


def _try(name: str, sandbox: Sandbox, settings: Settings, version: str) -> Tried:
    try:
        place = conformance_place(sandbox, settings)
    except RpsdgError as error:
        _log.info("%s, Python %s: %s", name, version, error)
        return Tried(name, version, {"environment": _short(error)})
    failed = {}
    for check in CHECKS:
        try:
            check(sandbox, place, settings.limits)
        except Exception as error:  # noqa: BLE001 - whatever it is, the promise is not kept
            failed[name_of(check)] = _short(error)
            _log.info("%s, Python %s: %s: %s", name, place.python, name_of(check), error)
    _log.info("%s, Python %s: %d of %d hold", name, place.python, len(CHECKS) - len(failed), len(CHECKS))
    return Tried(name, place.python, failed)


def _images() -> list[str]:
    """Return the engine's base images made for this; none without an engine."""
    try:
        with closing(docker.from_env(timeout=60)) as client:
            tags = {tag for image in client.images.list(name="rpsdg-base") for tag in image.tags}
    except (DockerException, OSError):
        return []
    return sorted(tag for tag in tags if tag.startswith("rpsdg-base:"))


def _short(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split()).replace("|", "\\|")[:200]


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])
