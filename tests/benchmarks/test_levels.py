"""What is said of levels: the statistics, the sample, the cuts, and the page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from rpsdg.benchmarks import __main__ as command
from rpsdg.benchmarks import levels
from rpsdg.benchmarks.difficulty_page import as_page, as_table
from rpsdg.benchmarks.levels_statistics import Measured, report_of, spearman
from rpsdg.benchmarks.repair_search import HORIZON
from rpsdg.benchmarks.trace_codec import make_traces
from rpsdg.corpora.dataset import Dataset
from rpsdg.mutators.measuring.difficulty import SHARES
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces import jsonl
from rpsdg.traces.errors import ExitCode, UsageError
from rpsdg.traces.levels import Cuts, level_of
from rpsdg.traces.record import Trace

CUTS = Cuts((0.2, 0.4, 0.6, 0.8), "made up, of other 1.0 (5)")


def measured(score: float, tried: int, *, package: str = "shop 1.0", place: int | None = 10) -> Measured:
    return Measured(
        trace=f"{package}{score}",
        package=package,
        score=score,
        search=1,
        seed=0,
        cap=100,
        horizon=1000,
        tried=tried,
        repaired=tried < 100,
        template="token" if tried < 100 else None,
        places=(place, place),
        seconds=1.0,
    )


def test_levels_that_cost_more_and_more_are_monotone() -> None:
    report = report_of([measured(n / 20, 5 * n + 1) for n in range(20)], CUTS, {})
    assert report.cost.monotone
    assert report.cost.spearman == 1.0
    assert [level.traces for level in report.cost.levels] == [4] * 5
    assert report.cost.levels[0].mean == 8.5
    assert report.cost.levels[0].interval[0] < 8.5 < report.cost.levels[0].interval[1]
    assert report.place.flat
    assert not report.cost.flat
    assert report.not_held_out == ()


def test_a_level_that_costs_less_is_named() -> None:
    costs = [10, 20, 30, 15, 100]
    report = report_of([measured(n / 5 + k / 100, costs[n]) for n in range(5) for k in range(4)], CUTS, {})
    assert not report.cost.monotone
    (violation,) = report.cost.violations
    assert (violation.lower, violation.higher, violation.difference) == (3, 4, -15)
    assert report.cost.levels[-1].reached == 0
    assert "level 4 costs 15.0 less than level 3" in as_table(report)
    assert "at least 100" in as_table(report)


def test_a_search_that_ran_out_of_patches_costs_as_much_as_the_cap() -> None:
    one = msgspec.structs.replace(measured(0.5, 30), repaired=False, places=(None, 200))
    assert one.cost == 100
    assert one.place == 600


def test_a_package_that_the_cuts_were_taken_from_is_not_held_out() -> None:
    report = report_of([measured(0.1, 5, package="other 2.0"), measured(0.2, 5, package="the")], CUTS, {})
    assert report.not_held_out == ("other 2.0",)
    assert "NOT held out" in as_table(report)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(1, 1), (2, 2), (3, 3)], 1),
        ([(1, 9), (2, 4), (3, 1)], -1),
        ([(1, 5), (2, 5), (3, 5)], 0),
        ([(1, 1), (2, 3), (3, 2), (4, 4)], 0.8),
        ([(1, 1), (1, 1), (2, 2), (2, 2)], 1),
        ([], 0),
    ],
)
def test_rank_correlation(pairs: list[tuple[float, float]], expected: float) -> None:
    assert spearman(pairs) == pytest.approx(expected)


def data_set(folder: Path, name: str, scores: list[float | None]) -> Dataset:
    folder.mkdir()
    source = {"name": name, "version": "1.0"}
    with (folder / "traces.jsonl").open("wb") as file:
        for trace, score in zip(make_traces(len(name), len(scores)), scores, strict=True):
            provenance = msgspec.structs.replace(trace.provenance, source=source)
            one = msgspec.structs.replace(trace, id=f"{name}-{score}", score=score, provenance=provenance)
            file.write(jsonl.encode(msgspec.structs.replace(one, steps=trace.steps[:1])))
    return Dataset(folder)


def test_cuts_are_the_quintiles_and_say_where_they_come_from(tmp_path: Path) -> None:
    data_set(tmp_path / "shop", "shop", [0.1, 0.3, 0.5, 0.7, 0.9, None])
    data_set(tmp_path / "till", "till", [0.2, 0.4, 0.6, 0.8, 1.0])
    walks = data_set(tmp_path / "walks", "walks", [0.95])
    (walk,) = walks.traces()
    walk = msgspec.structs.replace(walk, steps=walk.steps * 2)
    (walks.folder / "traces.jsonl").write_bytes(jsonl.encode(walk))
    out = tmp_path / "levels.json"
    folders = [str(tmp_path / name) for name in ("shop", "till", "walks")]
    assert command.main(["levels", "--cut", *folders, "--out", str(out)]) == 0
    cuts = msgspec.json.decode(out.read_bytes(), type=Cuts)
    assert cuts.cuts == (0.3, 0.5, 0.7, 0.9)
    assert "10 traces of one bug: shop 1.0 (5), till 1.0 (5)" in cuts.origin
    assert "levels --cut shop till walks --out" in cuts.origin
    assert str(tmp_path / "shop") not in cuts.origin


def test_the_sample_takes_levels_and_packages_in_turn(tmp_path: Path) -> None:
    folders = [
        data_set(tmp_path / "shop", "shop", [n / 100 for n in range(60)]),
        data_set(tmp_path / "till", "till", [n / 100 + 0.005 for n in range(0, 60, 10)]),
    ]
    found = levels.chosen(folders, CUTS, 4, seed=0)
    assert found == levels.chosen(folders, CUTS, 4, seed=0)
    assert found != levels.chosen(folders, CUTS, 4, seed=1)
    assert [number for number, _ in found] == sorted(number for number, _ in found)
    for level in (1, 2, 3):
        names = [levels.package_of(t) for _, t in found if level_of(t.score or 0, CUTS) == level]
        assert sorted(names) == ["shop 1.0", "shop 1.0", "till 1.0", "till 1.0"]
    with pytest.raises(UsageError, match="no trace of a single bug"):
        levels.chosen(folders[:0], CUTS, 4, seed=0)


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Measure nothing, and note what would be measured."""
    asked: list[str] = []

    def search(bench: object, cap: int, seed: int, trace: Trace) -> Measured:
        asked.append(trace.id)
        one = measured(trace.score or 0, int(90 * (trace.score or 0)), package=levels.package_of(trace))
        return msgspec.structs.replace(one, trace=trace.id, cap=cap, seed=seed, horizon=HORIZON)

    monkeypatch.setattr(levels, "_measured", search)
    monkeypatch.setattr(levels, "bench_again", lambda *_: None)
    return asked


class NoSandbox:
    name = "local"
    aborting: Callable[[], Any] = nullcontext

    def close(self) -> None:
        """Nothing is open."""


def test_what_was_measured_is_not_measured_again(made_up: list[str], tmp_path: Path) -> None:
    data = data_set(tmp_path / "shop", "shop", [n / 10 for n in range(10)])
    results = tmp_path / "results.jsonl"
    sandbox = cast("Sandbox", NoSandbox())

    def measure(**changes: Any) -> list[Measured]:
        return levels.measure([data], results, Settings(), sandbox, cuts=CUTS, **changes)

    first = measure(traces=1)
    assert len(first) == len(made_up) == 5
    with results.open("ab") as file:
        file.write(b'{"cut sh')
    second = measure(traces=2)
    assert len(second) == len(made_up) == len(set(made_up)) == 10
    assert set(first) <= set(second)
    assert measure(traces=2) == second
    assert len(made_up) == 10
    measure(traces=1, cap=7)
    assert len(made_up) == 15


def test_the_command_writes_a_report(
    made_up: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(levels, "choose_sandbox", lambda *_: NoSandbox())
    data_set(tmp_path / "shop", "shop", [n / 10 for n in range(10)])
    (tmp_path / "cuts.json").write_bytes(msgspec.json.encode(CUTS))
    given = ["--cuts", str(tmp_path / "cuts.json"), "--results", str(tmp_path / "r.jsonl")]
    out = tmp_path / "results" / "levels.json"
    arguments = ["levels", "--data", str(tmp_path / "shop"), *given, "--out", str(out)]
    assert command.main(arguments) == 0
    assert "Mean costs are **monotone**" in capsys.readouterr().out
    assert command.main([*arguments, "--json"]) == 0
    assert capsys.readouterr().out.startswith('{"cuts":')
    assert made_up
    assert out.exists()


def test_a_folder_without_data_is_an_error_with_a_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["levels", "--cut", str(tmp_path), "--out", str(tmp_path / "x")]
    assert command.main(arguments) == ExitCode.DATA
    assert "there is no data set" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command.main(["trace_codec", "--data", "x"])


def test_the_page_takes_its_weights_from_the_code() -> None:
    page = as_page(None)
    for name, share in SHARES.items():
        assert f"| {share:.2f} | {name} |" in page
    assert sum(SHARES.values()) == pytest.approx(1)
    assert "Not measured yet." in page
    report = report_of([measured(n / 20, 5 * n + 1) for n in range(20)], CUTS, {"rpsdg": "0.1.0"})
    assert "| 1 | 4 | 100% | 8.5 (" in as_page(report)
    again = msgspec.json.decode(msgspec.json.encode(report), type=type(report))
    assert as_page(again) == as_page(report)
