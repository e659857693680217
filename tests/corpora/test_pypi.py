from __future__ import annotations

import hashlib
import socket
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from rpsdg.corpora import Source, SourceError, SourceSettings, fetch
from rpsdg.corpora.pypi import _Session, newest_release
from rpsdg.sandbox.tree import Entry, Tree, UnsafeTreeError
from rpsdg.traces.errors import ExitCode, UsageError

from .conftest import Index

JSON = "application/vnd.pypi.simple.v1+json"

Build = Callable[..., bytes]


@pytest.fixture(params=["json", "html"])
def thing(request: pytest.FixtureRequest, index: Index, sdist: Build) -> Index:
    """An index with the project `thing`, over either serialisation of the simple API."""
    index.html = request.param == "html"
    for version in ("0.9", "1.0.0", "1.1.0", "1.2.0", "2.0", "3.0rc1"):
        index.add("thing", f"thing-{version}-py3-none-any.whl")
        top = f"thing-{version}"
        index.add("thing", f"{top}.tar.gz", sdist(top, x=version.encode(), LICENSE=b"?"))
    index.add("thing", "thing-2.5.tar.gz", b"bad", yanked=True)
    index.add("thing", "thing-1.5-py3-none-any.whl")
    index.add("thing", "thing-odd-version.tar.gz")
    return index


def get(index: Index, spec: str, cache: Path | None = None, **settings: Any) -> Source:
    return fetch(spec, SourceSettings(index_url=index.url, **settings), cache=cache)


def test_the_newest_stable_release_that_is_not_yanked(thing: Index) -> None:
    source = get(thing, "pypi:Thing")
    assert (source.kind, source.name, source.version) == ("pypi", "thing", "2.0")
    assert source.tree == Tree({"x": Entry(b"2.0"), "LICENSE": Entry(b"?")})
    assert source.url is None, "an index of one's own is not told"
    assert (
        source.archive_sha256
        == hashlib.sha256(thing.server.answers["/files/thing-2.0.tar.gz"][2]).hexdigest()
    )


def test_a_version_asked_for_in_other_words_gets_its_own_spelling(thing: Index) -> None:
    assert get(thing, "pypi:thing==1.0").version == "1.0.0"
    assert get(thing, "pypi:thing==3.0-RC1").version == "3.0rc1"


def test_a_yanked_version_is_there_for_who_asks_for_it(thing: Index) -> None:
    with pytest.raises(SourceError, match="damaged"):  # it holds no archive; it was fetched, though
        get(thing, "pypi:thing==2.5")


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ("", "2.0"),
        (">=1,<2", "1.2.0"),
        ("<1.1", "1.0.0"),
        ("==1.0", "1.0.0"),
        ("==3.0rc1", "3.0rc1"),
        ("==2.5", "2.5"),
        ("==1.1.*", "1.1.0"),
    ],
)
def test_the_newest_release_that_fits(thing: Index, versions: str, expected: str) -> None:
    settings = SourceSettings(index_url=thing.url)
    assert newest_release("Thing", SpecifierSet(versions), settings) == expected


@pytest.mark.parametrize("versions", [">2.0,<3", "==1.5", ">9"])
def test_no_release_fits(thing: Index, versions: str) -> None:
    with pytest.raises(SourceError, match="no release") as told:
        newest_release("thing", SpecifierSet(versions), SourceSettings(index_url=thing.url))
    assert "2.0, 1.2.0" in told.value.hint


def test_a_missing_version_names_its_neighbours(thing: Index) -> None:
    with pytest.raises(SourceError, match=r"1\.1\.7") as caught:
        get(thing, "pypi:thing==1.1.7")
    assert caught.value.code == ExitCode.SOURCE
    assert "1.1.0, 1.2.0" in caught.value.hint
    assert "1.5" not in caught.value.hint, "only what could be taken"


def test_a_version_without_sdist(thing: Index) -> None:
    with pytest.raises(SourceError, match=r"1\.5 has no sdist.*wheel") as caught:
        get(thing, "pypi:thing==1.5")
    assert "1.2.0" in caught.value.hint


def test_a_missing_project(thing: Index) -> None:
    with pytest.raises(SourceError, match="nothing-like-it"):
        get(thing, "pypi:nothing-like-it")


def test_only_prereleases(index: Index) -> None:
    index.add("early", "early-0.1a1.tar.gz")
    with pytest.raises(SourceError, match="no stable release") as caught:
        get(index, "pypi:early")
    assert "pypi:early==0.1a1" in caught.value.hint


def test_a_project_without_releases(index: Index) -> None:
    index.add("none", "none-unversioned!.exe")
    with pytest.raises(SourceError, match="without any release"):
        get(index, "pypi:none")


def test_only_wheels_ever(index: Index) -> None:
    index.add("wheely", "wheely-1-py3-none-any.whl")
    with pytest.raises(SourceError, match="no sdist") as caught:
        get(index, "pypi:wheely")
    assert "git" in caught.value.hint


def test_of_several_sdists_the_usual_format_is_taken(index: Index, sdist: Build) -> None:
    index.add("two", "two-1.zip", b"not read")
    index.add("two", "two-1.tar.gz", sdist("two-1", a=b"1"))
    index.add("two", "two-1.tar.xz", b"not read")
    assert set(get(index, "pypi:two").tree) == {"a"}


def test_a_wrong_digest_is_told_and_not_cached(thing: Index, sdist: Build, tmp_path: Path) -> None:
    thing.add("bent", "bent-1.tar.gz", sdist("bent-1", a=b"1"), sha256="0" * 64)
    with pytest.raises(SourceError, match="sha256") as caught:
        get(thing, "pypi:bent", cache=tmp_path)
    assert "0" * 64 in str(caught.value)
    assert not list((tmp_path / "sdists").iterdir())


@pytest.mark.parametrize("digest", ["", "short", "../../../x", "Z" * 64])
def test_without_a_sound_digest_nothing_is_taken(thing: Index, digest: str, tmp_path: Path) -> None:
    thing.add("bare", "bare-1.tar.gz", b"", sha256=digest)
    with pytest.raises(SourceError, match="sha256"):
        get(thing, "pypi:bare", cache=tmp_path)
    assert thing.downloads() == 0


def test_the_cache_saves_the_download_and_is_verified(thing: Index, tmp_path: Path) -> None:
    cache = tmp_path / "new" / "cache"
    first = get(thing, "pypi:thing==1.1.0", cache)
    assert get(thing, "pypi:thing==1.1.0", cache) == first
    assert thing.downloads() == 1
    (kept,) = (cache / "sdists").iterdir()
    assert kept.name == first.archive_sha256
    kept.write_bytes(b"damaged")
    assert get(thing, "pypi:thing==1.1.0", cache) == first
    assert thing.downloads() == 2
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == kept.name
    assert list((cache / "sdists").iterdir()) == [kept]


def test_a_cache_that_cannot_be_written_is_told(thing: Index, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="could not be written"):
        get(thing, "pypi:thing", tmp_path / "file")


def test_a_download_beyond_the_limit_is_refused(thing: Index) -> None:
    with pytest.raises(UnsafeTreeError, match=r"thing-2\.0\.tar\.gz"):
        get(thing, "pypi:thing", max_download=50)


def test_a_hostile_sdist_is_refused(index: Index, sdist: Build) -> None:
    index.add("evil", "evil-1.tar.gz", sdist("evil-1", **{"../../x": b"1"}))
    with pytest.raises(UnsafeTreeError) as caught:
        get(index, "pypi:evil")
    assert caught.value.code == ExitCode.UNSAFE_ARCHIVE


def test_nothing_is_printed_or_warned(thing: Index, capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        get(thing, "pypi:thing")
    assert capfd.readouterr() == ("", "")


def test_an_index_with_a_login_keeps_it_to_itself(thing: Index) -> None:
    thing.server.require("agent", "hunter2")
    with_login = SourceSettings(index_url=thing.url.replace("://", "://agent:hunter2@"))
    source = fetch("pypi:thing==1.0.0", with_login)
    assert source.version == "1.0.0"
    assert "hunter2" not in repr(source)
    with pytest.raises(SourceError, match="401") as caught:
        get(thing, "pypi:thing")
    assert "index_url" in caught.value.hint


@pytest.mark.parametrize("fault", ["missing", "page", "file", "silent"])
def test_no_error_shows_the_password_of_an_index(thing: Index, fault: str) -> None:
    answers = thing.server.answers
    if fault == "missing":
        answers.clear()
    elif fault == "page":
        answers["/simple/thing/"] = (503, "text/plain", b"")
    elif fault == "file":
        answers["/files/thing-2.0.tar.gz"] = (500, "text/plain", b"")
    else:
        answers["/simple/thing/"] = (200, "application/pdf", b"")
    settings = SourceSettings(index_url=thing.url.replace("://", "://agent:hunter2@"))
    with pytest.raises(SourceError) as caught:
        fetch("pypi:thing", settings)
    assert "hunter2" not in f"{caught.value} {caught.value.hint} {caught.value.__cause__}"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (JSON, b"{"),
        (JSON, b'{"files": 1}'),
        (JSON, b'{"meta": {"api-version": "2.0"}, "name": "x", "files": []}'),
        ("application/pdf", b""),
    ],
)
def test_what_is_no_index_is_told_so(index: Index, kind: str, body: bytes) -> None:
    index.server.answers["/simple/x/"] = (200, kind, body)
    with pytest.raises(SourceError, match="no package index") as caught:
        get(index, "pypi:x")
    assert "\n" not in str(caught.value)


def test_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/simple"
        with pytest.raises(SourceError, match="could not be reached") as caught:
            fetch("pypi:x", SourceSettings(index_url=url))
    assert "network" in caught.value.hint


def test_a_silent_server_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = SourceSettings(
            index_url=f"http://127.0.0.1:{silent.getsockname()[1]}/", connect_timeout=0.2
        )
        with pytest.raises(SourceError, match="Timeout"):
            fetch("pypi:x", settings)


def test_a_ca_bundle_that_is_set_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/from/the/environment")

    def verified_by(bundle: Path | None) -> object:
        merged = _Session(bundle).merge_environment_settings("https://h.example", {}, None, None, None)
        return merged["verify"]

    assert verified_by(tmp_path) == str(tmp_path)
    assert verified_by(None) == "/from/the/environment"
    with pytest.raises(SourceError, match="ca_bundle"):
        fetch("pypi:x", SourceSettings(ca_bundle=tmp_path / "none"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"index_url": "file:///simple"},
        {"index_url": "h.example/simple"},
        {"index_url": "https://h:port/"},
        {"git_credentials": "all"},
        {"time_limit": 0},
        {"max_download": -1},
    ],
)
def test_settings_that_cannot_be_meant(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        SourceSettings(**wrong)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.network
def test_a_real_release() -> None:
    source = fetch("pypi:toolz==1.0.0")
    assert (source.name, source.version, source.licence) == ("toolz", "1.0.0", "BSD-3-Clause")
    assert source.archive_sha256 == "2c86e3d9a04798ac556793bced838816296a2f085017664e4995cb40a1047a02"
    assert "toolz/functoolz.py" in source.tree
    assert any(path.startswith("toolz/tests/test_") for path in source.tree)
