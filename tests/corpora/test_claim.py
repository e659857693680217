"""One process writes a folder, and whoever comes second is told who the first is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from rpsdg.corpora.claim import FRESH, LOCK, Claim, Holder, read_holder
from rpsdg.corpora.errors import OutputError

HOLDING = """
import pathlib, sys, time
from rpsdg.corpora.claim import Claim
claim = Claim(pathlib.Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def write(folder: Path, holder: Holder) -> None:
    (folder / LOCK).write_bytes(msgspec.json.encode(holder))


def test_the_second_is_told_who_the_first_is(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(OutputError) as refused:
            Claim(tmp_path)
        holder = read_holder(tmp_path)
        other.send_signal(signal.SIGKILL)

    assert f"on {os.uname().nodename}, process {other.pid}, since " in str(refused.value)
    assert holder is not None
    assert holder.is_here
    claim = Claim(tmp_path)  # its lock died with it
    assert claim.previous == holder
    claim.release()


def test_who_lets_go_leaves_no_name(tmp_path: Path) -> None:
    claim = Claim(tmp_path / "new")
    assert read_holder(tmp_path / "new") == claim.holder
    claim.release()
    claim.release()

    assert read_holder(tmp_path / "new") is None
    assert Claim(tmp_path / "new").previous is None


@pytest.mark.parametrize("age", [0, FRESH - 10, FRESH + 10, 10 * FRESH])
def test_a_fresh_sign_of_life_from_another_machine_holds(age: float, tmp_path: Path) -> None:
    """Whatever the lock says, which network file systems may not keep."""
    now = time.time()
    write(tmp_path, Holder("elsewhere:17:4", "another-boot", "rpsdg math", now - 999, now - age))
    if age < FRESH:
        with pytest.raises(OutputError, match=r"`rpsdg math` on elsewhere, process 17.*sign of life"):
            Claim(tmp_path)
    else:
        Claim(tmp_path).release()


def test_a_sign_of_life_is_a_later_one(tmp_path: Path) -> None:
    claim = Claim(tmp_path)
    before = read_holder(tmp_path)
    time.sleep(0.01)
    claim.beat()
    after = read_holder(tmp_path)
    claim.release()

    assert before is not None
    assert after is not None
    assert after.seen > before.seen
    assert msgspec.structs.replace(after, seen=before.seen) == before


def test_what_a_crash_left_of_the_file_is_nobodys_name(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text('{"process": "cut sho')
    Claim(tmp_path).release()


@pytest.mark.parametrize(
    "word",
    [
        "https://me:hunter2@h.example/v1",
        "--rewrite-url=https://h.example/v1?token=hunter2",
        "git+https://hunter2@h.example/r.git@main",
        "http://[hunter2",
        "caf\udce9",
    ],
)
def test_no_secret_is_told(word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/rpsdg", "bugs", word])
    claim = Claim(tmp_path)

    assert claim.holder.command.startswith("rpsdg bugs ")
    assert b"hunter2" not in (tmp_path / LOCK).read_bytes()
    claim.release()
