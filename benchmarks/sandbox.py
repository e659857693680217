"""What do a verdict and a confirmed bug cost, beside one container and one complete suite per candidate?

The same candidates, one after another, in one container of one core on both sides, with the same image,
limits and pytest options; the sides take turns in going first. The peer is described in `plain_loop`. Ours is
what a run with one job does:

- a *first look* in the warm process, from the moment the host asks until it has the answer;
- a *confirmed bug*: the looks at all candidates, and the clean runs of those that were not dismissed, with
  the fix, the trace and everything in it, divided by the bugs that were confirmed. So both sides pay for the
  undetected ones. `sample:0.05` is computed from the costs measured with `full` and with `covering`.

Beside the peer stands a floor: one container, one complete suite on the bug, and the tests that reach it
twice, with the bug and without. Left out on both sides is what a project needs once: fetching, the image, our
calibration and the warm-up of the zygote, the peer's baseline. Seconds are seconds on the clock; fewer are
better. Packages have suites of about 0.5, 3 and 17 seconds.
"""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

import docker
from docker import DockerClient

from rpsdg.mutators.judging.confirming import FULL, Confirming
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.judging.triage import TriagePool
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.solution import Origin, confirm
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.choose import choose_sandbox
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.record import Trace

from .figure import Figure, compare, versions_of
from .on_bench import put_on_bench
from .plain_loop import Attempt, PlainLoop

__all__ = ["run"]

PACKAGES = {"pypi:cachetools==5.5.0": 40, "pypi:more-itertools==10.5.0": 40, "pypi:pygments==2.18.0": 20}
"""With the number of candidates."""
QUICK_CANDIDATES = 4
SEED = 0
SHARE = 0.05
"""Of the candidates that `sample` has judged by the complete suite."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Ours:
    """One candidate on our side; all times in seconds."""

    look: float
    child: float
    """Of it, from the fork to the end of its process."""
    seen: str | None
    full: float
    """To confirm or refuse it by the complete suite, the look included."""
    full_confirmed: bool
    covering: float
    """The same by the tests that reach it."""
    covering_confirmed: bool
    floor: float
    """If it is confirmed: one container with one suite, and its covering tests twice."""


def run(quick: bool) -> Iterator[Figure]:
    """Measure both sides, package by package; needs a Docker engine and, the first time, a package index.

    Args:
        quick: the first package only, and fewer candidates.

    Raises:
        RpsdgError: no engine, or a package that cannot be fetched, built or judged.
    """
    settings = Settings.from_environment()
    ratios: list[float] = []
    versions: dict[str, str] = {}
    with (
        closing(choose_sandbox("docker", settings)) as sandbox,
        closing(docker.from_env(timeout=600)) as client,
    ):
        for package, count in islice(PACKAGES.items(), 1 if quick else None):
            for figure in _measure(package, QUICK_CANDIDATES if quick else count, settings, sandbox, client):
                if "a first look (peer: container and suite), mean" in figure.figure and figure.ratio:
                    ratios.append(figure.ratio)
                versions = figure.versions
                yield figure
    if len(ratios) > 1:
        yield compare(
            "a first look: times cheaper, geometric mean of the packages (bar: 100, none below 50)",
            statistics.geometric_mean(ratios),
            1.0,
            unit="times",
            better="more",
            versions=versions,
        )


def _measure(
    package: str, count: int, settings: Settings, sandbox: Sandbox, client: DockerClient
) -> Iterator[Figure]:
    project = put_on_bench(package, sandbox, settings, _log.info)
    name, bench = project.name, project.bench
    origin = Origin(VERSION, SEED, name, project.source.provenance())
    loop = PlainLoop(client, bench)
    moves = list(islice(project.drawn(SEED), count))
    ours: list[_Ours] = []
    peer: list[Attempt] = []
    with closing(TriagePool(bench, _log.warning)) as triage:
        triage.look(moves[:1])  # the warm-up
        for index, move in enumerate(moves, 1):  # from 1: none of them is audited
            for side in ("ours", "peer") if index % 2 else ("peer", "ours"):
                if side == "ours":
                    ours.append(_ours(bench, move, index, origin, triage))
                else:
                    peer.append(loop.attempt(move))
            one, other = ours[-1], peer[-1]
            alike = "" if one.full_confirmed == other.confirmed else f"; DISAGREE on {move.rule}, {move.path}"
            _log.info(
                f"{name}, {index} of {len(moves)}: look {1000 * one.look:.0f} ms ({one.seen}), full "
                f"{one.full:.2f} s, covering {one.covering:.2f} s; peer {other.verdict_seconds:.2f} and "
                f"{other.seconds:.2f} s ({other.why}){alike}"
            )
    versions = {
        **versions_of("rpsdg", "docker"),
        "docker engine": str(client.version().get("Version", "")),
        **project.versions,
    }
    yield from _figures(name, ours, peer, versions)


def _ours(bench: TestBench, move: Mutator, index: int, origin: Origin, triage: TriagePool) -> _Ours:
    begin = time.perf_counter()
    glimpse = triage.look([move])
    look = time.perf_counter() - begin

    def confirmed(confirming: Confirming) -> tuple[float, bool]:
        start = time.perf_counter()
        tried = confirm(bench, [move], index, origin, None, triage, confirming)
        return time.perf_counter() - start, isinstance(tried.result, Trace)

    full, in_full = confirmed(FULL)
    covering, by_covering = confirmed(Confirming.parse("covering"))
    floor = 0.0
    if in_full:
        start = time.perf_counter()
        with bench.sandbox.open(bench.place, bench.limits) as session:
            session.load(move.apply(bench.tree))
            bench.suite(session)
            bench.only(session, bench.reaching(move.edits))
            for path in sorted({edit.path for edit in move.edits}):
                session.write(path, bench.tree[path].data)
            bench.only(session, bench.reaching(move.edits))
        floor = time.perf_counter() - start
    return _Ours(
        look,
        look if glimpse is None else glimpse.seconds,
        None if glimpse is None else glimpse.outcome,
        full,
        in_full,
        covering,
        by_covering,
        floor,
    )


def _figures(
    name: str, ours: Sequence[_Ours], peer: Sequence[Attempt], versions: dict[str, str]
) -> Iterator[Figure]:
    def figure(what: str, one: float, other: float) -> Figure:
        return compare(f"{name}: {what}", one, other, unit="s", better="less", versions=versions)

    yield figure(
        "a first look (peer: container and suite), mean",
        statistics.mean(one.look for one in ours),
        statistics.mean(one.verdict_seconds for one in peer),
    )
    yield figure(
        "a first look (peer: container and suite), median",
        statistics.median(one.look for one in ours),
        statistics.median(one.verdict_seconds for one in peer),
    )
    yield figure(
        "a first look (peer: the forked child alone, with module and tests), mean",
        statistics.mean(one.look for one in ours),
        statistics.mean(one.child for one in ours),
    )
    yield compare(
        f"{name}: first looks that leave the verdict to a clean run, of {len(ours)}",
        sum(one.seen is None for one in ours),
        0,
        unit="candidates",
        better="neither",
        versions=versions,
    )
    yield figure(
        "a first look (peer: the forked child alone, with module and tests), median",
        statistics.median(one.look for one in ours),
        statistics.median(one.child for one in ours),
    )
    confirmed = sum(one.full_confirmed for one in ours)
    theirs = sum(one.confirmed for one in peer)
    covered = sum(one.covering_confirmed for one in ours)
    if not (confirmed and theirs and covered):
        return
    full = sum(one.full for one in ours) / confirmed
    covering = sum(one.covering for one in ours) / covered
    plain = sum(one.seconds for one in peer) / theirs
    yield figure("a confirmed bug, `full`", full, plain)
    yield figure(
        "a confirmed bug, `full` (peer: the floor of one container, one suite, its covering tests twice)",
        full,
        sum(one.floor for one in ours) / confirmed,
    )
    yield figure("a confirmed bug, `covering`", covering, plain)
    yield figure("a confirmed bug, `sample:0.05`", (1 - SHARE) * covering + SHARE * full, plain)
    yield compare(
        f"{name}: confirmed, of {len(ours)}",
        confirmed,
        theirs,
        unit="candidates",
        better="neither",
        versions=versions,
    )
