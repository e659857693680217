"""What do a sandbox's end, an environment and a bug take, beside a container and an image for each bug?

- *Tear-down*: seconds from the last answer of a sandbox until its container is gone; the peer's container
  runs `sleep infinity` without an init process and is ended by `docker stop` and `docker rm`, as validation
  loops do that wait until the grace of ten seconds is over.
- *Images*: bytes that the engine's images grow by for each bug, whose environment has one image for all; the
  peer's figure is the layer of an image that holds the program's tree, one for each bug.
- *Trace*: bytes of a confirmed trace as it is written and, as peer, compressed by zlib.
"""

from __future__ import annotations

import io
import logging
import statistics
import time
import zlib
from collections.abc import Iterator
from contextlib import closing

import docker
import msgspec
from docker import DockerClient

from rpsdg.corpora import SourceSettings, fetch
from rpsdg.mutators.judging.benching import calibrated
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.judging.triage import TriagePool
from rpsdg.mutators.mix import Mix
from rpsdg.mutators.sampling import Draw, candidates
from rpsdg.mutators.solution import Origin, confirm, pointless
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.choose import choose_sandbox
from rpsdg.sandbox.environments import prepare
from rpsdg.sandbox.owner import owner
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.record import Trace

from .figure import Figure, compare, versions_of

__all__ = ["run"]

PACKAGE = "pypi:cachetools==5.5.0"
SEED = 0

_log = logging.getLogger(__name__)


def run(quick: bool) -> Iterator[Figure]:
    """Measure; needs a Docker engine and, the first time, a package index.

    Args:
        quick: fewer repetitions and traces.

    Raises:
        RpsdgError: no engine, or a package that cannot be fetched, built or judged.
    """
    settings = Settings.from_environment()
    sources = SourceSettings(index_url=settings.index_url, ca_bundle=settings.ca_bundle)
    source = fetch(PACKAGE, sources, cache=settings.cache / "sources")
    with (
        closing(choose_sandbox("docker", settings)) as sandbox,
        closing(docker.from_env(timeout=600)) as client,
    ):
        environment, place = prepare(
            source.tree, sandbox, settings, version=source.version, released=source.released
        )
        bench = calibrated(
            sandbox, place, environment, source.tree, settings.limits, timeout=300.0, progress=_log.info
        )
        versions = versions_of("rpsdg", "docker")
        ours = [_ended(bench) for _ in range(3 if quick else 20)]
        peer = [_stopped(client, place.name) for _ in range(1 if quick else 3)]
        yield compare(
            "tear-down of a sandbox, median",
            statistics.median(ours),
            statistics.median(peer),
            unit="s",
            better="less",
            versions=versions,
            repeated=(ours, peer),
        )
        count = 2 if quick else 12
        before = _on_disk(client)
        whole, packed = _traces(bench, source.provenance(), count)
        yield compare(
            "bytes that a bug adds to the engine's images (peer: an image for each bug)",
            (_on_disk(client) - before) / count,
            _layer(client, place.name, bench),
            unit="bytes",
            better="less",
            versions=versions,
        )
        yield compare(
            "a trace, mean (peer: the same, compressed)",
            whole,
            packed,
            unit="bytes",
            better="neither",
            versions=versions,
        )


def _ended(bench: TestBench) -> float:
    """Return the seconds that a sandbox takes to end after a run of the suite."""
    with bench.sandbox.open(bench.place, bench.limits) as session:
        session.load(bench.tree)
        bench.suite(session)
        begin = time.perf_counter()
    return time.perf_counter() - begin


def _stopped(client: DockerClient, image: str) -> float:
    container = client.containers.run(
        image, ["sleep", "infinity"], detach=True, network_mode="none", labels={"rpsdg.owner": owner()}
    )
    begin = time.perf_counter()
    container.stop()
    container.remove()
    return time.perf_counter() - begin


def _on_disk(client: DockerClient) -> int:
    """Return the bytes of all layers of all images."""
    return int(client.df()["LayersSize"])


def _layer(client: DockerClient, image: str, bench: TestBench) -> int:
    """Return the size of the layer of an image that holds the tree, too."""
    container = client.containers.create(image, labels={"rpsdg.owner": owner()})
    try:
        container.put_archive("/tmp", io.BytesIO(bench.tree.to_tar()))
        kept = container.commit()
        try:
            return int(kept.history()[0]["Size"])
        finally:
            client.images.remove(str(kept.id))
    finally:
        container.remove(force=True)


def _traces(bench: TestBench, provenance: dict[str, object], count: int) -> tuple[float, float]:
    """Return the mean size of some traces, as they are and compressed."""
    found = candidates(bench.tree)
    draw = Draw(bench.tree, found, SEED, Mix.load("realistic"), [True] * len(found))
    origin = Origin(VERSION, SEED, PACKAGE, provenance)
    sizes: list[tuple[int, int]] = []
    with closing(TriagePool(bench, _log.warning)) as triage:
        for index, move in enumerate(draw):
            if len(sizes) == count:
                break
            if pointless(bench, move) is None:
                tried = confirm(bench, [move], index, origin, None, triage)
                if isinstance(tried.result, Trace):
                    text = msgspec.json.encode(tried.result)
                    sizes.append((len(text), len(zlib.compress(text, 9))))
    return statistics.mean(whole for whole, _ in sizes), statistics.mean(packed for _, packed in sizes)
