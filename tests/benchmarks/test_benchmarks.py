"""The benchmarks start, explain themselves and yield whole figures; how fast they are is not asked here."""

from __future__ import annotations

import dataclasses
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from rpsdg.benchmarks import __main__ as command
from rpsdg.benchmarks import trace_codec
from rpsdg.benchmarks.figure import Better, Figure, compare
from rpsdg.benchmarks.registry import Benchmark, find_benchmarks
from rpsdg.traces import jsonl
from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.identity import content_hash
from rpsdg.traces.record import Trace

ROOT = Path(__file__).parents[2]
FIELDS = ["figure", "ours", "peer", "ratio", "unit", "spread", "machine", "versions"]
FOUND = find_benchmarks()


def a_figure(name: str = "speed") -> Figure:
    return compare(name, 6.0, 3.0, unit="x/s", better="more", versions={"x": "1"}, repeated=([5, 7], [3, 3]))


@pytest.fixture
def only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command know one benchmark, which measures nothing."""

    def run(quick: bool) -> Iterator[Figure]:
        yield a_figure("quick" if quick else "full")
        yield dataclasses.replace(a_figure("count"), ratio=None, spread=None)

    monkeypatch.setattr(command, "find_benchmarks", lambda: {"fake": Benchmark("fake", "Is it?", run)})


def test_the_folder_is_the_registry() -> None:
    assert {"trace_codec", "sandbox"} <= set(FOUND)
    assert "figure" not in FOUND


@pytest.mark.parametrize("benchmark", FOUND.values(), ids=FOUND)
def test_every_benchmark_asks_a_question_in_its_first_line(benchmark: Benchmark) -> None:
    assert "?" in benchmark.question
    assert next(iter(inspect.signature(benchmark.run).parameters)) == "quick"


def test_a_figure_has_exactly_the_promised_fields() -> None:
    value = json.loads(msgspec.json.encode(a_figure()))
    assert list(value) == FIELDS
    assert sorted(value["machine"]) == ["cores", "cpu", "memory", "os", "python"]
    assert value["spread"] == {"ours": [5, 7], "peer": [3, 3]}


@pytest.mark.parametrize(
    ("better", "ours", "peer", "ratio"),
    [
        ("more", 6, 3, 2),
        ("less", 3, 6, 2),
        ("neither", 6, 3, None),
        ("more", 6, 0, None),
        ("less", 0, 6, None),
    ],
)
def test_a_ratio_above_one_says_that_we_are_better(
    better: Better, ours: float, peer: float, ratio: float | None
) -> None:
    assert compare("x", ours, peer, unit="s", better=better, versions={}).ratio == ratio


def test_the_codec_benchmark_runs() -> None:
    figures = list(trace_codec.run(True, traces=5, batch=2))
    assert [figure.figure for figure in figures] == ["encode, 5 traces", "decode and validate, 5 traces"]
    for figure in figures:
        assert figure.ours > 0
        assert figure.peer > 0
        assert figure.ratio == pytest.approx(figure.ours / figure.peer)
        assert figure.unit == "traces/s"
        assert figure.spread is not None
        assert figure.spread["ours"][0] <= figure.ours <= figure.spread["ours"][1]
        assert set(figure.versions) == {"msgspec", "pydantic", "pydantic_core"}


def test_the_traces_of_the_codec_benchmark_differ_and_repeat() -> None:
    traces = trace_codec.make_traces(0, 20)
    assert trace_codec.make_traces(5, 2) == traces[5:7]
    assert len({content_hash(trace) for trace in traces}) == 20
    sizes = [len(action.observation) for trace in traces for action in trace.steps[0].actions]
    assert 700 < sum(sizes) / len(sizes) < 1400


def test_both_models_refuse_the_same_lines() -> None:
    line = jsonl.encode(trace_codec.make_traces(0, 1)[0])
    for bad in (
        line.replace(b'"domain":', b'"extra":1,"domain":'),
        line.replace(b'"seed":0', b'"seed":"0"'),
        line.replace(b'"label":"correct"', b'"label":"right"'),
    ):
        assert bad != line
        with pytest.raises(jsonl.BadRecordError):
            jsonl.decode(bad, Trace)
        with pytest.raises(ValueError):
            trace_codec.PydanticTrace.model_validate_json(bad)


@pytest.mark.usefixtures("only_one")
def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "figures.jsonl"
    assert command.main(["fake", "--quick", "--json", "--out", str(file)]) == 0
    printed = capsys.readouterr().out
    assert [list(json.loads(line)) for line in printed.splitlines()] == [FIELDS, FIELDS]
    assert json.loads(printed.splitlines()[0])["figure"] == "quick"
    assert file.read_text() == printed


@pytest.mark.usefixtures("only_one")
def test_the_table_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["all"]) == 0
    printed = capsys.readouterr().out
    assert "Is it?" in printed
    assert "full" in printed
    assert "2.00" in printed


def test_a_benchmark_that_cannot_run_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class NoEngineError(RpsdgError):
        code = ExitCode.SANDBOX

    def broken(quick: bool) -> Iterator[Figure]:
        raise NoEngineError("no engine answers", hint="start it")
        yield

    def sound(quick: bool) -> Iterator[Figure]:
        yield a_figure()

    pair = {"broken": Benchmark("broken", "A?", broken), "sound": Benchmark("sound", "B?", sound)}
    monkeypatch.setattr(command, "find_benchmarks", lambda: pair)
    assert command.main(["all", "--json"]) == ExitCode.SANDBOX
    printed = capsys.readouterr()
    assert json.loads(printed.out)["figure"] == "speed"
    assert "no engine answers" in printed.err
    assert "start it" in printed.err


def test_the_list_tells_every_question(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(FOUND)
    assert all("?" in line for line in lines)


def test_an_unknown_name_is_a_usage_error_of_the_real_command() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "benchmarks", "no_such_question"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 2
    assert "there is no benchmark `no_such_question`" in result.stderr
    assert "trace_codec" in result.stderr
    assert result.stdout == ""


def test_no_name_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main([])
    assert caught.value.code == 2
    assert "--list" in capsys.readouterr().err
