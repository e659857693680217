"""The loop that validation of synthetic bugs usually is: one container a candidate, the complete suite in it.

It does what the validation of SWE-smith and others like it do: the outcome of every test is read from
pytest's JUnit file; where a test that passed before now fails, the fix is put into the same container and
the complete suite is run again. It is spared what costs such loops most, the wait for containers that do
not hear `docker stop`: its containers are killed. It has the time limit of a whole run (ten times the
untouched suite, at least a minute), and like those loops no limit for a single test.
"""

from __future__ import annotations

import io
import shlex
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree as ET

from docker import DockerClient
from docker.errors import DockerException
from docker.models.containers import Container

from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.mutator import Mutator
from rpsdg.sandbox.contract import PREFIX, TESTBED
from rpsdg.sandbox.owner import owner
from rpsdg.sandbox.tree import Entry
from rpsdg.traces.errors import ExitCode, RpsdgError

__all__ = ["Attempt", "PlainLoop"]

TIMED_OUT = 124
"""Exit status of `timeout` when it had to end the command."""


@dataclass(frozen=True)
class Attempt:
    """One candidate on one side."""

    confirmed: bool
    why: str
    """In a few words, what came out."""
    verdict_seconds: float
    """For the verdict on the bug: container and suite."""
    seconds: float
    """For everything: where the tests saw the bug, the suite once more with the fix."""


class _NoResultError(RpsdgError):
    """A run of the peer's that did not end as pytest ends."""

    code = ExitCode.FAILING_BASELINE


class PlainLoop:
    """The peer: one container a candidate, the complete suite in it, and again for the fix."""

    def __init__(self, client: DockerClient, bench: TestBench) -> None:
        self._client = client
        self._bench = bench
        with self._container() as container:
            container.put_archive(TESTBED, _tar(bench.tree))
            self._green = self._suite(container)

    def attempt(self, move: Mutator) -> Attempt:
        """Do one candidate."""
        begin = time.perf_counter()
        tree, judged = self._bench.tree, None
        try:
            with self._container() as container:
                container.put_archive(TESTBED, _tar(move.apply(tree)))
                failing = self._green - self._suite(container)
                judged = time.perf_counter()
                if not failing:
                    why = "undetected"
                elif failing == self._green:
                    why = "everything fails"
                else:
                    container.put_archive(TESTBED, _tar({e.path: tree[e.path] for e in move.edits}))
                    why = "fix not confirmed" if failing - self._suite(container) else "confirmed"
        except (_NoResultError, DockerException, OSError) as error:
            why = f"no result: {error}"
        end = time.perf_counter()
        return Attempt(why == "confirmed", why, (judged or end) - begin, end - begin)

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
            raise _NoResultError("time limit reached")
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
