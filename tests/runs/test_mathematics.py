"""The command `rpsdg math`: the same data whatever the processes, without repeats, and it goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rpsdg.cli import cli
from rpsdg.corpora.dataset import Dataset, OutputError
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.registry import all_families
from rpsdg.math_domains.splitting import Split, split_of, splits_with
from rpsdg.math_domains.trees import names
from rpsdg.runs.commands.checking import verify_command
from rpsdg.runs.commands.looking import show
from rpsdg.runs.commands.mathematics import math
from rpsdg.runs.mathematics import new_plan, run_mathematics
from rpsdg.runs.progress import PlainReporter
from rpsdg.traces.errors import ExitCode, UsageError

from ..conftest import lines_of, unpack


def make(folder: Path, *families: str, count: int = 20, jobs: int = 1, level: str | None = None) -> bytes:
    plan = new_plan(families, count, level, 3, 2, 0.3)
    run_mathematics(plan, folder, jobs, PlainReporter(count, "traces"))
    return lines_of(folder)


def test_processes_change_nothing(tmp_path: Path) -> None:
    families = ("linear-equation", "integral-by-table")

    assert make(tmp_path / "one", *families) == make(tmp_path / "two", *families, jobs=2)


def test_every_process_makes_the_same_problems(tmp_path: Path) -> None:
    several = [
        name
        for name, family in all_families().items()
        if any(len(names(read(str(Problems(family)[k].problem.state["sympy"])))) > 1 for k in range(5))
    ]
    for seed in ("1", "2"):  # of Python's hashes, on which the order of a set of names depends
        command = [sys.executable, "-m", "rpsdg.cli", "math", *several, "--count", "12"]
        arguments = ["--jobs", "1", "--out", str(tmp_path / seed)]
        subprocess.run([*command, *arguments], env={**os.environ, "PYTHONHASHSEED": seed}, check=True)

    assert lines_of(tmp_path / "1") == lines_of(tmp_path / "2")


def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    whole = make(tmp_path / "whole", "linear-equation", "expand-polynomial")
    folder = tmp_path / "cut"
    make(folder, "linear-equation", "expand-polynomial")
    unpack(folder, whole[: len(whole) * 2 // 3])

    assert make(folder, "linear-equation", "expand-polynomial") == whole


def test_no_problem_comes_twice(tmp_path: Path) -> None:
    make(tmp_path, "factor-polynomial", count=150, level="1")
    found = [trace.provenance.source["canonical"] for trace in Dataset(tmp_path).traces()]

    assert len(set(found)) == len(found) == 150


def test_no_problem_comes_in_two_families(tmp_path: Path) -> None:
    names = "limit-by-lhopital", "limit-by-standard-limits"
    alone = [Problems(all_families()[name], 3, 1.0)[index] for name in names for index in range(60)]
    make(tmp_path, *names, count=60, level="1")

    found = [trace.provenance.source["canonical"] for trace in Dataset(tmp_path).traces()]
    assert len({trace.provenance.source["canonical"] for trace in alone}) < len(alone)
    assert len(set(found)) == len(found) == 120


def test_a_folder_of_another_plan_is_refused(tmp_path: Path) -> None:
    make(tmp_path, "linear-equation")

    with pytest.raises(OutputError, match="belongs to another run"):
        make(tmp_path, "expand-polynomial")


def test_an_unknown_family_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no family `sudoku`"):
        make(tmp_path, "sudoku")


def test_an_exhausted_family_says_so(tmp_path: Path) -> None:
    arguments = ["integral-by-parts", "--level", "1", "--count", "5000", "--jobs", "1", "--json"]
    result = CliRunner().invoke(math, [*arguments, "--out", str(tmp_path)], standalone_mode=False)

    summary = json.loads(result.stdout.splitlines()[-1])
    assert result.return_value == ExitCode.EXHAUSTED
    assert summary["exhausted"] == ["integral-by-parts"]
    assert 0 < summary["traces"]["integral-by-parts"] < 5000


def test_all_families_are_those_that_have_something_in_the_split() -> None:
    plans = [new_plan([], 1, None, 0, 2, 0.0, split) for split in Split]

    assert {name for plan in plans for name in plan.families} == set(all_families())
    assert all(plan.split in splits_with(name) for plan in plans for name in plan.families)


def test_a_family_that_goes_whole_to_another_split_is_refused() -> None:
    name = next(name for name in all_families() if splits_with(name) == {Split.TRAIN})

    with pytest.raises(UsageError, match="nothing in the split `test`"):
        new_plan([name], 1, None, 0, 2, 0.0, Split.TEST)


def test_a_split_without_anything_at_a_level_ends(tmp_path: Path) -> None:
    few = next(family for name, family in all_families().items() if len(splits_with(name)) == len(Split))
    plan = new_plan([few.name], 400, "1", 0, 2, 0.0, Split.VALIDATION)
    summary = run_mathematics(plan, tmp_path, 1, PlainReporter(400, "traces"))

    found = [trace.provenance.source for trace in Dataset(tmp_path).traces()]
    assert summary.exhausted == [few.name]
    assert len(found) == summary.traces[few.name] < 400
    assert {split_of(str(source["skeleton"])) for source in found} <= {Split.VALIDATION}


@pytest.mark.parametrize("arguments", [["--level", "2", "--level-mix", "1:1"], ["--split", "dev"]])
def test_what_cannot_be_meant_is_refused(arguments: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["math", *arguments, "--out", str(tmp_path / "out")])

    assert result.exit_code == ExitCode.USAGE
    assert not (tmp_path / "out").exists()


def test_verify_finds_every_claim_true_and_a_changed_one_false(tmp_path: Path) -> None:
    text = make(tmp_path, "quadratic-by-square")
    arguments = [str(tmp_path), "--json"]

    right = CliRunner().invoke(verify_command, arguments, standalone_mode=False)
    unpack(tmp_path, text.replace(b'"score":0.', b'"score":0.9'))
    wrong = CliRunner().invoke(verify_command, arguments, standalone_mode=False)

    assert right.return_value == ExitCode.OK
    assert wrong.return_value == ExitCode.FALSE_CLAIM


def test_the_list_has_every_family() -> None:
    result = CliRunner().invoke(math, ["--list", "--json"])

    assert len(result.stdout.splitlines()) >= 14


def test_show_writes_states_and_labels_in_plain_text(tmp_path: Path) -> None:
    plan = new_plan(["linear-equation"], 1, "2", 0, 2, 1.0)
    run_mathematics(plan, tmp_path, 1, PlainReporter(1, "traces"))
    (trace,) = Dataset(tmp_path).traces()

    result = CliRunner().invoke(show, [str(tmp_path), trace.id, "--no-color"])

    assert "first-error" in result.stdout
    assert trace.answer.text in result.stdout


def test_show_leaves_formulas_of_the_statement_as_they_are(tmp_path: Path) -> None:
    run_mathematics(
        new_plan(["integral-by-table"], 1, "3", 0, 2, 0.0), tmp_path, 1, PlainReporter(1, "traces")
    )
    (trace,) = Dataset(tmp_path).traces()

    result = CliRunner().invoke(show, [str(tmp_path), trace.id, "--no-color"], env={"COLUMNS": "300"})

    assert trace.problem.statement in result.stdout
    assert "\\," in trace.problem.statement
