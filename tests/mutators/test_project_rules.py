"""Mutators that make several edits at once, in whole packages as they are installed here."""

from __future__ import annotations

import ast
import sysconfig
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from rpsdg.mutators.mutator import Mutator, ProjectMutator
from rpsdg.mutators.rules import all_mutators
from rpsdg.mutators.scope import mutable_files
from rpsdg.mutators.wording import shown
from rpsdg.sandbox.tree import Entry, Tree

PACKAGES = ("click", "requests", "packaging", "rich", "libcst")
MOST = 30
FEW = {"half-renamed-key"}
"""Mutators that need not find anything in these packages."""

SEVERAL = {
    rule: mutator
    for rule, mutator in all_mutators().items()
    if issubclass(mutator, ProjectMutator) or "find_in" in vars(mutator)
}
every_mutator = pytest.mark.parametrize("mutator", [pytest.param(m, id=i) for i, m in SEVERAL.items()])


@cache
def package(name: str) -> Tree:
    root = Path(sysconfig.get_path("purelib"))
    paths = sorted((root / name).rglob("*.py"))
    return Tree({path.relative_to(root).as_posix(): Entry(path.read_bytes()) for path in paths})


@cache
def moves(mutator: type[Mutator], name: str) -> list[Mutator]:
    tree = package(name)
    if not issubclass(mutator, ProjectMutator):
        paths = list(mutable_files(tree))  # reading all of it file by file takes minutes
        tree = Tree({path: tree[path] for path in paths[:: len(paths) // 10 + 1]})
    return list(mutator.find(tree))


def test_there_are_some() -> None:
    assert len(SEVERAL) >= 6


@every_mutator
@pytest.mark.slow
def test_finds_something(mutator):
    found = [move for name in PACKAGES for move in moves(mutator, name)]
    assert found or mutator.rule in FEW
    assert any(len(move.edits) > 1 for move in found) or not found


@every_mutator
@pytest.mark.parametrize("name", PACKAGES)
@pytest.mark.slow
def test_package(mutator, name):
    tree, found = package(name), moves(mutator, name)
    if issubclass(mutator, ProjectMutator):
        assert len(found) <= MOST
        assert list(mutator.find(tree)) == found
    assert len({repr(move.aim()) for move in found}) == len(found), "the same move twice"
    for move in found:
        check(tree, move)


def check(tree: Tree, move: Mutator) -> None:
    after = move.apply(tree)
    assert after.changed(tree) == sorted({edit.path for edit in move.edits})
    assert move.undo(after) == tree
    assert type(move).aimed(move.aim()) == move
    assert all(one.path < other.path or one.end <= other.start for one, other in pairwise(move.edits))
    for path in after.changed(tree):
        data = after[path].data
        compile(data, path, "exec", dont_inherit=True)
        assert ast.dump(ast.parse(data)) != ast.dump(ast.parse(tree[path].data))
        assert data == by_hand(tree, move, path), "something else changed"
    text = move.explain()
    assert text.endswith(".")
    assert "\n" not in text
    if move.new:
        assert shown(move.old) in text
        assert shown(move.new) in text


def by_hand(tree: Tree, move: Mutator, path: str) -> bytes:
    data, position, parts = tree[path].data, 0, []
    for edit in move.edits:
        if edit.path == path:
            parts += [data[position : edit.start], edit.new]
            position = edit.end
    return b"".join([*parts, data[position:]])


@pytest.mark.parametrize(
    "change", [lambda data: data.replace(b"\n", b"\r\n"), lambda data: b"# \xc3\xa9\n" + data]
)
def test_positions_are_bytes(change: Callable[[bytes], bytes]) -> None:
    for mutator in SEVERAL.values():
        tree = Tree({"program.py": Entry(change(mutator.sample.before.encode()))})
        found = list(mutator.find(tree))
        assert found, mutator.rule
        for move in found:
            check(tree, move)
