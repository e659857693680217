"""Data sets on shared storage: what is read there is what was published, at every moment in between."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import fsspec
import pytest
from click.testing import CliRunner

from rpsdg.cli import cli
from rpsdg.corpora.dataset import Dataset, OutputError
from rpsdg.corpora.errors import DatasetError
from rpsdg.corpora.index import read_index
from rpsdg.corpora.publishing import fetch_copy, publish
from rpsdg.corpora.storage import Storage, StorageError
from rpsdg.runs.mathematics import new_plan, run_mathematics
from rpsdg.runs.progress import PlainReporter
from rpsdg.traces.errors import ExitCode, UsageError

from ..conftest import lines_of


def make(folder: Path, count: int, seed: int = 3) -> Path:
    """Make problems; a larger count makes a new last shard."""
    plan = new_plan(("linear-equation",), count, None, seed, 2, 0.0)
    run_mathematics(plan, folder, 1, PlainReporter(count, "traces"))
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("published") / "small", 5)


@pytest.fixture(params=["memory", "file"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "file":
        yield (tmp_path / "shared" / "data").as_uri()
        return
    yield "memory://bucket/data"
    fsspec.filesystem("memory").store.clear()


class Failing:
    """Storage that goes away after so many files were written."""

    def __init__(self, fs: Any, left: int) -> None:
        self._fs, self._left = fs, left

    def __getattr__(self, name: str) -> Any:
        if name in {"open", "put_file"}:
            self._left -= 1
            if self._left < 0:
                raise OSError("the network is gone")
        return getattr(self._fs, name)


def test_what_is_published_is_read(small: Path, url: str, tmp_path: Path) -> None:
    storage = Storage.at(url)
    sent = publish(small, storage)
    copy = fetch_copy(storage, tmp_path / "cache")

    assert lines_of(copy) == lines_of(small)
    assert (sent.there, sent.files) == (0, len(storage.sizes()))
    again = publish(small, storage)
    assert (again.files, again.bytes, again.there) == (0, 0, sent.files)


def test_readers_never_see_half(small: Path, url: str, tmp_path: Path) -> None:
    """Wherever an upload over another data set breaks off, that one is read still; then it goes on."""
    storage, other = Storage.at(url), shutil.copytree(small, tmp_path / "other")
    (other / "math.json").unlink()  # so that it is as one that was put together anew
    bigger = make(tmp_path / "bigger", 8, seed=4)
    (bigger / "math.json").unlink()
    publish(other, storage)
    files = 0
    for files in range(20):
        try:
            publish(bigger, replace(storage, fs=Failing(storage.fs, files)))
            break
        except StorageError:
            copy = fetch_copy(storage, tmp_path / "cache")
            assert lines_of(copy) == lines_of(small)

    assert files > 1
    assert lines_of(fetch_copy(storage, tmp_path / "cache")) == lines_of(bigger)
    shards = {path for path in storage.sizes() if path.startswith("traces/")}
    assert len(shards) == 2  # who has just read the old index still finds what it names
    publish(bigger, storage)
    assert {f"traces/{one.name}" for one in read_index(bigger).shards["traces"]} == {
        path for path in storage.sizes() if path.startswith("traces/")
    }


def test_damage_is_seen(small: Path, tmp_path: Path) -> None:
    root = tmp_path / "shared"
    storage = Storage.at(root.as_uri())
    publish(small, storage)
    (shard,) = (root / "traces").iterdir()
    data = bytearray(shard.read_bytes())
    data[100] ^= 1
    shard.write_bytes(data)

    with pytest.raises(DatasetError, match="checksum"):
        fetch_copy(storage, tmp_path / "cache")
    assert not (tmp_path / "cache" / "published" / "index.json").exists()


def test_what_is_refused(small: Path, url: str, tmp_path: Path) -> None:
    storage = Storage.at(url)
    with pytest.raises(DatasetError, match="no data set"):
        fetch_copy(storage, tmp_path / "cache")
    storage.write("thesis.txt", b"years of work")
    with pytest.raises(OutputError, match=r"something else, such as `thesis\.txt`"):
        publish(small, storage)
    storage.remove("thesis.txt")
    publish(small, storage)
    with pytest.raises(OutputError, match="another run"):
        publish(make(tmp_path / "another", 5, seed=9), storage)
    with pytest.raises(UsageError, match="a URL was expected"):
        Storage.at("data")
    with pytest.raises(UsageError, match="nosuch://"):
        Storage.at("nosuch://bucket")


def test_the_commands_take_a_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RPSDG_CACHE_DIR", str(tmp_path / "cache"))
    url = (tmp_path / "shared").as_uri()
    made = ["math", "linear-equation", "--count", "3", "--jobs", "1", "--out", str(tmp_path / "out")]
    run = CliRunner().invoke
    done = run(cli, [*made, "--publish", url, "--json"], standalone_mode=False)
    assert done.return_value == ExitCode.OK
    assert '"event": "published"' in done.output
    assert '"files": 0' in run(cli, ["publish", str(tmp_path / "out"), url, "--json"]).output
    shown = run(cli, ["show", url, "--json"]).output
    assert [line for line in shown.splitlines() if line] == [
        line for line in run(cli, ["show", str(tmp_path / "out"), "--json"]).output.splitlines() if line
    ]
    assert Dataset(tmp_path / "out").count() == 3
