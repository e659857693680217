"""The README and the tutorial, followed word for word by somebody who has nothing but them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpsdg.corpora import SourceSettings, fetch
from rpsdg.corpora.dataset import Dataset
from rpsdg.sandbox.settings import Settings

from .following import follow

pytestmark = [pytest.mark.slow, pytest.mark.network]


@pytest.mark.timeout(1800)
def test_readme_in_a_clone_of_a_project(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    here = Settings.from_environment()
    sources = SourceSettings(index_url=here.index_url, ca_bundle=here.ca_bundle)
    fetch("pypi:itsdangerous==2.2.0", sources).tree.write_to(project)
    done = follow("README.md", project)
    assert len(done) > 15
    assert sum(1 for _ in Dataset(project / "bugs").traces()) == 7
    assert (project / "sft.jsonl").read_text().count("\n") > 0
    assert (project / "report.md").read_text().startswith("#")


@pytest.mark.timeout(1800)
def test_tutorial(tmp_path: Path) -> None:
    done = follow("docs/tutorial.md", tmp_path)
    assert len(done) > 15
    assert (tmp_path / "data-view/index.html").exists()
