"""How many confirmed traces a core-minute, beside one container and one complete suite per candidate?

Both sides get the same candidates in the same order, the same environment image, the same limits on cores,
memory and time, and the same pytest options. Ours is `confirm`, as a run with one job does it: the complete
suite in a fresh container; in a second one the failing tests again, the file read, the fix, the comparison of
the tree, and the failing tests once more; then the trace. The peer does what the validation of SWE-smith and
others like it do: one container a candidate, the complete suite, the outcome of every test read from pytest's
JUnit file; where a test that passed before now fails, the fix is put into the same container and the complete
suite is run again. It is spared what costs such loops most, the wait for containers that do not hear
`docker stop`: its containers are killed. It has the time limit of a whole run (ten times the untouched suite,
at least a minute), and like those loops no limit for a single test. One candidate that hangs can outweigh all
others, so the figures come once with and once without those that reached a limit on either side.

What both sides need once a project is left out on both: fetching, building the image, our calibration (five
runs of the suite) and the peer's baseline (one run).

A core-minute is a minute on the clock: each side works on one candidate at a time, in one container of one
core. What the Docker engine itself uses beside it is on top, on both sides alike. More traces a core-minute
are better, fewer seconds a candidate are better, and the confirmed counts should agree; where they do not,
the log names the candidate. The candidates are done in two rounds, the sides taking turns in going first;
the spread is that of the rounds.
"""

from __future__ import annotations

import io
import logging
import re
import shlex
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree as ET

import docker
from docker import DockerClient
from docker.errors import DockerException
from docker.models.containers import Container

from rpsdg.corpora import SourceSettings, fetch
from rpsdg.mutators.judge import TestBench
from rpsdg.mutators.mix import Mix
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.sampling import Draw, candidates
from rpsdg.mutators.solution import Origin, confirm
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.choose import choose_sandbox
from rpsdg.sandbox.contract import PREFIX, TESTBED, Sandbox, SandboxBrokeError
from rpsdg.sandbox.environments import prepare
from rpsdg.sandbox.owner import owner
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Entry
from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.kernel import Reason, Stopped

from .figure import Better, Figure, compare, versions_of

__all__ = ["run"]

PACKAGES = ("pypi:toolz==1.0.0", "pypi:cachetools==5.5.0")
CANDIDATES, QUICK_CANDIDATES = 30, 8
ROUNDS = 2
SEED = 0
TIMED_OUT = 124
"""Exit status of `timeout` when it had to end the command."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Attempt:
    """One candidate on one side."""

    confirmed: bool
    why: str
    """In a few words, what came out."""
    seconds: float
    hung: bool = False
    """Whether a time limit ended it."""


def run(quick: bool) -> Iterator[Figure]:
    """Measure both sides, package by package; needs a Docker engine and, the first time, a package index.

    Args:
        quick: the first package only, and fewer candidates.

    Raises:
        RpsdgError: no engine, or a package that cannot be fetched, built or judged.
    """
    settings = Settings.from_environment()
    with (
        closing(choose_sandbox("docker", settings)) as sandbox,
        closing(docker.from_env(timeout=600)) as client,
    ):
        for package in PACKAGES[:1] if quick else PACKAGES:
            yield from _measure(package, QUICK_CANDIDATES if quick else CANDIDATES, settings, sandbox, client)


def _measure(
    package: str, count: int, settings: Settings, sandbox: Sandbox, client: DockerClient
) -> Iterator[Figure]:
    sources = SourceSettings(index_url=settings.index_url, ca_bundle=settings.ca_bundle)
    source = fetch(package, sources, cache=settings.cache / "sources")
    environment, place = prepare(source.tree, sandbox, settings, version=source.version, progress=_log.info)
    bench = TestBench.calibrated(
        sandbox, place, environment, source.tree, settings.limits, timeout=300.0, progress=_log.info
    )
    name = f"{source.name} {source.version}"
    origin = Origin(VERSION, SEED, name, source.provenance())
    loop = _PlainLoop(client, bench)
    found = candidates(source.tree)
    draw = Draw(source.tree, found, SEED, Mix.load("realistic"), [True] * len(found))
    moves = list(islice(draw, count))
    ours: list[list[_Attempt]] = []
    peer: list[list[_Attempt]] = []
    for turn in range(ROUNDS):
        ours.append([])
        peer.append([])
        for index, move in enumerate(moves):
            for side in ("ours", "peer") if (index + turn) % 2 == 0 else ("peer", "ours"):
                if side == "ours":
                    ours[turn].append(_ours(bench, move, index, origin))
                else:
                    peer[turn].append(loop.attempt(move))
            one, other = ours[turn][-1], peer[turn][-1]
            verdict = "" if one.confirmed == other.confirmed else f"; DISAGREE on {move.rule} in {move.path}"
            _log.info(
                f"{name}, round {turn + 1}, {index + 1} of {len(moves)}: "
                f"ours {one.seconds:.2f} s ({one.why}), peer {other.seconds:.2f} s ({other.why}){verdict}"
            )
    versions = {
        **versions_of("rpsdg", "docker"),
        "docker engine": str(client.version().get("Version", "")),
        "pytest": next(iter(re.findall(r"^pytest==(\S+)", environment.lock, re.MULTILINE)), ""),
        "python in the sandbox": place.python,
    }
    yield from _figures(name, ours, peer, versions)


def _figures(
    name: str, ours: list[list[_Attempt]], peer: list[list[_Attempt]], versions: dict[str, str]
) -> Iterator[Figure]:
    hung = {index for one in (*ours, *peer) for index, attempt in enumerate(one) if attempt.hung}
    for what, of, unit, better in _MEASURES:
        for left_out in (set(), hung) if 0 < len(hung) < len(ours[0]) else (set(),):
            own, other = (
                [[a for index, a in enumerate(one) if index not in left_out] for one in side]
                for side in (ours, peer)
            )
            yield compare(
                f"{name}: {what}" + (f", the {len(hung)} that hang left out" if left_out else ""),
                of([attempt for one in own for attempt in one]),
                of([attempt for one in other for attempt in one]),
                unit=unit,
                better=better,
                versions=versions,
                repeated=([of(one) for one in own], [of(one) for one in other]),
            )
    pairs = [pair for both in zip(ours, peer, strict=True) for pair in zip(*both, strict=True)]
    yield compare(
        f"{name}: confirmed, of {len(pairs)} attempts",
        sum(one.confirmed for one, _ in pairs),
        sum(other.confirmed for _, other in pairs),
        unit="attempts",
        better="neither",
        versions=versions,
    )
    yield compare(
        f"{name}: disagreements, confirmed by this side alone",
        sum(one.confirmed and not other.confirmed for one, other in pairs),
        sum(other.confirmed and not one.confirmed for one, other in pairs),
        unit="attempts",
        better="neither",
        versions=versions,
    )


def _per_core_minute(attempts: Sequence[_Attempt]) -> float:
    return sum(a.confirmed for a in attempts) / (sum(a.seconds for a in attempts) / 60)


def _per_candidate(attempts: Sequence[_Attempt]) -> float:
    return sum(a.seconds for a in attempts) / len(attempts)


_MEASURES: tuple[tuple[str, Callable[[Sequence[_Attempt]], float], str, Better], ...] = (
    ("confirmed traces per core-minute", _per_core_minute, "traces/core-minute", "more"),
    ("seconds per candidate", _per_candidate, "s", "less"),
)


def _ours(bench: TestBench, move: Mutator, index: int, origin: Origin) -> _Attempt:
    begin = time.perf_counter()
    try:
        result = confirm(bench, [move], index, origin).result
    except SandboxBrokeError as error:
        return _Attempt(False, f"sandbox broke: {error}", time.perf_counter() - begin)
    seconds = time.perf_counter() - begin
    if isinstance(result, Stopped):
        return _Attempt(False, result.reason.value, seconds, hung=result.reason is Reason.HANG)
    return _Attempt(True, "confirmed", seconds)


class _NoResultError(RpsdgError):
    """A run of the peer's that did not end as pytest ends."""

    code = ExitCode.FAILING_BASELINE


class _HungError(_NoResultError):
    """A run of the peer's that reached the time limit."""


class _PlainLoop:
    """The peer: one container a candidate, the complete suite in it, and again for the fix."""

    def __init__(self, client: DockerClient, bench: TestBench) -> None:
        self._client = client
        self._bench = bench
        with self._container() as container:
            container.put_archive(TESTBED, _tar(bench.tree))
            self._green = self._suite(container)

    def attempt(self, move: Mutator) -> _Attempt:
        """Do one candidate."""
        begin = time.perf_counter()
        hung = False
        try:
            why = self._outcome(move)
        except _HungError as error:
            why, hung = str(error), True
        except (_NoResultError, DockerException, OSError) as error:
            why = f"no result: {error}"
        return _Attempt(why == "confirmed", why, time.perf_counter() - begin, hung)

    def _outcome(self, move: Mutator) -> str:
        tree = self._bench.tree
        with self._container() as container:
            container.put_archive(TESTBED, _tar(move.apply(tree)))
            failing = self._green - self._suite(container)
            if not failing:
                return "undetected"
            if failing == self._green:
                return "everything fails"
            container.put_archive(TESTBED, _tar({move.path: tree[move.path]}))
            return "fix not confirmed" if failing - self._suite(container) else "confirmed"

    @contextmanager
    def _container(self) -> Iterator[Container]:
        limits = self._bench.limits
        container = self._client.containers.create(
            self._bench.place.name,
            ["sleep", "infinity"],
            init=True,
            network_mode="none",
            working_dir=TESTBED,
            tmpfs={"/tmp": "exec,mode=1777,uid=1000,gid=1000"},  # the image's own may be read-only for users
            nano_cpus=int(limits.cpus * 1e9),
            mem_limit=limits.memory,
            memswap_limit=limits.memory,
            pids_limit=limits.processes,
            environment=self._variables(),
            # The owner's name lets the sandbox remove it, too, should we die between this line and the next.
            labels={"rpsdg": "run", "rpsdg.owner": owner()},
        )
        try:
            container.start()
            yield container
        finally:
            container.remove(force=True)

    def _variables(self) -> dict[str, str]:
        roots = self._bench.environment.roots
        return {
            "PATH": f"{PREFIX}/env/bin:/usr/local/bin:/usr/bin:/bin",
            "HOME": "/tmp",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONPATH": ":".join(TESTBED if root == "." else f"{TESTBED}/{root}" for root in roots),
            "PYTHONHASHSEED": "0",
            # As on our side: the fixed file could have the size and the time of the buggy one's byte code.
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def _suite(self, container: Container) -> frozenset[str]:
        """Run the complete suite; return the tests that pass."""
        command = ["timeout", "-k", "5", f"{self._bench.suite_timeout:.0f}", "python", "-m", "pytest"]
        command += [
            *self._bench.environment.pytest_options(),
            "--continue-on-collection-errors",
            "--maxfail=0",
        ]
        # What the project's build generated lies beside the environment, not in the tree. On standard output
        # comes the JUnit file alone, on standard error what pytest printed.
        script = (
            f"cp -r {PREFIX}/overlay/. .; rm -f /tmp/junit.xml; "
            f"{shlex.join(command)} --junitxml=/tmp/junit.xml >&2; code=$?; cat /tmp/junit.xml; exit $code"
        )
        answer: Any = container.exec_run(["sh", "-c", script], demux=True)
        status, (output, printed) = answer
        if status == TIMED_OUT:
            raise _HungError("time limit reached")
        try:
            if status in {0, 1}:
                return _passing(ET.fromstring(output or b""))
        except ET.ParseError:
            pass
        lines = (printed or b"").decode("utf-8", "replace").strip().splitlines()
        raise _NoResultError(f"pytest ended with status {status}: {lines[-1] if lines else ''}")


def _passing(junit: ET.Element) -> frozenset[str]:
    passed: set[str] = set()
    others: set[str] = set()
    for case in junit.iter("testcase"):
        test = f"{case.get('classname')}::{case.get('name')}"
        # A test whose tear-down fails stands there twice.
        (others if len(case) and any(c.tag in _NOT_PASSED for c in case) else passed).add(test)
    return frozenset(passed - others)


_NOT_PASSED = {"failure", "error", "skipped"}


def _tar(entries: Mapping[str, Entry]) -> bytes:
    """Return an archive of files and their folders that belong to the user of the environment's image."""
    buffer = io.BytesIO()
    folders = {folder for path in entries for folder in PurePosixPath(path).parents if folder.name}
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for folder in sorted(folders):
            info = _owned(str(folder))
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(info)
        for path, entry in entries.items():
            info = _owned(path)
            if entry.kind == "link":
                info.type, info.linkname = tarfile.SYMTYPE, entry.data.decode("utf-8", "surrogateescape")
                tar.addfile(info)
                continue
            info.mode, info.size = 0o755 if entry.kind == "exec" else 0o644, len(entry.data)
            tar.addfile(info, io.BytesIO(entry.data))
    return buffer.getvalue()


def _owned(name: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.uid = info.gid = 1000
    return info
