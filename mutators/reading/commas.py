"""Taking one item out of a comma-separated list so that the rest looks as if it had never been there."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from .source import Site, Source

__all__ = ["cut_item", "emptied"]


def cut_item(source: Source, items: Sequence[cst.CSTNode], index: int) -> Site | None:
    """Return the site that removes `items[index]` and the comma it no longer needs.

    An item that has a line to itself goes with its line and the comment on it; comments on lines of their
    own stay, because they often head a group. None where no cut leaves tidy code.
    """
    if index == len(items) - 1:
        return _cut_last(source, items)
    start, end = source.span(items[index])
    behind = _behind_comma(source, end)
    following = source.span(items[index + 1])[0]
    if behind is None:
        return None
    gap = source.data[behind:following]
    if b"\n" not in gap:
        return source.cut(start, following)
    if _starts_line(source, start):
        return _cut_lines(source, start, behind)
    if index > 0:
        previous = _behind_comma(source, source.span(items[index - 1])[1])
        return source.cut(previous, behind) if previous is not None else None
    if gap.count(b"#") > gap.partition(b"\n")[0].count(b"#"):
        return None  # it stands behind the bracket, and the next item has a comment above it
    return source.cut(start, following)


def emptied(source: Source, call: cst.Call) -> Site:
    """Return the site that leaves a call without arguments."""
    start = source.span(call.whitespace_before_args)[0]
    return source.cut(start, source.span(call)[1] - len(b")"))


def _cut_last(source: Source, items: Sequence[cst.CSTNode]) -> Site:
    """Cut the last item with the comma before it; a trailing comma stays for the item that is last now."""
    previous_end = source.span(items[-2])[1]
    start, end = source.span(items[-1])
    behind = _behind_comma(source, end) or end
    rest = source.data[behind : source.line_end(behind)].strip()
    commented = b"#" in source.data[previous_end:start] or rest.startswith(b"#")
    if commented and _starts_line(source, start) and (not rest or rest.startswith(b"#")):
        return _cut_lines(source, start, behind)
    return source.cut(previous_end, end)


def _cut_lines(source: Source, start: int, behind: int) -> Site:
    """Cut whole lines, and the blank ones above when there are blank ones below as well."""
    start, behind = source.line_start(start), source.line_end(behind)
    if source.is_blank(behind):
        while source.is_blank(start - 1):
            start = source.line_start(start - 1)
    return source.cut(start, behind)


def _behind_comma(source: Source, end: int) -> int | None:
    """Return the offset behind the comma that follows an item on its own line, if one does."""
    position = end
    while source.data[position : position + 1] in {b" ", b"\t"}:
        position += 1
    return position + 1 if source.data[position : position + 1] == b"," else None


def _starts_line(source: Source, position: int) -> bool:
    return not source.data[source.line_start(position) : position].strip()
