"""Values without their minus."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedSign"]


class DroppedSign(Mutator):
    """Drop the sign: a minus, or the `~` that turns bits round, is missing.

    Plants
        A value with the wrong sign, an order the wrong way round, a mask that keeps what it should clear.
    Shows as
        Right for zero only: results point the other way, or "not found" looks like a position.
    """

    family = "operators"
    sample = Sample(
        before="def opposite(x):\n    return -x\n",
        after="def opposite(x):\n    return x\n",
        test="def test_opposite():\n    assert opposite(2) == -2\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for operation in source.nodes(cst.UnaryOperation):
            if isinstance(operation.operator, cst.Minus | cst.BitInvert) and not _is_needed(
                source, operation
            ):
                yield source.replace(operation, source.outer_text(operation.expression))

    def explain(self) -> str:
        return f"The sign is missing: write {shown(self.old)}, not {shown(self.new)}."


def _is_needed(source: Source, operation: cst.UnaryOperation) -> bool:
    """Say whether everyone would miss the sign, or the rest would run into the word before it."""
    before = source.data[: source.span(operation)[0]][-1:]
    if before.isalnum() or before == b"_" or b"\n" in source.text(operation):
        return True
    around = source.parent(operation)
    match around:
        case cst.Index() | cst.Slice() | cst.UnaryOperation():
            return isinstance(operation.expression, cst.Integer)  # positions have rules of their own
        case cst.Assign(targets=[cst.AssignTarget(target=target)]):
            return source.text(target) == source.text(operation.expression)  # `x = x` would catch the eye
        case cst.Arg():
            call = source.parent(around)
            if not isinstance(call, cst.Call) or source.text(call.func) != b"range":
                return False
            return any(arg is around for arg in call.args[2:])
        case _:
            return source.text(operation.expression) in {b"0", b"0.0"}
