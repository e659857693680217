"""How much quicker are two workers than one, on this machine and on a Ray cluster of simulated nodes?

The same plan each time, and the same traces, which is checked. The environment is made beforehand.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from rpsdg.corpora import SourceSettings
from rpsdg.corpora.dataset import Dataset
from rpsdg.runs.bugs import BugRun, run_bugs
from rpsdg.runs.cluster.connecting import Cluster, connect
from rpsdg.runs.cluster.pool import ray_triers
from rpsdg.runs.cluster.tasks import RayTasks
from rpsdg.runs.mathematics import new_plan, run_mathematics
from rpsdg.runs.progress import PlainReporter
from rpsdg.runs.trying import LocalTrier
from rpsdg.sandbox.choose import choose_sandbox
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings

from .figure import Figure, compare, versions_of

__all__ = ["run"]

PACKAGE = "pypi:toolz==1.0.0"


class _Clock(PlainReporter):
    """Knows when the first candidate was handed out: what comes before is the same for all."""

    began = own = 0.0

    def begin(self, earlier: int) -> None:
        super().begin(earlier)
        self.began, self.own = time.perf_counter(), time.process_time()

    def seconds(self) -> tuple[float, float]:
        """Return the seconds since then, and those that this process computed itself."""
        return time.perf_counter() - self.began, time.process_time() - self.own


def run(quick: bool) -> Iterator[Figure]:
    """Yield seconds and speed-ups."""
    from ray.cluster_utils import Cluster as Simulated  # late: Ray may be absent

    settings = Settings.from_environment()
    machines = Simulated(
        initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": 80 * 2**20}
    )
    for _ in range(2):
        machines.add_node(num_cpus=1, object_store_memory=80 * 2**20)
    with (
        closing(choose_sandbox("local", settings)) as sandbox,
        closing(connect(machines.address)) as cluster,
        tempfile.TemporaryDirectory(prefix="rpsdg-scaling-") as folder,
    ):
        place = Path(folder)
        _bugs(place / "first", 1, 1, sandbox, settings, None)  # makes the environment
        kinds = {
            "bugs of toolz": partial(_bugs, number=6 if quick else 40, sandbox=sandbox, settings=settings)
        }
        kinds["mathematics"] = partial(_mathematics, number=400 if quick else 4000)
        for kind, made in kinds.items():
            took, own, ids = {}, 0.0, set()
            for where in ("local", "ray"):
                for workers in (1, 2):
                    out = place / f"{kind}-{where}-{workers}"
                    took[where, workers], own = made(
                        out, workers, cluster=cluster if where == "ray" else None
                    )
                    ids.add(tuple(trace.id for trace in Dataset(out).traces()))
            assert len(ids) == 1, f"{kind}: the executors do not agree"
            yield from _figures(kind, took)
            if kind.startswith("bugs"):
                yield compare(
                    "bugs: core-seconds of the driver a candidate (peer: seconds between two)",
                    own / sum(1 for _ in Dataset(out).decisions()),
                    took["ray", 2] / sum(1 for _ in Dataset(out).decisions()),
                    unit="s",
                    better="neither",
                    versions=versions_of("rpsdg", "ray"),
                )
    machines.shutdown()  # type: ignore[no-untyped-call] # of Ray


def _bugs(
    out: Path, workers: int, number: int, sandbox: Sandbox, settings: Settings, cluster: Cluster | None
) -> tuple[float, float]:
    report = _Clock(number, "traces")
    triers = LocalTrier if cluster is None else ray_triers(cluster, settings, workers)
    plan = BugRun(PACKAGE, out, number, seed=5, jobs=workers)
    sources = SourceSettings(index_url=settings.index_url, ca_bundle=settings.ca_bundle)
    run_bugs(plan, settings, sources, lambda: sandbox, report, triers)
    return report.seconds()


def _mathematics(out: Path, workers: int, number: int, cluster: Cluster | None) -> tuple[float, float]:
    report = _Clock(number, "traces")
    plan = new_plan(("linear-equation",), number, None, 1, 2, 0.0)
    run_mathematics(plan, out, workers, report, None if cluster is None else lambda: RayTasks(cluster))
    return report.seconds()


def _figures(kind: str, took: dict[tuple[str, int], float]) -> Iterator[Figure]:
    versions = versions_of("rpsdg", "ray")
    for workers in (1, 2):
        yield compare(
            f"{kind}: Ray, workers: {workers} (peer: this machine alone, as many jobs)",
            took["ray", workers],
            took["local", workers],
            unit="s",
            better="less",
            versions=versions,
        )
    yield compare(
        f"{kind}: speed-up of a second worker on Ray (peer: a second job here)",
        took["ray", 1] / took["ray", 2],
        took["local", 1] / took["local", 2],
        unit="times",
        better="more",
        versions=versions,
    )
