"""Laws of source trees, and what is refused before it touches a disk."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rpsdg.sandbox.tree import Entry, Tree, UnsafeTreeError, check_path
from rpsdg.traces.errors import ExitCode

# Names as file systems take them: any byte but the slash and the zero, at most 255 of them, undecodable
# ones included.
NAMES = (
    st.one_of(
        st.sampled_from(["a", "b.py", "__init__.py", "with space", "new\nline", "-rf", "grüße", "x" * 255]),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=20),
        st.binary(min_size=1, max_size=9).map(lambda data: data.decode("utf-8", "surrogateescape")),
    )
    .map(lambda name: name.replace("/", "_").replace("\0", "_"))
    .filter(lambda name: name not in {".", ".."})
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
ENTRIES = st.builds(Entry, st.binary(max_size=300), st.sampled_from(["file", "exec"]))


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Trees of files and of links that stay inside."""
    paths = draw(st.lists(PATHS, max_size=8, unique=True))
    kept: dict[str, Entry] = {}
    for path in paths:
        if not any(path.startswith(f"{other}/") or other.startswith(f"{path}/") for other in kept):
            kept[path] = draw(ENTRIES)
    for number, target in enumerate(draw(st.lists(st.sampled_from(sorted(kept) or ["x"]), max_size=2))):
        path = f"link{number}"
        if not any(other == path or other.startswith(f"{path}/") for other in kept):
            kept[path] = Entry(target.encode("utf-8", "surrogateescape"), "link")
    return Tree.from_entries(kept)


@given(trees())
def test_a_tar_holds_the_whole_tree(tree: Tree) -> None:
    assert Tree.from_tar(io.BytesIO(tree.to_tar())) == tree
    assert tree.to_tar() == Tree(dict(reversed(list(tree.entries.items())))).to_tar()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(tree=trees())
def test_a_folder_holds_the_whole_tree(tree: Tree, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("tree")
    tree.write_to(folder)
    assert Tree.from_directory(folder) == tree


@given(trees(), trees())
def test_equal_trees_and_only_those_have_equal_digests(one: Tree, other: Tree) -> None:
    assert (one == other) == (one.digest == other.digest)
    assert (one == other) == (one.changed(other) == [])
    assert one.changed(other) == other.changed(one)
    assert len({one, other}) == len({one.digest, other.digest})


@given(trees(), st.data())
def test_replacing_a_file_changes_it_alone(tree: Tree, data: st.DataObject) -> None:
    files = [path for path, entry in tree.items() if entry.kind != "link"]
    if not files:
        return
    path = data.draw(st.sampled_from(files))
    after = tree.replace(path, tree[path].data + b"!")
    assert after.changed(tree) == [path]
    assert after.digest != tree.digest
    assert after[path].kind == tree[path].kind
    assert after.replace(path, tree[path].data) == tree


def test_a_digest_never_changes() -> None:
    # It is written into traces, and the supervisor computes the same one by itself.
    tree = Tree({"b": Entry(b"x", "exec"), "a": Entry(b"b", "link")})
    assert tree.digest == "bc4751e5b2a6feb8b772070e3b6a67e2dda95e03c7e550849ec89b993e6bd063"


def test_replacing_what_is_not_there() -> None:
    with pytest.raises(KeyError):
        Tree({}).replace("a", b"")


@pytest.mark.parametrize(
    "path",
    ["", "/", "/etc/passwd", "..", "../x", "a/../b", "a//b", "a/", "./a", "a/.", ".", "a\0b", "a/../../b"],
)
def test_a_path_that_leaves_the_tree_is_refused(path: str) -> None:
    with pytest.raises(UnsafeTreeError) as caught:
        check_path(path)
    assert caught.value.code == ExitCode.UNSAFE_ARCHIVE
    with pytest.raises(UnsafeTreeError):
        Tree.from_entries({path: Entry(b"")})


@given(PATHS)
def test_a_path_inside_the_tree_is_taken(path: str) -> None:
    check_path(path)


@pytest.mark.parametrize(
    "links",
    [
        {"a": "/etc/passwd"},
        {"a": ".."},
        {"a": "../x"},
        {"d/a": "../../x"},
        {"d/a": "b/../../../x"},
        {"p/q/r/x": "../../..", "y": "p/q/r/x/../etc"},
        {"d/up": "..", "y": "d/up/../x"},
        {"a": "b", "b": "../x"},
        {"d/e/top": "../..", "d/out": "e/top/../x"},
    ],
)
def test_a_link_that_leaves_the_tree_is_refused(links: dict[str, str]) -> None:
    with pytest.raises(UnsafeTreeError, match="outside the tree"):
        Tree.from_entries({path: Entry(target.encode(), "link") for path, target in links.items()})


@pytest.mark.parametrize(
    "links",
    [
        {"a": "b"},
        {"a": "a"},
        {"a": "b", "b": "a"},
        {"d/e/a": "../../b"},
        {"d/up": ".."},
        {"d/e/up": "..", "x": "d/e/up/e/f"},
        {"a": ""},
        {"a": "./b/../c"},
    ],
)
def test_a_link_that_stays_inside_is_taken(links: dict[str, str]) -> None:
    tree = Tree.from_entries({path: Entry(target.encode(), "link") for path, target in links.items()})
    assert len(tree) == len(links)


PARTS = st.sampled_from(["a", "b", "c", "..", "."])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    links=st.dictionaries(
        st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join),
        st.lists(PARTS, min_size=1, max_size=5).map("/".join),
        min_size=1,
        max_size=4,
    )
)
def test_no_link_that_is_taken_leads_out(
    links: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The judge is the operating system: it resolves every path that was let through."""
    try:
        tree = Tree.from_entries({path: Entry(target.encode(), "link") for path, target in links.items()})
    except UnsafeTreeError:
        return
    root = tmp_path_factory.mktemp("links") / "root"
    tree.write_to(root)
    inside = os.path.realpath(root)
    for path in links:
        try:
            found = os.path.realpath(root / path, strict=True)
        except OSError:
            continue  # it leads nowhere: into a circle, or to what is not there
        assert found == inside or found.startswith(f"{inside}/")


def test_a_file_below_a_file_is_refused() -> None:
    for kind in ("file", "link"):
        with pytest.raises(UnsafeTreeError, match="not a folder"):
            Tree.from_entries({"a": Entry(b"b", kind), "a/b": Entry(b"")})


def archive(*members: tarfile.TarInfo) -> io.BytesIO:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    buffer.seek(0)
    return buffer


@pytest.mark.parametrize(
    "kind", [tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_a_member_that_is_no_file_is_refused(kind: bytes) -> None:
    member = tarfile.TarInfo("a")
    member.type, member.linkname = kind, "b"
    with pytest.raises(UnsafeTreeError, match="neither a file nor a link"):
        Tree.from_tar(archive(member))


def test_a_member_that_leaves_is_refused() -> None:
    link = tarfile.TarInfo("a")
    link.type, link.linkname = tarfile.SYMTYPE, "../../etc"
    with pytest.raises(UnsafeTreeError, match="outside the tree"):
        Tree.from_tar(archive(link))
    for name in ("../a", "/a", "a/../../b"):
        with pytest.raises(UnsafeTreeError, match="leaves the folder"):
            Tree.from_tar(archive(tarfile.TarInfo(name)))


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("rpsdg.sandbox.tree.MAX_BYTES", 100)
    monkeypatch.setattr("rpsdg.sandbox.tree.MAX_FILES", 3)
    large = {"a": Entry(b"x" * 60), "b": Entry(b"x" * 60)}
    many = {name: Entry(b"") for name in "abcd"}
    for number, entries in enumerate((large, many)):
        with pytest.raises(UnsafeTreeError):
            Tree.from_entries(entries)
        with pytest.raises(UnsafeTreeError):
            Tree.from_tar(io.BytesIO(Tree(entries).to_tar()))
        Tree(entries).write_to(tmp_path / str(number))
        with pytest.raises(UnsafeTreeError):
            Tree.from_directory(tmp_path / str(number))


def test_what_is_no_file_in_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fine").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnsafeTreeError, match="`pipe`"):
        Tree.from_directory(tmp_path)


def test_named_files_of_a_folder_are_read_and_missing_ones_left_out(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a", "b", "sub/c"):
        (tmp_path / name).write_text(name)
    tree = Tree.from_directory(tmp_path, iter([Path("a"), Path("gone"), Path("sub"), Path("sub/c")]))
    assert sorted(tree) == ["a", "sub/c"]


def test_a_name_with_a_line_break_is_not_two_files() -> None:
    first, second = sorted((Entry(b"one"), Entry(b"two")), key=lambda entry: entry.digest)
    one = Tree({f"a\nfile {second.digest} b": first})
    two = Tree({"a": first, "b": second})
    assert one.digest != two.digest
