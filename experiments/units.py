"""Units of work, several at once in processes of their own; a stopped run leaves none behind."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Protocol

__all__ = ["Unit", "work_off"]


class Unit(Protocol):
    """Work that can be sent to another process and that knows whether it was done."""

    def is_done(self) -> bool:
        """Say whether there is nothing to do."""

    def do(self) -> None:
        """Do it, or go on with it."""


def work_off(units: Iterable[Unit], jobs: int) -> None:
    """Do what is not done yet; the first error ends all.

    Args:
        units: in the order in which they are begun; each says what it is as text.
        jobs: how many processes may work at once.
    """
    todo = [unit for unit in units if not unit.is_done()]
    if not todo:
        return
    context = multiprocessing.get_context("spawn")  # threads of libraries do not survive a fork
    with ProcessPoolExecutor(min(jobs, len(todo)), mp_context=context, initializer=_end_politely) as pool:
        begun = {pool.submit(_timed, unit): unit for unit in todo}
        try:
            for number, future in enumerate(as_completed(begun), 1):
                print(f"[{number}/{len(todo)}] {begun[future]}, {future.result():.0f} s", file=sys.stderr)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.terminate()
            raise


def _end_politely() -> None:
    # As Ctrl-C does it, so that sandboxes are closed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def _timed(unit: Unit) -> float:
    began = time.monotonic()
    unit.do()
    return time.monotonic() - began
