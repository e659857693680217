from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpsdg.mutators.diffs import DiffError, apply_diff, make_diff
from rpsdg.sandbox.tree import Entry, Tree

LINE_PARTS = [
    b"a",
    b"b",
    b"  x = 1",
    b"-",
    b"+",
    b"@@ -1 +1 @@",
    b"--- a/f",
    b"\\",
    b" ",
    b"\x0c",
    b"\x1c",
    b"\r",
]
LINE_PARTS += ["é".encode(), "\x85\u2028".encode(), b"\xff", b"diff --git a/f b/f", b"\x0b", b"\t"]

line = st.lists(st.sampled_from(LINE_PARTS), max_size=3).map(b"".join)
ending = st.sampled_from([b"\n", b"\n", b"\r\n"])
full_line = st.builds(bytes.__add__, line, ending)
content = st.builds(
    lambda lines, last: b"".join(lines) + last,
    st.lists(full_line, max_size=30),
    st.one_of(st.just(b""), line),
)
paths = st.sampled_from(
    ["f", "pkg/mod.py", "with space.py", 'q"uote.py', "tab\t.py", "é.py", "back\\slash.py"]
)


@st.composite
def edited(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A file and a version of it with a few splices, so that hunks and contexts come in all shapes."""
    before = draw(content)
    after = before
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(after)))
        end = draw(st.integers(start, min(len(after), start + 20)))
        after = after[:start] + draw(content.map(lambda data: data[:20])) + after[end:]
    return before, after


pairs = st.dictionaries(paths, st.one_of(edited(), st.tuples(content, content)), min_size=1, max_size=3).map(
    lambda files: tuple(Tree({path: Entry(pair[side]) for path, pair in files.items()}) for side in (0, 1))
)


def git(folder: Path, *arguments: str, stdin: bytes = b"", ok: tuple[int, ...] = (0,)) -> bytes:
    settings_of_nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    env = {**os.environ, **settings_of_nobody, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    done = subprocess.run(["git", *arguments], cwd=folder, input=stdin, capture_output=True, env=env)
    assert done.returncode in ok, done.stderr
    return done.stdout


@given(pairs)
def test_round_trip(pair):
    before, after = pair
    assert apply_diff(before, make_diff(before, after)) == after
    assert apply_diff(after, make_diff(after, before)) == before


def test_equal_trees_have_no_diff():
    tree = Tree({"f": Entry(b"x\n")})
    assert make_diff(tree, tree) == ""
    assert apply_diff(tree, "") == tree


@settings(max_examples=60, deadline=None)
@given(pairs)
def test_git_applies_what_we_write(tmp_path_factory, pair):
    before, after = pair
    diff = make_diff(before, after)
    if not diff:
        return
    folder = tmp_path_factory.mktemp("tree")
    before.write_to(folder)
    data = diff.encode("utf-8", "surrogateescape")
    git(folder, "apply", "--whitespace=nowarn", stdin=data)
    assert Tree.from_directory(folder) == after
    git(folder, "apply", "--whitespace=nowarn", "-R", stdin=data)
    assert Tree.from_directory(folder) == before


@settings(max_examples=40, deadline=None)
@given(edited())
def test_we_apply_what_git_writes(tmp_path_factory, pair):
    folder = tmp_path_factory.mktemp("tree")
    git(folder, "init", "-q")
    (folder / "f").write_bytes(pair[0])
    git(folder, "add", "f")
    (folder / "f").write_bytes(pair[1])
    diff = git(folder, "diff", "--text", "f").decode("utf-8", "surrogateescape")
    assert apply_diff(Tree({"f": Entry(pair[0])}), diff) == Tree({"f": Entry(pair[1])})


def test_looks_like_git():
    before = Tree({"a.py": Entry(b"1\n2\n3\n4\n5\n6\n7\n8\n9")})
    after = Tree({"a.py": Entry(b"1\n2\n3\n4\nfive\n6\n7\n8\n9\n")})
    assert make_diff(before, after) == (
        "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n"
        "@@ -2,8 +2,8 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        "-9\n\\ No newline at end of file\n+9\n"
    )


HEAD = "diff --git a/f b/f\n--- a/f\n+++ b/f\n"
REFUSED = {
    "another context": (HEAD + "@@ -1,2 +1,2 @@\n a\n-x\n+y\n", "line 2 of `f`"),
    "another line number": (HEAD + "@@ -2 +2 @@\n-a\n+y\n", "line 2 of `f`"),
    "another new line number": (HEAD + "@@ -1 +2 @@\n-a\n+y\n", "does not fit its line numbers"),
    "beyond the end": (HEAD + "@@ -9 +9 @@\n-a\n+y\n", "does not fit its line numbers"),
    "hunks out of order": (
        HEAD + "@@ -2 +2 @@\n-b\n+y\n@@ -1 +1 @@\n-a\n+y\n",
        "does not fit its line numbers",
    ),
    "cut short": (HEAD + "@@ -1,2 +1,2 @@\n a\n", "found its end"),
    "more than promised": (HEAD + "@@ -1 +1 @@\n-a\n-b\n+y\n", "more lines than promised"),
    "text behind the hunk": (HEAD + "@@ -1 +1 @@\n-a\n+y\n c\n", "expected `diff --git `"),
    "no head of a hunk": (HEAD + "@@ -x +1 @@\n-a\n", "not the head of a hunk"),
    "no newline in the middle": (
        HEAD + "@@ -1,2 +1,2 @@\n-a\n+y\n\\ No newline at end of file\n b\n",
        "without an end in the middle",
    ),
    "a line end the file does not lack": (
        HEAD + "@@ -3 +3 @@\n-c\n\\ No newline at end of file\n+c\n",
        "line 3 of `f`",
    ),
    "out of the tree": (
        "diff --git a/../f b/../f\n--- a/../f\n+++ b/../f\n@@ -1 +1 @@\n-a\n+y\n",
        "leaves the folder",
    ),
    "absolute": ("diff --git a//f b//f\n--- a//f\n+++ b//f\n@@ -1 +1 @@\n-a\n+y\n", "leaves the folder"),
    "a link": ("diff --git a/l b/l\n--- a/l\n+++ b/l\n@@ -1 +1 @@\n-f\n+g\n", "not a regular file"),
    "an unknown file": ("diff --git a/g b/g\n--- a/g\n+++ b/g\n@@ -1 +1 @@\n-f\n+g\n", "not a regular file"),
    "a new file": (
        "diff --git a/g b/g\nnew file mode 100644\n--- /dev/null\n+++ b/g\n@@ -0,0 +1 @@\n+g\n",
        "`--- `",
    ),
    "a rename": ("diff --git a/f b/g\n--- a/f\n+++ b/g\n@@ -1 +1 @@\n-a\n+y\n", "renames"),
    "no diff at all": ("hello\n", "line 1 of the diff"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name):
    diff, message = REFUSED[name]
    tree = Tree({"f": Entry(b"a\nb\nc\n"), "l": Entry(b"f", "link")})
    with pytest.raises(DiffError, match=message.replace("(", r"\(")):
        apply_diff(tree, diff)


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"f": Entry(b"a\n", "exec")},
        {"f": Entry(b"a\n"), "g": Entry(b"")},
    ],
)
def test_only_content_may_differ(other):
    with pytest.raises(DiffError, match="added, removed, or changed its kind"):
        make_diff(Tree({"f": Entry(b"a\n")}), Tree(other))


def test_a_link_is_not_content():
    with pytest.raises(DiffError):
        make_diff(Tree({"f": Entry(b"a", "link")}), Tree({"f": Entry(b"b", "link")}))


def test_keeps_the_executable_bit():
    before, after = Tree({"f": Entry(b"a\n", "exec")}), Tree({"f": Entry(b"b\n", "exec")})
    assert apply_diff(before, make_diff(before, after)) == after
