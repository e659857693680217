"""The command."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from rpsdg.experiments.__main__ import main
from rpsdg.traces.errors import ExitCode


@pytest.mark.skipif(find_spec("torch") is not None, reason="PyTorch is here")
def test_without_pytorch_it_says_where_it_comes_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    status = main(["--part", "mathematics", "--quick", "--work", str(tmp_path), "--page", str(page)])
    assert status == ExitCode.USAGE
    said = capsys.readouterr().err
    assert "PyTorch" in said
    assert "make efficacy" in said
    assert not page.exists()


@pytest.mark.skipif(find_spec("sklearn") is not None, reason="scikit-learn is here")
def test_without_scikit_learn_it_says_where_it_comes_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    status = main(["--part", "code", "--quick", "--work", str(tmp_path), "--page", str(page)])
    assert status == ExitCode.USAGE
    assert "scikit-learn" in capsys.readouterr().err
    assert not page.exists()


def test_the_page_about_code_needs_no_more_than_results(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    assert main(["--part", "code", "--report", "--work", str(tmp_path), "--page", str(page)]) == ExitCode.OK
    assert "## Code: where is the fault?" in page.read_text()
