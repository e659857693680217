"""Tasks for SWE-bench and SWE-smith: which way a patch leads, and how tests are named."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.exports.base import Job, Options
from rpsdg.corpora.exports.formats.swe import SweBench, SweSmith, _as_parsed
from rpsdg.corpora.exports.programs import Programs
from rpsdg.corpora.exports.unfit import UnfitError
from rpsdg.mutators.diffs import apply_diff
from rpsdg.mutators.judging.baseline import Baseline
from rpsdg.traces.record import Trace


def record_of(made: SweBench | SweSmith, trace: Trace, dataset: Dataset, tmp_path: Path) -> dict[str, Any]:
    (record,) = made.records(trace, Job(dataset, tmp_path / "out", Options(), made.domains))
    return record  # type: ignore[no-any-return]


def test_the_patch_of_one_mends_and_that_of_the_other_breaks(bugs: Dataset, tmp_path: Path) -> None:
    programs = Programs(bugs)
    for trace in bugs.traces():
        broken, fixed = programs.of(trace.problem.state), programs.of(trace.answer.state)
        assert apply_diff(broken, record_of(SweBench(), trace, bugs, tmp_path)["patch"]) == fixed
        assert apply_diff(fixed, record_of(SweSmith(), trace, bugs, tmp_path)["patch"]) == broken


def test_every_steady_test_is_in_one_list(bugs: Dataset, tmp_path: Path) -> None:
    for trace in bugs.traces():
        assert trace.checks is not None
        steady = bugs.record("baselines", trace.checks.pass_to_pass, Baseline).steady
        record = record_of(SweBench(), trace, bugs, tmp_path)
        failing, passing = json.loads(record["FAIL_TO_PASS"]), json.loads(record["PASS_TO_PASS"])
        assert len(failing) == len(trace.checks.fail_to_pass) > 0
        assert sorted(failing + passing) == sorted(map(_as_parsed, steady))
        smith = record_of(SweSmith(), trace, bugs, tmp_path)
        assert {*smith["FAIL_TO_PASS"], *smith["PASS_TO_PASS"]} == {n for n in steady if " " not in n}


def test_tests_that_cannot_be_told_apart_are_left_out(
    bugs: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = next(iter(bugs.traces()))
    assert trace.checks is not None
    failing = trace.checks.fail_to_pass
    steady = bugs.record("baselines", trace.checks.pass_to_pass, Baseline)
    twins = ("tests/a.py::t[a b]", "tests/a.py::t[a  b]")
    monkeypatch.setattr(
        Dataset,
        "record",
        with_steady(Dataset.record, structs.replace(steady, steady=(*steady.steady, *twins))),
    )
    record = record_of(SweBench(), trace, bugs, tmp_path)
    assert json.loads(record["FAIL_TO_PASS"]) == list(failing)
    assert len(json.loads(record["PASS_TO_PASS"])) == len(steady.steady) - len(failing)

    alone = structs.replace(trace, checks=structs.replace(trace.checks, fail_to_pass=twins[:1]))
    with pytest.raises(UnfitError, match="no failing test that swebench can tell"):
        record_of(SweBench(), alone, bugs, tmp_path)


def with_steady(real: Callable[..., Any], baseline: Baseline) -> Callable[..., Any]:
    def record(dataset: Dataset, kind: str, name: str, shape: Any) -> Any:
        return baseline if shape is Baseline else real(dataset, kind, name, shape)

    return record


def test_ids_name_the_source(bugs: Dataset, tmp_path: Path) -> None:
    trace = next(iter(bugs.traces()))
    git = {"kind": "git", "url": "https://example.com/Some/Project.git", "commit": "0123456789" * 4}
    cloned = structs.replace(
        trace,
        provenance=structs.replace(trace.provenance, source={**trace.provenance.source, **git}),
    )

    here, there = (record_of(SweBench(), one, bugs, tmp_path) for one in (trace, cloned))
    smith = record_of(SweSmith(), cloned, bugs, tmp_path)
    assert here["instance_id"] == f"local__shop-{trace.id[:12]}"
    assert here["base_commit"] == str(trace.problem.state["tree"])[:40]
    assert (there["repo"], there["base_commit"]) == ("some/project", git["commit"])
    assert smith["repo"] == "swesmith/some__project.01234567"
    assert smith["instance_id"].startswith("some__project.01234567.dropped-default__")


def test_the_script_is_one_that_bash_reads(bugs: Dataset, tmp_path: Path) -> None:
    for trace in bugs.traces():
        script = record_of(SweBench(), trace, bugs, tmp_path)["eval_script"]
        subprocess.run(["bash", "-n"], input=script.encode(), check=True)
        assert "git checkout HEAD -- tests/test_label.py tests/test_shop.py\n" in script
