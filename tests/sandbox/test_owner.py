"""Who is alive is told from who is not, whoever got the process id afterwards."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from rpsdg.sandbox.owner import is_alive, owner


def test_this_process_is_alive() -> None:
    assert is_alive(owner())
    assert owner() == owner()


def test_a_child_has_another_name_and_is_dead_when_it_ended() -> None:
    code = "from rpsdg.sandbox.owner import owner; print(owner(), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True) as child:
        assert child.stdout is not None
        name = child.stdout.readline().strip()
        assert name != owner()
        assert is_alive(name)
        child.kill()
        child.wait()
        assert not is_alive(name)


def test_a_later_process_with_the_same_id_is_another() -> None:
    host, pid, started = owner().rsplit(":", 2)
    assert not is_alive(f"{host}:{pid}:{int(started) - 1}")


@pytest.mark.parametrize("rest", ["", ":", "x:1", ":1", "-1:1", "999999999:1", "999999999:0"])
def test_what_never_was_a_process_here_is_dead(rest: str) -> None:
    assert not is_alive(f"{socket.gethostname()}:{rest}")


@pytest.mark.parametrize(
    "name",
    ["", "another-machine:1:1", f"another-machine:{os.getpid()}:7", "nonsense"],
    ids=["none", "its first process", "a process number of ours", "nonsense"],
)
def test_other_machines_are_left_alone(name: str) -> None:
    assert is_alive(name)
