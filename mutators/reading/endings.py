"""Where control goes when a statement or a block is done."""

from __future__ import annotations

from functools import lru_cache

import libcst as cst

from .dataflow import reads, writes
from .source import Source, descendants

__all__ = ["always_leaves", "drives_loop", "falls_out_of", "is_generator", "is_guard", "is_no_op_jump"]

Loop = cst.For | cst.While


def falls_out_of(source: Source, statement: cst.CSTNode) -> cst.CSTNode | None:
    """Return the function or the loop whose body is done after `statement`; None if other code comes next."""
    while True:
        block = source.parent(statement)
        if not isinstance(block, cst.IndentedBlock) or block.body[-1] is not statement:
            return None
        owner = source.parent(block)
        if isinstance(owner, cst.FunctionDef | cst.For | cst.While):
            return owner
        if isinstance(owner, cst.Else | cst.ExceptHandler | cst.ExceptStarHandler | cst.MatchCase):
            owner = source.parent(owner)
        elif isinstance(owner, cst.Try | cst.TryStar) and owner.orelse is not None:
            return None  # the body goes on with the `else`; a `finally` runs however one leaves
        if not isinstance(owner, cst.If | cst.With | cst.Try | cst.TryStar | cst.Match | cst.For | cst.While):
            return None
        statement = owner
        while isinstance(around := source.parent(statement), cst.If):
            statement = around


def always_leaves(block: cst.BaseSuite) -> bool:
    """Say whether control never runs off the end of `block`."""
    match block.body[-1]:
        case cst.Return() | cst.Raise() | cst.Break() | cst.Continue():
            return True
        case cst.SimpleStatementLine(body=[*_, cst.Return() | cst.Raise() | cst.Break() | cst.Continue()]):
            return True
        case cst.If(body=body, orelse=cst.If() | cst.Else() as orelse):
            other = cst.IndentedBlock([orelse]) if isinstance(orelse, cst.If) else orelse.body
            return always_leaves(body) and always_leaves(other)
        case cst.With(body=body):
            return always_leaves(body)
        case cst.Try(finalbody=cst.Finally(body=last)) if always_leaves(last):
            return True
        case cst.Try(body=body, handlers=handlers, orelse=orelse):
            through = always_leaves(body) or (orelse is not None and always_leaves(orelse.body))
            return through and all(always_leaves(handler.body) for handler in handlers)
        case _:
            return False


def drives_loop(source: Source, node: cst.CSTNode) -> bool:
    """Say whether a `while` loop around `node` may never end without what `node` changes."""
    loop = source.enclosing(node, cst.While)
    changed = writes(source, node) if loop is not None else set()
    while loop is not None:
        if source.text(loop.test) in {b"True", b"1"}:
            if any(isinstance(part, cst.AugAssign) for part in descendants(node)):
                return True
        elif reads(source, loop.test) & changed:
            return True
        loop = source.enclosing(loop, cst.While)
    return False


def is_generator(source: Source, function: cst.FunctionDef) -> bool:
    """Say whether a function yields: what it returns is for `yield from` alone."""
    return function in _generators(source)


@lru_cache(maxsize=2)  # rules take one file after the other
def _generators(source: Source) -> frozenset[cst.FunctionDef | None]:
    return frozenset(source.enclosing(part, cst.FunctionDef) for part in source.nodes(cst.Yield))


def is_guard(node: cst.If) -> bool:
    """Say whether an `if` does little more than leave the function or the loop turn early."""
    if node.orelse is not None:
        return False
    small: list[cst.BaseSmallStatement] = []
    for line in node.body.body if isinstance(node.body, cst.IndentedBlock) else [node.body]:
        if not isinstance(line, cst.SimpleStatementLine | cst.SimpleStatementSuite):
            return False
        small.extend(line.body)
    return len(small) <= 2 and isinstance(small[-1], cst.Return | cst.Raise | cst.Continue | cst.Break)


def is_no_op_jump(source: Source, statement: cst.CSTNode, text: bytes) -> bool:
    """Say whether the code `text` does at the place of `statement` what happens there anyway."""
    if text == b"pass":
        return True
    if text not in {b"return", b"return None", b"continue"}:
        return False
    owner = falls_out_of(source, statement)
    return isinstance(owner, Loop) if text == b"continue" else isinstance(owner, cst.FunctionDef)
