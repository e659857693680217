"""Which test runs which lines of the untouched program."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rpsdg.mutators.mutator import Edit
from rpsdg.mutators.scope import is_mutable
from rpsdg.mutators.syntax import tree_of
from rpsdg.sandbox.tree import Tree

__all__ = ["Coverage", "LineMask", "bits", "lines_of", "of_program", "statement_lines"]

LineMask = int
"""A set of line numbers: bit *n* stands for line *n*, counted from 1."""


@dataclass(frozen=True)
class Coverage:
    """The lines each test of a suite ran, from one recorded run."""

    by_test: Mapping[str, Mapping[str, LineMask]]
    """Lines by node id and path."""
    at_import: Mapping[str, LineMask]
    """Lines that ran outside of any test: at import and collection."""
    unsure: frozenset[str] = frozenset()
    """Tests that did not pass while they were recorded; they may run anything."""
    untraced: frozenset[str] = frozenset()
    """Tests that passed and of which only some lines are known; they may run others."""

    def tests(self, path: str, lines: LineMask) -> frozenset[str]:
        """Return the tests that run one of these lines; what runs at import counts for all tests."""
        if self.at_import.get(path, 0) & lines:
            return frozenset(self.by_test)
        surely = {node for node, seen in self.by_test.items() if seen.get(path, 0) & lines}
        return self.unsure | self.untraced | surely

    def reaches(self, path: str, lines: LineMask) -> bool:
        """Say whether anything is known to run one of these lines, or a test may run anything."""
        return bool(self.anywhere.get(path, 0) & lines or self.unsure)

    def of(self, nodes: Iterable[str]) -> Coverage:
        """Return what is known of some tests alone."""
        kept = {node: self.by_test[node] for node in nodes if node in self.by_test}
        return Coverage(kept, self.at_import, self.unsure & kept.keys(), self.untraced & kept.keys())

    @cached_property
    def anywhere(self) -> dict[str, LineMask]:
        """The lines that anything runs, by path."""
        union = dict(self.at_import)
        for seen in self.by_test.values():
            for path, mask in seen.items():
                union[path] = union.get(path, 0) | mask
        return union

    @cached_property
    def counts(self) -> dict[str, dict[int, int]]:
        """How many tests run each line, by path and line."""
        found: dict[str, dict[int, int]] = {}
        for seen in self.by_test.values():
            for path, mask in seen.items():
                of_file = found.setdefault(path, {})
                for line in bits(mask):
                    of_file[line] = of_file.get(line, 0) + 1
        return found


def bits(mask: LineMask) -> Iterator[int]:
    """Yield the line numbers of a mask, in order.

    >>> list(bits(0b1010))
    [1, 3]
    """
    return (line for line, digit in enumerate(reversed(f"{mask:b}")) if digit == "1")


def of_program(tree: Tree, ran: Mapping[str, LineMask]) -> dict[str, LineMask]:
    """Return the lines that exist in the program's own files: code under test may say anything.

    Args:
        tree: the program.
        ran: what a run recorded.
    """
    known = {}
    for path, mask in ran.items():
        if path in tree and is_mutable(path):
            last = tree[path].data.count(b"\n") + 1
            known[path] = mask & ((1 << (last + 1)) - 1)
    return known


def lines_of(data: bytes, edits: Iterable[Edit]) -> LineMask:
    """Return the lines on which some edits of one file do their work, whole statements counted.

    An interpreter reports a statement of several lines by those where its parts begin, so an edit anywhere in
    the statement counts for all of it. Of a compound statement that is the head, unless the edit spans more.
    Code that is put into another block, or is new, may run where no line of it ran before: then the whole
    body of the function counts.
    """
    spans = statement_lines(data)
    mask = 0
    for edit in edits:
        first = data.count(b"\n", 0, edit.start) + 1
        removed = edit.old.rstrip(b"\n")
        last = first + removed.count(b"\n")
        for line in range(first, last + 1):
            mask |= spans.get(line, 1 << line)
        if _enters_block(data, edit):
            mask |= _body_around(data, first)
    return mask


def _enters_block(data: bytes, edit: Edit) -> bool:
    """Say whether an edit begins with code that is new on its lines or on another level of indentation."""
    before = data[data.rfind(b"\n", 0, edit.start) + 1 : edit.start]
    if before.strip() or not edit.new.strip():
        return False
    old, new = before + edit.old, before + edit.new
    return not edit.old.strip() or len(old) - len(old.lstrip()) != len(new) - len(new.lstrip())


def _body_around(data: bytes, line: int) -> LineMask:
    """Return the lines of the body of the innermost function around a line, if there is one."""
    around = [body for body in _bodies(data) if body[0] <= line <= body[1]]
    first, last = min(around, key=lambda body: body[1] - body[0], default=(1, 0))
    return (1 << (last + 1)) - (1 << first)


@lru_cache(maxsize=64)
def _bodies(data: bytes) -> list[tuple[int, int]]:
    return [
        (first_line(node.body[0]), node.end_lineno or 0)
        for node in ast.walk(tree_of(data))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


@lru_cache(maxsize=64)
def statement_lines(data: bytes) -> dict[int, LineMask]:
    """Return, by line, the lines of the innermost statement that it belongs to."""
    found: dict[int, LineMask] = {}
    for node in ast.walk(tree_of(data)):  # outer statements come before inner ones
        if not isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            continue
        first, last = _extent(node)
        mask = (1 << (last + 1)) - (1 << first)
        found.update(dict.fromkeys(range(first, last + 1), mask))
    return found


def _extent(node: ast.stmt | ast.ExceptHandler | ast.match_case) -> tuple[int, int]:
    if isinstance(node, ast.match_case):
        return node.pattern.lineno, max(node.pattern.lineno, node.body[0].lineno - 1)
    first = first_line(node)
    body = getattr(node, "body", None)
    if not isinstance(body, list) or not body:
        return first, node.end_lineno or first
    return first, max(first, first_line(body[0]) - 1)


def first_line(node: ast.stmt | ast.ExceptHandler) -> int:
    """Return where a statement begins: with its decorators, if it has any."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
