"""Verification repeats every claim, and names the one that is false."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rpsdg.corpora import SourceSettings
from rpsdg.corpora.dataset import Dataset, DatasetError
from rpsdg.mutators.judging.actions import repeat, shown
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.runs.bugs import BugRun, run_bugs
from rpsdg.runs.progress import PlainReporter
from rpsdg.runs.verify import Checked, verify
from rpsdg.sandbox.contract import Sandbox, Session
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode
from rpsdg.traces.identity import digest
from rpsdg.traces.record import Action

from ..conftest import unpack
from .conftest import SHOP, Command, records, write

COUNT, WALKS = 5, 1


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, local_sandbox: Sandbox, settings: Settings) -> Path:
    folder = tmp_path_factory.mktemp("verify")
    run = BugRun(str(write(folder / "shop-project", SHOP)), folder / "data", COUNT, WALKS, seed=3, jobs=2)
    run_bugs(run, settings, SourceSettings(), lambda: local_sandbox, PlainReporter(COUNT + WALKS, "traces"))
    return folder / "data"


@pytest.fixture
def data(original: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(original, tmp_path / "data"))


def check(data: Path, sandbox: Sandbox, settings: Settings) -> list[Checked]:
    report = PlainReporter(COUNT, "traces")
    return list(verify(Dataset(data), settings, lambda: sandbox, jobs=2, timeout=60, report=report))


def keep(data: Path, lines: list[dict[str, Any]]) -> None:
    """Leave these traces alone in a data set."""
    unpack(data, "".join(json.dumps(line) + "\n" for line in lines).encode())


def test_what_was_made_here_holds_in_every_sandbox(data: Path, sandbox: Sandbox, settings: Settings) -> None:
    lines = records(data)
    keep(data, [*lines[:2], *lines[-WALKS:]])
    assert [one.false for one in check(data, sandbox, settings)] == [()] * (2 + WALKS)


Change = Callable[[dict[str, Any]], None]


def flip(text: str) -> str:
    return ("0" if text[0] != "0" else "1") + text[1:]


def change_fix(trace: dict[str, Any]) -> None:
    lines = trace["answer"]["text"].splitlines(keepends=True)
    at = max(i for i, line in enumerate(lines) if line.startswith("+") and not line.startswith("+++"))
    lines[at] = lines[at].rstrip("\n") + "  # another\n"
    trace["answer"]["text"] = "".join(lines)


def change_test_id(trace: dict[str, Any]) -> None:
    trace["checks"]["fail_to_pass"][0] += "_of_another_name"


def drop_test_id(trace: dict[str, Any]) -> None:
    trace["checks"]["fail_to_pass"].pop()


def add_test_id(trace: dict[str, Any]) -> None:
    passing = [
        "tests/test_shop.py::test_total",
        "tests/test_shop.py::test_large",
        "tests/test_shop.py::test_find",
    ]
    trace["checks"]["fail_to_pass"] += [
        node for node in passing if node not in trace["checks"]["fail_to_pass"]
    ][:1]


def change_hash(trace: dict[str, Any]) -> None:
    trace["content_hash"] = flip(trace["content_hash"])


def change_id(trace: dict[str, Any]) -> None:
    trace["id"] = flip(trace["id"])


def change_observation(trace: dict[str, Any]) -> None:
    action = trace["steps"][0]["actions"][0]
    action["observation"] = action["observation"].replace("1 failed", "7 failed").replace("E  ", "E   x")


def change_edit(trace: dict[str, Any]) -> None:
    trace["steps"][0]["actions"][2]["input"]["new"] += "# more\n"


def change_explanation(trace: dict[str, Any]) -> None:
    trace["steps"][0]["explanation"] += " Or so."


def change_problem(trace: dict[str, Any]) -> None:
    trace["problem"]["state"]["diff"] = ""


def change_statement(trace: dict[str, Any]) -> None:
    trace["problem"]["statement"] += "\nIt is urgent.\n"


def change_aim(trace: dict[str, Any]) -> None:
    trace["steps"][0]["aim"]["start"] += 1


def change_evidence(trace: dict[str, Any]) -> None:
    trace["steps"][0]["evidence"][0]["saw"]["failing_before"] += 1


CHANGES: dict[Change, str] = {
    change_fix: "fix",
    change_test_id: "fail_to_pass",
    drop_test_id: "pass_to_pass",
    add_test_id: "fail_to_pass",
    change_hash: "content_hash",
    change_id: "id",
    change_observation: "observation",
    change_edit: "fix",
    change_explanation: "explanation",
    change_statement: "statement",
    change_aim: "move",
    change_problem: "problem",
    change_evidence: "evidence",
}


@pytest.mark.slow
def test_every_false_claim_is_named(data: Path, local_sandbox: Sandbox, settings: Settings) -> None:
    """One trace is changed in each way, and one is left alone."""
    made = records(data)
    lines = [deepcopy(made[number % COUNT]) for number in range(len(CHANGES) + 1)]
    for line, change in zip(lines, CHANGES, strict=False):
        before = json.dumps(line)
        change(line)
        assert json.dumps(line) != before, change
    keep(data, lines)
    changed = check(data, local_sandbox, settings)

    assert changed[-1].false == ()
    for one, line, (change, claim) in zip(changed, lines, CHANGES.items(), strict=False):
        assert one.trace.id == line["id"]
        assert claim in {false.claim for false in one.false}, (change, one.false)


def test_what_comes_in_another_order_once_is_not_false(
    data: Path, local_sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []

    def unsteady(bench: TestBench, session: Session, action: Action) -> tuple[Action, TestReport | None]:
        again, report = repeat(bench, session, action)
        if action.tool != "run":
            return again, report
        runs.append(shown(action.input["command"]))
        if len(runs) == 1:
            again = msgspec.structs.replace(again, observation="a thread\n" + again.observation)
        return again, report

    keep(data, records(data)[:1])
    monkeypatch.setattr("rpsdg.runs.verify.repeat", unsteady)
    assert [one.false for one in check(data, local_sandbox, settings)] == [()]
    assert runs[0] == runs[1]


def change_label(trace: dict[str, Any]) -> None:
    trace["steps"][0]["label"] = "first-error"


def change_partial_fix(trace: dict[str, Any]) -> None:
    trace["negatives"][0]["verdict"]["failing"] += 1


def drop_partial_fix(trace: dict[str, Any]) -> None:
    trace["negatives"].pop()


def swap_steps(trace: dict[str, Any]) -> None:
    trace["steps"].reverse()


WALK_CHANGES: dict[Change, str] = {
    change_label: "evidence",
    change_partial_fix: "negatives",
    drop_partial_fix: "negatives",
    swap_steps: "steps",
}


def test_every_false_claim_of_a_walk_is_named(data: Path, local_sandbox: Sandbox, settings: Settings) -> None:
    lines = [deepcopy(records(data)[COUNT]) for _ in WALK_CHANGES]
    for line, change in zip(lines, WALK_CHANGES, strict=True):
        assert len(line["steps"]) > 1
        change(line)
    keep(data, lines)
    checked = check(data, local_sandbox, settings)

    for one, (change, claim) in zip(checked, WALK_CHANGES.items(), strict=True):
        assert claim in {false.claim for false in one.false}, (change, one.false)


def test_a_wrong_patch_that_is_recorded_otherwise_is_named(
    data: Path, local_sandbox: Sandbox, settings: Settings
) -> None:
    lines = records(data)[:COUNT]
    chosen = next(line for line in lines if line["negatives"])
    change_partial_fix(chosen)
    keep(data, [chosen])
    (checked,) = check(data, local_sandbox, settings)

    assert {false.claim for false in checked.false} == {"negatives", "content_hash"}


def test_the_command_names_trace_and_claim(data: Path, rpsdg: Command) -> None:
    lines = records(data)[:2]
    keep(data, lines)
    assert rpsdg("verify", data, "--sandbox", "local").returncode == ExitCode.OK
    change_hash(lines[0])
    keep(data, lines)
    done = rpsdg("verify", data, "--sandbox", "local")

    assert done.returncode == ExitCode.FALSE_CLAIM
    assert lines[0]["id"] in done.stderr
    assert "content_hash" in done.stderr


def test_changed_records_beside_the_traces_are_refused(
    data: Path, local_sandbox: Sandbox, settings: Settings
) -> None:
    (baseline,) = (data / "baselines").iterdir()
    changed = json.loads(baseline.read_text())
    changed["steady"] = changed["steady"][1:]
    baseline.write_text(json.dumps(changed))
    assert digest(changed["steady"]) != changed["id"]
    with pytest.raises(DatasetError, match="is not what its id names"):
        check(data, local_sandbox, settings)


def test_a_changed_tree_is_refused(data: Path, local_sandbox: Sandbox, settings: Settings) -> None:
    from rpsdg.corpora.dataset import DatasetWriter

    (archive,) = (data / "trees").iterdir()
    digest = archive.name.partition(".")[0]
    tree = Dataset(data).tree(digest).replace("shop/stock.py", b"SHELVES = []\n")
    writer = DatasetWriter(data)
    writer.keep_tree(tree)
    writer.close()
    (data / "trees" / f"{tree.digest}.tar.gz").rename(archive)
    with pytest.raises(DatasetError, match="was changed"):
        check(data, local_sandbox, settings)
