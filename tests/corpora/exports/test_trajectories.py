"""Trajectories: run again, each command prints what it is answered with, and the program is mended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.exports.base import Options
from rpsdg.corpora.exports.programs import Programs
from rpsdg.corpora.exports.registry import find_export
from rpsdg.corpora.exports.running import run_export
from rpsdg.sandbox.tree import Tree


def exported(name: str, dataset: Dataset, folder: Path) -> dict[str, dict[str, object]]:
    run_export(find_export(name)(), dataset, folder / name, Options())
    return {path.name: json.loads(path.read_text()) for path in (folder / name).glob("[!.]*")}


def test_bash_commands_do_what_the_tools_did(bugs: Dataset, tmp_path: Path) -> None:
    files, programs = exported("mini-swe-agent", bugs, tmp_path), Programs(bugs)
    interpreters = tmp_path / "bin"
    interpreters.mkdir()
    (interpreters / "python").symlink_to(sys.executable)
    environment = {**os.environ, "PATH": f"{interpreters}:{os.environ['PATH']}"}

    for trace in bugs.traces():
        place = tmp_path / trace.id
        programs.of(trace.problem.state).write_to(place)
        messages = files[f"{trace.id}.traj.json"]["messages"]
        assert isinstance(messages, list)
        replies = {m["tool_call_id"]: m["content"] for m in messages if m["role"] == "tool"}
        repeated = 0
        for message in messages:
            for action in message.get("extra", {}).get("actions", []):
                if "pytest" in action["command"] or action["tool_call_id"] not in replies:
                    continue  # tests need their sandbox, and the last command hands in the work
                done = subprocess.run(
                    ["bash", "-c", action["command"]],
                    cwd=place,
                    env=environment,
                    capture_output=True,
                    check=True,
                )
                assert done.stdout.decode() == replies[action["tool_call_id"]]
                repeated += 1
        assert repeated >= 2 * len(trace.steps)
        assert Tree.from_directory(place) == programs.of(trace.answer.state)
        assert messages[-1]["role"] == "exit"
        assert messages[-1]["extra"]["submission"] == trace.answer.text


def test_steps_are_numbered_and_refer_to_their_calls(bugs: Dataset, tmp_path: Path) -> None:
    files = exported("atif", bugs, tmp_path)

    assert len(files) == 8
    for trace in bugs.traces():
        steps = files[f"{trace.id}.json"]["steps"]
        assert isinstance(steps, list)
        assert [step["step_id"] for step in steps] == list(range(1, len(steps) + 1))
        called = [step for step in steps if "tool_calls" in step]
        assert len(called) == sum(len(step.actions) for step in trace.steps)
        for step in called:
            assert (
                step["observation"]["results"][0]["source_call_id"] == step["tool_calls"][0]["tool_call_id"]
            )


@pytest.mark.parametrize("name", ["mini-swe-agent", "atif"])
def test_a_trace_without_tool_calls_is_left_out(name: str, mathematics: Dataset, tmp_path: Path) -> None:
    from rpsdg.corpora.dataset import DatasetError

    with pytest.raises(DatasetError, match="6 for domain math"):
        exported(name, mathematics, tmp_path)
