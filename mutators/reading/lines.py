"""Taking whole lines out of a block so that the rest looks as if they had never been there."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from .source import Site, Source

__all__ = ["Arm", "arm_lines", "cut_statement", "is_alone", "single", "statement_lines"]

Arm = cst.If | cst.Else | cst.MatchCase | cst.ExceptHandler | cst.Finally
"""A part of a compound statement that has a head of its own; `If` here is an `elif`."""


def cut_statement(source: Source, statement: cst.CSTNode) -> Site | None:
    """Return the site that removes a statement; None where its block would be left with nothing to do."""
    block = source.parent(statement)
    if not isinstance(block, cst.IndentedBlock) or is_alone(statement, block):
        return None
    return source.cut(*statement_lines(source, statement, block))


def statement_lines(
    source: Source, statement: cst.CSTNode, block: cst.IndentedBlock | cst.Module
) -> tuple[int, int]:
    """Return where the lines of one statement of `block` start and end.

    Comments directly above go with it: left behind they would describe code that is not there, and give
    the bug away. Of the blank lines around it one side goes, so that no gap is left.
    """
    start, end = _own_lines(source, statement, statement)
    return _without_gap(source, start, end, statement is block.body[0], statement is block.body[-1])


def arm_lines(source: Source, arm: Arm, *, first: bool = False) -> tuple[int, int]:
    """Return where the lines of one arm of an `if`, a `try` or a `match` start and end, comments as above."""
    start, end = _own_lines(source, arm, arm.body)
    orelse = arm.orelse if isinstance(arm, cst.If) else None
    siblings = getattr(source.parent(arm), "cases", None)
    last = orelse is None if siblings is None else arm is siblings[-1]
    return _without_gap(source, start, end, first, last)


def is_alone(statement: cst.CSTNode, block: cst.IndentedBlock) -> bool:
    """Say whether a block does nothing but `statement`."""
    return all(other is statement or _is_filler(other) for other in block.body)


def single(source: Source, node: cst.CSTNode) -> cst.SimpleStatementLine | None:
    """Return the line that holds the small statement `node` and nothing else."""
    line = source.parent(node)
    return line if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None


def _own_lines(source: Source, head: cst.CSTNode, last: cst.CSTNode) -> tuple[int, int]:
    decorators = getattr(head, "decorators", ())
    start = source.line_start(source.span(decorators[0] if decorators else head)[0])
    for line in reversed(getattr(head, "leading_lines", ())):
        if line.comment is None:
            break
        start = source.span(line)[0]
    end = source.span(last)[1]
    for block in _innermost(last):
        for line in block.footer:
            if line.comment is not None:
                end = max(end, source.span(line)[0])
    return start, source.line_end(end)


def _innermost(node: cst.CSTNode | None) -> Iterator[cst.IndentedBlock | cst.Match]:
    """Yield the blocks that end where `node` ends: comments at their ends belong to them."""
    while node is not None:
        if isinstance(node, cst.IndentedBlock):
            yield node
            node = node.body[-1] if node.body else None
        elif isinstance(node, cst.Match):
            yield node
            node = node.cases[-1]
        elif isinstance(node, cst.Try | cst.TryStar):
            node = node.finalbody or node.orelse or node.handlers[-1]
        else:
            node = getattr(node, "orelse", None) or getattr(node, "body", None)
            node = node if isinstance(node, cst.CSTNode) else None


def _without_gap(source: Source, start: int, end: int, first: bool, last: bool) -> tuple[int, int]:
    if last or (not first and source.is_blank(end)):
        while source.is_blank(start - 1):
            start = source.line_start(start - 1)
    elif first:
        while end < len(source.data) and source.is_blank(end):
            end = source.line_end(end)
    return start, end


def _is_filler(statement: cst.CSTNode) -> bool:
    match statement:
        case cst.SimpleStatementLine(body=[cst.Pass()]):
            return True
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString())]):
            return True
        case _:
            return False
