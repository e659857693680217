"""Ray on one machine, with several nodes: what one machine makes, whatever becomes of the nodes meanwhile."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest
from ray.cluster_utils import Cluster as SimulatedCluster

from rpsdg.corpora import SourceSettings
from rpsdg.corpora.dataset import Dataset
from rpsdg.runs.bugs import BugRun, run_bugs
from rpsdg.runs.cluster import pool
from rpsdg.runs.cluster.calls import ClusterError, Failure
from rpsdg.runs.cluster.connecting import Cluster, connect
from rpsdg.runs.cluster.tasks import RayTasks
from rpsdg.runs.cluster.worker import Answer, Worker
from rpsdg.runs.mathematics import new_plan, run_mathematics
from rpsdg.runs.progress import PlainReporter
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode

from ...conftest import lines_of
from ..conftest import Finished
from ..test_interrupt import wait_until_handled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # nodes take their time to start
STORE = 80 * 2**20
"""Bytes of the object store of a node; the least that Ray takes."""


@pytest.fixture(scope="module")
def machines(settings: Settings) -> Iterator[SimulatedCluster]:
    """A head without cores, to which each test adds nodes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RPSDG_CACHE_DIR", str(settings.cache))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        head = {"num_cpus": 0, "object_store_memory": STORE, "include_dashboard": False}
        made = SimulatedCluster(initialize_head=True, head_node_args=head)
        yield made
        made.shutdown()


@pytest.fixture(scope="module")
def cluster(machines: SimulatedCluster) -> Iterator[Cluster]:
    connected = connect(machines.address)
    yield connected
    connected.close()


@pytest.fixture
def nodes(machines: SimulatedCluster, cluster: Cluster) -> Iterator[Callable[[int], list[Any]]]:
    """Add nodes of one core."""
    added: list[Any] = []

    def add(number: int) -> list[Any]:
        added.extend(machines.add_node(num_cpus=1, object_store_memory=STORE) for _ in range(number))
        machines.wait_for_nodes()
        return added

    yield add
    for node in added:
        if node in machines.worker_nodes:
            machines.remove_node(node)


class Losing(PlainReporter):
    """Takes a node away after each of some decisions."""

    def __init__(self, machines: SimulatedCluster, nodes: Sequence[Any], after: Sequence[int]) -> None:
        super().__init__(5, "traces")
        self._machines, self._nodes, self._after = machines, list(nodes), set(after)
        self.lost = 0

    def outcome(self, name: str, *, counts: bool, about: dict[str, Any]) -> None:
        super().outcome(name, counts=counts, about=about)
        if about["index"] in self._after:
            self._machines.remove_node(self._nodes.pop(), allow_graceful=False)
            self.lost += 1


def bugs(
    cluster: Cluster, shop: Path, out: Path, sandbox: Sandbox, settings: Settings, report: PlainReporter
) -> Dataset:
    plan = BugRun(str(shop), out, 5, seed=3, jobs=3)
    triers = pool.ray_triers(cluster, settings, 3)
    run_bugs(plan, settings, SourceSettings(), lambda: sandbox, report, triers)
    return Dataset(out)


def test_nodes_that_are_lost_change_nothing(
    machines: SimulatedCluster,
    cluster: Cluster,
    nodes: Callable[[int], list[Any]],
    finished: Finished,
    kept_shop: Path,
    tmp_path: Path,
    local_sandbox: Sandbox,
    settings: Settings,
) -> None:
    there = nodes(3)
    report = Losing(machines, there, (0, 2))
    made = bugs(cluster, kept_shop, tmp_path / "out", local_sandbox, settings, report)
    alone = finished(local_sandbox, 1)

    assert report.lost == 2
    assert [(t.id, t.content_hash) for t in made.traces()] == [
        (t.id, t.content_hash) for t in Dataset(alone).traces()
    ]
    assert lines_of(made.folder, "candidates") == lines_of(alone, "candidates")


def test_a_candidate_that_ends_its_workers_is_given_up(
    cluster: Cluster,
    nodes: Callable[[int], list[Any]],
    finished: Finished,
    kept_shop: Path,
    tmp_path: Path,
    local_sandbox: Sandbox,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Deadly(Worker):  # defined here, so that it travels with its code
        def attempt(self, index: int, aims: Sequence[tuple[str, dict[str, Any]]]) -> Answer | Failure | None:
            if index == 1:
                os._exit(1)
            return super().attempt(index, aims)

    monkeypatch.setattr(pool, "Worker", Deadly)
    monkeypatch.setattr(pool, "_NOTICED", 0.1)
    nodes(2)
    report = PlainReporter(5, "traces")
    made = list(bugs(cluster, kept_shop, tmp_path / "out", local_sandbox, settings, report).decisions())
    alone = list(Dataset(finished(local_sandbox, 1)).decisions())

    assert made[1].outcome == "sandbox-failed"
    assert "3 workers" in made[1].detail
    assert made[0] == alone[0]
    assert made[2 : len(alone)] == alone[2:]


def test_mathematics_is_the_same(cluster: Cluster, nodes: Callable[[int], list[Any]], tmp_path: Path) -> None:
    plan = new_plan(("linear-equation", "integral-by-table"), 150, None, 3, 2, 0.3)
    nodes(2)
    run_mathematics(plan, tmp_path / "far", 2, PlainReporter(300, "traces"), lambda: RayTasks(cluster))
    run_mathematics(plan, tmp_path / "here", 1, PlainReporter(300, "traces"))

    assert lines_of(tmp_path / "far") == lines_of(tmp_path / "here")


def test_a_node_that_is_not_alike_is_named(
    cluster: Cluster, nodes: Callable[[int], list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes(1)
    monkeypatch.setattr(cluster, "like", {**cluster.like, "sympy": "0.1"})
    plan = new_plan(("linear-equation",), 5, None, 3, 2, 0.3)
    with pytest.raises(ClusterError, match=r"not like this machine: sympy 0\.1 is here"):
        run_mathematics(plan, tmp_path / "out", 2, PlainReporter(5, "traces"), lambda: RayTasks(cluster))


def test_an_interrupt_leaves_nothing_behind(shop: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    """Not of Ray's own processes either, where the command had started them."""
    mark = secrets.token_hex(8)
    command = [sys.executable, "-m", "rpsdg.cli", "bugs", str(shop), "--out", str(tmp_path / "out")]
    command += ["--count", "40", "--executor", "ray", "--sandbox", "local", "--json"]
    process = subprocess.Popen(
        command,
        env={**environ, "RPSDG_MARK": mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_until_handled(process.pid)
    assert process.stdout is not None
    for line in process.stdout:
        if '"outcome"' in line:
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    assert process.returncode == ExitCode.INTERRUPTED
    deadline = time.monotonic() + 15
    while (left := marked(mark)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == []


def marked(mark: str) -> list[str]:
    found = psutil.process_iter(["pid", "name", "environ"])
    return [str(p.info) for p in found if (p.info["environ"] or {}).get("RPSDG_MARK") == mark]
