"""The parts of a Harbor task that need no engine; `make harbor` runs whole ones."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

from rpsdg.corpora.exports.harbor import texts
from rpsdg.corpora.exports.harbor.grader import grader
from rpsdg.corpora.exports.harbor.repository import archive, fresh_repository
from rpsdg.sandbox.tree import Entry, Tree

TREE = Tree(
    {
        "a/one.py": Entry(b"x = 1\n"),
        "a.b": Entry(b"sorted before a/"),
        "run": Entry(b"#!/bin/sh\n", "exec"),
        "link": Entry(b"a/one.py", "link"),
        ".gitignore": Entry(b"a/\n"),
        "ä ö.txt": Entry("ü".encode()),
    }
)


def test_git_takes_the_repository_for_one_of_its_own(tmp_path: Path) -> None:
    files = {path: Entry(data) for path, data in fresh_repository(TREE).items()}
    with tarfile.open(fileobj=io.BytesIO(archive({**TREE.entries, **files}))) as tar:
        tar.extractall(tmp_path, filter="data")

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(tmp_path), "-c", "safe.directory=*", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert git("status", "--porcelain") == ""
    assert git("log", "--all", "--format=%s") == "The program\n"
    assert git("fsck", "--strict", "--unreachable", "--no-reflogs") == ""
    assert git("ls-files", "-z").split("\0")[:-1] == sorted(TREE, key=str.encode)
    (tmp_path / "a" / "one.py").write_text("x = 2\n")
    assert "x = 2" in git("diff")


def test_the_grader_runs_by_itself_and_only_as_root(tmp_path: Path) -> None:
    path = tmp_path / "grader.pyz"
    path.write_bytes(grader())
    names = zipfile.ZipFile(path).namelist()
    assert {"rpsdg/sandbox/inside/plugin.py", "rpsdg/sandbox/inside/canary.py", "__main__.py"} <= set(names)
    code = "import os, runpy, sys; os.getuid = lambda: 1000; runpy.run_path(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert "started by root" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_grader_is_the_same_every_time() -> None:
    made = grader()
    grader.cache_clear()
    assert grader() == made


def test_task_files_say_what_they_are_told() -> None:
    about = {"level": 3, "licence": 'odd "one"\n', "missing": None}
    text = texts.task_file("rpsdg/a-b", about, network="policy", timeout=400.0, keywords=["x"])
    read = tomllib.loads(text)
    assert read["schema_version"] == "1.4"
    assert read["metadata"] == {"level": 3, "licence": 'odd "one"\n'}
    assert read["environment"]["network_mode"] == "no-network"
    assert read["verifier"]["environment_mode"] == "separate"
    alone = tomllib.loads(texts.task_file("rpsdg/a-b", {}, network="none", timeout=400.0, keywords=[]))
    assert "network_mode" not in alone["environment"]
    assert "network_mode: none" in texts.compose_file("base")
    json.dumps(read)


def test_dockerfiles_hold_nothing_of_the_machine() -> None:
    made = texts.dockerfile(
        base_image="python:3.12-slim", roots=["src", "."], system_packages=["libxml2"], has_project=True
    )
    assert "ARG BASE_IMAGE=python:3.12-slim" in made
    assert "PYTHONPATH=/testbed/src:/testbed " in made
    assert "libxml2" in made
    assert "://" not in made
