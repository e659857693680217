from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from rpsdg.corpora import SourceError, SourceSettings, fetch
from rpsdg.corpora.git_command import git_command
from rpsdg.sandbox.tree import Entry, UnsafeTreeError
from rpsdg.traces.errors import ExitCode

from .conftest import Git


def write(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)


def test_a_plain_folder_is_read_without_what_tools_leave_behind(tmp_path: Path) -> None:
    kept = ["a.py", "pkg/__init__.py", "pkg/build/x.py", "pkg/data.bin", ".coveragerc", "docs/dist/x"]
    left_out = [
        ".git/config",
        ".hg/x",
        "pkg/__pycache__/a.cpython-311.pyc",
        "pkg/old.pyc",
        ".venv/x",
        "venv/x",
        "my-env/pyvenv.cfg",
        "my-env/lib/x",
        ".tox/x",
        ".nox/x",
        "web/node_modules/x",
        ".mypy_cache/x",
        ".pytest_cache/x",
        ".ruff_cache/x",
        ".hypothesis/x",
        "build/x",
        "dist/x",
        "src/n.egg-info/PKG-INFO",
    ]
    root = tmp_path / "plain"
    write(root, *kept, *left_out)
    (root / "run").write_text("#!/bin/sh")
    (root / "run").chmod(0o755)
    (root / "link").symlink_to("pkg")
    source = fetch(str(root))
    assert set(source.tree) == {*kept, "run", "link"}
    assert source.tree["run"].kind == "exec"
    assert source.tree["link"] == Entry(b"pkg", "link")
    assert (source.kind, source.name, source.commit, source.dirty) == ("local", "plain", None, None)
    assert source.url is None
    assert str(tmp_path) not in str(source.provenance())


def test_a_package_called_build_is_kept(tmp_path: Path) -> None:
    write(tmp_path, "build/__init__.py", "build/x.py")
    assert set(fetch(str(tmp_path)).tree) == {"build/__init__.py", "build/x.py"}


@pytest.fixture
def work_tree(tmp_path: Path, git: Git) -> Path:
    """A work tree with a tracked, an ignored and an untracked file."""
    root = tmp_path / "work"
    write(root, "a.py", "sub/b.py", "out/o", "gone.py")
    (root / ".gitignore").write_text("out/\n*.log\n")
    (root / "pyproject.toml").write_text('[project]\nname = "thing"\nversion = "1.2"\n')
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    return root


TRACKED = {"a.py", "sub/b.py", ".gitignore", "pyproject.toml", "gone.py"}


def test_a_work_tree_is_what_git_would_publish(work_tree: Path, git: Git) -> None:
    write(work_tree, "x.log")
    source = fetch(str(work_tree))
    assert set(source.tree) == TRACKED
    assert (source.name, source.version) == ("thing", "1.2")
    assert (source.commit, source.dirty) == (git(work_tree, "rev-parse", "HEAD"), False)


@pytest.mark.parametrize("change", ["untracked", "edited", "deleted", "mode", "link"])
def test_every_difference_from_the_commit_makes_it_dirty(work_tree: Path, change: str) -> None:
    path = work_tree / "gone.py"
    match change:
        case "untracked":
            write(work_tree, "new.py")
        case "edited":
            path.write_text("other")
        case "deleted":
            path.unlink()
        case "mode":
            path.chmod(0o755)
        case "link":
            path.unlink()
            path.symlink_to("a.py")
    source = fetch(str(work_tree))
    assert source.dirty is True
    assert ("new.py" in source.tree) == (change == "untracked")
    assert ("gone.py" in source.tree) == (change != "deleted")


def test_a_subfolder_of_a_work_tree_is_a_source_of_its_own(work_tree: Path) -> None:
    source = fetch(str(work_tree / "sub"))
    assert set(source.tree) == {"b.py"}
    assert source.dirty is False
    write(work_tree, "elsewhere.py")
    assert fetch(str(work_tree / "sub")).dirty is False


def test_a_folder_that_the_repository_ignores_is_walked(work_tree: Path) -> None:
    source = fetch(str(work_tree / "out"))
    assert set(source.tree) == {"o"}
    assert source.commit is None


def test_before_the_first_commit_everything_is_dirty(tmp_path: Path, git: Git) -> None:
    write(tmp_path / "r", "a")
    git(tmp_path / "r", "init", "-q")
    source = fetch(str(tmp_path / "r"))
    assert (set(source.tree), source.commit, source.dirty) == ({"a"}, None, True)


def test_repositories_inside_are_left_out_and_noted(work_tree: Path, git: Git, tmp_path: Path) -> None:
    write(work_tree / "nested", "n")
    git(work_tree / "nested", "init", "-q")
    write(tmp_path / "inner", "i")
    git(tmp_path / "inner", "init", "-q")
    git(tmp_path / "inner", "add", ".")
    git(tmp_path / "inner", "commit", "-qm", "i")
    git(work_tree, "submodule", "add", "-q", str(tmp_path / "inner"), "module")
    source = fetch(str(work_tree))
    assert set(source.tree) == TRACKED | {".gitmodules"}
    assert len(source.notes) == 2
    assert "`module`" in source.notes[0]
    assert "`nested`" in source.notes[1]


def test_a_tracked_file_is_not_looked_for_behind_a_link(work_tree: Path, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", "b.py")
    shutil.rmtree(work_tree / "sub")
    (work_tree / "sub").symlink_to("../elsewhere")
    (work_tree / ".gitignore").write_text("/sub\nout\n")
    assert "sub/b.py" not in fetch(str(work_tree)).tree


def test_nothing_a_repository_configures_is_run(work_tree: Path, git: Git, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    trap = f"touch {marker}; cat"
    (work_tree / ".gitattributes").write_text("* filter=evil diff=evil\n")
    git(work_tree, "add", ".")
    git(work_tree, "commit", "-qm", "attributes")
    for name in (
        "filter.evil.clean",
        "filter.evil.process",
        "diff.evil.textconv",
        "core.pager",
        "core.editor",
    ):
        git(work_tree, "config", name, trap)
    git(work_tree, "config", "core.fsmonitor", f"touch {marker}; false")
    git(work_tree, "config", "core.sshCommand", f"touch {marker}; false")
    hooks = work_tree / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "fsmonitor-watchman", "post-checkout"):
        (hooks / hook).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (hooks / hook).chmod(0o755)
    git(work_tree, "config", "core.hooksPath", str(hooks))
    (work_tree / "a.py").touch()
    try:
        git(work_tree, "status")
    finally:
        assert marker.exists(), "the trap works"
    marker.unlink()
    source = fetch(str(work_tree))
    assert not marker.exists()
    assert source.dirty is True, "the hooks folder is new"


def test_a_repository_with_missing_objects_does_not_fetch_them(
    work_tree: Path, git: Git, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    tree = git(work_tree, "rev-parse", "HEAD:sub")
    (work_tree / ".git/objects" / tree[:2] / tree[2:]).unlink()
    for line in (
        "extensions.partialClone=origin",
        "core.repositoryFormatVersion=1",
        "remote.origin.promisor=true",
        f"remote.origin.url=ext::sh -c touch% {marker}",
        "protocol.ext.allow=always",
    ):
        git(work_tree, "config", *line.split("=", 1))
    with pytest.raises(SourceError, match="could not be listed"):
        fetch(str(work_tree))
    assert not marker.exists()


def test_a_broken_repository_is_said_to_be_broken(work_tree: Path) -> None:
    (work_tree / ".git/config").write_text("[nonsense\n")
    with pytest.raises(SourceError, match="config"):
        fetch(str(work_tree))


def test_without_git_a_work_tree_is_walked(work_tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    source = fetch(str(work_tree))
    assert set(source.tree) == TRACKED | {"out/o"}
    assert source.commit is None
    with pytest.raises(SourceError, match="git"), git_command(1):
        pass


@pytest.mark.parametrize(
    ("name", "hint"),
    [("toolz", "pypi:toolz"), ("a/b", "a source is"), ("file.tar.gz", "unpack")],
)
def test_what_is_no_folder_gets_a_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, hint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file.tar.gz").touch()
    with pytest.raises(SourceError, match=name) as caught:
        fetch(name)
    assert caught.value.code == ExitCode.SOURCE
    assert hint in caught.value.hint


def test_an_empty_folder_is_no_source(tmp_path: Path) -> None:
    (tmp_path / "empty/below").mkdir(parents=True)
    with pytest.raises(SourceError, match="no files"):
        fetch(str(tmp_path / "empty"))


@pytest.mark.parametrize("target", ["../outside", "/etc/passwd"])
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, target: str) -> None:
    root = tmp_path / "r"
    write(root, "a")
    (root / "link").symlink_to(target)
    with pytest.raises(UnsafeTreeError, match="link"):
        fetch(str(root))


def test_a_pipe_is_refused_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnsafeTreeError, match="pipe"):
        fetch(str(tmp_path), SourceSettings(time_limit=5))
