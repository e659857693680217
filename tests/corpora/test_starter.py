"""The starter manifest names enough, pinned, permissive, and nothing that was not seen to work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rpsdg.benchmarks.starter import PERMISSIVE
from rpsdg.corpora.errors import OutputError
from rpsdg.corpora.manifest import Manifest
from rpsdg.corpora.spec import PyPISpec, parse
from rpsdg.corpora.starter import project_manifest, starter_manifest, starter_releases, write_manifest

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "starter.json"


def test_every_release_is_pinned_and_named_once() -> None:
    specs = [parse(release) for release in starter_releases()]
    assert all(isinstance(spec, PyPISpec) and spec.version for spec in specs)
    assert len({spec.name for spec in specs if isinstance(spec, PyPISpec)}) == len(specs) >= 25


@pytest.mark.parametrize("text", [starter_manifest(), project_manifest()], ids=["starter", "project"])
def test_they_are_manifests(text: str, tmp_path: Path) -> None:
    manifest = Manifest.parsed(tmp_path / "corpus.toml", text)
    assert all(source.count > 0 for source in manifest.sources)


def test_every_release_was_seen_to_work() -> None:
    """`python -m benchmarks starter --out benchmarks/results/starter.json` sees it again."""
    seen = {one["package"]: one for one in json.loads(RESULTS.read_text())["packages"]}
    assert set(seen) == set(starter_releases())
    for package, one in seen.items():
        assert one["state"] == "green", package
        assert one["licence"] in PERMISSIVE, package
        assert one["tests"] > 0, package


def test_a_manifest_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "corpus.toml"
    write_manifest(path, starter_manifest())
    with pytest.raises(OutputError, match="there already"):
        write_manifest(path, project_manifest())
    assert path.read_text() == starter_manifest()
    with pytest.raises(OutputError, match="No such file"):
        write_manifest(tmp_path / "nowhere" / "corpus.toml", starter_manifest())
