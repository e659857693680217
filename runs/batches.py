"""Making problems of mathematics, a batch at a time: what the processes of a run do."""

from __future__ import annotations

import time
import traceback
from typing import NamedTuple

from rpsdg.math_domains.curriculum import parse_dial
from rpsdg.math_domains.problems import NoSuchProblemError, Problems
from rpsdg.math_domains.registry import all_families
from rpsdg.math_domains.rewriting import Detail
from rpsdg.traces import jsonl
from rpsdg.traces.errors import RpsdgError

from .ledger import TRIES, words_of
from .math_plan import MathPlan

__all__ = ["BATCH", "Batch", "Failed", "Made", "make_batch", "make_problem", "next_batch", "problems_of"]

BATCH = 100
"""Problems that a process makes at a time."""


class Made(NamedTuple):
    """One problem as a process hands it over."""

    canonical: bytes
    line: bytes


class Failed(NamedTuple):
    """A problem that could not be made, for no reason that anybody foresaw."""

    number: int
    """Its index in the family."""
    detail: str
    log: str


class Batch(NamedTuple):
    """Problems in the order of their numbers."""

    number: int
    """Of the batch."""
    problems: list[Made | Failed | None]
    """None where there is none of what is asked."""
    seconds: float
    """That it took to make them."""


def make_batch(plan: MathPlan, name: str, start: int) -> Batch:
    """Return the problems with the numbers from `start` to the end of its batch."""
    began = time.perf_counter()
    problems = problems_of(plan, name)
    made = [make_problem(problems, index) for index in range(start, next_batch(start))]
    return Batch(start // BATCH, made, time.perf_counter() - began)


def next_batch(start: int) -> int:
    """Return the first number of the next batch: they are the same wherever a run began."""
    return start - start % BATCH + BATCH


def problems_of(plan: MathPlan, name: str) -> Problems:
    """Return the problems of a family, as a plan wants them."""
    level = None if plan.level is None else parse_dial(plan.level, plan.count)
    family = all_families()[name]
    return Problems(family, plan.seed, level, Detail(plan.detail), plan.wrong_steps, plan.split)


def make_problem(problems: Problems, index: int) -> Made | Failed | None:
    """Make one problem, trying it again when it fails for no reason that anybody foresaw."""
    failed = None
    for _ in range(TRIES):
        try:
            trace = problems[index]
            canonical = bytes.fromhex(str(trace.provenance.source["canonical"]))
            return Made(canonical, jsonl.encode(trace))
        except NoSuchProblemError:
            return None
        except RpsdgError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, only this problem shall suffer
            failed = Failed(index, words_of(error), "".join(traceback.format_exception(error)))
    return failed
