"""What a solution shows is what anybody sees who runs the same, whatever was recorded besides."""

from __future__ import annotations

import pytest

from rpsdg.mutators.judging.actions import repeat
from rpsdg.mutators.judging.benching import calibrated
from rpsdg.mutators.sampling import candidates
from rpsdg.mutators.solution import Origin, confirm
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.environments import prepare
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces.identity import mask
from rpsdg.traces.record import Trace

pytestmark = pytest.mark.network

PROGRAM = """\
def depth(n):
    if n == 0:
        return 0
    return depth(n - 1) + 1
"""
TESTS = """\
from deep import depth


def test_depth():
    assert depth(3) == 3


def test_python():
    assert callable(depth)
"""


def test_a_bug_that_runs_out_of_stack(local_sandbox: Sandbox, settings: Settings) -> None:
    tree = Tree({"deep.py": Entry(PROGRAM.encode()), "test_deep.py": Entry(TESTS.encode())})
    environment, place = prepare(tree, local_sandbox, settings)
    bench = calibrated(local_sandbox, place, environment, tree, settings.limits, timeout=60)
    (endless,) = (
        move
        for move in candidates(tree)
        if b"return 0" not in move.apply(tree)["deep.py"].data
        and b"depth(n - 1) + 1" in move.apply(tree)["deep.py"].data
        and b"if" not in move.apply(tree)["deep.py"].data
    )

    trace = confirm(bench, [endless], 0, Origin("0", 0, "deep", {})).result

    assert isinstance(trace, Trace)
    shown = trace.steps[0].actions[0]
    assert "RecursionError" in shown.observation
    assert "rpsdg" not in shown.observation
    with local_sandbox.open(place, settings.limits) as session:
        session.load(endless.apply(tree))
        assert mask(repeat(bench, session, shown)[0].observation) == mask(shown.observation)
