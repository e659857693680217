"""Runs that are killed at any moment, then resumed: the data of a run that nothing disturbed.

RPSDG_KILLS sets how often each is killed (default 2).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from rpsdg.corpora.dataset import Dataset, DatasetError
from rpsdg.math_domains.problems import Problems
from rpsdg.runs.batches import BATCH
from rpsdg.runs.ledger import parked_of
from rpsdg.runs.mathematics import new_plan, run_mathematics
from rpsdg.runs.progress import PlainReporter
from rpsdg.runs.status import look
from rpsdg.sandbox.contract import Sandbox
from rpsdg.traces.record import Trace

from ..conftest import lines_of
from .conftest import Finished, rpsdg_here

KILLS = int(os.environ.get("RPSDG_KILLS", "2"))


def killed(command: list[str], environ: dict[str, str], folder: Path, after: float) -> int | None:
    """Run a command and kill it with all its processes so long after it took its folder."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rpsdg.cli", *command],
        env=environ,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not (folder / ".lock").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        return process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


def killed_again_and_again(
    command: list[str], environ: dict[str, str], root: Path, longest: float
) -> Iterator[Path]:
    """Kill a run as often as is wanted, resuming it after each; yield each folder at its end.

    Args:
        command: without its folder; a run that gets to its end is followed by one in a new folder.
        environ: of the processes.
        root: of the folders.
        longest: seconds after which it is killed at last.
    """
    dice = random.Random(command[0])
    folder = root / "0"
    for _ in range(KILLS):
        killed(start(command, folder), environ, folder, dice.uniform(0, longest))
        (folder / ".lock").unlink(missing_ok=True)  # so that the next start can be seen
        if is_done(folder):
            yield folder
            folder = root / str(int(folder.name) + 1)
    if folder.exists():  # not where the last kill came too late
        yield folder


def start(command: list[str], folder: Path) -> list[str]:
    try:
        look(folder)
    except DatasetError:  # it was killed before there was a ledger
        return [*command, "--out", str(folder)]
    return ["resume", str(folder)]


def is_done(folder: Path) -> bool:
    with suppress(DatasetError):
        return look(folder).condition == "done"
    return False


@pytest.mark.slow
def test_mathematics_that_is_killed(tmp_path: Path, environ: dict[str, str]) -> None:
    families = ["linear-equation", "integral-by-table"]
    calm = tmp_path / "calm"
    run_mathematics(new_plan(families, 600, None, 0, 2, 0.2), calm, 1, PlainReporter(1200, "traces"))
    needed = {
        f"{trace.provenance.source['family']}/{trace.provenance.index // BATCH}" for trace in traces(calm)
    }
    command = ["math", *families, "--count", "600", "--wrong-steps", "0.2"]
    for folder in killed_again_and_again(command, environ, tmp_path, 1.2):
        moved = tmp_path / "copied" / folder.name  # as to another machine
        shutil.copytree(folder, moved)
        (moved / ".lock").unlink(missing_ok=True)
        assert killed(start(command, moved), environ, moved, 120) == 0
        assert lines_of(moved) == lines_of(calm)
        assert look(moved).condition == "done"
        batches = {"waiting": 0, "running": 0, "done": len(needed), "parked": 0}
        assert look(moved).units() == {"batch": batches}


@pytest.mark.slow
def test_bugs_that_are_killed(
    finished: Finished, kept_shop: Path, tmp_path: Path, local_sandbox: Sandbox, environ: dict[str, str]
) -> None:
    calm = finished(local_sandbox, 1)
    command = ["bugs", str(kept_shop), "--count", "5", "--seed", "3", "--sandbox", "local"]
    for data in killed_again_and_again(command, environ, tmp_path, 8):
        assert killed(start(command, data), environ, data, 200) == 0
        assert [(t.id, t.content_hash) for t in traces(data)] == [
            (t.id, t.content_hash) for t in traces(calm)
        ]
        assert lines_of(data, "candidates") == lines_of(calm, "candidates")
        assert (data / "run.json").read_bytes() == (calm / "run.json").read_bytes()
        seen = look(data)
        assert seen.condition == "done"
        assert seen.units()["candidate"]["done"] == lines_of(calm, "candidates").count(b"\n")
        assert not seen.parked


def traces(folder: Path) -> list[Trace]:
    return list(Dataset(folder).traces())


def make(folder: Path, count: int = 120, *, retry_parked: bool = False) -> PlainReporter:
    plan = new_plan(["linear-equation"], count, None, 3, 2, 0.0)
    report = PlainReporter(count, "traces")
    run_mathematics(plan, folder, 1, report, retry_parked=retry_parked)
    return report


def test_problems_that_cannot_be_made_are_parked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "calm")
    tries: list[int] = []
    real: Callable[[Problems, int], Trace] = Problems.__getitem__

    def poisoned(self: Problems, index: int) -> Trace:
        if index in {7, 50}:
            tries.append(index)
            raise ZeroDivisionError("nobody foresaw this")
        return real(self, index)

    with monkeypatch.context() as patch:
        patch.setattr(Problems, "__getitem__", poisoned)
        make(tmp_path / "data", 60)
        make(tmp_path / "data", 60)  # goes on behind them, and leaves them alone
    assert tries == [7] * 3 + [50] * 3
    assert "2 units are parked after 3 failures" in capsys.readouterr().err
    parked = {unit.key: unit for unit in parked_of(tmp_path / "data")}
    assert set(parked) == {"linear-equation/7", "linear-equation/50"}
    assert parked["linear-equation/7"].detail == "ZeroDivisionError: nobody foresaw this"
    shown = rpsdg_here("status", tmp_path / "data", "--parked").stdout
    assert "problem linear-equation/7" in shown
    assert 'raise ZeroDivisionError("nobody foresaw this")' in shown

    before, calm = traces(tmp_path / "data"), traces(tmp_path / "calm")
    assert len(before) == 60
    lost = {trace.id for trace in calm if trace.provenance.index in {7, 50}}
    assert [trace.id for trace in before] == [trace.id for trace in calm if trace.id not in lost][:60]

    make(tmp_path / "data", 60, retry_parked=True)
    after = traces(tmp_path / "data")
    assert after[:60] == before
    assert {trace.id for trace in after[60:]} == lost  # behind the others
    assert not parked_of(tmp_path / "data")
    make(tmp_path / "data", 60)
    assert traces(tmp_path / "data") == after


def test_a_family_of_which_nothing_can_be_made_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def poisoned(self: Problems, index: int) -> Trace:
        raise ZeroDivisionError

    monkeypatch.setattr(Problems, "__getitem__", poisoned)
    plan = new_plan(["linear-equation"], 5, None, 3, 2, 0.0)
    summary = run_mathematics(plan, tmp_path, 1, PlainReporter(5, "traces"))

    assert summary.exhausted == ["linear-equation"]
    assert summary.parked == 20


def test_a_run_whose_ledger_cannot_be_written_is_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "calm")
    (tmp_path / "data" / "ledger.sqlite").mkdir(parents=True)
    make(tmp_path / "data")

    assert lines_of(tmp_path / "data") == lines_of(tmp_path / "calm")
    assert (
        capsys.readouterr().err.count("cannot be written: unable to open database file. The run goes on") == 1
    )


def test_what_cannot_be_resumed_says_so(tmp_path: Path) -> None:
    make(tmp_path / "data", 5)  # by a program
    told = rpsdg_here("resume", tmp_path / "data")
    assert "was begun by a program" in str(told.exception)

    rpsdg_here("math", "linear-equation", "--count", "5", "--jobs", "1", "--out", tmp_path / "asked")
    told = rpsdg_here("resume", tmp_path / "asked", "--sandbox", "local", "--retry-parked")
    assert "`--sandbox` means nothing to `rpsdg math`" in str(told.exception)
