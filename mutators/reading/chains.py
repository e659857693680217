"""Chains of `and` or of `or`, seen flat: `a and b and c` is one chain of three."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from .parentheses import in_place_of
from .source import Site, Source

__all__ = ["chains", "is_asked_again", "mentions", "operands", "operators", "shortenings"]

Connective = type[cst.And] | type[cst.Or]


def chains(source: Source, *connectives: Connective) -> Iterator[cst.BooleanOperation]:
    """Yield the whole chains, not the links of longer ones, in source order."""
    for node in source.nodes(cst.BooleanOperation):
        if isinstance(node.operator, connectives) and not _is_link(source, node):
            yield node


def operands(chain: cst.BooleanOperation) -> list[cst.BaseExpression]:
    """Return what the chain joins, from left to right."""
    return [*(operands(chain.left) if _continues(chain) else [chain.left]), chain.right]  # type: ignore[arg-type] # a link


def operators(chain: cst.BooleanOperation) -> list[cst.BaseBooleanOp]:
    """Return the connectives between the operands, from left to right."""
    return [*(operators(chain.left) if _continues(chain) else []), chain.operator]  # type: ignore[arg-type] # a link


def shortenings(source: Source, chain: cst.BooleanOperation) -> Iterator[Site]:
    """Yield the site that takes out each operand in turn."""
    parts = operands(chain)
    for dropped in range(len(parts)):
        if dropped == len(parts) - 1 and _is_commented(source, chain):
            continue  # the comment is on the operand, and would end up on its neighbour
        if len(parts) == 2:
            yield in_place_of(source, chain, source.outer_text(parts[1 - dropped]))
        else:
            yield _shortened(source, chain, parts, dropped)


def is_asked_again(source: Source, part: cst.BaseExpression, subject: cst.BaseExpression) -> bool:
    """Say whether the condition around `part` goes on with `subject`, as in `x is not None and x.y`."""
    whole: cst.CSTNode = part
    while isinstance(around := source.parent(whole), cst.BooleanOperation | cst.UnaryOperation):
        whole = around
    return whole is not part and mentions(source.text(whole), source.text(subject)) > 1


def mentions(condition: bytes, subject: bytes) -> int:
    """Return how often a condition names something, as a whole and not as a part of another name.

    >>> mentions(b"a and b.a == a.c", b"a")
    2
    """
    return len(re.findall(rb"(?<![\w.])" + re.escape(subject) + rb"(?!\w)", condition))


def _is_link(source: Source, node: cst.BooleanOperation) -> bool:
    around = source.parent(node)
    return isinstance(around, cst.BooleanOperation) and around.left is node and _continues(around)


def _continues(chain: cst.BooleanOperation) -> bool:
    """Say whether the left side is a part of the same chain."""
    left = chain.left
    return (
        isinstance(left, cst.BooleanOperation)
        and not left.lpar
        and isinstance(left.operator, type(chain.operator))
    )


def _is_commented(source: Source, chain: cst.BooleanOperation) -> bool:
    return source.data[source.span(chain)[1] :].lstrip(b" \t").startswith(b"#")


def _shortened(
    source: Source, chain: cst.BooleanOperation, parts: list[cst.BaseExpression], dropped: int
) -> Site:
    if dropped < len(parts) - 1:
        start, end = source.outer(parts[dropped])[0], source.outer(parts[dropped + 1])[0]
    else:
        start, end = source.outer(parts[-2])[1], source.outer(parts[-1])[1]
    first, last = source.span(chain)
    return source.splice(first, last, source.data[first:start] + source.data[end:last])
