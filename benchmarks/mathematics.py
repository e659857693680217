"""How many worked mathematics problems a second, every step of them judged and written down?

Our side makes whole traces on one core: a problem of a family with its worked solution, every step judged by
a witness, every state in LaTeX and in SymPy's notation, explained, hashed and encoded as JSON; always of
problems that were not made before. With wrong steps, each solution has one that is proved wrong.

The peers are measured on the same core in the same run, in environments of their own, in turns with us:

- reasoning-gym and mathematics_dataset write a question and its answer: no steps, nothing is verified;
- the backward generator of Lample and Charton differentiates random expressions, as their paper describes it
  (`backward.py` is written after it, since theirs cannot be installed): an integral and its answer, no steps;
- SymPy's `integral_steps` finds the rules of the same integrals as ours, as far as it can: nothing is
  verified, and nothing is written but the rules;
- SymPy with the same states: reads each without evaluating it, prints its LaTeX, and evaluates it in floating
  point once. That is the least that a generator on SymPy objects would have to do for each trace.

A peer that cannot be installed is named in the log and has no figure. More is better, and seconds are those
of the processor, so other jobs on the machine count less; but for two figures. What two processes make
beside one is a matter of the clock, and means something on an idle machine only. Of the memory after many
traces less is better, and no more than after a tenth of them is what is meant to be seen.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import sympy
from sympy.core.cache import clear_cache

from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.registry import all_families
from rpsdg.math_domains.sympy_bridge import to_sympy
from rpsdg.runs.mathematics import new_plan, run_mathematics
from rpsdg.runs.progress import Reporter
from rpsdg.traces import jsonl
from rpsdg.traces.record import Trace

from .figure import Figure, compare, versions_of
from .mathematics_home import Peer, PeersHome

__all__ = ["run"]

REPETITIONS = 3
COUNT, QUICK_COUNT = 2_000, 150
SECONDS, QUICK_SECONDS = 4.0, 0.5
SYMPY_COUNT = 20
MEMORY, QUICK_MEMORY = 100_000, 3_000
RUN, QUICK_RUN = 4_000, 300

_GYM = ("reasoning-gym==0.1.25", "sympy==1.14.0")


class Workload(NamedTuple):
    """What is made, and whom it is measured beside."""

    families: tuple[tuple[str, float | None], ...]
    """Families with their levels, in turns; None for all levels evenly."""
    wrong_steps: float
    peers: tuple[tuple[Peer, str], ...]
    """With what they are and lack."""


_ALGEBRA = (("linear-equation", 4.0), ("quadratic-by-factoring", 2.0), ("quadratic-by-factoring", 3.0),
            ("quadratic-by-square", 4.0))  # fmt: skip
_INTEGRALS = (("integral-by-table", None), ("integral-by-substitution", None),
              ("integral-by-partial-fractions", None))  # fmt: skip
_WORKLOADS = {
    "six-step algebra": Workload(
        _ALGEBRA,
        0.0,
        (
            (Peer("reasoning-gym-equations", _GYM), "equations of reasoning-gym: answers only, unverified"),
            (
                Peer("mathematics-dataset", ("mathematics-dataset==1.0.1", "sympy==1.5.1", "numpy<2")),
                "algebra of mathematics_dataset: answers only, unverified",
            ),
        ),
    ),
    "integrals": Workload(
        _INTEGRALS,
        0.0,
        (
            (Peer("reasoning-gym-integration", _GYM), "integrals of reasoning-gym: answers only, unverified"),
            (Peer("backward", _GYM), "backward generator after Lample and Charton: answers only"),
            (Peer("integral-steps", _GYM), "`integral_steps` on the same problems: rules only, unverified"),
        ),
    ),
    "wrong steps": Workload((*((name, None) for name, _ in _ALGEBRA[:2]), *_INTEGRALS), 1.0, ()),
}


def run(quick: bool) -> Iterator[Figure]:
    """Measure each workload beside its peers, then two processes, then memory.

    Args:
        quick: less of everything, once.
    """
    with tempfile.TemporaryDirectory(prefix="rpsdg-mathematics-") as folder:
        home = PeersHome(Path(folder))
        with _one_core():
            for name, workload in _WORKLOADS.items():
                yield from _figures(name, workload, home, quick)
    yield _two_processes(quick)
    yield _memory(QUICK_MEMORY if quick else MEMORY)


@contextmanager
def _one_core() -> Iterator[None]:
    """Keep this process and those that it starts on one core, where the system lets it."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


class _Source:
    """Problems of several families in turns, no problem twice."""

    def __init__(self, families: Sequence[tuple[str, float | None]], wrong_steps: float) -> None:
        known = all_families()
        self._mixed = [
            Problems(known[name], seed=1, level=level, wrong_steps=wrong_steps) for name, level in families
        ]
        self._index = 0

    def trace(self) -> Trace:
        made = self._mixed[self._index % len(self._mixed)][self._index]
        self._index += 1
        return made

    def rate(self, count: int) -> float:
        """Return how many traces a second are made and encoded."""
        gc.collect()
        begin = time.process_time()
        for _ in range(count):
            jsonl.encode(self.trace())
        return count / (time.process_time() - begin)


def _figures(name: str, workload: Workload, home: PeersHome, quick: bool) -> Iterator[Figure]:
    source = _Source(workload.families, workload.wrong_steps)
    warm = [source.trace() for _ in range(50)]
    problems = [str(trace.problem.state["sympy"]) for trace in warm]
    ours: list[float] = []
    theirs: dict[Peer, list[float]] = {peer: [] for peer, _ in workload.peers}
    versions = versions_of("sympy", "python-flint", "msgspec")
    sympys: list[float] = []
    for repetition in range(1 if quick else REPETITIONS):
        ours.append(source.rate(QUICK_COUNT if quick else COUNT))
        for peer in theirs:
            found = home.measure(peer, QUICK_SECONDS if quick else SECONDS, 1 + repetition, problems)
            if found is not None:
                theirs[peer].append(found["rate"])
                versions[peer.requirements[0].partition("==")[0]] = found["version"]
        sympys.append(_sympy_rate(warm[:SYMPY_COUNT]))
    steps = sum(len(trace.steps) for trace in warm) / len(warm)
    title = f"{name}, {steps:.1f} steps on average"
    rows = [(sympys, "SymPy with the same states: nothing is judged, explained or hashed")]
    rows += [(theirs[peer], lacks) for peer, lacks in workload.peers]
    for rates, lacks in rows:
        if rates:
            yield compare(
                f"{title}; {lacks}",
                max(ours),
                max(rates),
                unit="/s on one core",
                better="more",
                versions=versions,
                repeated=(ours, rates),
            )


def _sympy_rate(traces: Sequence[Trace]) -> float:
    gc.collect()
    clear_cache()
    begin = time.process_time()
    for trace in traces:
        _sympy_trace(trace)
    return len(traces) / (time.process_time() - begin)


def _sympy_trace(trace: Trace) -> list[str]:
    """Do with SymPy what every trace takes at least."""
    states = [trace.problem.state, *(step.after for step in trace.steps)]
    objects = [to_sympy(read(state["sympy"])) for state in states]
    for state in objects:
        if isinstance(state, sympy.Expr) and not state.has(sympy.Integral, sympy.Subs):
            state.subs(dict.fromkeys(state.free_symbols, 0.731)).evalf()
    return [sympy.latex(state) for state in objects]


def _two_processes(quick: bool) -> Figure:
    """Measure a run with two processes beside one with one, in turns."""
    families = tuple(dict.fromkeys(name for name, _ in (*_ALGEBRA, *_INTEGRALS)))
    count = QUICK_RUN if quick else RUN
    rates: dict[int, list[float]] = {1: [], 2: []}
    for seed in range(1 if quick else REPETITIONS):
        for jobs, found in rates.items():
            plan = new_plan(families, count, None, seed, 2, 0.0)
            with tempfile.TemporaryDirectory(prefix="rpsdg-mathematics-") as folder:
                begin = time.perf_counter()
                summary = run_mathematics(plan, Path(folder), jobs, _Silent(count * len(families), "traces"))
                found.append(sum(summary.traces.values()) / (time.perf_counter() - begin))
    return compare(
        "`rpsdg math` with two processes, beside one; on the clock, only of an idle machine",
        max(rates[2]),
        max(rates[1]),
        unit="traces/s",
        better="more",
        versions=versions_of("rpsdg"),
        repeated=(rates[2], rates[1]),
    )


class _Silent(Reporter):
    """Tells nothing."""

    def stage(self, text: str) -> None:
        """Leave it."""

    def note(self, text: str) -> None:
        """Leave it."""

    def show(self, name: str, *, counts: bool, about: dict[str, Any]) -> None:
        """Leave it."""


def _memory(count: int) -> Figure:
    """Measure what a process of its own holds after so many traces, beside a tenth of them."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        early, late = pool.submit(_held, count).result()
    return compare(
        f"memory after {count:,} traces of all kinds, beside after {count // 10:,}",
        late,
        early,
        unit="MiB",
        better="less",
        versions=versions_of("rpsdg"),
    )


def _held(count: int) -> tuple[float, float]:
    """Return how many MiB were held at most after a tenth of the traces, and after all of them."""
    source = _Source([(name, None) for name in all_families()], 0.25)
    early = 0.0
    for number in range(1, count + 1):
        jsonl.encode(source.trace())
        if number == count // 10:
            early = _most_held()
    return early, _most_held()


def _most_held() -> float:
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1024**2
