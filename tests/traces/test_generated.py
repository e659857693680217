"""The command line of the generated files in docs/."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rpsdg.traces.generated import write_or_check


def test_a_file_is_written_and_then_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"

    def run(*arguments: str, text: str = "new\n") -> int:
        monkeypatch.setattr(sys, "argv", ["make-page", str(page), *arguments])
        return write_or_check("Write a page.", lambda: text)

    assert run("--check") == 1  # there is none yet
    assert not page.exists()
    assert run() == 0
    assert page.read_text() == "new\n"
    assert run("--check") == 0
    assert capsys.readouterr().err.count("is not up to date") == 1
    assert run("--check", text="newer\n") == 1
    assert "page.md is not up to date" in capsys.readouterr().err
    assert page.read_text() == "new\n"
