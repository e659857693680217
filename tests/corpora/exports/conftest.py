"""Data sets to export: mathematics made on the spot, and bugs of a little shop that were made once."""

from __future__ import annotations

import gzip
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from rpsdg.corpora.dataset import Dataset, DatasetWriter, Decision, Plan
from rpsdg.mutators.judging.baseline import Baseline
from rpsdg.runs.mathematics import new_plan, run_mathematics
from rpsdg.runs.progress import PlainReporter
from rpsdg.sandbox.environment import Environment
from rpsdg.sandbox.tree import Tree
from rpsdg.traces import jsonl
from rpsdg.traces.record import Trace

SHOP = Path(__file__).with_name("shop")
"""What `rpsdg bugs` made of a little project; the README there says how to make it again."""


@pytest.fixture(scope="session")
def mathematics(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Six equations, half of their solutions with a wrong step."""
    folder = tmp_path_factory.mktemp("mathematics")
    run_mathematics(new_plan(("linear-equation",), 6, None, 1, 2, 0.5), folder, 1, PlainReporter(6, "traces"))
    return Dataset(folder)


@pytest.fixture(scope="session")
def bugs(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Six bugs and two walks, written to a folder as a run writes them."""
    plan = msgspec.json.decode((SHOP / "run.json").read_bytes(), type=Plan)
    with gzip.open(SHOP / "tree.tar.gz") as stream:
        tree = Tree.from_tar(stream)  # type: ignore[arg-type] # GzipFile reads bytes
    environment = msgspec.json.decode((SHOP / "environment.json").read_bytes(), type=Environment)
    baseline = msgspec.json.decode((SHOP / "baseline.json").read_bytes(), type=Baseline)
    folder = tmp_path_factory.mktemp("bugs")
    with closing(DatasetWriter(folder)) as writer:
        writer.begin(
            plan, tree, {f"environments/{environment.id}": environment, f"baselines/{baseline.id}": baseline}
        )
        with (SHOP / "traces.jsonl").open("rb") as file:
            for number, trace in enumerate(jsonl.read(file, Trace)):
                writer.decide(
                    Decision(number, trace.steps[0].rule, "", 0, "confirmed", trace=trace.id), trace
                )
    return Dataset(folder)
