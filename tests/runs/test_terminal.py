"""Text that others wrote reaches the terminal as it is, and as nothing but text."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from rpsdg.runs.terminal import as_markup, console, plain


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), max_size=40))
def test_text_is_printed_as_it_is(text: str) -> None:
    for hostile in (text, f"tester:x:{text}", f"[red]{text}[/]", f"{text}\x1b[2J"):
        file = io.StringIO()
        console(file=file, width=1000).print(as_markup(hostile), end="")
        assert file.getvalue() == plain(hostile)
