"""Records for training: what a model is asked and answers is what the trace says, right and wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.exports.base import Options, Summary, TokenLimit
from rpsdg.corpora.exports.facts import FACTS
from rpsdg.corpora.exports.programs import Programs
from rpsdg.corpora.exports.registry import find_export
from rpsdg.corpora.exports.running import run_export
from rpsdg.corpora.exports.styles import Style, apply_answer
from rpsdg.corpora.exports.tools import TOOLS
from rpsdg.math_domains.grading import Problem, score
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.registry import all_families
from rpsdg.math_domains.righting import NoRightStepError, right_step
from rpsdg.math_domains.witnesses import Holds, judge_tape
from rpsdg.traces.record import Trace


def exported(
    name: str, dataset: Dataset, folder: Path, options: Options | None = None
) -> tuple[list[dict[str, Any]], Summary]:
    summary = run_export(find_export(name)(), dataset, folder / name, options or Options())
    return [json.loads(line) for line in (folder / name).read_text().splitlines()], summary


def by_id(dataset: Dataset) -> dict[str, Trace]:
    return {trace.id: trace for trace in dataset.traces()}


TRAINING = ("trl-sft", "trl-prompt-completion", "trl-preference", "trl-kto", "trl-stepwise")


@pytest.mark.parametrize("name", [*TRAINING, "swe-bench", "swe-smith"])
def test_every_record_says_where_it_comes_from(name: str, bugs: Dataset, tmp_path: Path) -> None:
    records, summary = exported(name, bugs, tmp_path)

    traces = by_id(bugs)
    assert {record["trace_id"] for record in records} <= set(traces)
    assert summary.records == len(records) >= 6
    for record in records:
        assert set(FACTS) <= set(record)
        assert (record["domain"], record["licence"]) == ("code/bugfix", "MIT")
        assert record["level"] in range(1, 6)


def test_tool_calls_are_those_that_were_made(bugs: Dataset, tmp_path: Path) -> None:
    records, _ = exported("trl-sft", bugs, tmp_path)

    for record in records:
        trace = by_id(bugs)[record["trace_id"]]
        calls = [m["tool_calls"][0]["function"] for m in record["messages"] if "tool_calls" in m]
        actions = [action for step in trace.steps for action in step.actions]
        assert [(c["name"], c["arguments"]) for c in calls] == [(a.tool, a.input) for a in actions]
        observed = [m["content"] for m in record["messages"] if m["role"] == "tool"]
        assert observed == [action.observation for action in actions]
        assert [m["role"] for m in record["messages"][:2]] == ["user", "assistant"]
        said = "\n".join(m["content"] for m in record["messages"] if m["role"] == "assistant")
        assert all(step.explanation in said for step in trace.steps)
        assert record["tools"] == TOOLS


def test_tools_take_what_they_are_given(bugs: Dataset) -> None:
    from jsonschema import Draft202012Validator

    schemas = {t["function"]["name"]: Draft202012Validator(t["function"]["parameters"]) for t in TOOLS}
    for trace in bugs.traces():
        for step in trace.steps:
            for action in step.actions:
                schemas[action.tool].validate(action.input)


@pytest.mark.parametrize("style", ["whole-file", "diff", "search-replace"])
def test_completions_mend_and_wrong_ones_do_not(style: Style, bugs: Dataset, tmp_path: Path) -> None:
    programs = Programs(bugs)
    records, _ = exported("trl-kto", bugs, tmp_path, Options(style=style))

    labels = []
    for record in records:
        trace = by_id(bugs)[record["trace_id"]]
        broken, fixed = programs.of(trace.problem.state), programs.of(trace.answer.state)
        made = apply_answer(style, broken, record["completion"][0]["content"])
        assert (made == fixed) is record["label"]
        if not record["label"]:
            assert made in [programs.of(negative.state) for negative in trace.negatives]
        for path in broken.changed(made):
            assert broken[path].data.decode() in record["prompt"][0]["content"]
        labels.append(record["label"])
    assert labels.count(True) == 8
    assert labels.count(False) > 12


def test_preferences_are_the_right_fix_and_a_wrong_one(bugs: Dataset, tmp_path: Path) -> None:
    programs = Programs(bugs)
    records, _ = exported("trl-preference", bugs, tmp_path, Options(style="diff"))

    for record in records:
        trace = by_id(bugs)[record["trace_id"]]
        broken, fixed = programs.of(trace.problem.state), programs.of(trace.answer.state)
        assert apply_answer("diff", broken, record["chosen"][0]["content"]) == fixed
        assert apply_answer("diff", broken, record["rejected"][0]["content"]) not in {broken, fixed}


def test_fixes_of_a_walk_are_steps(bugs: Dataset, tmp_path: Path) -> None:
    programs = Programs(bugs)
    records, _ = exported("trl-stepwise", bugs, tmp_path)
    walks = [r for r in records if len(r["completions"]) > 1]

    assert len(walks) == 2
    for record in walks:
        trace = by_id(bugs)[record["trace_id"]]
        program = programs.of(trace.problem.state)
        for fix, step in zip(record["completions"], trace.steps, strict=True):
            program = apply_answer("search-replace", program, fix)
            assert program == programs.of(step.after)
        assert record["labels"] == [True] * len(trace.steps)
    assert {tuple(r["labels"]) for r in records} >= {(True,), (False,), (True, True)}


def test_a_solution_told_ends_in_an_answer_that_the_grader_takes() -> None:
    from rpsdg.corpora.exports.answers import worked

    for name, family in all_families().items():
        for index in range(2):
            trace = Problems(family, seed=5)[index]
            assert score(Problem.of(trace), "\n\n".join(worked(trace))) == 1.0, (name, index)


def test_right_and_wrong_steps_of_mathematics(mathematics: Dataset, tmp_path: Path) -> None:
    preferences, summary = exported("trl-preference", mathematics, tmp_path)
    unpaired, _ = exported("trl-kto", mathematics, tmp_path)
    stepwise, _ = exported("trl-stepwise", mathematics, tmp_path)
    benchmark, _ = exported("processbench", mathematics, tmp_path)
    rated, _ = exported("prm800k", mathematics, tmp_path)
    right, _ = exported("trl-sft", mathematics, tmp_path)

    wrong = {trace.id for trace in mathematics.traces() if trace.negatives}
    assert {r["trace_id"] for r in preferences} == wrong != set()
    assert {r["trace_id"] for r in right} == set(by_id(mathematics)) - wrong
    assert summary.dropped["no wrong step"] == 6 - len(wrong)
    assert [r["label"] for r in unpaired] == [r["trace_id"] not in wrong for r in unpaired]
    for steps, verdict, rating in zip(stepwise, benchmark, rated, strict=True):
        trace = by_id(mathematics)[steps["trace_id"]]
        labels = [step.label for step in trace.steps]
        assert steps["labels"] == [label == "correct" for label in labels]
        assert steps["completions"] == verdict["steps"]
        assert verdict["label"] == (labels.index("first-error") if trace.id in wrong else -1)
        assert verdict["final_answer_correct"] is (trace.id not in wrong)
        first = [step["completions"][0]["rating"] for step in rating["label"]["steps"]]
        assert first == [1] * verdict["label"] + [-1] if trace.id in wrong else [1] * len(labels)


def test_the_right_step_is_judged_anew() -> None:
    made = 0
    for name in ("linear-equation", "integral-by-parts", "expand-polynomial"):
        family = all_families()[name]
        for index in range(3):
            trace = Problems(family, seed=2, wrong_steps=1.0)[index]
            step = right_step(trace)
            (wrong,) = (step for step in trace.steps if step.label == "first-error")
            states = [read(str(state["sympy"])) for state in (step.before, step.after)]
            assert [f.holds for f in judge_tape(states, assuming=family.assuming)] == [Holds.YES]
            assert (step.before, step.label) == (wrong.before, "correct")
            assert step.after != wrong.after
            made += 1
    assert made == 9
    with pytest.raises(NoRightStepError):
        right_step(Problems(all_families()["linear-equation"])[0])


def test_no_text_ends_a_record(mathematics: Dataset, tmp_path: Path) -> None:
    class Loud(find_export("jsonl")):  # type: ignore[misc] # a class that is looked up
        name = "loud"

        def records(self, trace: Trace, job: object) -> Iterator[dict[str, str]]:
            yield {"text": 'a\x85b\u2028c\u2029d\x0ce\x1cf\r\ng\0h\x1b[2J"}'}
            yield {"text": "\udcff"}

    summary = run_export(Loud(), mathematics, tmp_path / "out", Options())

    lines = (tmp_path / "out").read_text().splitlines()  # which ends a line at all of these
    assert [json.loads(line)["text"] for line in lines] == [
        'a\x85b\u2028c\u2029d\x0ce\x1cf\r\ng\0h\x1b[2J"}'
    ] * 6
    assert summary.dropped["text that is not UTF-8"] == 6


def test_records_over_a_limit_of_tokens_are_counted(bugs: Dataset, tmp_path: Path) -> None:
    whole, _ = exported("trl-preference", bugs, tmp_path)
    words = [
        max(len((r["prompt"][0]["content"] + r[s][0]["content"]).split()) for s in ("chosen", "rejected"))
        for r in whole
    ]
    limit = sorted(words)[len(words) // 2]
    tokens = TokenLimit(limit, "words", lambda text: len(text.split()))
    (tmp_path / "trl-preference").unlink()
    records, summary = exported("trl-preference", bugs, tmp_path, Options(tokens=tokens))

    assert 0 < len(records) < len(whole)
    assert summary.dropped["more tokens than the limit"] == len(whole) - len(records)
