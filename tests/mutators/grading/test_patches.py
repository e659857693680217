"""Patches as models write them."""

from __future__ import annotations

import pytest

from rpsdg.mutators.diffs import make_diff
from rpsdg.mutators.grading.patches import BadPatchError, read_patch
from rpsdg.sandbox.tree import Entry, Tree

TEXT = "".join(f"line {number}\n" for number in range(1, 31))
BASE = Tree(
    {"a/b.py": Entry(TEXT.encode()), "c.py": Entry(b"one\r\ntwo\r\nthree\r\n"), "d.py": Entry(b"no end")}
)
RIGHT = TEXT.replace("line 12\n", "mended\n")
HUNK = "@@ -11,3 +11,3 @@\n line 11\n-line 12\n+mended\n line 13\n"
HEAD = "--- a/a/b.py\n+++ b/a/b.py\n"


def test_what_we_write_is_read() -> None:
    fixed = BASE.replace("a/b.py", RIGHT.encode()).replace("d.py", b"an end\n")
    assert read_patch(BASE, make_diff(BASE, fixed)) == {"a/b.py": RIGHT.encode(), "d.py": b"an end\n"}


@pytest.mark.parametrize(
    "patch",
    [
        HEAD + HUNK,
        "diff --git a/a/b.py b/a/b.py\nindex 12..34 100644\n" + HEAD + HUNK,
        "Here it is:\n\n```diff\n" + HEAD + HUNK + "```\nThat mends it.\n",
        "--- a/b.py\t2020-01-01\n+++ a/b.py\t2020-01-02\n" + HUNK,
        HEAD + HUNK.replace("-11,3 +11,3", "-2,9 +4,1"),
        HEAD + HUNK.replace("@@ -11,3 +11,3 @@", "@@ -11,3 +11,3 @@ def function():"),
        (HEAD + HUNK).replace("\n", "\r\n"),
        HEAD + HUNK + "\n\n",
    ],
)
def test_a_diff_more_or_less(patch: str) -> None:
    assert read_patch(BASE, patch) == {"a/b.py": RIGHT.encode()}


def test_files_come_go_and_move() -> None:
    patch = (
        "diff --git a/new.py b/new.py\nnew file mode 100644\n"
        "--- /dev/null\n+++ b/new.py\n@@ -0,0 +1,2 @@\n+x\n+y\n"
        "diff --git a/c.py b/c.py\ndeleted file mode 100644\n"
        "--- a/c.py\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-one\n-two\n-three\n"
        "diff --git a/d.py b/e.py\nsimilarity index 100%\nrename from d.py\nrename to e.py\n"
    )
    assert read_patch(BASE, patch) == {"new.py": b"x\ny\n", "c.py": None, "d.py": None, "e.py": b"no end"}


def test_line_ends_of_the_file_are_kept() -> None:
    patch = "--- a/c.py\n+++ b/c.py\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"
    assert read_patch(BASE, patch) == {"c.py": b"one\r\n2\r\nthree\r\n"}


def test_several_hunks_each_nearest_to_its_line() -> None:
    base = Tree({"x.py": Entry(b"a\nb\n" * 10)})
    patch = "--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n-a\n+A\n b\n@@ -11,2 +11,2 @@\n a\n-b\n+B\n"
    assert read_patch(base, patch) == {"x.py": b"A\nb\n" + b"a\nb\n" * 4 + b"a\nB\n" + b"a\nb\n" * 4}


@pytest.mark.parametrize(
    ("patch", "why"),
    [
        ("", "no unified diff"),
        ("just words", "no unified diff"),
        (HUNK, "without a file"),
        (HEAD + HUNK.replace("line 12", "line twelve"), "does not hold the lines"),
        ("--- a/x.py\n+++ b/x.py\n" + HUNK, "no file of the program"),
        ("--- a/../x.py\n+++ b/../x.py\n" + HUNK, "leaves the folder"),
        (HEAD + "@@ -1 +1 @@\n line 1\n", "changes nothing"),
        ("diff --git a/x.png b/x.png\nGIT binary patch\nliteral 3\n", "not text"),
    ],
)
def test_what_is_none_says_why(patch: str, why: str) -> None:
    with pytest.raises(BadPatchError, match=why):
        read_patch(BASE, patch)
