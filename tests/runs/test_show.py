"""What `rpsdg show` prints of a stranger's trace is text, and nothing that a terminal would obey."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from rpsdg.runs.commands.looking import show
from rpsdg.runs.show import render_trace
from rpsdg.runs.terminal import console

from .view.data import code_trace, everywhere, mathematics, write_dataset

ATTACK = (
    "a\x1b]0;owned\x07\x1b[2J\x1b]8;;http://evil.example\x1b\\b\x1b]8;;\x1b\\\x9b31m\x08\x7f"
    "\u202ec\u2066d\u2069\u200f [red]e[/] [f](http://evil.example)\r"
)
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
OWN_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("kind", ["code", "mathematics"])
def test_no_text_of_a_trace_reaches_the_terminal_as_a_command(kind: str, tmp_path: Path) -> None:
    honest = code_trace(bugs=2) if kind == "code" else mathematics("linear-equation", 1)[0]
    trace = everywhere(honest, lambda text: ATTACK)
    file = io.StringIO()
    console(file=file, width=100, force_terminal=True).print(render_trace(trace))
    printed = OWN_COLOURS.sub("", file.getvalue())
    assert "http://evil.example" in printed  # shown, not hidden behind a link
    assert OBEYED.findall(printed) == []
    listed = CliRunner().invoke(show, [str(write_dataset(tmp_path / "data", [trace]))])
    assert listed.exit_code == 0, listed.output
    assert OBEYED.findall(listed.output) == []
