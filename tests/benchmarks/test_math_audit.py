"""Audits are summed up trace by trace, and a single disagreement is not lost among them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rpsdg.benchmarks.__main__ import main
from rpsdg.benchmarks.math_audit import command
from rpsdg.math_domains.audit import Outcome
from rpsdg.math_domains.audit.looking import CHEAP
from rpsdg.runs.audit import FILE, Entry, new_audit
from rpsdg.traces import jsonl
from rpsdg.traces.errors import ExitCode


def entry(trace: str, check: str, outcome: Outcome, detail: str = "") -> Entry:
    return Entry(trace * 64, "0" * 64, "linear-equation", check, outcome, detail, 0.5)


def audit_of(folder: Path, *entries: Entry) -> Path:
    folder.mkdir()
    with (folder / FILE).open("wb") as file:
        jsonl.write([new_audit(2, 3, 7), *entries], file)
    return folder


def test_traces_are_counted_by_what_all_solvers_said(tmp_path: Path) -> None:
    one = audit_of(tmp_path / "one", entry("a", CHEAP, Outcome.AGREE), entry("b", CHEAP, Outcome.AGREE))
    two = audit_of(
        tmp_path / "two",
        entry("a", "solve", Outcome.AGREE),
        entry("a", "solveset", Outcome.TIMED_OUT),
        entry("b", "solve", Outcome.TIMED_OUT),
        entry("b", "solveset", Outcome.NO_ANSWER, "it gave the question back"),
        entry("c", "solve", Outcome.AGREE),
    )
    status = command([str(one), str(two), "--out", str(tmp_path / "results.json")])
    results = json.loads((tmp_path / "results.json").read_text())

    assert status == ExitCode.OK
    assert results["audits"]["one"] == {"seed": 7, "cheap": 2, "solver": 3}
    assert results["checks"][CHEAP]["agree"] == 2
    assert results["checks"]["solve"] == {
        "agree": 2, "disagree": 0, "no answer": 0, "timed out": 1, "seconds": 1.5,
    }  # fmt: skip
    assert results["solved"] == {"disagree": 0, "agree": 2, "no answer": 1, "timed out": 0}
    assert results["timed_out"] == {"solveset: linear-equation": 1, "solve: linear-equation": 1}


def test_a_disagreement_is_listed_and_ends_in_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = audit_of(
        tmp_path / "data",
        entry("a", "solve", Outcome.AGREE),
        entry("a", "solveset", Outcome.DISAGREE, "SymPy alone has 3"),
    )
    status = command([str(folder), "--out", str(tmp_path / "results.json")])
    results = json.loads((tmp_path / "results.json").read_text())

    assert status == ExitCode.FALSE_CLAIM
    assert "traces that SymPy solves otherwise: 1 of 1" in capsys.readouterr().out
    assert [one["detail"] for one in results["disagreements"]] == ["SymPy alone has 3"]
    assert results["solved"]["disagree"] == 1


def test_a_folder_without_an_audit_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["math_audit", str(tmp_path)]) == ExitCode.DATA
    assert "no finished audit" in capsys.readouterr().err
