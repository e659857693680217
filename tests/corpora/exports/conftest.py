"""Data sets to export: mathematics made on the spot."""

from __future__ import annotations

import pytest

from rpsdg.corpora.dataset import Dataset
from rpsdg.runs.mathematics import new_plan, run_mathematics
from rpsdg.runs.progress import PlainReporter


@pytest.fixture(scope="session")
def mathematics(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Six equations, half of their solutions with a wrong step."""
    folder = tmp_path_factory.mktemp("mathematics")
    run_mathematics(new_plan(("linear-equation",), 6, None, 1, 2, 0.5), folder, 1, PlainReporter(6, "traces"))
    return Dataset(folder)
