"""A run from end to end: the same traces whatever runs them, and none lost by stopping in between."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from rpsdg.corpora import SourceSettings
from rpsdg.corpora.dataset import Dataset, DatasetWriter, OutputError
from rpsdg.mutators.diffs import apply_diff
from rpsdg.mutators.judging.confirming import Confirming
from rpsdg.runs.bugs import BugRun, run_bugs
from rpsdg.runs.progress import PlainReporter
from rpsdg.runs.verify import verify
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode
from rpsdg.traces.record import Trace

from ..conftest import lines_of, unpack
from .conftest import Command, Finished, run


def traces(out: Path) -> list[Trace]:
    return list(Dataset(out).traces())


def test_what_a_trace_holds(finished: Finished, sandbox: Sandbox) -> None:
    data = Dataset(finished(sandbox, 2))
    found = list(data.traces())

    assert len(found) == 5
    for trace in found:
        assert trace.checks is not None
        base = data.tree(trace.problem.state["tree"])
        buggy = apply_diff(base, trace.problem.state["diff"])
        assert buggy != base
        assert apply_diff(buggy, trace.answer.text) == base
        (step,) = trace.steps
        assert [action.tool for action in step.actions] == ["run", "read", "edit", "run"]
        assert "failed" in step.actions[0].observation
        assert "passed" in step.actions[3].observation
        assert "failed" not in step.actions[3].observation
        assert trace.checks.fail_to_pass
        # What the solver is told does not say where the edit is.
        assert step.rule not in trace.problem.statement
        assert trace.provenance.source["licence"] == "MIT"
    assert len({trace.id for trace in found}) == len(found)


def test_jobs_and_sandbox_change_nothing(
    finished: Finished, sandbox: Sandbox, local_sandbox: Sandbox
) -> None:
    one, two = finished(local_sandbox, 1), finished(sandbox, 2)

    assert [(t.id, t.content_hash) for t in traces(one)] == [(t.id, t.content_hash) for t in traces(two)]
    assert lines_of(one, "candidates") == lines_of(two, "candidates")
    assert (one / "run.json").read_bytes() == (two / "run.json").read_bytes()


@pytest.mark.slow
def test_covering_tests_confirm_and_some_candidates_are_audited(
    shop: Path, tmp_path: Path, local_sandbox: Sandbox, settings: Settings
) -> None:
    """The cheaper way says which tests judged, holds when it is verified, and its price is counted."""
    out, report = tmp_path / "out", PlainReporter(6, "traces")
    plan = BugRun(str(shop), out, 6, walks=1, seed=3, jobs=2, confirming=Confirming.parse("sample:0.4"))
    summary = run_bugs(plan, settings, SourceSettings(), lambda: local_sandbox, report)
    data = Dataset(out)
    judged = {trace.id: trace.checks.confirmed for trace in data.traces() if trace.checks}

    assert set(judged.values()) == {"full", "covering"}
    for decision in data.decisions():
        if decision.trace is not None:
            assert decision.judged == judged[decision.trace]
            assert decision.outside == 0
    for trace in data.traces():
        assert ("suite" in trace.steps[0].evidence[0].saw) == (judged[trace.id] == "full")
    assert summary.agreement.full == list(judged.values()).count("full")
    assert summary.agreement.missed == summary.agreement.beyond == 0
    assert data.plan() is not None
    again = verify(data, settings, lambda: local_sandbox, jobs=2, timeout=60, report=report)
    assert [one.false for one in again] == [()] * len(judged)


def test_a_run_goes_on_where_it_stopped(
    finished: Finished, kept_shop: Path, tmp_path: Path, local_sandbox: Sandbox, settings: Settings
) -> None:
    whole, parts = finished(local_sandbox, 1), tmp_path / "parts"
    run(kept_shop, parts, local_sandbox, settings, count=2)
    # A crash in the middle of a line, and between a trace and its decision.
    unpack(
        parts,
        lines_of(parts) + lines_of(whole).splitlines(keepends=True)[2] + b'{"id": "cut sho',
        lines_of(parts, "candidates") + b'{"index": 99',
    )
    run(kept_shop, parts, local_sandbox, settings)

    assert lines_of(whole).count(b"\n") == 5
    assert [t.content_hash for t in traces(whole)] == [t.content_hash for t in traces(parts)]
    assert lines_of(whole, "candidates") == lines_of(parts, "candidates")


@pytest.mark.slow
@pytest.mark.slow
def test_the_output_may_lie_in_the_source(
    shop: Path, local_sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    run(shop, tmp_path / "elsewhere", local_sandbox, settings, count=2)
    run(shop, shop / "data", local_sandbox, settings, count=1)
    run(shop, shop / "data", local_sandbox, settings, count=2)

    inside, outside = traces(shop / "data"), traces(tmp_path / "elsewhere")
    assert [t.content_hash for t in inside] == [t.content_hash for t in outside]


@pytest.mark.slow
def test_a_run_goes_on_in_the_environment_it_began_with(
    shop: Path, local_sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    """Also when a newer release of a dependency would be resolved today, and the cache is gone."""
    run(shop, tmp_path / "out", local_sandbox, settings, count=1)
    (environment,) = (tmp_path / "out" / "environments").iterdir()
    before = environment.read_bytes()
    fresh = replace(settings, cache=tmp_path / "cache", exclude_newer="2026-01-01")
    box = LocalSandbox(fresh)
    try:
        run(shop, tmp_path / "out", box, fresh, count=2)
    finally:
        box.close()

    assert [path.read_bytes() for path in (tmp_path / "out" / "environments").iterdir()] == [before]
    assert len(traces(tmp_path / "out")) == 2


@pytest.mark.slow
def test_another_plan_is_refused(
    shop: Path, tmp_path: Path, local_sandbox: Sandbox, settings: Settings
) -> None:
    out = tmp_path / "out"
    run(shop, out, local_sandbox, settings, count=1)
    before = lines_of(out)
    (shop / "shop" / "more.py").write_text("LIMIT = 10\n")
    with pytest.raises(OutputError, match="a run with another source, tree"):
        run(shop, out, local_sandbox, settings, count=2)

    assert lines_of(out) == before


def test_a_folder_has_one_writer(tmp_path: Path) -> None:
    writer = DatasetWriter(tmp_path)
    with pytest.raises(OutputError, match="another run is writing"):
        DatasetWriter(tmp_path)
    writer.close()
    DatasetWriter(tmp_path).close()


def test_a_folder_in_which_nothing_was_begun_is_left_as_it_was(tmp_path: Path) -> None:
    DatasetWriter(tmp_path / "new").close()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "traces.jsonl").write_text("something of somebody's\n")
    DatasetWriter(tmp_path / "mine").close()

    assert not (tmp_path / "new").exists()
    assert (tmp_path / "mine" / "traces.jsonl").read_text() == "something of somebody's\n"


@pytest.mark.slow
def test_a_trace_without_its_decision_stays(
    shop: Path, tmp_path: Path, local_sandbox: Sandbox, settings: Settings
) -> None:
    out = tmp_path / "out"
    run(shop, out, local_sandbox, settings, count=2)
    before = traces(out)
    decisions = lines_of(out, "candidates")
    last = decisions.splitlines(keepends=True)[-1]
    unpack(out, candidates=decisions.removesuffix(last))  # killed between the two appends

    writer = DatasetWriter(out)
    plan = writer.plan()
    assert plan is not None
    writer.begin(plan, writer.tree(plan.tree), {})
    writer.close()
    assert traces(out) == before

    run(shop, out, local_sandbox, settings, count=3)
    assert traces(out)[:2] == before
    assert len(traces(out)) == 3
    assert lines_of(out, "candidates").startswith(decisions)


def test_a_full_disk_is_said_clearly(
    shop: Path, tmp_path: Path, local_sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rpsdg.corpora.journal.os.fsync", full)
    with pytest.raises(OutputError, match="No space left on device"):
        run(shop, tmp_path / "out", local_sandbox, settings, count=1)


def test_the_command_and_its_output(rpsdg: Command, shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = rpsdg("bugs", shop, "--count", "3", "--out", out, "--sandbox", "local", "--json")
    assert made.returncode == 0, made.stderr
    events = [json.loads(line) for line in made.stdout.splitlines()]
    assert events[-1]["event"] == "summary"
    assert events[-1]["traces"] == 3

    listed = rpsdg("show", out, COLUMNS="200")
    assert listed.returncode == 0
    assert all(trace.id[:12] in listed.stdout for trace in traces(out))

    first = traces(out)[0]
    whole = rpsdg("show", out, first.id[:10], COLUMNS="160")
    assert whole.returncode == 0
    assert "Step 1 of 1" in whole.stdout
    assert first.checks is not None
    assert first.checks.fail_to_pass[0] in whole.stdout
    assert "\x1b[" not in whole.stdout
    assert "\x1b[" in rpsdg("show", out, first.id[:10], "--color", NO_COLOR="").stdout

    as_json = rpsdg("show", out, "--json")
    assert [json.loads(line)["id"] for line in as_json.stdout.splitlines()] == [t.id for t in traces(out)]

    assert rpsdg("show", out, "zzzz").returncode == ExitCode.DATA


def test_a_dry_run_builds_nothing(rpsdg: Command, shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = rpsdg("bugs", shop, "--out", out, "--dry-run", RPSDG_CACHE_DIR=str(tmp_path / "cache"))
    as_json = rpsdg(
        "bugs", shop, "--out", out, "--dry-run", "--json", RPSDG_CACHE_DIR=str(tmp_path / "cache")
    )

    assert done.returncode == as_json.returncode == 0
    assert "dropped-guard" in done.stdout
    assert json.loads(as_json.stdout)["sites"]["dropped-guard"] >= 3
    assert not out.exists()
    assert not (tmp_path / "cache" / "environments").exists()


@pytest.mark.slow
def test_terminal_escapes_of_a_source_do_not_reach_the_terminal(
    shop: Path, tmp_path: Path, rpsdg: Command, local_sandbox: Sandbox, settings: Settings
) -> None:
    text = (shop / "tests/test_shop.py").read_text()
    (shop / "tests/test_shop.py").write_text(
        text.replace(
            'assert find("wine") is None', 'assert find("wine") is None, "\\x1b]0;owned\\x07\\x1b[2J"'
        )
    )
    out = tmp_path / "out"
    run(shop, out, local_sandbox, settings, count=4)
    shutil.rmtree(shop)
    shown = "".join(rpsdg("show", out, trace.id, "--color").stdout for trace in traces(out))

    assert "\x1b]0;" not in shown
    assert "\x1b[2J" not in shown
