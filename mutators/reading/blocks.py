"""Taking the statement around a body away, so that the body stands where it stood."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from .source import Site, Source, descendants

__all__ = ["block_lines", "indent_of", "keep_blocks"]


def keep_blocks(
    source: Source, statement: cst.BaseCompoundStatement, kept: Sequence[cst.BaseSuite]
) -> Site | None:
    """Return the site that leaves of a compound statement only the blocks `kept`, one level further out.

    Comments directly above the statement go with its header: left behind they would describe what is not
    there any more. None where a string that runs over several lines would change.
    """
    if isinstance(source.parent(statement), cst.If):
        return None  # an `elif`
    indent = indent_of(source, statement)
    lines = [_moved_out(source, block, indent) for block in kept]
    if None in lines:
        return None
    start = source.line_start(source.span(statement)[0])
    for line in reversed(list(getattr(statement, "leading_lines", []))):
        if line.comment is None:
            break
        start = source.line_start(source.span(line)[0])
    return source.splice(start, _behind(source, statement, indent), b"".join(filter(None, lines)))


def block_lines(source: Source, block: cst.BaseSuite) -> tuple[int, int]:
    """Return where the lines of an indented block start and end, its first and last comments counted in."""
    first = block.body[0]
    start = source.line_start(source.span(first)[0])
    above = [line for line in getattr(first, "leading_lines", []) if line.comment is not None]
    for line in [*above, *getattr(first, "decorators", [])][:1]:
        start = source.line_start(source.span(line)[0])
    owner = source.parent(block)
    return start, _behind(source, block, indent_of(source, owner if owner is not None else block))


def indent_of(source: Source, node: cst.CSTNode) -> bytes:
    """Return the blanks before the line on which `node` starts."""
    start = source.span(node)[0]
    line = source.data[source.line_start(start) : start]
    return line[: len(line) - len(line.lstrip())]


def _behind(source: Source, node: cst.CSTNode, indent: bytes) -> int:
    """Return the offset behind the last line of `node`, and of the comments below that are further in."""
    end = position = source.line_end(source.span(node)[1])
    while position < len(source.data):
        line = source.data[position : source.line_end(position)]
        bare = line.lstrip()
        position += len(line)
        if bare.startswith(b"#") and len(line) - len(bare) > len(indent):
            end = position
        elif bare:
            break
    return end


def _moved_out(source: Source, block: cst.BaseSuite, outer: bytes) -> bytes | None:
    if isinstance(block, cst.SimpleStatementSuite):
        start = source.span(block.body[0])[0]
        end = source.line_end(source.span(block)[1])
        return outer + source.data[start:end] if not _holds_long_string(source, block) else None
    start, end = block_lines(source, block)
    inner = indent_of(source, block.body[0])
    if _holds_long_string(source, block) or not inner.startswith(outer):
        return None
    lines = source.data[start:end].splitlines(keepends=True)
    return b"".join(outer + line[len(inner) :] if line.startswith(inner) else line for line in lines)


def _holds_long_string(source: Source, block: cst.BaseSuite) -> bool:
    """Say whether moving the lines of a block would change a string in it."""
    text = source.text(block)
    if not any(mark in text for mark in (b'"""', b"'''", b"\\\n", b"\\\r")):
        return False
    strings = (n for n in descendants(block) if isinstance(n, cst.SimpleString | cst.FormattedString))
    return any(b"\n" in source.text(string) for string in strings)
