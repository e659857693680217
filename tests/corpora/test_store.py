"""The data set folder: what comes back, what is said of damage, and what a full disk leaves."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpsdg.corpora import store
from rpsdg.corpora.bulk import BulkWriter
from rpsdg.corpora.dataset import Dataset, DatasetError, DatasetWriter, OutputError
from rpsdg.corpora.dataset import Plan as RunPlan
from rpsdg.corpora.labels import Labels, changed_lines, labels_of
from rpsdg.corpora.tabular import arrays_of, raw_shape, records_of, schema_of
from rpsdg.sandbox.tree import Tree
from rpsdg.traces import jsonl
from rpsdg.traces.identity import content_hash, seal
from rpsdg.traces.levels import Cuts
from rpsdg.traces.record import (
    Action,
    Answer,
    Checks,
    Evidence,
    Negative,
    Problem,
    Provenance,
    Step,
    Trace,
)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False)
payload = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | numbers | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
payloads = st.dictionaries(text, payload, max_size=3)


def several(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(one, max_size=2).map(tuple)


evidence = st.builds(Evidence, judge=text, strength=st.sampled_from(["exact", "executed"]), saw=payloads)
actions = st.builds(Action, tool=st.sampled_from(["run", "edit"]), input=payloads, observation=text)
steps = st.builds(
    Step,
    rule=text,
    aim=payloads,
    before=payloads,
    after=payloads,
    explanation=text,
    label=st.sampled_from(["correct", "first-error"]),
    evidence=several(evidence),
    actions=several(actions),
)
checks = st.builds(
    Checks, environment=text, command=several(text), fail_to_pass=several(text), pass_to_pass=text
)
traces = st.builds(
    Trace,
    id=st.just(""),
    content_hash=st.just(""),
    domain=text,
    problem=st.builds(Problem, statement=text, style=text, state=payloads),
    steps=several(steps),
    answer=st.builds(Answer, state=payloads, text=text),
    negatives=several(st.builds(Negative, state=payloads, verdict=payloads, reason=text)),
    checks=st.none() | checks,
    features=st.dictionaries(text, numbers, max_size=2),
    score=st.none() | numbers,
    provenance=st.builds(
        Provenance,
        generator=text,
        seed=st.integers(0, 2**63 - 1),
        index=st.integers(0, 9),
        source=payloads,
        environment=payloads,
    ),
).map(seal)


class Plan(msgspec.Struct):
    seed: int


def math_trace(number: int, **source: Any) -> Trace:
    state = {"sympy": f"x + {number}", "latex": f"x + {number}"}
    step = Step(rule="subtract", aim={"at": []}, before=state, after=state, explanation="Subtract.")
    about = {"family": "linear-equation", "level": 1 + number % 5, "skeleton": f"{number % 7:032x}"} | source
    return seal(
        Trace(
            id="",
            content_hash="",
            domain="math/algebra/equation",
            problem=Problem(statement=f"Solve $x + {number}$.", style="plain", state=state),
            steps=(step,) * (1 + number % 3),
            answer=Answer(state=state, text=str(-number)),
            score=0.5,
            provenance=Provenance(generator="1", seed=0, index=number, source=about),
        )
    )


def lines_of(*found: Trace) -> list[bytes]:
    return [jsonl.encode(trace) for trace in found]


def write(folder: Path, *found: Trace, finish: bool = True, at_once: int = 5) -> Dataset:
    writer = BulkWriter(folder, "math")
    writer.begin(Plan(0))
    for first in range(0, len(found), at_once):
        writer.append(lines_of(*found[first : first + at_once]))
    if finish:
        writer.finish()
    writer.close()
    return Dataset(folder)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards of some ten traces of mathematics, in row groups of some three."""
    monkeypatch.setattr(store, "FULL", 8000)
    monkeypatch.setattr(store, "GROUP", 2500)


# --- round trips


@settings(max_examples=20, deadline=None)
@given(st.lists(traces, max_size=4))
def test_traces_survive_columns(found: list[Trace]) -> None:
    raw = [msgspec.json.decode(line, type=raw_shape(Trace)) for line in lines_of(*found)]
    schema = schema_of(Trace)
    batch = pa.RecordBatch.from_arrays(arrays_of(raw, schema), schema=schema)
    batch.validate(full=True)
    back = list(records_of(batch, Trace))
    assert back == found
    assert all(content_hash(trace) == trace.content_hash for trace in back)
    for start in range(len(found)):  # a slice of columns is columns, too
        assert list(records_of(batch.slice(start), Trace)) == found[start:]


@settings(max_examples=5, deadline=None)
@given(st.lists(traces, max_size=4))
def test_traces_survive_a_folder(tmp_path_factory: pytest.TempPathFactory, found: list[Trace]) -> None:
    data = write(tmp_path_factory.mktemp("data") / "out", *found)
    assert list(data.traces()) == found
    assert [content_hash(trace) for trace in data.traces()] == [trace.content_hash for trace in found]


def test_runs_that_go_on(tmp_path: Path, small: None) -> None:
    found = [math_trace(number) for number in range(60)]
    done = 0
    for part, finish in ((3, True), (4, False), (30, True), (1, True), (0, True), (22, False)):
        data = write(tmp_path, *found[done : done + part], finish=finish)
        done += part
        assert list(data.traces()) == found[:done]
        assert [row.trace for row in data.rows()] == found[:done]
        assert data.count() == done
    shards = sorted((tmp_path / "traces").glob("*.parquet"))
    assert len(shards) > 3
    assert (tmp_path / "traces.jsonl").exists() is False


def test_shards_depend_on_the_traces_alone(tmp_path: Path, small: None) -> None:
    found = [math_trace(number) for number in range(40)]
    write(tmp_path / "at once", *found, at_once=40)
    for first in range(0, 40, 7):
        write(tmp_path / "bit by bit", *found[first : first + 7], at_once=2)
    one, other = (
        sorted(p.name for p in (tmp_path / n / "traces").iterdir()) for n in ("at once", "bit by bit")
    )
    assert one == other


def test_shards_open_without_rpsdg(tmp_path: Path) -> None:
    write(tmp_path, math_trace(1), math_trace(2))
    (shard,) = (tmp_path / "traces").iterdir()
    rows = pq.read_table(shard).to_pylist()
    assert [row["problem"]["statement"] for row in rows] == ["Solve $x + 1$.", "Solve $x + 2$."]
    assert rows[1]["steps"][2]["explanation"] == "Subtract."
    assert rows[0]["problem"]["state"] == '{"sympy":"x + 1","latex":"x + 1"}'
    assert (rows[0]["level"], rows[0]["family"]) == (2, "linear-equation")


def test_old_folders_open_and_go_on(tmp_path: Path) -> None:
    old = [math_trace(1), math_trace(2)]
    (tmp_path / "traces.jsonl").write_bytes(b"".join(lines_of(*old)) + b'{"cut')
    (tmp_path / "math.json").write_bytes(msgspec.json.format(b'{"seed":0}', indent=1) + b"\n")
    data = Dataset(tmp_path)
    assert list(data.traces()) == old
    assert [row.labels.level for row in data.rows()] == [2, 3]
    assert list(write(tmp_path, math_trace(3)).traces()) == [*old, math_trace(3)]
    assert not (tmp_path / "traces.jsonl").exists()


# --- what a reader sees while a writer goes on


def test_a_reader_sees_one_moment(tmp_path: Path, small: None) -> None:
    found = [math_trace(number) for number in range(30)]
    reading = write(tmp_path, *found[:13]).traces()
    first = next(reading)  # the folder as it is now
    write(tmp_path, *found[13:])
    assert [first, *reading] == found[:13]
    assert list(Dataset(tmp_path).traces()) == found


def test_two_writers(tmp_path: Path) -> None:
    writer = BulkWriter(tmp_path, "math")
    with pytest.raises(OutputError, match="another run is writing"):
        BulkWriter(tmp_path, "math")
    writer.close()
    BulkWriter(tmp_path, "math").close()


# --- damage


def damaged(folder: Path) -> Iterator[tuple[str, str]]:
    """Spoil a folder in many ways; yield what, and what the error has to say."""
    whole = folder.with_name("whole")
    shutil.copytree(folder, whole)

    def restored() -> Path:
        shutil.rmtree(folder)
        shutil.copytree(whole, folder)
        return folder

    shard = next((restored() / "traces").iterdir())
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    yield "a flipped bit", "checksum"
    shard = next((restored() / "traces").iterdir())
    shard.write_bytes(shard.read_bytes()[:-10])
    yield "a shard cut short", "checksum"
    next((restored() / "traces").iterdir()).unlink()
    yield "a shard that is gone", "missing"
    index = restored() / "index.json"
    index.write_bytes(index.read_bytes()[:40])
    yield "a truncated index", "index.json"
    (restored() / "index.json").unlink()
    yield "an index that is gone", "no `index.json`"
    index = restored() / "index.json"
    index.write_bytes(index.read_bytes().replace(b'"version": 1', b'"version": 9'))
    yield "an index of the future", "version 9"
    restored()


def test_damage_is_told_and_nothing_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    found = [math_trace(number) for number in range(4)]
    write(folder, *found)
    for what, said in damaged(folder):
        before = sorted(folder.rglob("*"))
        with pytest.raises(DatasetError, match=said):
            list(Dataset(folder).traces())
        if "shard" not in what and "bit" not in what:
            with pytest.raises(DatasetError, match=said):
                BulkWriter(folder, "math")
        assert sorted(folder.rglob("*")) == before, what
    assert list(Dataset(folder).traces()) == found


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    write(folder, math_trace(1))
    (folder / "index.json").unlink()
    (folder / "index.json").mkdir()
    for opened in (lambda: list(Dataset(folder).traces()), lambda: BulkWriter(folder, "math")):
        with pytest.raises(DatasetError, match=r"cannot be read|no `index\.json`"):
            opened()


def test_a_run_does_not_begin_in_a_folder_of_something_else(tmp_path: Path) -> None:
    write(tmp_path, math_trace(1))
    writer = DatasetWriter(tmp_path)
    tree = Tree({})
    plan = RunPlan("", {}, tree.digest, 0, (), {}, None, Cuts((0.2, 0.4, 0.6, 0.8), ""), "", "")
    with pytest.raises(OutputError, match="something else"):
        writer.begin(plan, tree, {})
    writer.close()
    assert Dataset(tmp_path).count() == 1


def test_a_line_that_is_no_trace_stops_packing_and_stays(tmp_path: Path) -> None:
    write(tmp_path, math_trace(1), finish=False)
    with (tmp_path / "traces.jsonl").open("ab") as file:
        file.write(b'{"id": 1}\n')
    writer = BulkWriter(tmp_path, "math")
    with pytest.raises(DatasetError, match="line 2"):
        writer.finish()
    writer.close()
    assert (tmp_path / "traces.jsonl").read_bytes().count(b"\n") == 2
    assert not list((tmp_path / "traces").glob("*"))


# --- a full disk


class FullDisk:
    """Stands in for `os`: after some calls half of a text is written, then nothing is written or synced."""

    def __init__(self, after: int) -> None:
        self.left = after

    def write(self, handle: int, data: memoryview) -> int:
        self.left -= 1
        if self.left == 0:
            return os.write(handle, data[: len(data) // 2])
        self._check()
        return os.write(handle, data)

    def fsync(self, handle: int) -> None:
        self.left -= 1
        self._check()

    def _check(self) -> None:
        if self.left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


@pytest.mark.parametrize("after", range(0, 20, 2))
def test_a_full_disk_loses_nothing(
    after: int, tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [math_trace(number) for number in range(16)]
    write(tmp_path, *found[:10])
    disk = FullDisk(after)
    with monkeypatch.context() as patch:
        for module in ("journal", "index", "shards"):
            patch.setattr(f"rpsdg.corpora.{module}.os", disk)
        with pytest.raises(OutputError, match="No space left"):
            write(tmp_path, *found[10:], at_once=1)
    kept = Dataset(tmp_path).count()
    assert list(Dataset(tmp_path).traces()) == found[:kept]
    assert list(write(tmp_path, *found[kept:]).traces()) == found
    assert not list(tmp_path.rglob("*.part"))


# --- labels


def test_levels_are_cut_as_the_plan_says() -> None:
    source = b'{"name": "Some.Thing", "licence": "MIT", "places": [{"path": "a.py"}, {"path": "a.py"}]}'
    cuts = Cuts((0.1, 0.2, 0.3, 0.4), "")
    found = labels_of("code/bugfix", b'{"diff": ""}', source, 0.35, cuts)
    assert found == Labels(level=4, repository="some-thing", paths=("a.py",), licence="MIT")


def test_labels_of_benchmarks() -> None:
    for about, said in (
        (b'{"name": "requests"}', ("SWE-bench", "SWE-bench Verified")),
        (b'{"url": "https://github.com/me/pandas.git"}', ("SWE-smith", "R2E-Gym", "SWE-Gym")),
        (b'{"name": "hydra-core"}', ("SWE-smith", "SWE-Gym")),
        (b'{"name": "toolz"}', ()),
    ):
        assert labels_of("code/bugfix", b"{}", about, None, None).contamination == said


HEAD = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n"


def test_near_duplicates_change_the_same_line_wherever_it_is() -> None:
    one = HEAD + "@@ -1,5 +1,5 @@\n a\n b\n-if x:\n+if not x:\n c\n d\n"
    moved = HEAD.replace("a.py", "b.py") + "@@ -9,5 +9,4 @@\n     a\n     b\n-    if x:\n     c\n     d\n"
    elsewhere = HEAD + "@@ -1,5 +1,5 @@\n a\n q\n-if x:\n+if not x:\n c\n d\n"
    added = HEAD + "@@ -1,5 +1,6 @@\n a\n b\n if x:\n+    y\n c\n d\n"
    assert list(changed_lines(one)) == list(changed_lines(moved))
    assert set(changed_lines(one)).isdisjoint(changed_lines(elsewhere))
    assert set(changed_lines(one)) & set(changed_lines(added))
    assert len(list(changed_lines(one + moved.replace("-    if x", "-    if z")))) == 2


def test_a_removed_line_that_looks_like_a_header() -> None:
    assert len(list(changed_lines(HEAD + "@@ -1,3 +1,2 @@\n a\n--- a\n b\n"))) == 1
