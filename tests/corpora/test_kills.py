"""Kill -9 while a data set is written: nothing that was reported is lost, nothing is there twice."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import FrameType

import pyarrow.parquet as pq
import pytest

from rpsdg.corpora import store
from rpsdg.corpora.dataset import Dataset, DatasetWriter, Decision, Plan
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.identity import seal
from rpsdg.traces.levels import Cuts
from rpsdg.traces.record import Answer, Problem, Provenance, Trace

KILLS = int(os.environ.get("RPSDG_KILLS", "6"))
"""How many writers are killed, one after another in one folder, in each way."""
FULL, GROUP = 6000, 2000
"""Bytes of lines in a shard here: some ten traces, so that much of the time shards are being made."""
ROUNDS = 12
WATCHED = ("journal.py", "index.py", "shards.py", "store.py")


TREE = Tree({})


def made(number: int) -> Trace:
    state = {"tree": "", "diff": f"{number}" * 50}
    return seal(
        Trace(
            id="",
            content_hash="",
            domain="code/bugfix",
            problem=Problem(statement="", style="", state=state),
            steps=(),
            answer=Answer(state=state, text=""),
            provenance=Provenance(generator="", seed=0, index=number),
        )
    )


PLAN = Plan("", {}, TREE.digest, 0, (), {}, None, Cuts((0.2, 0.4, 0.6, 0.8), ""), "", "")


def write(folder: Path, report: int) -> None:
    """Decide candidates, saying so after each; end a run, and go on with it, after every few."""
    for _ in range(ROUNDS):
        writer = DatasetWriter(folder)
        writer.begin(PLAN, TREE, {})
        start = sum(1 for _ in writer.decisions())
        for number in range(start, start + 9):
            writer.decide(Decision(number, "", "", 1, "confirmed", trace=made(number).id), made(number))
            os.write(report, b".")
        writer.finish()
        writer.close()


def killed_after_lines(lines: int) -> Callable[[], None]:
    """Return what makes a process kill itself when it has executed so many lines of the store."""
    left = lines

    def trace(frame: FrameType, event: str, _: object) -> object:
        nonlocal left
        if not frame.f_code.co_filename.endswith(WATCHED):
            return None
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    return lambda: sys.settrace(trace)  # type: ignore[arg-type] # a trace function returns another


def reported(folder: Path, prepare: Callable[[], None], seconds: float | None) -> int:
    """Run a writer that is killed; return how many candidates it said were decided."""
    seen, report = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(seen)
            prepare()
            write(folder, report)
        finally:
            os._exit(0)
    os.close(report)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    told = b""
    while part := os.read(seen, 1 << 16):
        told += part
    os.close(seen)
    os.waitpid(child, 0)
    return len(told)


def decided(folder: Path) -> int:
    """Hold a folder to its promise: every shard opens, and all is there once; return how much that is."""
    for shard in folder.glob("*/*.parquet"):
        pq.read_table(shard, use_threads=False)
    if not (folder / "index.json").exists() and not (folder / "traces.jsonl").exists():
        return 0
    data = Dataset(folder)
    traces = [trace.provenance.index for trace in data.traces()]
    decisions = [decision.index for decision in data.decisions()]
    assert decisions == list(range(len(decisions)))
    assert traces[: len(decisions)] == decisions
    assert len(traces) - len(decisions) in {0, 1}  # a trace is written before its decision
    assert [row.trace.provenance.index for row in data.rows()] == traces
    return len(decisions)


@pytest.mark.parametrize("way", ["at a line", "at a moment"])
def test_kill_while_writing(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "FULL", FULL)
    monkeypatch.setattr(store, "GROUP", GROUP)
    dice = Random(way)
    whole = 0
    for number in range(KILLS):
        folder = tmp_path / str(number // 8)  # a new one now and then: first steps are moments, too
        before = decided(folder)
        if way == "at a line":
            told = reported(folder, killed_after_lines(dice.randrange(1, 1500)), None)
        else:
            told = reported(folder, lambda: None, dice.uniform(0, 0.3))
        after = decided(folder)
        assert after - before - told in {0, 1}  # killed between writing and saying so
        whole += told
    assert whole  # they did get somewhere
