"""Interpreters are found where they are, and only those that run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rpsdg.sandbox.interpreters import VERSIONS, find_interpreter, find_interpreters

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"


def script(path: Path, version: str) -> Path:
    """Make something that says it is an interpreter of a version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "{path.resolve()} {version}"\n')
    path.chmod(0o755)
    return path


def test_the_one_that_runs_this_is_found() -> None:
    found = find_interpreter(OWN)
    assert found is not None
    assert found[1] == ".".join(map(str, sys.version_info[:3]))
    assert found[0].is_file()
    assert not any((parent / "pyvenv.cfg").exists() for parent in found[0].parents)
    assert find_interpreter(found[1]) == found
    assert set(find_interpreters()) <= set(VERSIONS)


@pytest.mark.parametrize("named", ["file", "installation", "folder of installations"])
def test_those_that_are_named_come_first(named: str, tmp_path: Path) -> None:
    made = script(tmp_path / "some" / "bin" / f"python{OWN}", f"{OWN}.99")
    places = {"file": made, "installation": tmp_path / "some", "folder of installations": tmp_path}
    assert find_interpreter(OWN, {"RPSDG_PYTHONS": f"/nowhere:{places[named]}"}) == (made, f"{OWN}.99")


def test_stand_ins_and_other_versions_are_passed_over(tmp_path: Path) -> None:
    stand_in = tmp_path / "shims" / "python3.8"
    stand_in.parent.mkdir()
    stand_in.write_text("#!/bin/sh\necho 'python3.8: command not found' >&2\nexit 127\n")
    stand_in.chmod(0o755)
    script(tmp_path / "other" / "python3.8", "3.7.1")
    env = {"PATH": f"{tmp_path}/shims:{tmp_path}/other:/usr/bin:/bin", "HOME": str(tmp_path)}
    newest = [script(tmp_path / f".pyenv/versions/{v}/bin/python3.8", v) for v in ("3.8.9", "3.8.10")][1]
    assert find_interpreter("3.8", env) == (newest, "3.8.10")
    assert find_interpreter("3.8.9", env) == (newest.parents[2] / "3.8.9/bin/python3.8", "3.8.9")


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    assert find_interpreter("3.99", {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}) is None
