"""A run that is interrupted ends soon, keeps what was finished, and leaves nothing of ours behind.

RPSDG_INTERRUPTS sets how many runs are interrupted a sandbox (default 2).
"""

from __future__ import annotations

import os
import random
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from rpsdg.corpora.dataset import Dataset
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode

INTERRUPTS = int(os.environ.get("RPSDG_INTERRUPTS", "2"))
PROMISED = 2.0
"""Seconds within which Ctrl-C ends a run, as promised; twice that is allowed for on a busy machine."""


def leftovers(marker: str, pid: int, *, docker: bool) -> list[str]:
    """Return the processes, folders and containers that bear a dead run's mark or its process number."""
    found = [
        f"process {process.info['pid']}"
        for process in psutil.process_iter(["pid", "environ"])
        if (process.info["environ"] or {}).get("RPSDG_MARK") == marker
    ]
    for folder in Path(tempfile.gettempdir()).glob("rpsdg-*"):
        name = folder / "owner"
        if name.exists() and f":{pid}:" in name.read_text():
            found.append(f"folder {folder}")
    if docker:
        listed = subprocess.run(
            ["docker", "ps", "-a", "--format", '{{.ID}} {{.Label "rpsdg.owner"}}'],
            capture_output=True,
            text=True,
            check=True,
        )
        found += [f"container {line}" for line in listed.stdout.splitlines() if f":{pid}:" in line]
    return found


def wait_until_gone(marker: str, pid: int, *, docker: bool) -> list[str]:
    """Give the kernel and the engine a moment to finish what they were told to do."""
    found = ["not looked yet"]
    for _ in range(50):
        found = leftovers(marker, pid, docker=docker)
        if not found:
            break
        time.sleep(0.1)
    return found


def wait_until_handled(pid: int) -> None:
    """Wait until the command, and not Python, decides what a signal does: nothing has begun before."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        status = Path(f"/proc/{pid}/status").read_text()
        caught = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt"))
        if caught >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.01)
    raise AssertionError("the command never began")


@pytest.mark.parametrize("kind", [pytest.param("docker", marks=pytest.mark.docker), "local", "plain"])
@pytest.mark.parametrize(
    "how",
    [signal.SIGINT, *(pytest.param(how, marks=pytest.mark.slow) for how in (signal.SIGTERM, signal.SIGKILL))],
    ids=lambda how: how.name,
)
def test_interrupted_runs(
    kind: str,
    how: signal.Signals,
    shop: Path,
    tmp_path: Path,
    environ: dict[str, str],
    settings: Settings,
    request: pytest.FixtureRequest,
) -> None:
    if kind == "docker":
        request.getfixturevalue("docker_sandbox")  # skips, or fails, where there is no engine
    rng = random.Random(f"{kind}{how}")
    out = tmp_path / "out"
    marker = f"rpsdg-test-{os.getpid()}-{rng.random()}"
    env = {**environ, "RPSDG_MARK": marker}
    if kind == "plain":
        env["RPSDG_BUBBLEWRAP"] = "0"
    command = [sys.executable, "-m", "rpsdg.cli", "bugs", str(shop), "--out", str(out), "--count", "40"]
    command += ["--sandbox", "docker" if kind == "docker" else "local"]
    seen = 0
    for _ in range(INTERRUPTS):
        process = subprocess.Popen(
            command,
            env=env,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # What started the tests in the background may have made us ignore it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        wait_until_handled(process.pid)
        try:
            process.wait(rng.uniform(0.0, 4.5))  # from when it loads to when it confirms bugs
        except subprocess.TimeoutExpired:
            process.send_signal(how)
        asked = time.monotonic()
        _, errors = process.communicate(timeout=60)
        took = time.monotonic() - asked

        assert process.returncode in {0, ExitCode.INTERRUPTED, ExitCode.EXHAUSTED, -signal.SIGKILL}, errors
        assert "Traceback" not in errors, errors
        assert took < 2 * PROMISED
        if how is signal.SIGKILL:
            # Nobody can clean up in the very moment between making a folder and handing it over; the next
            # run does.
            LocalSandbox(settings).sweep()
        assert not wait_until_gone(marker, process.pid, docker=kind == "docker")
        if (out / "index.json").exists() or (out / "traces.jsonl").exists():
            finished = [t.id for t in Dataset(out).traces()]
            assert len(finished) == len(set(finished)) >= seen
            seen = len(finished)


def test_an_interrupt_while_classes_are_made_ends_with_the_exit_code(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import dataclasses, sys, types\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'rpsdg.runs.commands.checking': exec('raise KeyboardInterrupt')\n"
        "sys.meta_path.insert(0, Interrupting())\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "rpsdg.cli", "doctor"],
        env={**environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (
        ExitCode.INTERRUPTED,
        "interrupted; what was finished is kept",
    )


def test_a_run_in_the_background_of_a_script_can_be_ended(
    shop: Path, tmp_path: Path, environ: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "rpsdg.cli", "bugs", str(shop), "--out", str(tmp_path / "out")]
    script = f"{shlex.join(command)} --count 40 & echo $!; wait $!; echo $?"
    shell = subprocess.Popen(["sh", "-c", script], env=environ, stdout=subprocess.PIPE, text=True)
    assert shell.stdout is not None
    pid = int(shell.stdout.readline())
    wait_until_handled(pid)
    os.kill(pid, signal.SIGTERM)
    said, _ = shell.communicate(timeout=60)
    assert int(said) == ExitCode.INTERRUPTED
