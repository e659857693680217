"""TRL trains on what is exported: its loaders, its collators, and one step of optimisation of each kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.secrets import Secrets
from rpsdg.runs.curate import merge

PROGRAMS = Path(__file__).with_name("programs")
pytestmark = [pytest.mark.consumer, pytest.mark.timeout(1800)]  # the first makes the environment


def test_a_step_on_tool_calls(bugs: Dataset, home, exported, tmp_path: Path) -> None:
    file = exported("trl-sft", bugs, "sft.jsonl")

    told = home("training").run(PROGRAMS / "train.py", "sft", file, tmp_path)

    assert told["rows"] == 8
    record = json.loads(file.read_text().splitlines()[0])
    for message in record["messages"]:
        assert message["content"] in told["rendered"]
        for call in message.get("tool_calls", []):
            assert json.dumps(call["function"]["arguments"]) in told["rendered"]
    assert all(tool["function"]["name"] in told["rendered"] for tool in record["tools"])
    assert "null" not in told["rendered"]
    assert told["batch"]["input_ids"] == told["batch"]["labels"]
    assert told["steps"] == 1
    assert told["moved"] > 20


@pytest.mark.parametrize(
    ("trainer", "name", "domain", "column"),
    [
        ("sft", "trl-sft", "mathematics", "labels"),
        ("sft", "trl-prompt-completion", "bugs", "labels"),
        ("dpo", "trl-preference", "bugs", "completion_mask"),
        ("dpo", "trl-preference", "mathematics", "completion_mask"),
        ("kto", "trl-kto", "bugs", "label"),
        ("prm", "trl-stepwise", "mathematics", "labels"),
    ],
)
def test_a_step(
    trainer: str,
    name: str,
    domain: str,
    column: str,
    request: pytest.FixtureRequest,
    home,
    exported,
    tmp_path: Path,
) -> None:
    file = exported(name, request.getfixturevalue(domain), f"{trainer}.jsonl")

    told = home("training").run(
        PROGRAMS / "train.py", trainer, file, tmp_path, first="steps" if trainer == "prm" else ""
    )

    assert told["rows"] == len(file.read_text().splitlines())
    assert column in told["batch"]
    assert told["batch"]["input_ids"][1] > 50
    assert told["steps"] == 1
    assert told["moved"] > 20


@pytest.mark.parametrize("domain", ["bugs", "mathematics"])
def test_a_folder_is_opened_and_streamed(
    domain: str, request: pytest.FixtureRequest, home, exported, tmp_path: Path
) -> None:
    dataset = request.getfixturevalue(domain)
    folder = exported("huggingface", dataset, "data-set")

    told = home("training").run(PROGRAMS / "load_folder.py", folder, tmp_path / "cache")

    traces = list(dataset.traces())
    assert told["ids"] == told["streamed"] == [trace.id for trace in traces]
    assert told["first"]["statement"] == traces[0].problem.statement
    assert [step["rule"] for step in told["first"]["steps"]] == [step.rule for step in traces[0].steps]
    assert told["card"]["license"] == (["mit"] if domain == "bugs" else ["unknown"])
    assert told["card"]["configs"][0]["config_name"] == "default"


@pytest.mark.parametrize("domain", ["bugs", "mathematics"])
def test_a_folder_of_our_own_is_opened_and_streamed_as_it_is(
    domain: str, request: pytest.FixtureRequest, home, tmp_path: Path
) -> None:
    dataset = request.getfixturevalue(domain)
    folder = tmp_path / "data-set"
    merge([dataset.folder], folder, Secrets(), "rpsdg merge", dry_run=False)

    told = home("training").run(PROGRAMS / "load_folder.py", folder, tmp_path / "cache")

    rows = list(Dataset(folder).rows())
    assert told["ids"] == told["streamed"] == [row.trace.id for row in rows]
    assert told["first"]["problem"]["statement"] == rows[0].trace.problem.statement
    assert [step["rule"] for step in told["first"]["steps"]] == [s.rule for s in rows[0].trace.steps]
    assert told["first"]["level"] == rows[0].labels.level
    assert told["card"]["configs"][0]["data_files"] == [{"split": "train", "path": "traces/*.parquet"}]
