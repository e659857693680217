"""SWE-bench and SWE-smith load our records, and grade real runs of pytest as they should."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.exports.formats.swe import _as_parsed
from rpsdg.corpora.exports.programs import Programs
from rpsdg.mutators.judging.baseline import Baseline
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.record import Trace

TRACES = 3

PROGRAMS = Path(__file__).with_name("programs")
pytestmark = [pytest.mark.consumer, pytest.mark.timeout(1800)]  # the first makes the environment


def placed(tree: Tree, folder: Path) -> Path:
    """Write a program to a folder as an image holds it: one commit."""
    tree.write_to(folder)
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@example.invalid", "commit", "-qm", "the task"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def logs_of(
    trace: Trace, name: str, script: str, programs: Programs, folder: Path, patch: str, *, back: bool
) -> None:
    """Run a script on the program with the bug, with and without a patch, and keep what it prints."""
    log = folder / "logs"
    log.mkdir(exist_ok=True)
    (folder / "patch.diff").write_text(patch)
    for outcome in ("untouched", "patched"):
        place = placed(programs.of(trace.problem.state), folder / f"{trace.id}-{outcome}")
        if outcome == "patched":
            direction = ["--reverse"] if back else []
            subprocess.run(["git", "apply", *direction, str(folder / "patch.diff")], cwd=place, check=True)
        here = script.replace("/testbed", str(place)).replace(
            "python -m pytest", f"{sys.executable} -m pytest"
        )
        done = subprocess.run(
            ["bash", "-c", here], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        (log / f"{name}.{outcome}.log").write_bytes(done.stdout)


def test_swebench_grades_our_records(bugs: Dataset, home, exported, tmp_path: Path) -> None:
    file = exported("swe-bench", bugs, "tasks.jsonl", limit=TRACES)
    records = [json.loads(line) for line in file.read_text().splitlines()]
    traces, programs = {trace.id: trace for trace in bugs.traces()}, Programs(bugs)
    first = home("training").run(PROGRAMS / "grade_swebench.py", file, tmp_path)
    for record in records:
        trace, name = traces[record["trace_id"]], record["instance_id"]
        # the script as the harness hands it to the container, with its own line for the exit code
        script = first["graded"][f"{name} script"]
        logs_of(trace, name, script, programs, tmp_path, record["patch"], back=False)

    told = home("training").run(PROGRAMS / "grade_swebench.py", file, tmp_path / "logs")

    assert told["records"] == len(told["patches"]) == TRACES
    for record in records:
        name = record["instance_id"]
        failing = json.loads(record["FAIL_TO_PASS"])
        untouched, patched = (told["graded"][f"{name}.{o}.log"] for o in ("untouched", "patched"))
        assert patched["patch_successfully_applied"]
        assert patched["resolved"]
        assert not untouched["resolved"]
        assert sorted(_failed(untouched, "FAIL_TO_PASS")) == sorted(failing)
        assert _failed(untouched, "PASS_TO_PASS") == []


def test_swe_smith_grades_our_records(bugs: Dataset, home, exported, tmp_path: Path) -> None:
    file = exported("swe-smith", bugs, "tasks.jsonl", limit=TRACES)
    traces, programs = {trace.id: trace for trace in bugs.traces()}, Programs(bugs)
    verbose = "pytest --disable-warnings --color=no --tb=no --verbose"
    script = (
        f"set -x\ncd /testbed\n: '>>>>> Start Test Output'\npython -m {verbose}\n: '>>>>> End Test Output'\n"
    )
    records = [json.loads(line) for line in file.read_text().splitlines()]
    for record in records:
        trace = traces[record["trace_id"]]
        logs_of(trace, record["instance_id"], script, programs, tmp_path, record["patch"], back=True)

    told = home("training").run(PROGRAMS / "grade_swesmith.py", file, tmp_path / "logs", first="smith")

    assert told["records"] == TRACES
    for record in records:
        untouched, patched = (
            told["graded"][f"{record['instance_id']}.{o}.log"] for o in ("untouched", "patched")
        )
        assert patched["resolved"]
        assert not untouched["resolved"]
        assert sorted(_failed(untouched, "FAIL_TO_PASS")) == sorted(record["FAIL_TO_PASS"])
        assert _failed(untouched, "PASS_TO_PASS") == []


def test_tests_are_named_as_swebench_reads_them(bugs: Dataset, home, tmp_path: Path) -> None:
    trace = next(iter(bugs.traces()))
    assert trace.checks is not None
    names = [
        *bugs.record("baselines", trace.checks.pass_to_pass, Baseline).steady,
        "tests/a.py::test[two  blanks]",
        "tests/a.py::test[a - b]",
        "tests/a.py::test[\\x1b[45m123\\x1b[0m]",
        "tests/a.py::test[tab\there]",
        "tests/a.py::test[end ]",
        "tests/a.py::test[PASSED]",
        "tests/\u00fc.py::test[\u2028]",
    ]
    (tmp_path / "names.json").write_text(json.dumps(names))

    told = home("training").run(PROGRAMS / "read_names.py", tmp_path / "names.json")

    assert told["read"] == [[_as_parsed(name)] for name in names]


def _failed(report: dict[str, Any], kind: str) -> list[str]:
    failed: list[str] = report["tests_status"][kind]["failure"]
    return failed
