"""What was measured is not measured again, however a measurement ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpsdg.benchmarks.kept import read_kept
from rpsdg.benchmarks.triage import Seen, summed
from rpsdg.corpora.dataset import DatasetError
from rpsdg.traces import jsonl


def seen(index: int, look: str | None, clean: str, failing: int = 0, outside: int = 0) -> Seen:
    return Seen("p==1", index, "r", "a.py", 1, look, look and "swap", 0.01, clean, failing, outside, 1.0)


def test_a_line_that_was_cut_short_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    assert read_kept(path, Seen) == []
    lines = [jsonl.encode(seen(index, "red", "red", 1)) for index in range(3)]
    path.write_bytes(b"".join(lines)[:-20])
    assert [one.index for one in read_kept(path, Seen)] == [0, 1]
    assert path.read_bytes() == b"".join(lines[:2])


def test_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    path.write_text('{"index": "three"}\n')
    with pytest.raises(DatasetError, match="kept"):
        read_kept(path, Seen)


def test_disagreements_are_those_that_would_decide_otherwise() -> None:
    found = [
        seen(0, "red", "red", 3, 1),
        seen(1, "red", "green"),
        seen(2, "green", "red", 2, 2),
        seen(3, "green", "hang"),
        seen(4, "hang", "hang"),
        seen(5, "hang", "red", 1),
        seen(6, "crash", "green"),
        seen(7, None, "red", 1),
    ]
    about = summed(found)
    assert [one["index"] for one in about["disagreements"]] == [1, 2, 5]  # type: ignore[attr-defined] # it is JSON
    assert about["red_with_failures_outside_coverage"] == 2
    assert about["red_with_all_failures_outside_coverage"] == 1
