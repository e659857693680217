"""Conditions that forget one of the things that must hold."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedConjunct"]


class DroppedConjunct(Mutator):
    """Drop a conjunct: of the conditions joined by `and`, one is not asked.

    Plants
        The condition holds in cases in which it should not.
    Shows as
        Only inputs that fail the forgotten part, and nothing but that part, go wrong.
    """

    family = "conditions"
    sample = Sample(
        before="def is_digit(c):\n    return len(c) == 1 and c.isdigit()\n",
        after="def is_digit(c):\n    return c.isdigit()\n",
        test="def test_two_digits_are_not_one():\n    assert not is_digit('12')\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for chain in source.nodes(cst.BooleanOperation):
            if not _is_chain(source, chain) or not _is_condition(source, chain):
                continue
            operands = _operands(chain)
            for dropped in range(len(operands)):
                if dropped == len(operands) - 1 and _is_commented(source, chain):
                    continue  # the comment is on the operand, and would end up on its neighbour
                if len(operands) == 2:
                    yield _alone(source, chain, operands[1 - dropped])
                else:
                    yield _shortened(source, chain, operands, dropped)

    def explain(self) -> str:
        return f"The condition asks too little: write {shown(self.old)}, not {shown(self.new)}."


def _is_chain(source: Source, node: cst.BooleanOperation) -> bool:
    """Say whether `node` is a whole chain of `and`, not a link of a longer one."""
    match source.parent(node):
        case cst.BooleanOperation(operator=cst.And(), left=left) if left is node and not node.lpar:
            return False
        case _:
            return isinstance(node.operator, cst.And)


def _is_condition(source: Source, node: cst.BaseExpression) -> bool:
    inner: cst.CSTNode = node
    around = source.parent(node)
    while isinstance(around, cst.BooleanOperation | cst.UnaryOperation):
        inner, around = around, source.parent(around)
    match around:
        case cst.If() | cst.While() | cst.Assert() | cst.IfExp() | cst.CompIf():
            return around.test is inner
        case cst.Return() | cst.Lambda():
            return True
        case _:
            return False


def _operands(chain: cst.BooleanOperation) -> list[cst.BaseExpression]:
    match chain.left:
        case cst.BooleanOperation(operator=cst.And(), lpar=[]) as left:
            return [*_operands(left), chain.right]
        case _:
            return [chain.left, chain.right]


def _is_commented(source: Source, chain: cst.BooleanOperation) -> bool:
    return source.data[source.span(chain)[1] :].lstrip(b" \t").startswith(b"#")


def _shortened(
    source: Source, chain: cst.BooleanOperation, operands: list[cst.BaseExpression], dropped: int
) -> Site:
    if dropped < len(operands) - 1:
        start, end = source.outer(operands[dropped])[0], source.outer(operands[dropped + 1])[0]
    else:
        start, end = source.outer(operands[-2])[1], source.outer(operands[-1])[1]
    first, last = source.span(chain)
    return source.splice(first, last, source.data[first:start] + source.data[end:last])


def _alone(source: Source, chain: cst.BooleanOperation, kept: cst.BaseExpression) -> Site:
    """Leave `kept` alone, and without the chain's parentheses unless something still needs them."""
    text = source.outer_text(kept)
    start, end = source.outer(chain)
    neighbours = source.data[max(start - 1, 0) : start] + source.data[end : end + 1]
    glued = any(chr(byte).isalnum() or chr(byte) in "_{" for byte in neighbours)
    if glued or b"\n" in text:
        return source.replace(chain, text)
    return source.splice(start, end, text)
