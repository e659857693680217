"""What the code traces of a data set are judged by, had again from its records."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rpsdg.mutators.judging.baseline import Baseline
from rpsdg.sandbox.contract import Place, Sandbox
from rpsdg.sandbox.environments import Environment, prepare
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.identity import digest
from rpsdg.traces.record import Trace

from .dataset import Dataset, DatasetError

__all__ = ["BenchKey", "Settled", "bench_key", "settled_again"]


class BenchKey(NamedTuple):
    """What traces that can be checked on the same bench have in common: ids and a digest."""

    environment: str
    baseline: str
    tree: str
    version: str | None
    """The project's version, for builds that would ask git for it."""


def bench_key(trace: Trace) -> BenchKey:
    """Return which bench a trace is checked on.

    Raises:
        DatasetError: it does not say.
    """
    if trace.checks is None:
        raise DatasetError(f"trace {trace.id[:12]} does not say how to check it")
    version = trace.provenance.source.get("version")
    return BenchKey(
        trace.checks.environment,
        trace.checks.pass_to_pass,
        str(trace.answer.state.get("tree")),
        version if isinstance(version, str) else None,
    )


class Settled(NamedTuple):
    """What the traces of one bench share."""

    environment: Environment
    place: Place
    baseline: Baseline
    tree: Tree
    """The untouched program."""


def settled_again(
    data: Dataset,
    key: BenchKey,
    box: Sandbox,
    settings: Settings,
    progress: Callable[[str], None] = lambda _: None,
) -> Settled:
    """Return what traces of a data set were made on; the environment is built from its recorded lock.

    Raises:
        RpsdgError: the data set is damaged, or its environment cannot be had again.
    """
    recorded = data.record("environments", key.environment, Environment)
    listed = data.record("baselines", key.baseline, Baseline)
    base = data.tree(key.tree)
    made, place = prepare(base, box, settings, version=key.version, recorded=recorded, progress=progress)
    if made.id != key.environment or digest(list(listed.steady)) != key.baseline:
        raise DatasetError(
            f"environment {key.environment[:12]} or baseline {key.baseline[:12]} is not what its id names",
            hint="Files under `environments/` or `baselines/` were changed.",
        )
    return Settled(made, place, listed, base)
