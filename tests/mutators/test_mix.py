"""Mixes: the two that come with the package, and what a user may write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rpsdg.mutators.families import Family
from rpsdg.mutators.mix import Mix, MixError
from rpsdg.traces.errors import ExitCode


def written(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text)
    return str(path)


def test_names() -> None:
    assert Mix.names() == ["realistic", "uniform"]


def test_realistic() -> None:
    mix = Mix.load("realistic")
    assert mix.families is not None
    assert set(mix.families) == set(Family)
    assert sum(mix.families.values()) == pytest.approx(1)
    assert mix.families["names"] == pytest.approx(15 * mix.families["operators"])
    assert mix.rules == {}


def test_uniform() -> None:
    assert Mix.load("uniform") == Mix("uniform", None, {})


def test_a_file_of_the_user(tmp_path: Path) -> None:
    text = "[families]\nnames = 3\nbranches = 1.0\ncalls = 0\n[rules]\ndropped-guard = 0.5\nwrong-name = 0\n"
    mix = Mix.load(written(tmp_path, text))
    assert mix.name == "mine"
    assert mix.families == {"branches": 0.25, "names": 0.75}
    assert mix.rules == {"dropped-guard": 0.5, "wrong-name": 0.0}
    assert json.loads(json.dumps(mix.describe())) == {
        "name": "mine",
        "families": {"branches": 0.25, "names": 0.75},
        "rules": {"dropped-guard": 0.5, "wrong-name": 0.0},
    }


def test_order_in_the_file_does_not_matter(tmp_path: Path) -> None:
    one = Mix.load(written(tmp_path, "[families]\nnames = 3\ncalls = 1\n")).describe()
    other = Mix.load(written(tmp_path, "[families]\ncalls = 2\nnames = 6\n")).describe()
    assert json.dumps(one) == json.dumps(other)


def test_rules_alone(tmp_path: Path) -> None:
    assert Mix.load(written(tmp_path, "[rules]\nwrong-name = 2\n")) == Mix("mine", None, {"wrong-name": 2.0})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[families]\nname = 1\n", ("`name`", "names", "branches")),
        ("[families]\nnames = -1\n", ("`names`", "-1", "at least 0")),
        ("[families]\nnames = true\n", ("`names`", "True")),
        ("[families]\nnames = nan\n", ("`names`", "nan")),
        ("[families]\nnames = inf\n", ("`names`", "inf")),
        ("[families]\nnames = 'many'\n", ("`names`", "many")),
        ("[families]\nnames = 0\n", ("add up to 0",)),
        ("[families]\n", ("add up to 0",)),
        ("[rules]\nwrong-nam = 1\n", ("`wrong-nam`", "wrong-name")),
        ("names = 3\n", ("`names`", "[families]")),
        ("[weights]\nnames = 3\n", ("`weights`", "[families]")),
        ("families = 3\n", ("`families`",)),
        ("names: 3\n", ("not TOML",)),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(MixError) as caught:
        Mix.load(written(tmp_path, text))
    assert caught.value.code == ExitCode.USAGE
    assert caught.value.hint
    for word in (*words, "mine.toml"):
        assert word in str(caught.value)


def test_not_text(tmp_path: Path) -> None:
    path = tmp_path / "mix.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(MixError, match="not TOML"):
        Mix.load(str(path))


def test_neither_a_name_nor_a_file(tmp_path: Path) -> None:
    with pytest.raises(MixError, match="realstic") as caught:
        Mix.load("realstic")
    assert "realistic" in caught.value.hint
    with pytest.raises(MixError, match="directory"):
        Mix.load(str(tmp_path))
