"""The commands `rpsdg catalogue` and `rpsdg preview`, as a user meets them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rpsdg.corpora.dataset import Dataset
from rpsdg.mutators.rules import all_mutators
from rpsdg.runs.catalogue import observe, read_observed, write_observed
from rpsdg.traces.errors import ExitCode

from .conftest import SHOP, Command, write
from .test_cli_errors import check


@pytest.fixture
def basket(tmp_path: Path) -> Path:
    return write(tmp_path, {"basket.py": SHOP["shop/basket.py"]}) / "basket.py"


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_preview(rpsdg: Command, basket: Path) -> None:
    done = rpsdg("preview", basket, "--rule", "dropped-guard", "--rule", "shifted-boundary")

    assert done.returncode == 0, done.stderr
    assert "-    if not prices:" in done.stdout
    assert "dropped-guard  branches  basket.py:" in done.stdout
    assert "A case slips through that must be caught early" in done.stdout
    assert "bugs could be put into" in done.stderr
    assert "dropped-guard" in done.stderr
    assert "\x1b" not in done.stdout


def test_preview_of_a_family_in_colour(rpsdg: Command, basket: Path) -> None:
    environ = {"COLUMNS": "120", "NO_COLOR": ""}
    done = rpsdg("preview", basket, "--family", "conditions", "--limit", "1", "--color", **environ)

    assert done.returncode == 0, done.stderr
    assert "\x1b[" in done.stdout
    assert done.stdout.count("basket.py:") == 1
    assert "the first 1 are shown" in done.stderr


def test_preview_for_machines(rpsdg: Command, basket: Path) -> None:
    found = lines(rpsdg("preview", basket, "--json").stdout)

    *moves, summary = found
    assert summary["moves"] == summary["shown"] == len(moves) == sum(summary["rules"].values())
    for move in moves:
        assert basket.read_bytes()[move["start"] :].startswith(move["old"].encode())
        assert move["diff"].startswith("diff --git a/basket.py b/basket.py")
        assert move["family"] == all_mutators()[move["rule"]].family
    assert [move["line"] for move in moves] == sorted(move["line"] for move in moves)


def test_preview_of_standard_input() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rpsdg.cli", "preview", "-", "--rule", "shifted-boundary", "--json"],
        input="x = a < b\n",
        capture_output=True,
        text=True,
        check=True,
    )

    assert [found["event"] for found in lines(done.stdout)] == ["move", "summary"]


def test_preview_says_that_a_run_leaves_a_test_alone(rpsdg: Command, tmp_path: Path) -> None:
    write(tmp_path, {"test_a.py": "def test_a():\n    assert 1 < 2\n"})

    done = rpsdg("preview", tmp_path / "test_a.py", "--rule", "shifted-boundary")

    assert done.returncode == 0
    assert "leaves a file of this name alone" in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("name", "data", "code", "words"),
    [
        ("absent.py", None, ExitCode.SOURCE, ["absent.py", "No such file"]),
        ("notes.txt", b"x < y\n", ExitCode.USAGE, ["Python file", "notes.txt"]),
        ("broken.py", b"x = 1\ndef f(:\n", ExitCode.SOURCE, ["line 2"]),
        ("nul.py", b"x = '\0'\n", ExitCode.SOURCE, ["nul.py"]),
        ("latin.py", b"# coding: latin-1\nx = '\xe9' < y\n", ExitCode.SOURCE, ["UTF-8"]),
        ("picture.py", b"\x89PNG\r\n\x1a\n\xff", ExitCode.SOURCE, ["picture.py"]),
        ("empty.py", b"", ExitCode.SOURCE, ["none of", "mutators finds anything"]),
        ("words.py", b'"""Only words."""\n', ExitCode.SOURCE, ["none of", "mutators finds anything"]),
    ],
)
def test_preview_of_what_is_no_program(
    rpsdg: Command, tmp_path: Path, name: str, data: bytes | None, code: ExitCode, words: list[str]
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)

    check(rpsdg("preview", tmp_path / name, COLUMNS="300"), code, *words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("preview",), ["FILE"]),
        (("preview", "x.py", "--rule", "dropped-gard"), ["dropped-gard", "`dropped-guard`"]),
        (("preview", "x.py", "--family", "magic"), ["magic", "branches"]),
        (("preview", "x.py", "--limit", "0"), ["--limit"]),
        (("preview", "x.py", "--rule", "dropped-guard", "--family", "names"), ["names"]),
        (("catalogue", "--rule", "?"), ["`?`", "rpsdg catalogue"]),
        (("catalogue", "--observe", "data"), ["--figures"]),
    ],
)
def test_arguments_that_cannot_be_meant(rpsdg: Command, arguments: tuple[str, ...], words: list[str]) -> None:
    check(rpsdg(*arguments), ExitCode.USAGE, *words)


def test_preview_of_a_folder(rpsdg: Command, tmp_path: Path) -> None:
    check(rpsdg("preview", tmp_path, COLUMNS="300"), ExitCode.USAGE, "is a folder", "--dry-run")


def test_preview_of_what_cannot_be_read(rpsdg: Command, tmp_path: Path) -> None:
    (tmp_path / "memory.py").symlink_to(
        "/proc/self/mem"
    )  # not a file without permissions: root may read that
    check(rpsdg("preview", tmp_path / "memory.py"), ExitCode.SOURCE, "cannot be read")


def test_catalogue_lists_every_mutator(rpsdg: Command) -> None:
    done = rpsdg("catalogue", COLUMNS="200")
    found = lines(rpsdg("catalogue", "--json").stdout)

    assert [page["rule"] for page in found] == list(all_mutators())
    for rule, mutator in all_mutators().items():
        assert rule in done.stdout
        assert mutator.family in done.stdout


def test_catalogue_page(rpsdg: Command) -> None:
    text = rpsdg("catalogue", "--rule", "dropped-guard").stdout

    for word in ("Plants", "Shows as", "-    if not xs:", "BugsInPy: if-block added 3.5 %", "Observed"):
        assert word in text


def test_catalogue_of_a_family(rpsdg: Command) -> None:
    found = lines(rpsdg("catalogue", "--family", "rewrites", "--json").stdout)

    assert {page["family"] for page in found} == {"rewrites"}


def test_figures(rpsdg: Command, tmp_path: Path) -> None:
    figures = {"candidates": 4, "confirmed": 1, "packages": 1}
    (tmp_path / "observed.json").write_text(json.dumps({"dropped-guard": figures}))

    text = rpsdg("catalogue", "--rule", "dropped-guard", "--figures", tmp_path / "observed.json").stdout

    assert (
        "1 of 4 candidates confirmed, 25%, in 1 package\n"
        in "\n".join(map(str.rstrip, text.splitlines())) + "\n"
    )


@pytest.mark.parametrize("text", [None, "", "{", '{"dropped-guard": 3}'])
def test_figures_that_are_none(rpsdg: Command, tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "observed.json").write_text(text)

    check(rpsdg("catalogue", "--figures", tmp_path / "observed.json"), ExitCode.DATA, "observed.json")


def test_observing_what_is_no_data_set(rpsdg: Command, tmp_path: Path) -> None:
    done = rpsdg("catalogue", "--observe", tmp_path, "--figures", tmp_path / "x.json")
    check(done, ExitCode.DATA, "traces.jsonl")


def test_checking_the_laws(rpsdg: Command) -> None:
    done = rpsdg("catalogue", "--check", "--family", "rewrites")

    assert done.returncode == ExitCode.OK, done.stderr
    assert "every law holds" in done.stderr


def test_observed_figures(tmp_path: Path) -> None:
    """A candidate that no test runs, and one of several bugs, says nothing about its mutator."""
    decisions: list[dict[str, Any]] = [
        {"rule": "dropped-guard", "outcome": "confirmed"},
        {"rule": "dropped-guard", "outcome": "undetected"},
        {"rule": "dropped-guard", "outcome": "not-covered"},
        {"rule": "dropped-guard", "outcome": "confirmed", "bugs": ["x", "y"]},
        {"rule": "wrong-name", "outcome": "hang"},
    ]
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "traces.jsonl").write_text("")
        rows = [{"index": i, "path": "a.py", "line": 1, **row} for i, row in enumerate(decisions)]
        (folder / "candidates.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    found = observe([Dataset(tmp_path / "one"), Dataset(tmp_path / "two")])
    write_observed(found, tmp_path / "observed.json")

    assert read_observed(tmp_path / "observed.json") == found
    assert msgspec.to_builtins(found) == {
        "dropped-guard": {"candidates": 4, "confirmed": 2, "packages": 2, "example": None},
        "wrong-name": {"candidates": 2, "confirmed": 0, "packages": 2, "example": None},
    }
