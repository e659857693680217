"""The state of a run, seen from outside: while it lives, after its end, after its death."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from rpsdg.corpora.claim import FRESH, LOCK
from rpsdg.corpora.errors import DatasetError
from rpsdg.runs.ledger import LEDGER
from rpsdg.runs.show_status import render_status
from rpsdg.runs.status import Status, look
from rpsdg.runs.terminal import console
from rpsdg.sandbox.contract import SandboxUnavailableError
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode

from .conftest import Command, rpsdg_here


def text_of(status: Status) -> str:
    screen = console(width=120)
    with screen.capture() as captured:
        screen.print(render_status(status))
    return captured.get()


@contextmanager
def running(folder: Path, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a run of mathematics, and wait until it has made something; kill it in the end."""
    command = [sys.executable, "-m", "rpsdg.cli", "math", "linear-equation", "--count", "200000"]
    command += ["--out", str(folder), "--jobs", "1", *more]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                with suppress(DatasetError):  # it has not begun yet
                    if look(folder).run.made:
                        break
                time.sleep(0.1)
            yield process
        finally:
            process.kill()


def test_a_run_that_lives_and_dies(tmp_path: Path, rpsdg: Command) -> None:
    data = tmp_path / "data"
    with running(data) as process:
        seen = look(data)
        assert seen.lives
        assert seen.run.made > 0
        assert seen.rate is not None
        assert seen.left is not None
        assert seen.units()["batch"]["done"] > 0
        assert seen.seconds()["batch"] > 0
        assert f"process {process.pid}" in text_of(seen)
        refused = rpsdg("math", "linear-equation", "--out", data)
        assert refused.returncode == ExitCode.OUTPUT
        assert f"process {process.pid}" in refused.stderr
        watch = [sys.executable, "-m", "rpsdg.cli", "status", str(data), "--watch", "--json"]
        with subprocess.Popen(watch, stdout=subprocess.PIPE, text=True) as watching:
            assert watching.stdout is not None
            assert json.loads(watching.stdout.readline())["condition"] == "running"
            process.send_signal(signal.SIGKILL)
            process.wait()
            told = watching.stdout.readlines()  # ends by itself
        assert json.loads(told[-1])["condition"] == "died"

        dead = look(data)
        assert dead.condition == "died"
        assert dead.run.made >= seen.run.made
        assert f"rpsdg resume {data}" in text_of(dead).replace("\n", " ")


def test_a_run_that_ended(tmp_path: Path) -> None:
    data = tmp_path / "data"
    rpsdg_here("math", "linear-equation", "--count", "150", "--jobs", "1", "--out", data)
    seen = json.loads(rpsdg_here("status", data, "--watch", "--json").stdout)  # which ends, as the run has

    assert seen["condition"] == "done"
    assert (seen["made"], seen["total"]) == (150, 150)
    assert seen["units"] == {"batch": {"waiting": 0, "running": 0, "done": 2, "parked": 0}}
    assert seen["arguments"] == {"families": ["linear-equation"], "count": 150, "jobs": 1}
    again = rpsdg_here("resume", data)
    assert again.exit_code == 0
    assert "nothing is left to do" in again.stderr
    assert "nothing is parked" in rpsdg_here("status", data, "--parked").stderr


def test_a_run_on_another_machine_lives_as_long_as_it_gives_signs(tmp_path: Path) -> None:
    with running(tmp_path / "data"):
        shutil.copytree(tmp_path / "data", tmp_path / "seen")
    (tmp_path / "seen" / LOCK).unlink()
    for age, condition in ((FRESH - 10, "running"), (FRESH + 10, "died")):
        with sqlite3.connect(tmp_path / "seen" / LEDGER) as db:
            db.execute("UPDATE runs SET process = 'elsewhere:1:2', seen = ?", (time.time() - age,))
        db.close()
        assert look(tmp_path / "seen").condition == condition


def test_a_folder_that_cannot_be_written_can_be_looked_at(
    tmp_path: Path, settings: Settings, environ: dict[str, str]
) -> None:
    """Also what a dead run left, a log without its file of shared memory."""
    try:
        LocalSandbox(settings, bubblewrap=True).close()
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    with running(tmp_path / "data") as process:
        process.kill()
        process.wait()
    (tmp_path / "data" / f"{LEDGER}-shm").unlink()
    before = {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir() if path.is_file()}
    walls = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--tmpfs", "/dev/shm"]
    looking = [sys.executable, "-m", "rpsdg.cli", "status", str(tmp_path / "data"), "--json"]
    seen = subprocess.run(
        [*walls, *looking],
        env={**environ, "TMPDIR": "/dev/shm"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert seen.returncode == 0, seen.stderr
    assert json.loads(seen.stdout)["units"]["batch"]["done"] > 0
    after = {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir() if path.is_file()}
    assert after == before


@pytest.mark.parametrize("command", ["status", "resume"])
def test_a_folder_without_a_ledger_is_said_to_have_none(command: str, tmp_path: Path) -> None:
    told = rpsdg_here(command, tmp_path)

    assert isinstance(told.exception, DatasetError)
    assert "there is no `ledger.sqlite`" in str(told.exception)
    assert not list(tmp_path.iterdir())
