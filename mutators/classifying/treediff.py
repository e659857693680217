"""Two versions of a program as trees: what is equal in them, what holds what, and where they differ."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from rpsdg.mutators.diffs import ends_alike
from rpsdg.mutators.syntax import parse_tree

__all__ = [
    "Place",
    "Step",
    "align",
    "beyond",
    "changed_blocks",
    "children",
    "differing",
    "path_to",
    "same",
    "same_in_another_order",
    "same_lists",
]

N = TypeVar("N", bound=ast.AST)

_LARGEST_TABLE = 10_000
_HEADS = (b"def ", b"class ", b"async def ", b"@")
_MEANINGLESS = frozenset({"ctx", "kind", "type_comment", "type_ignores", "simple"})


class Step(NamedTuple):
    """One step down a tree: a node, and the field in which the next one stands."""

    node: ast.AST
    field: str


class Place(tuple[Step, ...]):
    """The steps from a changed statement down to a pair of nodes."""

    __slots__ = ()

    def down(self, node: ast.AST, field: str) -> Place:
        """Return the place one step further down."""
        return Place((*self, Step(node, field)))

    @property
    def slot(self) -> str:
        """The class of the node around and the field of it, such as `If.test`; empty at the top."""
        return f"{type(self[-1].node).__name__}.{self[-1].field}" if self else ""

    @property
    def is_condition(self) -> bool:
        """Whether what stands here, alone or joined to others, decides what is done."""
        for node, field in reversed(self):
            match node:
                case ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                    continue
                case ast.If() | ast.While() | ast.IfExp() | ast.Assert():
                    return field == "test"
                case _:
                    return field in {"ifs", "guard"}
        return False

    @property
    def is_called(self) -> bool:
        """Whether what stands here is called."""
        return self.slot == "Call.func"

    @property
    def is_receiver(self) -> bool:
        """Whether a method of what stands here is called."""
        return self.slot == "Attribute.value" and Place(self[:-1]).is_called


def children(node: ast.AST) -> Iterator[tuple[str, object]]:
    """Yield the fields of a node that say what the program does."""
    for name in node._fields:
        if name not in _MEANINGLESS:
            yield name, getattr(node, name, None)


def differing(one: ast.AST, other: ast.AST) -> list[str]:
    """Return the fields in which two nodes of one class differ."""
    return [name for name, value in children(one) if not same(value, getattr(other, name, None))]


def same(one: object, other: object) -> bool:
    """Say whether two nodes, lists of nodes or values are equal, wherever they stand.

    Constants of different types are different, though `1 == True == 1.0`.
    """
    if isinstance(one, ast.AST):
        return type(one) is type(other) and all(
            same(value, getattr(other, name, None)) for name, value in children(one)
        )
    if isinstance(one, list):
        return isinstance(other, list) and same_lists(one, other)
    return type(one) is type(other) and (one == other or repr(one) == repr(other))  # repr: nan is nan


def same_lists(one: Sequence[object], other: Sequence[object]) -> bool:
    """Say whether two lists hold equal nodes in the same order."""
    return len(one) == len(other) and all(map(same, one, other))


def beyond(xs: Iterable[object], ys: Iterable[object]) -> list[object]:
    """Return what is left of `xs` when `ys` are taken out of them, each once."""
    rest = list(ys)
    left = []
    for x in xs:
        at = next((i for i, y in enumerate(rest) if same(x, y)), None)
        if at is None:
            left.append(x)
        else:
            del rest[at]
    return left


def same_in_another_order(xs: Sequence[object], ys: Sequence[object]) -> bool:
    """Say whether two lists hold equal nodes, equally often."""
    return len(xs) == len(ys) and not beyond(xs, ys)


def align(one: Sequence[N], other: Sequence[N]) -> list[tuple[list[N], list[N]]]:
    """Return the runs in which two lists differ: what stands there in the one, and in the other."""
    start = 0
    while start < min(len(one), len(other)) and same(one[start], other[start]):
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and same(one[-1 - end], other[-1 - end]):
        end += 1
    xs, ys = list(one[start : len(one) - end]), list(other[start : len(other) - end])
    if not xs or not ys or len(xs) * len(ys) > _LARGEST_TABLE:
        return [(xs, ys)] if xs or ys else []
    return list(_runs(xs, ys))


def _runs(xs: list[N], ys: list[N]) -> Iterator[tuple[list[N], list[N]]]:
    """Yield what is left between the nodes of a longest common subsequence."""
    equal = [[same(x, y) for y in ys] for x in xs]
    longest = [[0] * (len(ys) + 1) for _ in range(len(xs) + 1)]
    for i in range(len(xs) - 1, -1, -1):
        for j in range(len(ys) - 1, -1, -1):
            longest[i][j] = (
                longest[i + 1][j + 1] + 1 if equal[i][j] else max(longest[i + 1][j], longest[i][j + 1])
            )
    i = j = 0
    old: list[N] = []
    new: list[N] = []
    while i < len(xs) or j < len(ys):
        if i < len(xs) and j < len(ys) and equal[i][j]:
            if old or new:
                yield old, new
            old, new = [], []
            i, j = i + 1, j + 1
        elif j == len(ys) or (i < len(xs) and longest[i + 1][j] >= longest[i][j + 1]):
            old.append(xs[i])
            i += 1
        else:
            new.append(ys[j])
            j += 1
    if old or new:
        yield old, new


def path_to(inner: ast.AST, outer: ast.AST) -> list[Step] | None:
    """Return the steps from `outer` down to a node inside it that equals `inner`; None if there is none.

    The shortest path is taken, and of several such the leftmost.
    """
    level: list[tuple[ast.AST, list[Step]]] = [(outer, [])]
    while level:
        deeper: list[tuple[ast.AST, list[Step]]] = []
        for node, path in level:
            for name, value in children(node):
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST):
                        down = [*path, Step(node, name)]
                        if same(child, inner):
                            return down
                        deeper.append((child, down))
        level = deeper
    return None


def changed_blocks(before: bytes, after: bytes) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """Return the top-level statements around all changes of a file, from both of its versions.

    Only these are parsed where that can be told from the lines, and of a class only the members around the
    changes are left, as most of the time goes into looking at what is equal.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: one of the two is not Python.
    """
    one, other = before.splitlines(keepends=True), after.splitlines(keepends=True)
    head, tail = ends_alike(one, other)
    start, end = head, tail
    while start > 0 and (start == len(one) or not _is_cut(one, start)):
        start -= 1
    while end > 0 and not _is_cut(one, len(one) - end):
        end -= 1
    try:
        xs, ys = _parsed(one[start : len(one) - end]), _parsed(other[start : len(other) - end])
    except SyntaxError:
        return parse_tree(before).body, parse_tree(after).body
    if len(xs) == len(ys) == 1 and isinstance(xs[0], ast.ClassDef) and isinstance(ys[0], ast.ClassDef):
        members = xs[0].body, ys[0].body
        above = min(sum((node.end_lineno or 0) <= head - start for node in body) for body in members)
        last = len(one) - start - tail, len(other) - start - tail
        below = min(
            sum(_first_line(node) > line for node in body) for body, line in zip(members, last, strict=True)
        )
        for body in members:
            body[:] = body[above : len(body) - below]
    return xs, ys


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _parsed(lines: list[bytes]) -> list[ast.stmt]:
    return parse_tree(b"".join(lines)).body


def _is_cut(lines: list[bytes], index: int) -> bool:
    """Say whether a top-level statement certainly starts at a line, and not a line of a text."""
    if not lines[index].startswith(_HEADS) or lines[index - 1].startswith(b"@"):
        return False
    ahead = b"".join(lines[:index])
    return ahead.count(b'"""') % 2 == 0 and ahead.count(b"'''") % 2 == 0
