"""reasoning-gym, verifiers, mini-swe-agent and Harbor load what is exported for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpsdg.corpora.dataset import Dataset

PROGRAMS = Path(__file__).with_name("programs")
pytestmark = [pytest.mark.consumer, pytest.mark.timeout(1800)]  # the first makes the environment


def test_reasoning_gym_asks_and_scores(mathematics: Dataset, home, exported) -> None:
    folder = exported("reasoning-gym", mathematics, "rpsdg_exported_problems")

    told = home("environments").run(PROGRAMS / "load_reasoning_gym.py", folder)

    assert told["right"] == [1.0] * 20
    assert told["wrong"] == [0.0] * 4
    assert told["same"]
    assert set(told["questions"]) <= {trace.problem.statement for trace in mathematics.traces()}
    assert len(set(told["questions"])) == 20
    assert told["mixed"] == [1.0] * 8
    assert told["metadata"]["source_dataset"] == "rpsdg_exported_problems"
    assert told["metadata"]["difficulty"]["level"] in range(1, 6)


def test_verifiers_validates_every_task(mathematics: Dataset, home, exported, tmp_path: Path) -> None:
    folder = exported("verifiers", mathematics, "rpsdg_exported_tasks", limit=8)

    told = home("environments").run(PROGRAMS / "load_verifiers.py", folder, tmp_path)

    traces = list(mathematics.traces())[:8]
    assert told["ids"] == [trace.id for trace in traces]
    assert told["prompts"] == [trace.problem.statement for trace in traces]
    assert told["keys"] == 8
    assert told["gold"] == [True] * 8
    assert told["untouched"] == [{"correct": 0.0}] * 8


def test_mini_swe_agent_shows_every_step(bugs: Dataset, home, exported) -> None:
    folder = exported("mini-swe-agent", bugs, "trajectories", limit=2)

    told = home("environments").run(PROGRAMS / "inspect_mini.py", folder)

    for trace in list(bugs.traces())[:2]:
        (shown,) = (one for one in told["trajectories"] if one["file"] == f"{trace.id}.traj.json")
        calls = sum(len(step.actions) for step in trace.steps)
        assert shown["pages"] == calls + 2  # the question, a page for each call, and the one that hands in
        assert shown["messages"] == 2 + 2 * calls + 2
        assert trace.steps[0].actions[0].observation.splitlines()[0] in shown["second"]


def test_harbor_validates_trajectories(bugs: Dataset, home, exported) -> None:
    folder = exported("atif", bugs, "trajectories")

    told = home("harbor").run(PROGRAMS / "validate_atif.py", folder)["trajectories"]

    assert len(told) == 8
    for one in told.values():
        assert one["errors"] == []
        assert one["valid"]
        assert one["same"]
