"""Pure functions on the nodes of a cluster, behind the interface of `concurrent.futures`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

from rpsdg.mutators.judging.benching import TRIES

from .calls import ClusterError, Failure, call
from .connecting import Cluster

__all__ = ["RayTasks"]

P = ParamSpec("P")
R = TypeVar("R")


class RayTasks(Executor):
    """Calls functions on the nodes of a cluster, a core each. What is lost with a node is called again.

    A result lies in the object store until its future is dropped, so whoever submits bounds it.
    """

    def __init__(self, cluster: Cluster) -> None:
        """Call on a cluster."""
        self._cluster = cluster
        options = {"num_cpus": 1, "max_retries": 2 * TRIES, "scheduling_strategy": "SPREAD"}
        self._call = cluster.ray.remote(**options)(call)
        self._running: set[Any] = set()

    def submit(self, function: Callable[P, R], /, *args: P.args, **named: P.kwargs) -> Future[R]:
        """Call a function somewhere; arguments by position only.

        The future raises ClusterError where the nodes are of no use, or the error that a user can act on.
        """
        assert not named
        reference = self._call.remote(self._cluster.like, function, args)
        self._running.add(reference)
        result: Future[R] = Future()
        result.set_running_or_notify_cancel()

        def fill(done: Future[Any]) -> None:
            self._running.discard(reference)
            try:
                answer = done.result()
            except self._cluster.ray.exceptions.RayTaskError as error:
                result.set_exception(error.cause or error)
            except self._cluster.ray.exceptions.RayError as error:
                result.set_exception(ClusterError(f"a call on the cluster was lost for good: {error}"))
            else:
                if isinstance(answer, Failure):
                    result.set_exception(answer.error())
                else:
                    result.set_result(answer)

        reference.future().add_done_callback(fill)
        return result

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        """End what is still running: nobody reads it any more."""
        for reference in list(self._running):
            with suppress(Exception):  # it ended just now, or the cluster did
                self._cluster.ray.cancel(reference, force=True)
        self._running.clear()
