"""Early exits that are forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.source import Site, Source, descendants
from rpsdg.mutators.syntax import parse_tree
from rpsdg.mutators.wording import shown

__all__ = ["DroppedGuard"]


class DroppedGuard(Mutator):
    """Drop a guard: an `if` that leaves the function or the loop turn early is not there.

    Plants
        A case that the rest of the code was never meant to see reaches it.
    Shows as
        Ordinary inputs work; the special one raises far from the cause, or comes back wrong.
    """

    family = "missing code"
    sample = Sample(
        before="def mean(xs):\n    if not xs:\n        return 0.0\n    return sum(xs) / len(xs)\n",
        after="def mean(xs):\n    return sum(xs) / len(xs)\n",
        test="def test_mean_of_nothing():\n    assert mean([]) == 0.0\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for guard in source.nodes(cst.If):
            block = source.parent(guard)
            if isinstance(block, cst.IndentedBlock) and _is_guard(guard) and _may_go(source, guard, block):
                yield source.cut(*_lines(source, guard, block))

    def explain(self) -> str:
        return f"A case slips through that must be caught early: put the guard {_shown(self.old)} back."


def _is_guard(node: cst.If) -> bool:
    if node.orelse is not None:
        return False
    small: list[cst.BaseSmallStatement] = []
    for line in node.body.body if isinstance(node.body, cst.IndentedBlock) else [node.body]:
        if not isinstance(line, cst.SimpleStatementLine | cst.SimpleStatementSuite):
            return False
        small.extend(line.body)
    return len(small) <= 2 and isinstance(small[-1], cst.Return | cst.Raise | cst.Continue | cst.Break)


def _may_go(source: Source, guard: cst.If, block: cst.IndentedBlock) -> bool:
    """Say whether the code without the guard is still whole, and does something else than before."""
    rest = [statement for statement in block.body if statement is not guard and not _does_nothing(statement)]
    if not rest or source.enclosing(guard, cst.FunctionDef) is None:
        return False
    if any(isinstance(node, cst.NamedExpr | cst.Yield | cst.Await) for node in descendants(guard)):
        return False  # later code needs the name, or the function would stop being a generator
    owner = source.parent(block)
    leaves_anyway = (
        isinstance(owner, cst.FunctionDef | cst.For | cst.While)
        and owner.body is block
        and guard is block.body[-1]
        and source.text(guard.body) in {b"return", b"return None", b"continue"}
    )
    return not leaves_anyway


def _does_nothing(statement: cst.BaseStatement) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    match statement.body[0]:
        case cst.Pass() | cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString()):
            return True
        case _:
            return False


def _lines(source: Source, guard: cst.If, block: cst.IndentedBlock) -> tuple[int, int]:
    """Return where the guard's lines start and end.

    Comments directly above go with it: left behind they would describe code that is not there, and give
    the bug away. Of the blank lines around it one side goes, so that no gap is left.
    """
    start, end = source.span(guard)
    start = source.line_start(start)
    for line in reversed(guard.leading_lines):
        if line.comment is None:
            break
        start = source.span(line)[0]
    if isinstance(guard.body, cst.IndentedBlock):
        comments = [line for line in guard.body.footer if line.comment is not None]
        end = source.span(comments[-1])[0] if comments else end
    end = source.line_end(end)
    first, last = guard is block.body[0], guard is block.body[-1]
    if last or (not first and source.is_blank(end)):
        while source.is_blank(start - 1):
            start = source.line_start(start - 1)
    elif first:
        while end < len(source.data) and source.is_blank(end):
            end = source.line_end(end)
    return start, end


def _shown(code: bytes) -> str:
    """Return the guard on one line, as Python itself would allow it."""
    text = "def around():\n" + code.decode("utf-8", "replace")
    function = parse_tree(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    guard = function.body[0]
    assert isinstance(guard, ast.If)
    parts = [ast.get_source_segment(text, part) or "" for part in (guard.test, *guard.body)]
    return shown(f"if {parts[0]}: {'; '.join(parts[1:])}".encode())
