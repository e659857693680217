"""The report: one page of Markdown with its pictures, and what changed."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rpsdg.corpora.dataset import OutputError
from rpsdg.runs.commands.viewing import report
from rpsdg.runs.pictures import NoPlotsError, draw_chart
from rpsdg.runs.survey import Bar, Chart

from .view.data import PAYLOADS, code_trace, filled, write_dataset

SCALE = Chart("Levels", "traces", tuple(Bar(str(n), n, str(n)) for n in range(1, 6)), "level", ordered=True)


def run(*arguments: object) -> Path:
    result = CliRunner().invoke(report, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return Path(json.loads(result.output)["out"])


def test_every_picture_of_the_page_is_there_and_is_one(tmp_path: Path) -> None:
    data = write_dataset(
        tmp_path / "data", [code_trace(n, level=1 + n % 5, bugs=1 + n % 3) for n in range(12)]
    )
    page = run(data)
    assert page == tmp_path / "data-report" / "report.md"
    text = page.read_text()
    assert "| traces | 12 |" in text
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert "levels.png" in pictures
    assert sorted(pictures) == sorted(path.name for path in page.parent.glob("*.png"))
    for name in pictures:
        content = (page.parent / name).read_bytes()
        assert content.startswith(b"\x89PNG\r\n")
        assert len(content) > 4_000


def test_equal_data_give_equal_pictures() -> None:
    assert draw_chart(SCALE) == draw_chart(SCALE)


def test_what_changed_is_told(tmp_path: Path) -> None:
    old = write_dataset(tmp_path / "old", [code_trace(n, level=2) for n in range(6)])
    new = write_dataset(tmp_path / "new", [code_trace(n, level=2 if n < 5 else 5) for n in range(2, 10)])
    text = run(new, "--against", old).read_text()
    assert "**4 new**, **2 gone**, 4 unchanged" in text
    assert "| 5 | 5 | 0 | 62.5% | 0.0% | +62.5 |" in text
    assert "| traces | 8 | 6 |" in text


def test_strangers_write_no_markdown(tmp_path: Path) -> None:
    data = write_dataset(tmp_path / "data", [filled(code_trace(n), p) for n, p in enumerate(PAYLOADS)])
    page = run(data, "--out", tmp_path / "out")
    lines = page.read_text().splitlines()
    assert [line for line in lines if line.startswith("#")] == ["# data", "## Plots"]
    text = "\n".join(line for line in lines if not line.startswith("<!-- written"))
    assert not re.search(r"(?<!\\)[<>`]", text)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert re.findall(r"(?<!\\)\]\(([^)]*)\)", text) == list(re.findall(r"\]\(([a-z-]+\.png)\)", text))


def test_nothing_but_reports_is_replaced(tmp_path: Path) -> None:
    data = write_dataset(tmp_path / "data", [code_trace(n) for n in range(3)])
    with pytest.raises(OutputError, match="left alone"):
        run(data, "--out", data)


def test_without_the_library_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(NoPlotsError, match="matplotlib") as caught:
        draw_chart(SCALE)
    assert "rpsdg[report]" in caught.value.hint
