from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rpsdg.corpora import GitSpec, LocalSpec, PyPISpec, Spec, parse
from rpsdg.traces.errors import ExitCode, UsageError

HASH = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pypi:toolz", PyPISpec("toolz")),
        ("pypi:Zope.Interface==7.0", PyPISpec("Zope.Interface", "7.0")),
        ("pypi:x == 1!2.0rc1+cpu", PyPISpec("x", "1!2.0rc1+cpu")),
        (".", LocalSpec(Path())),
        ("some/folder@home", LocalSpec(Path("some/folder@home"))),
        ("./-odd", LocalSpec(Path("-odd"))),
        ("git+https://h.example/o/r", GitSpec("https://h.example/o/r", "https")),
        ("https://h.example/o/r.git@v1.0", GitSpec("https://h.example/o/r.git", "https", "v1.0")),
        ("git+https://h.example/o/r@fix/a@b", GitSpec("https://h.example/o/r@fix/a", "https", "b")),
        ("https://h.example/o/r.git@fix/a@b", GitSpec("https://h.example/o/r.git", "https", "fix/a@b")),
        ("https://h.example/@scope/r", GitSpec("https://h.example/@scope/r", "https")),
        (f"git+http://h.example:8080/r@{HASH}", GitSpec("http://h.example:8080/r", "http", HASH)),
        ("https://me:p%40ss@h.example/r", GitSpec("https://h.example/r", "https", None, "me", "p@ss")),
        ("https://token@h.example/r@main", GitSpec("https://h.example/r", "https", "main", "token")),
        ("git+ssh://git@h.example:22/o/r.git@m", GitSpec("ssh://git@h.example:22/o/r.git", "ssh", "m")),
        ("git@h.example:o/r.git@m", GitSpec("git@h.example:o/r.git", "ssh", "m")),
        ("git+git@h.example:o/r", GitSpec("git@h.example:o/r", "ssh")),
        ("git+file:///a@b/r.git@m", GitSpec("file:///a@b/r.git", "file", "m")),
        ("https://[::1]:8443/r.git", GitSpec("https://[::1]:8443/r.git", "https")),
    ],
)
def test_every_form_is_understood(text: str, expected: Spec) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "-x",
        "--upload-pack=touch x",
        "pypi:",
        "pypi:-x",
        "pypi:x==",
        "pypi:x==one",
        "pypi:x>=1",
        "pypi:x[extra]==1",
        "pypi:../x",
        "git+",
        "git+./x",
        "ext::sh -c touch% x",
        "git+ext::sh",
        "ftp://h.example/r",
        "git+svn://h.example/r",
        "https://h.example",
        "https:///r",
        "https://-h.example/r",
        "ssh://-oProxyCommand=x/r",
        "ssh://-lx@h.example/r",
        "git@-h.example:r.git",
        "git+git@h.example:-r.git",
        "ssh://h.example/-r",
        "https://h.example/r@-x",
        "https://h.example/r@--upload-pack=x",
        "https://h.example/r.git@",
        "https://h.example/r@+a",
        "https://h.example/r@a:b",
        "https://h.example/r@a..b",
        "https://h.example/r@^a",
        "https://h.example/r@a b",
        "https://h.example/r.git@a@{1}",
        "https://h.example/r@a*",
        "https://h.example/r@a.lock",
        "https://h.example/r?token=x",
        "https://h.example/r#egg=x",
        "https://h.example:port/r",
        "https://[::1/r",
        "https://h.example/r-1.0.tar.gz",
        "https://u:a%0ab@h.example/r",
        "git+file://host/r",
        "git+ssh://u:p@h.example/r",
        "a\nb",
        "pypi:x\0",
    ],
)
def test_what_fits_no_form_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert caught.value.code == ExitCode.USAGE
    assert str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "https://me:hunter2@h.example/r?x=1",
        "https://me:hunter2@h.example/r@a..b",
        "https://me:hunter2@h.example",
        "https://me:hunter2@h.example:port/r",
        "https://me:hun/hunter2@h.example/r",
        "https://me:hunter2@-h.example/r",
        "ssh://me:hunter2@h.example/r",
        "ftp://me:hunter2@h.example/r",
        "git+https://me:hunter2@h.example/r.zip",
        "-https://me:hunter2@h.example/r",
        "https://h.example/r?token=hunter2",
    ],
)
def test_no_error_shows_a_password(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert "hunter2" not in f"{caught.value} {caught.value.hint}"


def test_no_representation_shows_a_password() -> None:
    spec = parse("https://agent:hunter2@h.example/r")
    assert "hunter2" not in repr(spec)
    assert "agent" not in repr(spec)


@given(st.text(max_size=60) | st.from_regex(r"(git\+)?(https|ssh|file)://[ -~]{0,40}", fullmatch=True))
@example("https://[")
@example("git+https://@/@@")
def test_parsing_ends_in_a_spec_or_a_usage_error(text: str) -> None:
    try:
        spec = parse(text)
    except UsageError:
        return
    if isinstance(spec, GitSpec):
        assert not spec.url.startswith("-")
        assert spec.ref is None or not spec.ref.startswith(("-", "+"))
        assert spec.name


@given(st.from_regex(r"[A-Za-z0-9_]([A-Za-z0-9_./-]{0,20}[A-Za-z0-9_])?", fullmatch=True))
def test_a_plain_ref_is_kept_as_it_is(ref: str) -> None:
    if any(bad in ref for bad in ("..", "//", "/.", "./", ".lock")):
        return
    spec = parse(f"git+https://h.example/o/r.git@{ref}")
    assert spec == GitSpec("https://h.example/o/r.git", "https", ref)
