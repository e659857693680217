"""Commands of others end at their limits, with everything they started."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil

from rpsdg.benchmarks.limited_runs import Ended, run_limited

PLENTY = 4 * 1024**3


def run(code: str, folder: Path, *, seconds: float = 60.0, mark: str = "", after: float = 0.0) -> Ended:
    command = [sys.executable, "-u", "-c", code]
    environ = {"PATH": os.environ["PATH"]}
    return run_limited(command, folder, environ, seconds=seconds, memory=PLENTY, mark=mark, after=after)


def test_what_ends_by_itself_has_a_status_and_an_output(tmp_path: Path) -> None:
    done = run("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)", tmp_path)
    assert done.status == 3
    assert done.output.splitlines() == ["out", "err"]
    assert done.marked is None
    assert done.last_words == "out / err"


def test_a_limit_ends_it(tmp_path: Path) -> None:
    done = run("import time; time.sleep(600)", tmp_path, seconds=0.5)
    assert done.status is None
    assert done.ended - done.began < 60


def test_it_is_ended_at_the_mark(tmp_path: Path) -> None:
    done = run("import time; print('ready', end='\\r'); time.sleep(600)", tmp_path, mark="ready")
    assert done.status is None
    assert done.marked is not None


def test_from_the_mark_on_another_limit_counts(tmp_path: Path) -> None:
    code = "import time; print('ready'); time.sleep(1.5); print('done')"
    done = run(code, tmp_path, seconds=1.0 + 60, mark="ready", after=60)
    assert done.status == 0
    assert done.marked is not None
    assert done.ended - done.marked > 1
    assert done.output.splitlines() == ["ready", "done"]


def test_what_left_the_process_group_is_ended_too(tmp_path: Path) -> None:
    inner = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)"
    code = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {inner!r}], start_new_session=True)\n"
        "while not (__import__('os').path.exists('pid') and open('pid').read()): time.sleep(0.01)\n"
    )
    assert run(code, tmp_path).status == 0
    pid = int((tmp_path / "pid").read_text())
    # Where nobody waits for orphans, a dead one stays in the list of processes.
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_memory_is_limited(tmp_path: Path) -> None:
    done = run("b'x' * (8 * 1024**3)", tmp_path)
    assert done.status == 1
    assert "MemoryError" in done.output
