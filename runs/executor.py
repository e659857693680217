"""Doing independent things side by side, with results in order and a quick end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext
from typing import TypeVar

__all__ = ["Stopping", "in_order", "side_by_side"]

A = TypeVar("A")
R = TypeVar("R")

Stopping = Callable[[], AbstractContextManager[None]]
"""Ends what is running when entered, and lets nothing new start until it is left: `Sandbox.aborting`."""


def in_order(
    work: Callable[[A], R],
    items: Iterable[A],
    jobs: int,
    stopping: Stopping,
    ahead: int | None = None,
) -> Generator[tuple[A, R], None, None]:
    """Yield each item with its result, in the order of the items, `jobs` of them worked on at once.

    Threads are enough: the work waits for sandboxes. Only a few items are started ahead of the one that is
    yielded next, so leaving the loop early wastes little.

    Args:
        work: called with one item, from several threads.
        items: taken one by one as places become free.
        jobs: how many are worked on at once.
        stopping: entered when the loop is left early, to end what is still running and start nothing more.
        ahead: how many items at most are taken before the first of them was yielded; twice the jobs if not
            given.
    """
    waiting = min(2 * jobs, ahead - 1) if ahead else 2 * jobs
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="rpsdg")
    started: deque[tuple[A, Future[R]]] = deque()
    finished = False
    try:
        for item in items:
            started.append((item, pool.submit(work, item)))
            if len(started) > waiting:
                first, future = started.popleft()
                yield first, future.result()
        while started:
            first, future = started.popleft()
            yield first, future.result()
        finished = True
    finally:
        with nullcontext() if finished else stopping():
            pool.shutdown(wait=True, cancel_futures=True)


def side_by_side(calls: Sequence[Callable[[], R]], jobs: int, stopping: Stopping) -> list[R]:
    """Return the results of several calls, made side by side."""
    with closing(in_order(lambda call: call(), calls, jobs, stopping)) as results:
        return [result for _, result in results]
