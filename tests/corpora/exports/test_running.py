"""Any export: at its place whole or not at all, and what is left out is counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from rpsdg.corpora.dataset import Dataset, DatasetError, OutputError
from rpsdg.corpora.exports.base import Export, Job, Options
from rpsdg.corpora.exports.formats.json_lines import JsonLines
from rpsdg.corpora.exports.registry import GROUP, BrokenExportError, _distributions, all_exports, find_export
from rpsdg.corpora.exports.running import MARK, run_export
from rpsdg.corpora.secrets import SecretError, Secrets
from rpsdg.runs.commands.exporting import export
from rpsdg.traces import jsonl
from rpsdg.traces.errors import ExitCode, UsageError
from rpsdg.traces.identity import seal
from rpsdg.traces.record import Trace


class Pages(Export):
    """A folder with a file for each trace."""

    name = "pages"
    kind = "folder"

    def write(self, job: Job) -> None:
        job.out.mkdir()
        for trace in job.traces():
            (job.out / trace.id).write_text(trace.problem.statement)
            job.wrote()


class Broken(Pages):
    """One that fails half way."""

    name = "broken"

    def write(self, job: Job) -> None:
        super().write(job)
        raise OSError(28, "No space left on device")


class OnlyCode(JsonLines):
    """One that has no room for mathematics."""

    name = "only-code"
    domains = ("code/",)


def command(*arguments: object) -> Result:
    return CliRunner().invoke(export, [str(argument) for argument in arguments], standalone_mode=False)


def test_plain_lines_hold_every_trace_and_its_level(mathematics: Dataset, tmp_path: Path) -> None:
    result = command(mathematics.folder, "--to", "jsonl", "--out", tmp_path / "a.jsonl", "--json")

    assert result.exception is None
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    traces = list(mathematics.traces())
    assert [line["trace"]["id"] for line in lines] == [trace.id for trace in traces]
    assert [line["level"] for line in lines] == [trace.provenance.source["level"] for trace in traces]
    summary = json.loads(result.stdout.splitlines()[-1])
    assert (summary["event"], summary["traces"], summary["records"]) == ("summary", 6, 6)
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_a_limit_is_one_of_traces(mathematics: Dataset, tmp_path: Path) -> None:
    assert run_export(JsonLines(), mathematics, tmp_path / "a", Options(limit=2)).traces == 2
    assert len((tmp_path / "a").read_text().splitlines()) == 2


def test_a_dry_run_counts_and_leaves_nothing(mathematics: Dataset, tmp_path: Path) -> None:
    assert run_export(Pages(), mathematics, tmp_path / "a/b", Options(), dry_run=True).records == 6
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays(mathematics: Dataset, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.tex").write_text("years of work")
    (tmp_path / "file").write_text("more of it")
    for made, place in ((Pages(), mine), (JsonLines(), mine), (Pages(), tmp_path / "file")):
        with pytest.raises(OutputError, match=r"holds something|is there already"):
            run_export(made, mathematics, place, Options(), force=True)
    with pytest.raises(OutputError, match="is there already"):
        run_export(JsonLines(), mathematics, tmp_path / "file", Options())

    assert (mine / "thesis.tex").read_text() == "years of work"
    assert (tmp_path / "file").read_text() == "more of it"


@pytest.mark.parametrize("made", [Pages(), JsonLines()], ids=lambda made: made.kind)
def test_an_export_is_replaced_by_force_alone(made: Export, mathematics: Dataset, tmp_path: Path) -> None:
    place = tmp_path / "out"
    run_export(made, mathematics, place, Options())
    with pytest.raises(OutputError, match="is there already"):
        run_export(made, mathematics, place, Options(limit=1))
    run_export(made, mathematics, place, Options(limit=1), force=True)

    written = len(list(place.glob("[!.]*"))) if place.is_dir() else len(place.read_text().splitlines())
    assert written == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_one_that_fails_leaves_what_was_there(mathematics: Dataset, tmp_path: Path) -> None:
    run_export(Pages(), mathematics, tmp_path / "out", Options())
    before = {path.name for path in (tmp_path / "out").iterdir()}
    with pytest.raises(OutputError, match="No space left"):
        run_export(Broken(), mathematics, tmp_path / "out", Options(limit=1), force=True)

    assert {path.name for path in (tmp_path / "out").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_format_without_room_for_any_trace_says_so(mathematics: Dataset, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="6 for domain math"):
        run_export(OnlyCode(), mathematics, tmp_path / "out", Options())
    assert list(tmp_path.iterdir()) == []


def test_an_option_that_means_nothing_is_refused(mathematics: Dataset, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no style"):
        run_export(JsonLines(), mathematics, tmp_path / "out", Options(style="diff"))


def test_every_format_is_listed_with_what_it_is() -> None:
    listed = [json.loads(line) for line in command("--list", "--json").stdout.splitlines()]

    assert {line["name"] for line in listed} == set(all_exports()) >= {"jsonl"}
    assert all(len(line["title"]) > 20 and line["distribution"] == "rpsdg" for line in listed)


def test_an_unknown_format_is_answered_with_those_there_are(mathematics: Dataset, tmp_path: Path) -> None:
    error = command(mathematics.folder, "--to", "parchment", "--out", tmp_path / "a").exception

    assert isinstance(error, UsageError)
    assert "`parchment`" in str(error)
    assert "jsonl" in error.hint


@pytest.fixture
def offering(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Callable[[str, str], None]:
    """Make a module with some code part of an installed distribution `acme`, under an entry point."""

    def offer(code: str, attribute: str) -> None:
        about = tmp_path / "site/acme-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
        module = f"acme_{abs(hash(request.node.name))}"
        (about / "entry_points.txt").write_text(f"[{GROUP}]\nx = {module}{attribute}\n")
        (tmp_path / f"site/{module}.py").write_text(code)
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        _distributions.cache_clear()
        request.addfinalizer(_distributions.cache_clear)

    return offer


SCROLLS = """
from rpsdg.corpora.exports.records import RecordExport

class Scrolls(RecordExport):
    '''Statements alone, for those who like riddles.'''
    name = "{name}"
    def records(self, trace, job):
        yield trace.problem.statement
"""


def test_other_distributions_bring_formats(
    offering: Callable[[str, str], None], mathematics: Dataset, tmp_path: Path
) -> None:
    offering(SCROLLS.format(name="scrolls"), ":Scrolls")
    result = command(mathematics.folder, "--to", "scrolls", "--out", tmp_path / "out")

    assert result.exception is None
    first: Trace = next(iter(mathematics.traces()))
    assert json.loads((tmp_path / "out").read_text().splitlines()[0]) == first.problem.statement


@pytest.mark.parametrize(
    ("code", "attribute", "what"),
    [
        (SCROLLS.format(name="jsonl"), "", "`jsonl` is a format of rpsdg already"),
        ("raise RuntimeError('no')", "", "cannot be loaded: no"),
        ("x = 1", ":x", "neither a format nor a module"),
    ],
    ids=["name that is taken", "import that fails", "number"],
)
def test_what_cannot_be_used_is_named(
    offering: Callable[[str, str], None], code: str, attribute: str, what: str
) -> None:
    offering(code, attribute)
    with pytest.raises(BrokenExportError, match=f"acme.*{what}"):
        all_exports()


def test_what_is_left_out_is_told_and_kept(mathematics: Dataset, bugs: Dataset, tmp_path: Path) -> None:
    result = command(mathematics.folder, "--to", "trl-preference", "--out", tmp_path / "a", "--json")
    right = sum(not trace.negatives for trace in mathematics.traces())
    assert json.loads(result.stdout.splitlines()[-1])["dropped"] == {"no wrong step": right}
    plain = command(mathematics.folder, "--to", "trl-preference", "--out", tmp_path / "a", "--force")
    assert f"left out {right} for no wrong step" in plain.stderr

    run_export(find_export("atif")(), bugs, tmp_path / "runs", Options())
    kept = json.loads((tmp_path / "runs" / MARK).read_text())
    assert kept == {"format": "atif", "traces": 8, "records": 8, "dropped": {}}


def test_a_missing_argument_is_asked_for(mathematics: Dataset) -> None:
    assert CliRunner().invoke(export, [str(mathematics.folder)]).exit_code == ExitCode.USAGE


def test_what_looks_like_a_secret_does_not_leave(mathematics: Dataset, tmp_path: Path) -> None:
    token = "ghp_" + "a1B2" * 9
    first, *rest = mathematics.traces()
    problem = replace(first.problem, statement=f"Why not {token}?")
    (tmp_path / "data").mkdir()
    with (tmp_path / "data/traces.jsonl").open("wb") as file:
        jsonl.write([seal(replace(first, problem=problem)), *rest], file)
    data, out = Dataset(tmp_path / "data"), tmp_path / "out"

    with pytest.raises(SecretError):
        run_export(JsonLines(), data, out, Options())
    assert not out.exists()
    summary = run_export(JsonLines(), data, out, Options(), Secrets(drop=True))
    assert (summary.records, summary.dropped.total()) == (len(rest), 1)
    assert token not in out.read_text()
    assert run_export(JsonLines(), data, out, Options(), Secrets(allow=True), force=True).records == 6
    assert token in out.read_text()
