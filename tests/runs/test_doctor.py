"""The doctor tries things for real, and says how to get what does not work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rpsdg.runs.doctor import examine
from rpsdg.sandbox import conformance
from rpsdg.sandbox.hostile_cases import uncontained
from rpsdg.sandbox.settings import Settings

from .conftest import Command


def test_what_does_not_work_comes_with_advice(rpsdg: Command, tmp_path: Path) -> None:
    done = rpsdg("doctor", "--json", DOCKER_HOST=f"unix://{tmp_path}/no.sock", RPSDG_BUBBLEWRAP="0")
    found = {(f["name"], f["state"]): f for f in map(json.loads, done.stdout.splitlines())}

    assert done.returncode == 0
    assert "--sandbox local" in found["docker", "missing"]["advice"]
    assert found["local", "ok"]["detail"].startswith("works")
    assert "bubblewrap" in found["bubblewrap", "missing"]["advice"]
    said = [f["detail"] for f in map(json.loads, done.stdout.splitlines()) if f["name"] == "local"]
    for case in uncontained("plain"):
        assert any(f"not contained: {case.name} " in detail for detail in said)
    assert any(
        "network" in f["detail"] for f in map(json.loads, done.stdout.splitlines()) if f["name"] == "local"
    )


def test_the_full_examination_holds_the_sandbox_to_its_contract(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All of them are run in tests/sandbox; here it matters that they are run at all.
    monkeypatch.setattr(conformance, "CHECKS", conformance.CHECKS[:3])
    found = [f for f in examine(settings, full=True) if f.name == "local check"]

    assert [f.detail for f in found][1:] == [conformance.name_of(check) for check in conformance.CHECKS]
    assert [f for f in found if f.state != "ok"] == []
