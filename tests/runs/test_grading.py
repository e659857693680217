"""Answers of solvers are marked by the tests of the program, and never raise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, cast

import pytest

from rpsdg.corpora.dataset import Dataset
from rpsdg.mutators.diffs import apply_diff, make_diff
from rpsdg.mutators.judging.judge import UntrustedJudgeError
from rpsdg.runs.grading import Grader, Task, grade, score
from rpsdg.runs.mathematics import new_plan, run_mathematics
from rpsdg.runs.predictions import Prediction, PredictionsError, match_ids, read_predictions
from rpsdg.runs.progress import PlainReporter
from rpsdg.sandbox.contract import Limits, Place, Sandbox, SandboxBrokeError, Session
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode

from .conftest import Command, Finished, records


@pytest.fixture
def data(finished: Finished, local_sandbox: Sandbox) -> Path:
    return finished(local_sandbox, 2)


@pytest.fixture
def grader(data: Path, local_sandbox: Sandbox, settings: Settings) -> Iterator[Grader]:
    made = Grader(Dataset(data), settings, local_sandbox)
    yield made
    made.close()


def _patch(task: Task, source: str) -> str:
    """Return a patch that puts something in front of the edited file."""
    tree = task.grader.bench(task.trace).tree
    base = apply_diff(tree, str(task.trace.problem.state["diff"]))
    (path,) = base.changed(tree)
    return make_diff(base, base.replace(path, source.encode() + base[path].data))


def test_right_answers_wrong_ones_and_whatever_models_write(grader: Grader) -> None:
    with ThreadPoolExecutor(3) as pool:
        marks = list(pool.map(lambda task: grade(task, task.trace.answer.text), grader.tasks))
    assert [mark.score for mark in marks] == [1.0] * 5
    assert all(mark.resolved and mark.taken and not mark.reason for mark in marks)
    task = grader.tasks[0]
    tree = grader.bench(task.trace).tree
    base = apply_diff(tree, str(task.trace.problem.state["diff"]))
    for negative in task.trace.negatives[:2]:
        wrong = grade(task, make_diff(base, apply_diff(tree, negative.state["diff"])))
        assert 0 <= wrong.score < 1
        assert wrong.failing
    for text in (
        None,
        7,
        "",
        "I cannot.",
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
        "\ud800",
        "@@ -1 +1 @@\n-\0",
    ):
        assert score(task, text) == 0.0
    assert grade(task, _patch(task, "import gc\n")).reason == "refused"
    assert grade(task, _patch(task, "getattr(__import__('os'), 'x' + 'y')\n")).reason == "refused"
    early = grade(task, _patch(task, "import os as o\ngetattr(o, '_ex' + 'it')(0)\n"))
    assert (early.score, early.reason) == (0.0, "crash")
    assert grade(task, _patch(task, "this is no Python\n")).score == 0.0


class _Broken(Sandbox):
    """Opens a sandbox so often, and breaks from then on."""

    def __init__(self, inner: Sandbox, good: int) -> None:
        self.inner, self.good = inner, good

    def __getattribute__(self, name: str) -> Any:
        if name in {"open", "inner", "good"}:
            return object.__getattribute__(self, name)
        return getattr(object.__getattribute__(self, "inner"), name)

    def open(self, place: Place, limits: Limits) -> AbstractContextManager[Session]:
        self.good -= 1
        if self.good < 0:
            raise SandboxBrokeError("gone")
        return self.inner.open(place, limits)


_Broken.__abstractmethods__ = frozenset()  # it hands everything on


def test_machinery_that_gives_way_is_nobodys_answer(
    data: Path, local_sandbox: Sandbox, settings: Settings
) -> None:
    broken: Sandbox = cast(Any, _Broken)(local_sandbox, 1)
    grader = Grader(Dataset(data), settings, broken)
    task = grader.tasks[0]
    with pytest.raises(SandboxBrokeError):
        grade(task, task.trace.answer.text)


def test_a_program_that_is_not_green_marks_nobody(
    data: Path, local_sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rpsdg.runs.grading.PATIENCE", 0.01)
    grader = Grader(Dataset(data), settings, local_sandbox)
    with pytest.raises(UntrustedJudgeError, match="do not pass"):
        grade(grader.tasks[0], grader.tasks[0].trace.answer.text)


def test_the_command_goes_on_where_it_stopped(data: Path, tmp_path: Path, rpsdg: Command) -> None:
    lines = records(data)
    answers = [
        {"instance_id": f"shop__shop-{t['id'][:12]}", "model_patch": t["answer"]["text"]} for t in lines
    ]
    answers[1]["model_patch"] = "no idea"
    (tmp_path / "answers.json").write_text(json.dumps(answers[:2]))
    command = ["grade", data, "-p", tmp_path / "answers.json", "--out", tmp_path / "marks.jsonl"]
    command += ["--sandbox", "local", "--json"]
    done = rpsdg(*command)
    assert done.returncode == ExitCode.OK, done.stderr
    summary = json.loads(done.stdout.splitlines()[-1])
    assert (summary["answers"], summary["tasks"], summary["resolved"], summary["mean_score"]) == (
        2,
        5,
        1,
        0.5,
    )
    assert summary["reasons"] == {"bad-patch": 1}
    with (tmp_path / "marks.jsonl").open("a") as file:
        file.write('{"cut sho')
    (tmp_path / "answers.json").write_text(json.dumps(answers[:3]))
    done = rpsdg(*command)
    summary = json.loads(done.stdout.splitlines()[-1])
    assert (summary["answers"], summary["resolved"]) == (3, 2)
    marks = [json.loads(line) for line in (tmp_path / "marks.jsonl").read_text().splitlines()]
    assert [mark["id"] for mark in marks] == [trace["id"] for trace in lines[:3]]


def test_formulas_are_marked_without_a_sandbox(tmp_path: Path, rpsdg: Command) -> None:
    folder = tmp_path / "data"
    run_mathematics(new_plan(("linear-equation",), 3, None, 1, 2, 0.0), folder, 1, PlainReporter(3, "traces"))
    traces = list(Dataset(folder).traces())
    answers = [{"id": trace.id, "answer": f"So the answer is {trace.answer.text}."} for trace in traces]
    answers[0]["answer"] = "x = 123456789"
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(answer) + "\n" for answer in answers))
    done = rpsdg("grade", folder, "--predictions", tmp_path / "answers.jsonl", DOCKER_HOST="unix:///nowhere")
    assert done.returncode == ExitCode.OK, done.stderr
    assert "2 (67%)" in done.stdout


@pytest.mark.parametrize(
    "text",
    [
        '{"id": "a", "patch": "x"}\n{"id": "b", "model_patch": "y"}\n',
        '[{"instance_id": "a", "model_patch": "x"}, {"trace_id": "b", "answer": "y"}]',
        '{"a": "x", "b": {"model_patch": "y", "model_name_or_path": "m"}}',
    ],
)
def test_predictions_in_every_form(tmp_path: Path, text: str) -> None:
    (tmp_path / "file").write_text(text)
    assert read_predictions(tmp_path / "file") == [Prediction("a", "x"), Prediction("b", "y")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "line 1: not JSON"),
        ('[{"id": "a"}]', "an answer"),
        ("[7]", "an object"),
        ('{"id": 7, "patch": ""}', "id"),
    ],
)
def test_other_files_say_what_was_expected(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "file").write_text(text)
    with pytest.raises(PredictionsError, match=why):
        read_predictions(tmp_path / "file")


def test_ids_are_found_by_what_names_end_in() -> None:
    ids = ["0123456789abcdef", "0123456789abcfff", "fedcba9876543210"]

    def matched(name: str) -> str:
        return match_ids([Prediction(name, "")], ids)[name]

    assert matched(ids[0]) == ids[0]
    assert matched("toolz-fedcba98") == ids[2]
    for name in ("toolz-0123456789", "toolz-99999999", "toolz", "fedc"):
        with pytest.raises(PredictionsError, match=name):
            matched(name)
