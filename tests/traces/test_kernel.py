"""Walks: only the walk chooses, and the tape leads back."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from rpsdg.traces.kernel import Walk

from .test_conformance import Increment


@given(st.integers(), st.integers(0, 20), st.integers())
def test_a_walk_leads_back_step_by_step(start: int, length: int, seed: int) -> None:
    walk = Walk.wander(start, (Increment,), length, Random(seed))
    tape = list(walk.reversed())

    assert len(tape) == length
    assert all(step.move.undo(step.before) == step.after for step in tape)
    assert all(a.after == b.before for a, b in pairwise(tape))
    assert (tape[-1].after if tape else walk.states[0]) == start
