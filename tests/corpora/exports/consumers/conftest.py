"""The environments of consumers, and the data sets that are exported to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rpsdg.benchmarks.consumer_home import Home, make_home
from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.exports.base import Options
from rpsdg.corpora.exports.registry import find_export
from rpsdg.corpora.exports.running import run_export
from rpsdg.runs.mathematics import new_plan, run_mathematics
from rpsdg.runs.progress import PlainReporter

Exported = Callable[..., Path]


@pytest.fixture(scope="session")
def home() -> Callable[[str], Home]:
    """Return the environment of a name."""
    return make_home


@pytest.fixture(scope="session")
def mathematics(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Thirty problems of three families, half of their solutions with a wrong step."""
    folder = tmp_path_factory.mktemp("mathematics")
    families = ("linear-equation", "expand-polynomial", "integral-by-table")
    run_mathematics(new_plan(families, 10, None, 4, 2, 0.5), folder, 1, PlainReporter(30, "traces"))
    return Dataset(folder)


@pytest.fixture
def exported(tmp_path: Path) -> Exported:
    """Write a data set in a format; return what was made."""

    def export(name: str, dataset: Dataset, place: str, *, limit: int | None = None) -> Path:
        run_export(find_export(name)(), dataset, tmp_path / place, Options(limit=limit))
        return tmp_path / place

    return export
