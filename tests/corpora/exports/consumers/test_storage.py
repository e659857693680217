"""A server that speaks S3 takes what is published, and hands it out again."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpsdg.corpora.dataset import Dataset

PROGRAMS = Path(__file__).with_name("programs")
pytestmark = [pytest.mark.consumer, pytest.mark.timeout(1800)]  # the first makes the environment


def test_s3_keeps_a_data_set(mathematics: Dataset, home, tmp_path: Path) -> None:
    told = home("storage").run(PROGRAMS / "publish_to_s3.py", mathematics.folder, tmp_path)

    assert "s3://bucket/some/data" in told["without a bucket"]
    assert "hunter2" not in told["without a bucket"]
    assert told["there"] == 1
    assert told["sent"] >= 3
    assert told["again"] == 0
    assert told["ids"] == [trace.id for trace in mathematics.traces()]
