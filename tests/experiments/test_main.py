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
