"""A connection to a Ray cluster: the one place that imports Ray for a driver, and starts and ends it."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

from rpsdg.traces.errors import UsageError

from .calls import ClusterError
from .identity import identity

__all__ = ["Cluster", "connect"]

_ANSWER = 10.0
"""Seconds within which a cluster's head takes a connection."""


class Cluster:
    """A Ray cluster that this process is connected to."""

    def __init__(self, ray: Any) -> None:
        """Take a connection that was made."""
        self.ray: Any = ray
        self.like = identity()
        """What every node has to have."""

    def nodes(self) -> dict[str, int]:
        """Return the nodes that live, each with the number of its cores.

        Raises:
            ClusterError: the cluster itself is gone.
        """
        try:
            listed = self.ray.nodes()
        except Exception as error:
            raise ClusterError(
                f"the cluster does not answer any more: {_first_line(error)}",
                hint="What was finished is kept: the same command goes on with it.",
            ) from error
        return {node["NodeID"]: int(node["Resources"].get("CPU", 0)) for node in listed if node["Alive"]}

    @property
    def cpus(self) -> int:
        """Cores of all nodes; at least 1."""
        return max(1, sum(self.nodes().values()))

    def on_each_node(self, function: Callable[..., Any], *arguments: Any, seconds: float) -> dict[str, Any]:
        """Call a function on every node that has cores; what does not answer in time is left out."""
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        remote = self.ray.remote(num_cpus=0, max_retries=0)(function)
        asked = {
            remote.options(scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False)).remote(
                *arguments
            ): node
            for node, cpus in self.nodes().items()
            if cpus
        }
        done, late = self.ray.wait(list(asked), num_returns=len(asked), timeout=seconds)
        for one in late:
            self.ray.cancel(one, force=True)
        answers = {}
        for one in done:
            try:
                answers[asked[one]] = self.ray.get(one)
            except self.ray.exceptions.RayError:
                continue  # a node that left, or has nothing of ours: whoever is put there will find out
        return answers

    def close(self) -> None:
        """Leave the cluster; one that was started for this process ends."""
        self.ray.shutdown()


def connect(address: str | None) -> Cluster:
    """Connect to a cluster.

    Args:
        address: `HOST:PORT` of its head, or `auto` for the one this machine belongs to; None takes what
            RAY_ADDRESS says, and otherwise starts a Ray of this machine's cores that ends with this process.

    Raises:
        UsageError: Ray is not installed, or the address cannot be meant.
        ClusterError: there is no such cluster, or it has another Ray or Python.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent anywhere that nobody asked for
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # or it warns of GPUs on every start
    try:
        import ray
    except ImportError as error:
        raise UsageError(
            "the executor `ray` needs the library Ray, which is not installed",
            hint="Install rpsdg with its extra: pip install 'rpsdg[ray]'.",
        ) from error
    where = address or os.environ.get("RAY_ADDRESS") or "local"
    own: dict[str, Any] = {"include_dashboard": False} if where == "local" else {}
    _require_answer(where)
    ended_by = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(
            address=where,
            log_to_driver=False,
            logging_level=logging.CRITICAL,
            configure_logging=False,
            **own,
        )
    except Exception as error:  # bare ones, too, such as for a start that takes too long
        raise ClusterError(
            f"no connection to the Ray cluster `{where}`: {_first_line(error)}",
            hint="`ray status` on its head says whether it runs; it must have this machine's Ray "
            f"({ray.__version__}) and Python ({identity()['Python']}).",
        ) from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, ended_by)  # Ray would have a polite `kill` end us in the middle
    return Cluster(ray)


def _require_answer(where: str) -> None:
    """Raise unless somebody listens at an address: Ray itself takes minutes to find out that nobody does."""
    if where in {"local", "auto"}:
        return
    host, colon, port = where.removeprefix("ray://").rpartition(":")
    if not colon or not port.isdigit():
        raise UsageError(
            f"`{where}` is no address of a Ray cluster", hint="Expected `HOST:PORT` of its head, or `auto`."
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER).close()
    except (OSError, OverflowError) as error:
        raise ClusterError(
            f"nobody answers at the address `{where}`: {error}",
            hint="Is it that of the cluster's head, with the port that `ray start --head` told (6379)?",
        ) from error


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(":")
