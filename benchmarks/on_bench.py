"""A package as it is measured: fetched, its environment built, its baseline taken, its candidates drawn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rpsdg.corpora import Source, SourceSettings, fetch
from rpsdg.mutators.judging.benching import calibrated
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.mix import Mix
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.sampling import Draw, candidates
from rpsdg.mutators.solution import pointless
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.environment import version_in
from rpsdg.sandbox.environments import prepare
from rpsdg.sandbox.settings import Settings

__all__ = ["OnBench", "put_on_bench"]

TIMEOUT = 300.0
"""Seconds one run of the untouched suite may take."""


@dataclass(frozen=True)
class OnBench:
    """A package whose tests judge."""

    source: Source
    bench: TestBench
    environment_seconds: float
    """For its environment; next to none where it was built before."""
    baseline_seconds: float
    """For its baseline: the untouched suite in all ways, and what shows that green is green and red red."""

    @property
    def name(self) -> str:
        """Name and version, such as `toolz 1.0.0`."""
        return f"{self.source.name} {self.source.version}"

    @property
    def versions(self) -> dict[str, str]:
        """What its tests run on."""
        return {
            "pytest": version_in(self.bench.environment.lock, "pytest") or "",
            "python in the sandbox": self.bench.place.python,
        }

    def drawn(self, seed: int) -> Iterator[Mutator]:
        """Yield candidates in the realistic mixture, without those that no test reaches or that change no
        byte code."""
        tree = self.source.tree
        found = candidates(tree)
        draw = Draw(tree, found, seed, Mix.load("realistic"), [True] * len(found))
        return (move for move in draw if pointless(self.bench, move) is None)


def put_on_bench(
    package: str, sandbox: Sandbox, settings: Settings, progress: Callable[[str], None] = lambda _: None
) -> OnBench:
    """Fetch a package, build its environment and take its baseline.

    Args:
        package: as a user would name it, such as `pypi:toolz==1.0.0`.
        sandbox: where its tests run.
        settings: index, certificates, limits, cache.
        progress: told in a few words what is being done.

    Raises:
        RpsdgError: it cannot be fetched, built or judged.
    """
    sources = SourceSettings(index_url=settings.index_url, ca_bundle=settings.ca_bundle)
    source = fetch(package, sources, cache=settings.cache / "sources")
    started = time.monotonic()
    environment, place = prepare(
        source.tree, sandbox, settings, version=source.version, released=source.released, progress=progress
    )
    prepared = time.monotonic()
    bench = calibrated(
        sandbox, place, environment, source.tree, settings.limits, timeout=TIMEOUT, progress=progress
    )
    return OnBench(source, bench, prepared - started, time.monotonic() - prepared)
