"""The driver's side: workers on the nodes, candidates handed to them, and others in place of those that die.

What lies in the cluster's object store is bounded: one `Assignment` for each source that is open, whatever
the number of candidates, and the answer of each worker that has just finished, which is dropped as soon as
it is read. The threads of `in_order` hand out one candidate each, so its window is the back-pressure.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from rpsdg.mutators.judging.benching import TRIES
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.sampling import LAG
from rpsdg.mutators.solution import Tried
from rpsdg.runs.trying import Manner, Trier, Triers
from rpsdg.sandbox.contract import SandboxAbortedError
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import RpsdgError
from rpsdg.traces.kernel import Reason, Stopped

from .calls import ClusterError, Failure, unlike
from .connecting import Cluster
from .placing import placed
from .worker import Answer, Assignment, Worker, environments_here

__all__ = ["RayTrier", "ray_triers"]

_PATIENCE = 900.0
"""Seconds that a candidate waits for a worker, of which there is none, before the run is given up."""
_ASKING = 30.0
"""Seconds that nodes have to say which environments they keep."""
_GRACE = 1.5
"""Seconds that workers have to end what they do, before they are ended themselves."""
_NOTICED = 10.0
"""Seconds after which a cluster knows that a node is gone."""


@dataclass(eq=False)
class _Seat:
    """A worker on a node."""

    actor: Any
    node: str | None
    """None as long as it is not known."""


class RayTrier:
    """Tries the candidates of one source on the nodes of a cluster. Safe for use by several threads."""

    def __init__(
        self,
        cluster: Cluster,
        assignment: Assignment,
        workers: int,
        note: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Send workers to the nodes; they make ready meanwhile.

        Args:
            cluster: where.
            assignment: what they work on.
            workers: how many; each takes one core.
            note: told what the user should know, each thing once.
        """
        self._cluster, self._ray = cluster, cluster.ray
        self._assignment = assignment
        self._work = self._ray.put(assignment)
        self._told: set[str] = set()
        self._note = note
        self._changed = threading.Condition()
        self._seats: set[_Seat] = set()
        self._idle: list[_Seat] = []
        self._failures: Counter[str | None] = Counter()
        self._failure: RpsdgError | None = None
        self._aborted = self._closed = False
        nodes = cluster.nodes()
        for node in placed(nodes, self._at_home(nodes), workers):
            self._send(node)

    def attempt(self, moves: Sequence[Mutator], index: int) -> Tried:
        """Have a candidate tried by the next worker that is free; one that dies is replaced.

        Raises:
            RpsdgError: no worker is left, nor can there be another.
            SandboxAbortedError: the run was interrupted.
        """
        aims = [(move.rule, move.aim()) for move in moves]
        fallen: list[_Seat] = []
        while True:
            seat = self._take()
            try:
                answer = self._ray.get(seat.actor.attempt.remote(index, aims))
            except self._ray.exceptions.RayTaskError:
                raise  # a fault of ours
            except self._ray.exceptions.RayError as error:
                self._lost(seat)
                if self._aborted:
                    raise SandboxAbortedError from error
                fallen.append(seat)
                if self._is_to_blame(fallen):
                    told = f"each of {TRIES} workers that tried it died, on nodes that live"
                    return Tried(Stopped(Reason.SANDBOX_FAILED, told))
                continue
            if isinstance(answer, Answer):
                self._give_back(seat)
                for text in answer.notes:
                    self._tell(text)
                return answer.tried
            if answer is None:
                self._give_back(seat)
                raise SandboxAbortedError
            self._unusable(seat, answer.error())  # the candidate had its tries there, and is not to blame

    @contextmanager
    def aborting(self) -> Iterator[None]:
        """End what is being tried, and try nothing for as long as the context lasts."""
        with self._changed:
            self._aborted = True
            self._changed.notify_all()
            busy = [seat for seat in self._seats if seat not in self._idle and seat.node is not None]
        told = [seat.actor.abort.remote() for seat in busy]
        # One that is deaf must not hold up Ctrl-C.
        timer = threading.Timer(_GRACE, self._end_busy)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            with self._changed:
                self._aborted = False
                there = set(self._seats)
            again = [seat.actor.resume.remote() for seat in busy if seat in there]
            if again and not self._closed:
                self._ray.wait(again, num_returns=len(again), timeout=_GRACE)
            del told

    def close(self) -> None:
        """End all workers, and let go of what they were given."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            seats, self._seats, self._idle = list(self._seats), set(), []
        ended = [seat.actor.stop.remote() for seat in seats if seat.node is not None]
        if ended:
            self._ray.wait(ended, num_returns=len(ended), timeout=_GRACE)
        for seat in seats:
            self._end(seat)
        del self._work

    def _at_home(self, nodes: dict[str, int]) -> set[str]:
        """Return the nodes that have the environment; who is alone is not asked."""
        if sum(cpus > 0 for cpus in nodes.values()) < 2:
            return set()
        kept = self._cluster.on_each_node(environments_here, self._assignment.sandbox, seconds=_ASKING)
        return {node for node, ids in kept.items() if self._assignment.environment.id in ids}

    def _send(self, node: str | None) -> None:
        """Start a worker on a node, or wherever there comes to be room, and have it made ready."""
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        strategy = "SPREAD" if node is None else NodeAffinitySchedulingStrategy(node, soft=False)
        # Of its two threads, one works and the other hears meanwhile that it is to end.
        options = {"num_cpus": 1, "max_concurrency": 2, "max_restarts": 0}
        actor = self._ray.remote(Worker).options(**options, scheduling_strategy=strategy).remote()
        seat = _Seat(actor, None)
        with self._changed:
            self._seats.add(seat)
        threading.Thread(target=self._make_ready, args=(seat, node), daemon=True).start()

    def _make_ready(self, seat: _Seat, wanted: str | None) -> None:
        try:
            node, different = self._ray.get(seat.actor.greet.remote(self._cluster.like))
            failure = unlike(different) if different else None
            if failure is None:
                begun: Failure | None = self._ray.get(seat.actor.begin.remote(self._work))
                failure = begun.error() if begun is not None else None
        except self._ray.exceptions.RayError as error:
            if wanted is None or wanted in self._living():
                self._unusable(seat, _cannot_work(error), wanted)
            else:
                self._lost(seat)  # with its node
            return
        if failure is not None:
            self._unusable(seat, failure, node)
            return
        seat.node = node
        self._give_back(seat)

    def _take(self) -> _Seat:
        """Return a worker that is free; waits for one as long as one may come."""
        until = time.monotonic() + _PATIENCE
        with self._changed:
            while True:
                if self._aborted or self._closed:
                    raise SandboxAbortedError
                if self._idle:
                    return self._idle.pop()
                if not self._seats:
                    raise self._failure or ClusterError("the cluster has no node that can be used")
                if any(seat.node is not None for seat in self._seats):
                    until = time.monotonic() + _PATIENCE  # others work: one of them will be free
                elif time.monotonic() > until:
                    raise self._failure or ClusterError(
                        f"no node of the cluster took up work in {_PATIENCE / 60:.0f} minutes",
                        hint="`ray status` says whether it has cores that nobody else uses.",
                    )
                self._changed.wait(timeout=5)

    def _give_back(self, seat: _Seat) -> None:
        with self._changed:
            if seat in self._seats:
                self._idle.append(seat)
            self._changed.notify_all()

    def _lost(self, seat: _Seat) -> None:
        """Replace a worker that died: where it was, so that its remains are swept, if that node lives."""
        self._remove(seat)
        if not self._closed:
            self._send(seat.node if seat.node in self._living() else None)

    def _unusable(self, seat: _Seat, failure: RpsdgError, node: str | None = None) -> None:
        """Replace a worker whose sandbox does not work; a node where that happens time and again is left."""
        self._remove(seat)
        if self._closed:
            return
        node = node or seat.node
        with self._changed:
            self._failure = failure
            self._failures[node] += 1
            again = node is not None and self._failures[node] < TRIES
        self._tell(f"a worker on a node of the cluster cannot be used: {failure}")
        if again:
            self._send(node)

    def _remove(self, seat: _Seat) -> None:
        with self._changed:
            self._seats.discard(seat)
            if seat in self._idle:
                self._idle.remove(seat)
            self._changed.notify_all()
        self._end(seat)

    def _end(self, seat: _Seat) -> None:
        with suppress(Exception):  # it may have ended, or the cluster have
            self._ray.kill(seat.actor, no_restart=True)

    def _end_busy(self) -> None:
        with self._changed:
            busy = [seat for seat in self._seats if seat not in self._idle and seat.node is not None]
        for seat in busy:
            self._end(seat)

    def _living(self) -> set[str]:
        try:
            return set(self._cluster.nodes())
        except ClusterError:
            return set()

    def _is_to_blame(self, fallen: Sequence[_Seat]) -> bool:
        """Say whether it is the candidate that ends its workers: nodes that went down prove nothing."""

        def proofs() -> int:
            living = self._living()
            return sum(seat.node in living for seat in fallen)

        if proofs() < TRIES:
            return False
        time.sleep(_NOTICED)  # the last of them may have gone down with its node just now
        return proofs() >= TRIES

    def _tell(self, text: str) -> None:
        with self._changed:
            new = text not in self._told
            self._told.add(text)
        if new:
            self._note(text)


def ray_triers(cluster: Cluster, settings: Settings, workers: int) -> Triers:
    """Return what makes the triers of a run on a cluster.

    Args:
        cluster: where candidates are tried.
        settings: the driver's.
        workers: how many there are at once; each takes one core.
    """

    def make(bench: TestBench, manner: Manner, note: Callable[[str], None]) -> Trier:
        # More than that are never under way at once.
        return RayTrier(cluster, Assignment.of(bench, manner, settings), min(workers, LAG), note)

    return make


def _cannot_work(error: Exception) -> ClusterError:
    said = (str(error).strip() or type(error).__name__).splitlines()[-1].strip()
    return ClusterError(
        f"a worker could not start: {said}",
        hint="Is rpsdg installed on every node, in the environment that Ray runs in?",
    )
