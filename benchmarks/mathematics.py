"""How many worked mathematics problems a second, every step of them judged and written down?

Our side makes whole traces on one core: a problem of a family with its worked solution, every step judged by
a witness, every state in LaTeX and in SymPy's notation, explained, hashed and encoded as JSON. The peer is
SymPy itself, on the same problems: it makes the same states from their text without evaluating them, prints
each as LaTeX, and evaluates each in floating point once. That is the least that a generator on SymPy objects
would have to do for each trace, with fewer guarantees.

More is better in every figure. Seconds are those of the processor, so other jobs on the machine count less;
the spread is over repetitions, and SymPy's cache is emptied before each.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence

import sympy
from sympy.core.cache import clear_cache

from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.registry import all_families
from rpsdg.math_domains.sympy_bridge import to_sympy
from rpsdg.traces import jsonl
from rpsdg.traces.record import Trace

from .figure import Figure, compare, versions_of

__all__ = ["run"]

REPETITIONS = 3
COUNT, QUICK_COUNT = 2_000, 150
PEER_COUNT = 20
_WORKLOADS = {
    "algebra": ("linear-equation", "quadratic-by-factoring", "expand-polynomial", "factor-polynomial"),
    "integrals": ("integral-by-table", "integral-by-substitution", "integral-by-partial-fractions"),
}


def run(quick: bool) -> Iterator[Figure]:
    """Measure each workload, and wrong steps.

    Args:
        quick: fewer problems, once.
    """
    count = QUICK_COUNT if quick else COUNT
    for name, families in _WORKLOADS.items():
        yield _figure(name, families, count, wrong_steps=0.0, repetitions=1 if quick else REPETITIONS)
    everything = tuple(family for families in _WORKLOADS.values() for family in families)
    yield _figure("wrong steps", everything, count, wrong_steps=1.0, repetitions=1 if quick else REPETITIONS)


def _figure(
    name: str, families: Sequence[str], count: int, *, wrong_steps: float, repetitions: int
) -> Figure:
    known = all_families()
    mixed = [Problems(known[family], seed=1, wrong_steps=wrong_steps) for family in families]

    def ours(index: int) -> Trace:
        return mixed[index % len(mixed)][index]

    warm = [ours(index) for index in range(50)]
    steps = sum(len(trace.steps) for trace in warm) / len(warm)
    # New problems each time: of those made before much is remembered.
    rates = [
        _rate(
            lambda index: jsonl.encode(ours(index)), range(len(warm) + k * count, len(warm) + (k + 1) * count)
        )
        for k in range(repetitions)
    ]
    peers = [_rate(lambda index: _sympy_trace(warm[index]), range(PEER_COUNT)) for _ in range(repetitions)]
    return compare(
        f"{name}: worked, judged and written traces, {steps:.1f} steps on average",
        max(rates),
        max(peers),
        unit="traces/s on one core",
        better="more",
        versions=versions_of("sympy", "python-flint", "msgspec"),
        repeated=(rates, peers),
    )


def _rate(make: Callable[[int], object], indices: range) -> float:
    gc.collect()
    clear_cache()
    begin = time.process_time()
    for index in indices:
        make(index)
    return len(indices) / (time.process_time() - begin)


def _sympy_trace(trace: Trace) -> list[str]:
    """Do with SymPy what every trace takes at least."""
    states = [trace.problem.state, *(step.after for step in trace.steps)]
    objects = [to_sympy(read(state["sympy"])) for state in states]
    for state in objects:
        if isinstance(state, sympy.Expr) and not state.has(sympy.Integral, sympy.Subs):
            state.subs(dict.fromkeys(state.free_symbols, 0.731)).evalf()
    return [sympy.latex(state) for state in objects]
