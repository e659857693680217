"""A manifest is read, or refused with the line that is wrong; globs, spans of time and locks besides."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpsdg.corpora import GitSpec, LocalSpec, PyPISpec
from rpsdg.corpora.durations import seconds_in
from rpsdg.corpora.globs import matches_any
from rpsdg.corpora.lock import DataLock, Lock, LockError
from rpsdg.corpora.manifest import Manifest, ManifestError
from rpsdg.corpora.toml_lines import lines_by_path
from rpsdg.runs.refreshing.terms import Terms, math_plan
from rpsdg.traces.errors import ExitCode, UsageError

TEXT = """\
# what our model learns from
[corpus]
seed = 7
out = "data"

[defaults]
count = 40
confirm = "covering"

[[source]]
git = "https://example.com/team/Project.git"
ref = "main"
include = ["src/**"]

[[source]]
pypi = "toolz"
versions = ">=1,<2"
count = 5
levels = "2-5"

[[source]]
path = "../here"
name = "ours"

[[mathematics]]
families = ["linear-equation"]
level = "1:3,2:1"
"""
PATH = Path("corpora/corpus.toml")


def test_what_it_says() -> None:
    manifest = Manifest.parsed(PATH, TEXT)
    assert manifest.names == ["project", "toolz", "ours", "math-linear-equation"]
    first, second, third = manifest.sources
    assert (first.count, first.confirm, first.seed, second.count) == (40, "covering", 7, 5)
    assert [type(manifest.spec(one)) for one in manifest.sources] == [GitSpec, PyPISpec, LocalSpec]
    assert manifest.spec(third) == LocalSpec(Path("corpora/../here"))
    assert manifest.out == Path("corpora/data")
    assert (manifest.mathematics[0].seed, math_plan(manifest, 0).count) == (7, 100)
    assert dict(Terms.of(manifest, 1).levels.shares or {}).keys() == {2, 3, 4, 5}


def test_neither_comments_nor_defaults_that_are_written_out_change_it() -> None:
    plain = TEXT.replace("[defaults]\ncount = 40\n", "[defaults]\n").replace(
        'ref = "main"\n', 'ref = "main"\ncount = 40 # many\n'
    )
    plain = plain.replace('path = "../here"\n', 'path = "../here"\ncount = 40\ntimeout = 300\n')
    assert Manifest.parsed(PATH, plain).digest == Manifest.parsed(PATH, TEXT).digest
    assert Manifest.parsed(PATH, TEXT.replace("40", "41")).digest != Manifest.parsed(PATH, TEXT).digest


def understood(text: str) -> None:
    """Read a manifest, and what the words in it mean."""
    manifest = Manifest.parsed(PATH, text)
    for number in range(len(manifest.sources)):
        Terms.of(manifest, number)
    math_plan(manifest, 0)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("[corpus]", "[corpus", 2, "not TOML"),
        ("[corpus]", "corpus = 3\n[copus]", 2, "expected"),
        ("seed = 7", "sede = 7", 3, "no key `sede`"),
        ("seed = 7", 'budget = "soon"', 3, "span of time"),
        ("seed = 7", 'python = "three"', 3, "minor version"),
        ("seed = 7", "max_cost = 3", 3, "price_per_hour"),
        ('out = "data"', 'out = ".rpsdg/data"', 4, "folder"),
        ("count = 40", "count = -1", 7, "`count`"),
        ("count = 40", 'pypi = "toolz"', 7, "one source"),
        ("count = 40", "coutn = 40", 7, "no key `coutn`"),
        ('"covering"', '"perhaps"', 10, "no way to confirm"),
        ("https://example.com", "https://me:secret@example.com", 11, "user or a password"),
        ('ref = "main"', 'versions = "1"', 12, "`versions` goes with `pypi`"),
        ('"src/**"', '"/src"', 13, "glob"),
        (">=1,<2", "1..2", 17, "versions such as"),
        ("count = 5", 'count = "five"', 18, "expected `int`"),
        ('"2-5"', '"hard"', 19, "levels such as"),
        ('path = "../here"\n', "", 21, "one of `git`, `pypi` and `path`"),
        ('"ours"', '"toolz"', 23, "line 15"),
        ('"ours"', '"Our project"', 23, "no name"),
        ("linear-equation", "linaer-equation", 25, "linaer-equation"),
        ("1:3,2:1", "9:3", 25, ""),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int, words: str) -> None:
    assert TEXT.count(old) == 1
    with pytest.raises(ManifestError) as told:
        understood(TEXT.replace(old, new))
    assert told.value.code == ExitCode.USAGE
    assert str(told.value).startswith(f"{PATH}:{line}: ")
    assert words in str(told.value)
    assert "secret" not in str(told.value)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="cannot be read"):
        Manifest.read(tmp_path / "corpus.toml")
    (tmp_path / "corpus.toml").write_bytes(b"\xff")
    with pytest.raises(ManifestError, match="not UTF-8"):
        Manifest.read(tmp_path / "corpus.toml")
    with pytest.raises(ManifestError, match="names nothing"):
        Manifest.parsed(PATH, "")


@given(
    st.lists(st.sampled_from(["a = 1", "b = [\n 1,\n]", "# c = 2", 'd = """\n e = 1\n"""', ""]), unique=True)
)
def test_keys_are_found_on_their_lines(body: list[str]) -> None:
    text = "\n".join(["[[t]]", "[[t]]", *body])
    lines = text.split("\n")
    for path, number in lines_by_path(text).items():
        assert lines[number - 1].startswith(path.rpartition(".")[2] if "." in path else "[[t]]")
    named = {path.rpartition(".")[2] for path in lines_by_path(text) if "." in path}
    assert named == {one[0] for one in body if one and one[0] != "#"}


@pytest.mark.parametrize("text", ["", "20", "m", "1x", "-5m", "0s", "1h 30"])
def test_what_is_no_span_of_time(text: str) -> None:
    with pytest.raises(UsageError):
        seconds_in(text)


@given(st.lists(st.sampled_from(["a", "b.py", "x[1]", "."]), min_size=1, max_size=4))
def test_globs(parts: list[str]) -> None:
    path = "/".join(parts)
    assert matches_any(path, [path])
    assert matches_any(path, ["**"])
    assert matches_any(path, ["*"]) == (len(parts) == 1)
    assert matches_any(path, [f"**/{parts[-1]}"])
    assert matches_any(f"top/{path}", ["top/**"])
    assert not matches_any(f"top/{path}", ["to/**", "top"])


def test_a_lock_that_is_damaged_or_of_later(tmp_path: Path) -> None:
    path = tmp_path / "corpus.lock"
    assert Lock.read(path) is None
    lock = Lock(generator="1", manifest="x", data=DataLock(count=1, traces="y"), rules={"b": "1", "a": "2"})
    lock.write(path)
    assert Lock.read(path) == lock
    assert path.read_bytes().index(b'"a"') < path.read_bytes().index(b'"b"')
    path.write_bytes(path.read_bytes().replace(b'"version": 1', b'"version": 2'))
    with pytest.raises(LockError, match="version 2"):
        Lock.read(path)
    path.write_text("{")
    with pytest.raises(LockError, match="damaged"):
        Lock.read(path)
