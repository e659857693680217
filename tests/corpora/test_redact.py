from __future__ import annotations

import contextlib
import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpsdg.corpora.redact import public_url, redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nothing here", "nothing here"),
        ("mail a@b.example", "mail a@b.example"),
        ("https://h.example/r@v1", "https://h.example/r@v1"),
        ("'https://u:p@h.example/r': 403", "'https://***@h.example/r': 403"),
        ("https://u:p@ss@h.example/r", "https://***@h.example/r"),
        ("a https://u@h/x\nb ssh://v:w@h/x@y", "a https://***@h/x\nb ssh://***@h/x@y"),
    ],
)
def test_the_user_part_of_every_url_goes(text: str, expected: str) -> None:
    assert redact(text) == expected


def test_named_secrets_go_the_longest_first() -> None:
    assert redact("tokens abcd1234 and abcd", ["abcd", "abcd1234"]) == "tokens *** and ***"
    assert redact("git is git", ["git", ""]) == "git is git"


@given(st.from_regex(r"Zq[!-~]{4,12}", fullmatch=True), st.booleans())
def test_a_password_never_survives(password: str, quoted: bool) -> None:
    inside = quote(password, safe="") if quoted else re.sub(r"[?#/]", "", password)
    url = f"https://me:{inside}@host.example/path/repo@ref"
    assert inside not in redact(f"fatal: unable to access {url}: no")
    with contextlib.suppress(ValueError):
        assert inside not in public_url(url)
