"""What of a solver's work is judged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rpsdg.mutators.grading.submission import offered_in, submit
from rpsdg.sandbox.tree import Entry, Tree

BASE = Tree(
    {
        path: Entry(text.encode())
        for path, text in {
            "src/shop/__init__.py": "",
            "src/shop/till.py": "def add(a, b):\n    return a - b\n",
            "src/single.py": "x = 1\n",
            "src/shop/linked.py": "y = 1\n",
            "tests/test_till.py": "def test_add(): assert add(1, 2) == 3\n",
            "conftest.py": "",
            "pyproject.toml": "[tool.pytest.ini_options]\n",
            "setup.py": "",
        }.items()
    }
)
ROOTS = ("src", ".")


@pytest.mark.parametrize(
    "path", ["src/shop/till.py", "src/single.py", "src/shop/new.py", "src/shop/part/deep.py"]
)
def test_the_program_counts(path: str) -> None:
    work = submit(BASE, {path: b"z = 1\n"}, ROOTS)
    assert (work.taken, work.ignored) == ((path,), ())
    assert work.tree[path].data == b"z = 1\n"


@pytest.mark.parametrize(
    "path",
    [
        "tests/test_till.py",
        "tests/helper.py",
        "conftest.py",
        "src/shop/conftest.py",
        "pyproject.toml",
        "pytest.ini",
        "setup.py",
        "sitecustomize.py",
        "src/sitecustomize.py",
        "pytest.py",
        "src/json.py",
        "_pytest/runner.py",
        "src/rpsdg_inside/plugin.py",
        "other/module.py",
        "src/shop/till.py/inside.py",
        "src/shop/../../outside.py",
        ".git/hooks/x.py",
        "evil.pth",
    ],
)
def test_what_decides_about_tests_does_not(path: str) -> None:
    work = submit(BASE, {path: b"raise SystemExit(0)\n"}, ROOTS)
    assert (work.taken, work.ignored) == ((), (path,))
    assert work.tree == BASE


def test_a_module_of_the_runners_name_counts_in_a_package_alone() -> None:
    plain = Tree({"lib/one.py": Entry(b""), "lib/two.py": Entry(b"")})
    assert submit(BASE, {"src/shop/random.py": b"z = 1"}, ROOTS).taken
    assert submit(plain, {"lib/random.py": b"z = 1"}, ["."]).ignored
    assert submit(plain, {"lib/three.py": b"z = 1"}, ["."]).taken


def test_removing_counts_and_touching_does_not() -> None:
    work = submit(BASE, {"src/single.py": None, "src/shop/till.py": BASE["src/shop/till.py"].data}, ROOTS)
    assert work.taken == ("src/single.py",)
    assert "src/single.py" not in work.tree


def test_a_folder_is_read_as_data(tmp_path: Path) -> None:
    BASE.write_to(tmp_path)
    (tmp_path / "src/shop/till.py").write_text("mended = True\n")
    (tmp_path / "src/single.py").unlink()
    os.mkfifo(tmp_path / "src/shop/pipe.py")
    (tmp_path / "src/shop/linked.py").unlink()
    (tmp_path / "src/shop/linked.py").symlink_to("/etc/passwd")
    (tmp_path / "src/shop/folder").symlink_to("/usr")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.py").write_text("")
    work = submit(BASE, offered_in(tmp_path, BASE), ROOTS)
    assert work.taken == ("src/shop/linked.py", "src/shop/till.py", "src/single.py")
    assert work.tree["src/shop/till.py"].data == b"mended = True\n"
    assert "src/shop/linked.py" not in work.tree


def test_enormous_files_were_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rpsdg.mutators.grading.submission.MOST_BYTES", 100)
    (tmp_path / "src/shop").mkdir(parents=True)
    (tmp_path / "src/shop/till.py").write_bytes(b"#" * 101)
    assert offered_in(tmp_path, BASE)["src/shop/till.py"] is None
