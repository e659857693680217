"""Every mutator of the catalogue, just by existing: its sample, its page, and the standard library's sources.

`RPSDG_STDLIB_MODULES=1000` looks at that many modules (60 otherwise), `RPSDG_STDLIB_MOVES=20` at that many
moves of each rule in each of them (3 otherwise), chosen at random.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

import pytest

from rpsdg.mutators.bytecode import same_bytecode
from rpsdg.mutators.laws import check_mutator
from rpsdg.mutators.mutator import Mutator, ProjectMutator
from rpsdg.mutators.reading.source import Site, parse
from rpsdg.mutators.rules import all_mutators
from rpsdg.mutators.wording import shown
from rpsdg.sandbox.tree import Entry, Tree

MODULES = int(os.environ.get("RPSDG_STDLIB_MODULES", "60"))
MOVES_PER_MODULE = int(os.environ.get("RPSDG_STDLIB_MOVES", "3"))
LARGEST = 40_000

every_mutator = pytest.mark.parametrize("mutator", [pytest.param(m, id=i) for i, m in all_mutators().items()])


ONE_EDIT = {
    rule: mutator
    for rule, mutator in all_mutators().items()
    # What makes several edits at once, test_project_rules.py looks at in whole packages.
    if not issubclass(mutator, ProjectMutator) and "find_in" not in vars(mutator)
}
RARE = frozenset({"late-binding", "mutated-iteration"} if "RPSDG_STDLIB_MODULES" not in os.environ else ())
"""Rules that find nothing in the few modules of an ordinary run; the nightly run has enough for all."""


@dataclass
class Looked:
    """What came of one rule in the standard library."""

    sites: int = 0
    broken: list[str] = field(default_factory=list)


def sample_tree(mutator: type[Mutator]) -> Tree:
    return Tree({"program.py": Entry(mutator.sample.before.encode())})


def sample_move(mutator: type[Mutator]) -> Mutator:
    tree = sample_tree(mutator)
    after = Tree({"program.py": Entry(mutator.sample.after.encode())})
    (move,) = [move for move in mutator.find(tree) if move.apply(tree) == after]
    return move


@every_mutator
def test_laws(mutator):
    check_mutator(mutator)


@every_mutator
def test_file_is_named_after_the_rule(mutator):
    assert Path(inspect.getfile(mutator)).stem == mutator.rule.replace("-", "_")


@every_mutator
def test_sample_is_explained(mutator):
    check_explanation(sample_move(mutator))


@pytest.fixture(scope="module")
def looked_at() -> dict[str, Looked]:
    """Let every rule look at every module; module by module, because parsing is what takes long."""
    found = {rule: Looked() for rule in ONE_EDIT}
    for module in stdlib_modules():
        source = parse(module.data)
        if source is None:
            continue
        for rule, mutator in ONE_EDIT.items():
            try:
                sites = list(mutator.sites(source))
                assert len(sites) == len(set(sites)), f"{module.path}: the same site twice"
                for site in few(sites, module.path):
                    module.check(site, mutator("module.py", site.start, site.old, site.new))
                    found[rule].sites += 1
            except Exception as error:  # noqa: BLE001 each is told by the test of its rule
                found[rule].broken.append(f"{type(error).__name__}: {error}")
    return found


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("rule", sorted(ONE_EDIT))
def test_standard_library(rule, looked_at):
    assert looked_at[rule].broken == []
    assert looked_at[rule].sites or rule in RARE


def few(sites: list[Site], seed: str) -> list[Site]:
    return sites if len(sites) <= MOVES_PER_MODULE else Random(seed).sample(sites, MOVES_PER_MODULE)


def check_explanation(move: Mutator) -> None:
    text = move.explain()
    assert text.endswith(".")
    assert text[0].isupper()
    assert "\n" not in text
    assert text.count("`") >= 2
    if move.new:
        assert shown(move.old) in text
        assert shown(move.new) in text


class Module:
    """A file of the standard library, and what must not be touched in it, worked out without LibCST."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self.tree = ast.parse(data)
        self.offsets = [0]
        for line in data.split(b"\n"):
            self.offsets.append(self.offsets[-1] + len(line) + 1)
        self.untouchable = list(self._untouchable())

    def check(self, site: Site, move: Mutator) -> None:
        start, end = site.start, site.start + len(site.old)
        line = self.data.count(b"\n", 0, start) + 1
        place = f"{self.path}:{line}"
        before = Tree({"module.py": Entry(self.data)})
        after = move.apply(before)
        assert after != before, place
        assert move.undo(after) == before, place
        mutated = after["module.py"].data
        assert mutated == self.data[:start] + site.new + self.data[end:], place
        for first, last in self.untouchable:
            assert not (first <= start and end <= last), f"{place} lies in text that no test sees"
        self.check_code(place, start, end, site.new)
        check_explanation(move)

    def check_code(self, place: str, start: int, end: int, new: bytes) -> None:
        """Compile the top-level statement around the edit: as exact as the whole file, and fast."""
        first, last = self.statement(start)
        before = self.data[first:last]
        after = self.data[first:start] + new + self.data[end:last]
        compile(after, place, "exec", dont_inherit=True)
        assert not same_bytecode(before, after), f"{place}: nothing changed"
        for ugly in (
            rb",[ \t]*,",
            rb"[(\[{][ \t]*,",
            rb"[ \t]+(?=\r?\n)",
            rb"\n[ \t]*,",
            rb"\n\n\n",
        ):
            assert len(re.findall(ugly, after)) <= len(re.findall(ugly, before)), (place, ugly)

    def statement(self, position: int) -> tuple[int, int]:
        starts = [
            min([s.lineno, *(d.lineno for d in getattr(s, "decorator_list", []))]) for s in self.tree.body
        ]
        offsets = [self.offsets[line - 1] for line in starts]
        first = max(offset for offset in offsets if offset <= position)
        return first, min((offset for offset in offsets if offset > position), default=len(self.data))

    def _untouchable(self) -> Iterator[tuple[int, int]]:
        for node in ast.walk(self.tree):
            annotation = getattr(node, "annotation", None) or getattr(node, "returns", None)
            if annotation is not None:
                yield self.range(annotation)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                yield self.range(node)
            if isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets
            ):
                yield self.range(node)

    def range(self, node: ast.stmt | ast.expr) -> tuple[int, int]:
        return (
            self.offsets[node.lineno - 1] + node.col_offset,
            self.offsets[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0),
        )


@cache
def stdlib_modules() -> list[Module]:
    root = Path(sysconfig.get_path("stdlib"))
    skipped = {
        "test",
        "tests",
        "idle_test",
        "site-packages",
        "lib2to3",
        "__pycache__",
        "idlelib",
        "turtledemo",
    }
    paths = [path for path in sorted(root.rglob("*.py")) if not skipped & set(path.relative_to(root).parts)]
    paths = [
        path for path in paths if 0 < path.stat().st_size < LARGEST or "RPSDG_STDLIB_MODULES" in os.environ
    ]
    chosen = sorted(Random(0).sample(paths, min(MODULES, len(paths))))
    return [Module(path.relative_to(root).as_posix(), path.read_bytes()) for path in chosen]
